/** Sets of concepts as bytes: the differences of ascending numbers, seven bits to a byte. */
import type { Ranges } from '../../fhir/terminology/ranges.ts'

/** Of ascending numbers without repetition. */
export function encodeNumbers(numbers: ArrayLike<number>): Buffer {
  const bytes = roomFor(numbers.length * 5)
  let length = 0
  let last = -1
  for (let i = 0; i < numbers.length; i++) {
    let difference = numbers[i]! - last - 1
    last = numbers[i]!
    while (difference > 0x7f) {
      bytes[length++] = (difference & 0x7f) | 0x80
      difference >>>= 7
    }
    bytes[length++] = difference
  }
  return Buffer.from(bytes.subarray(0, length))
}

/** Used again and again: a release has a million sets. */
let room = new Uint8Array(64 * 1024)

function roomFor(length: number): Uint8Array {
  if (length > room.length) room = new Uint8Array(length * 2)
  return room
}

export function decodeRanges(bytes: Uint8Array): Ranges {
  const pairs = new Int32Array(bytes.length * 2)
  let length = 0
  let number = -1
  for (let i = 0; i < bytes.length; ) {
    let difference = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[i++]!
      difference |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    number += difference + 1
    if (difference === 0 && length > 0) pairs[length - 1] = number + 1
    else {
      pairs[length++] = number
      pairs[length++] = number + 1
    }
  }
  return pairs.slice(0, length)
}

/** What was encoded, number by number: ranges themselves are ascending numbers, too. */
export function decodeNumbers(bytes: Uint8Array): Int32Array {
  const numbers = new Int32Array(bytes.length)
  let length = 0
  let number = -1
  for (let i = 0; i < bytes.length; ) {
    let difference = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[i++]!
      difference |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    number += difference + 1
    numbers[length++] = number
  }
  return numbers.slice(0, length)
}
