/** The best of many matches: those with the shortest text first, which is what was typed or nearly so. */
import type { Ranges } from './ranges.ts'

/** The numbers of lowest weight from the position `offset` on; numbers of one weight in order. */
export function best(ranges: Ranges, weights: Uint8Array, offset: number, count: number): number[] {
  const wanted = offset + count
  const { limit, atLimit } = limitFor(ranges, weights, wanted)
  const found: number[] = []
  let rest = atLimit
  for (let i = 0; i < ranges.length; i += 2) {
    for (let number = ranges[i]!; number < ranges[i + 1]!; number++) {
      const weight = weights[number]!
      if (weight > limit || (weight === limit && rest-- <= 0)) continue
      found.push(weight * shift + number)
    }
  }
  const sorted = Float64Array.from(found).sort()
  return Array.from(sorted.subarray(offset, wanted), (key) => key % shift)
}

const shift = 2 ** 31

/** The weight up to which there are as many as are wanted, and how many of that weight itself are. */
function limitFor(ranges: Ranges, weights: Uint8Array, wanted: number): { limit: number; atLimit: number } {
  const counts = new Int32Array(256)
  for (let i = 0; i < ranges.length; i += 2) {
    for (let number = ranges[i]!; number < ranges[i + 1]!; number++) counts[weights[number]!]!++
  }
  let sum = 0
  for (let limit = 0; limit < 256; limit++) {
    if (sum + counts[limit]! >= wanted) return { limit, atLimit: wanted - sum }
    sum += counts[limit]!
  }
  return { limit: 255, atLimit: counts[255]! }
}
