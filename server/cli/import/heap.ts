/** Keeps the heap near the size of what is in use: left alone, it grows to several times that before it is cleared. */
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const megabyte = 1024 * 1024

/** Bytes by which the heap may grow, and to which what is young may: the engine would let the latter grow to 128 MB. */
const growth = 64 * megabyte
const mostYoung = 24 * megabyte

/** Call what it returns now and then: it clears the heap when it has grown, or `now`, when much is known to be of no use. */
export function heapKeeper(): (now?: boolean) => void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  let base = used()
  let mayGrow = true
  return (now = false) => {
    if (youngSpace() < mostYoung !== mayGrow) {
      mayGrow = !mayGrow
      setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`)
    }
    if (!now && used() < base + growth) return
    collect()
    base = used()
  }
}

function used(): number {
  return getHeapStatistics().used_heap_size
}

function youngSpace(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0
}
