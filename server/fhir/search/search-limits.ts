/** How much may be asked in one search: enough for any program, and little enough that it cannot hold up the others. */
import { OutcomeError } from '../outcome.ts'
import { unescapedSplit } from './escapes.ts'

const maxParameters = 100
const maxSortKeys = 20
/** Each is a condition of its own. */
const maxValues = 2_000
/** These are looked up together. */
const maxLookups = 10_000
const lookups: ReadonlySet<string> = new Set(['token', 'reference', '_id'])

/** Steps from one resource to the next. */
export const maxSteps = 12
const maxFilterLength = 100_000
const maxFilterTests = 200

/** Throws where there are more parameters than one search may have. */
export function checkParameterCount(count: number): void {
  if (count > maxParameters) throw tooMuch(`${maxParameters} parameters`, count)
}

/** The values of which one must match, still escaped; `type` is the parameter's, or the name of one without a type. */
export function alternatives(value: string, type: string): string[] {
  const values = unescapedSplit(value, ',')
  const limit = lookups.has(type) ? maxLookups : maxValues
  if (values.length > limit) throw tooMuch(`${limit} values in one parameter of this type`, values.length)
  return values
}

export function checkSortKeys(count: number): void {
  if (count > maxSortKeys) throw tooMuch(`${maxSortKeys} keys in _sort`, count)
}

export function checkFilterLength(length: number): void {
  if (length > maxFilterLength) throw tooMuch(`${maxFilterLength} characters in _filter`, length)
}

export function checkFilterTests(count: number): void {
  if (count > maxFilterTests) throw tooMuch(`${maxFilterTests} conditions in _filter`, count)
}

function tooMuch(limit: string, count: number): OutcomeError {
  const reason = `A search takes at most ${limit}, but this one has ${count}. Ask in parts.`
  return new OutcomeError('query-too-costly', { reason })
}
