/** Draws for generated resources: the same seed draws the same values. */
import { randomFrom } from '../support/random.ts'
import { cumulativeShares, zipfIndex } from './codes.ts'

export interface Draw {
  /** From 0 to below 1. */
  number(): number
  below(limit: number): number
  oneOf<T>(items: readonly T[]): T
  /** The first items far more often than the last. */
  frequent<T>(items: readonly T[]): T
  digits(count: number): string
  family(): string
  given(): string
}

export const familyBeginnings = syllables(['Ab', 'Bren', 'Cor', 'Dal', 'Fen', 'Gro', 'Hal', 'Jen', 'Kor', 'Lam'])
const familyEndings = ['er', 'man', 'ton', 'sen', 'field', 'ley', 'wick', 'by', 'stad', 'berg']
const givens = [
  'Ana',
  'Bela',
  'Chi',
  'Dora',
  'Emil',
  'Finn',
  'Gita',
  'Hugo',
  'Ines',
  'Jon',
  'Kira',
  'Leo',
  'Mia',
  'Nils',
]

const cumulative = new Map<number, readonly number[]>()

export function drawFrom(seed: number): Draw {
  const random = randomFrom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const oneOf = <T>(items: readonly T[]): T => items[below(items.length)]!
  return {
    number: random,
    below,
    oneOf,
    frequent: (items) => {
      const known = cumulative.get(items.length) ?? cumulativeShares(items.length)
      cumulative.set(items.length, known)
      return items[zipfIndex(known, random())]!
    },
    digits: (count) => String(Math.floor(random() * 10 ** count)).padStart(count, '0'),
    family: () => `${oneOf(familyBeginnings)}${oneOf(familyEndings)}${below(900) + 100}`,
    given: () => `${oneOf(givens)}${below(900) + 100}`,
  }
}

/** A UUID that `numbers` determine and nothing else does. */
export function uuidFrom(...numbers: readonly number[]): string {
  // From two seeds: one of 32 bits would repeat itself among a million.
  const [first, second] = [randomFrom(mixed(numbers, 0x9e3779b1)), randomFrom(mixed(numbers, 0x85ebca77))]
  const word = (draw: () => number) =>
    Math.floor(draw() * 4_294_967_296)
      .toString(16)
      .padStart(8, '0')
  const text = word(first) + word(first) + word(second) + word(second)
  // Version 4, as Synthea writes.
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20)}`
}

function mixed(numbers: readonly number[], factor: number): number {
  let hash = factor
  for (const number of numbers) {
    hash = Math.imul(hash ^ number, factor)
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae3d)
    hash ^= hash >>> 13
  }
  return hash
}

/** A hundred beginnings of family names, each as frequent as the others. */
function syllables(firsts: readonly string[]): string[] {
  const seconds = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea', 'io', 'ou', 'ui']
  return firsts.flatMap((first) => seconds.map((second) => `${first}${second}x`))
}
