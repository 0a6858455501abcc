/**
 * Sets of concepts. A code system's concepts are numbered in the order of its hierarchy, parents first, so that what lies
 * below a concept is one range of numbers, or few: sets are sorted lists of ranges, and all of algebra is merging.
 */

/** Pairs of first and end (not included), sorted, neither touching nor overlapping. */
export type Ranges = Int32Array

export const noConcepts: Ranges = new Int32Array(0)

export function rangeOf(first: number, end: number): Ranges {
  return end > first ? Int32Array.of(first, end) : noConcepts
}

/** Of numbers in any order, each any number of times. */
export function rangesOf(numbers: Iterable<number>): Ranges {
  const sorted = Int32Array.from(numbers).sort()
  return mergeSorted(sorted)
}

/** Of numbers that ascend; the same number may come again. */
export function mergeSorted(sorted: Int32Array): Ranges {
  const pairs = new Int32Array(sorted.length * 2)
  let length = 0
  for (const number of sorted) {
    if (length > 0 && pairs[length - 1]! >= number) pairs[length - 1] = Math.max(pairs[length - 1]!, number + 1)
    else {
      pairs[length++] = number
      pairs[length++] = number + 1
    }
  }
  return pairs.slice(0, length)
}

export function hasNumber(ranges: Ranges, number: number): boolean {
  let low = 0
  let high = ranges.length >> 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (ranges[2 * middle + 1]! <= number) low = middle + 1
    else high = middle
  }
  return 2 * low < ranges.length && ranges[2 * low]! <= number
}

export function sizeOf(ranges: Ranges): number {
  let size = 0
  for (let i = 0; i < ranges.length; i += 2) size += ranges[i + 1]! - ranges[i]!
  return size
}

/** The numbers from the position `offset` on, at most `count`. */
export function numbersOf(ranges: Ranges, offset = 0, count = Number.POSITIVE_INFINITY): number[] {
  const numbers: number[] = []
  let skip = offset
  for (let i = 0; i < ranges.length && numbers.length < count; i += 2) {
    const length = ranges[i + 1]! - ranges[i]!
    for (let number = ranges[i]! + skip; number < ranges[i + 1]! && numbers.length < count; number++) {
      numbers.push(number)
    }
    skip = Math.max(skip - length, 0)
  }
  return numbers
}

export function unite(all: readonly Ranges[]): Ranges {
  const filled = all.filter((ranges) => ranges.length > 0)
  if (filled.length <= 1) return filled[0] ?? noConcepts
  const pairs = filled.length === 2 ? interleave(filled[0]!, filled[1]!) : sortPairs(filled)
  let length = 0
  for (let i = 0; i < pairs.length; i += 2) {
    if (length > 0 && pairs[length - 1]! >= pairs[i]!) {
      if (pairs[i + 1]! > pairs[length - 1]!) pairs[length - 1] = pairs[i + 1]!
    } else {
      pairs[length++] = pairs[i]!
      pairs[length++] = pairs[i + 1]!
    }
  }
  return pairs.slice(0, length)
}

export function intersect(a: Ranges, b: Ranges): Ranges {
  // Most often one of them is the whole system.
  if (contains(a, b)) return b
  if (contains(b, a)) return a
  const pairs = new Int32Array(a.length + b.length)
  let length = 0
  for (let i = 0, k = 0; i < a.length && k < b.length; ) {
    const first = Math.max(a[i]!, b[k]!)
    const end = Math.min(a[i + 1]!, b[k + 1]!)
    if (first < end) {
      pairs[length++] = first
      pairs[length++] = end
    }
    if (a[i + 1]! < b[k + 1]!) i += 2
    else k += 2
  }
  return pairs.slice(0, length)
}

/** Whether `whole` is a single range around all of `part`. */
function contains(whole: Ranges, part: Ranges): boolean {
  return whole.length === 2 && (part.length === 0 || (part[0]! >= whole[0]! && part.at(-1)! <= whole[1]!))
}

/** What is in `a` and not in `b`. */
export function subtract(a: Ranges, b: Ranges): Ranges {
  return b.length === 0 ? a : intersect(a, complement(b))
}

function complement(ranges: Ranges): Ranges {
  const pairs = new Int32Array(ranges.length + 2)
  pairs.set(ranges, 1)
  pairs[0] = 0
  pairs[pairs.length - 1] = 0x7fff_ffff
  return ranges[0] === 0 ? pairs.slice(2) : pairs
}

function interleave(a: Ranges, b: Ranges): Int32Array {
  const pairs = new Int32Array(a.length + b.length)
  let i = 0
  let k = 0
  for (let to = 0; to < pairs.length; to += 2) {
    const fromA = k >= b.length || (i < a.length && a[i]! <= b[k]!)
    pairs[to] = fromA ? a[i]! : b[k]!
    pairs[to + 1] = fromA ? a[i + 1]! : b[k + 1]!
    if (fromA) i += 2
    else k += 2
  }
  return pairs
}

/** Doubles hold first and length of a pair exactly, and typed arrays sort them without a function. */
function sortPairs(all: readonly Ranges[]): Int32Array {
  const total = all.reduce((sum, ranges) => sum + ranges.length, 0)
  const keys = new Float64Array(total / 2)
  let at = 0
  for (const ranges of all) {
    for (let i = 0; i < ranges.length; i += 2) keys[at++] = ranges[i]! * shift + (ranges[i + 1]! - ranges[i]!)
  }
  keys.sort()
  const pairs = new Int32Array(total)
  keys.forEach((key, i) => {
    const first = Math.floor(key / shift)
    pairs[2 * i] = first
    pairs[2 * i + 1] = first + (key - first * shift)
  })
  return pairs
}

const shift = 2 ** 26
