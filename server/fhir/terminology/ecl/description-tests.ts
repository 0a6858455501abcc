/** Filters of descriptions, on a concept's texts. */
import type { Ranges } from '../ranges.ts'
import type { Concept } from '../system.ts'
import { termMatches } from './match.ts'
import type { FilterTest } from './plan.ts'

const textDefinition = '900000000000550004'

/** Whether the type of a description, by its code, is one of the concepts. */
export type IsIn = (concepts: Ranges, code: string) => boolean

/** Of descriptions only these are kept; those out of use, their modules and days are not. */
export function areKnown(tests: readonly FilterTest<Ranges>[]): boolean {
  return tests.every(
    ({ field, ...test }) =>
      field === 'term' ||
      field === 'language' ||
      field === 'typeId' ||
      (field === 'active' && 'active' in test && test.active === true),
  )
}

/** Whether one description of the concept passes all tests. */
export function describedSo(concept: Concept, tests: readonly FilterTest<Ranges>[], isIn: IsIn): boolean {
  return descriptionsOf(concept).some((description) => tests.every((test) => passes(description, test, isIn)))
}

interface Description {
  readonly value: string
  readonly language: string
  readonly type: string
}

function descriptionsOf({ display, definition, designations }: Concept): Description[] {
  const own = designations.map(({ value, language = '', use }) => ({
    value,
    language: language.split('-')[0]!.toLowerCase(),
    type: String(use?.['code'] ?? ''),
  }))
  if (definition !== undefined) own.push({ value: definition, language: 'en', type: textDefinition })
  return own.length === 0 && display !== undefined ? [{ value: display, language: '', type: '' }] : own
}

function passes({ value, language, type }: Description, test: FilterTest<Ranges>, isIn: IsIn): boolean {
  switch (test.field) {
    case 'term':
      return test.terms.some((term) => termMatches(value, term)) !== test.negated
    case 'language':
      return test.languages.includes(language) !== test.negated
    case 'typeId':
      return isIn(test.concepts, type) !== test.negated
    default:
      return true
  }
}
