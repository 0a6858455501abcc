/** The best of many matches: those with the shortest text first, which is what was typed or nearly so. */
import type { Ranges } from './ranges.ts'

/** The numbers of lowest weight from the position `offset` on; numbers of one weight in order. */
export function best(ranges: Ranges, weights: Uint8Array, offset: number, count: number): number[] {
  const wanted = offset + count
  const limit = weightOf(ranges, weights, wanted)
  const found: number[] = []
  for (let i = 0; i < ranges.length; i += 2) {
    for (let number = ranges[i]!; number < ranges[i + 1]!; number++) {
      if (weights[number]! <= limit) found.push(weights[number]! * shift + number)
    }
  }
  const sorted = Float64Array.from(found).sort()
  return [...sorted.subarray(offset, wanted)].map((key) => key % shift)
}

const shift = 2 ** 31

/** The weight up to which there are as many as are wanted. */
function weightOf(ranges: Ranges, weights: Uint8Array, wanted: number): number {
  const counts = new Int32Array(256)
  for (let i = 0; i < ranges.length; i += 2) {
    for (let number = ranges[i]!; number < ranges[i + 1]!; number++) counts[weights[number]!]!++
  }
  let sum = 0
  for (let weight = 0; weight < 256; weight++) {
    sum += counts[weight]!
    if (sum >= wanted) return weight
  }
  return 255
}
