/** Sets of an expression as ranges of the numbers that a system gives its concepts. */
import {
  hasNumber,
  intersect,
  noConcepts,
  numbersOf,
  type Ranges,
  rangesOf,
  sizeOf,
  subtract,
  unite,
} from '../ranges.ts'
import type { ConceptGraph } from './graph.ts'

type Algebra = Pick<
  ConceptGraph<Ranges, number>,
  'none' | 'of' | 'has' | 'isEmpty' | 'parts' | 'unite' | 'intersect' | 'subtract'
>

/** Concepts whose attributes are looked at together. */
const partSize = 10_000

export const rangesAlgebra: Algebra = {
  none: () => noConcepts,
  of: rangesOf,
  has: hasNumber,
  isEmpty: (concepts) => concepts.length === 0,
  parts: partsOf,
  unite,
  intersect,
  subtract,
}

function* partsOf(concepts: Ranges): Generator<Ranges> {
  for (let from = 0; from < sizeOf(concepts); from += partSize) yield rangesOf(numbersOf(concepts, from, partSize))
}

/** The properties of a concept that are attributes have codes that are concepts themselves. */
export function isAttribute(property: string): boolean {
  return /^\d{6,18}$/.test(property)
}

const associationStart = 'association-'

/** The property that leads from a concept out of use to one that an association has in its place. */
export function associationProperty(refset: string): string {
  return associationStart + refset
}

/** Of the properties of a system, those that are historical associations: all, or those of these reference sets. */
export function associationsAmong(properties: Iterable<string>, chosen: readonly string[] | 'any'): string[] {
  const wanted = chosen === 'any' ? undefined : new Set(chosen.map(associationProperty))
  return [...properties].filter((code) => (wanted ? wanted.has(code) : code.startsWith(associationStart)))
}
