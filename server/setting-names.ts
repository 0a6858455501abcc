/** Which setting a misspelled variable was meant to be. */
import { nearest } from './fhir/nearest.ts'

/** Short names are near to too many words that mean something else: of them only slips of the finger count. */
const leastLetters = 7

/** A letter twice, or two letters in the wrong order. */
function isSlip(name: string, meant: string): boolean {
  const doubled = [...meant].map((letter, i) => meant.slice(0, i) + letter + meant.slice(i))
  const swapped = [...meant].map(
    (letter, i) => meant.slice(0, i) + meant.slice(i + 1, i + 2) + letter + meant.slice(i + 2),
  )
  return [...doubled, ...swapped].includes(name)
}

/** The one of `ours` that `name` is one slip away from; undefined where it is none. */
export function nameMeant(name: string, ours: readonly string[]): string | undefined {
  const long = ours.filter((one) => one.length >= leastLetters)
  return nearest(name, long, 1) ?? ours.find((one) => isSlip(name, one))
}
