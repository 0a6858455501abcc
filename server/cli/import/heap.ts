/** Keeps the heap near the size of what is in use: left alone, it grows to several times that before it is cleared. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes by which the heap may grow. */
const growth = 64 * 1024 * 1024

/** Call what it returns now and then: it clears the heap when it has grown, or `now`, when much is known to be of no use. */
export function heapKeeper(): (now?: boolean) => void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  let base = used()
  return (now = false) => {
    if (!now && used() < base + growth) return
    collect()
    base = used()
  }
}

function used(): number {
  return getHeapStatistics().used_heap_size
}
