/**
 * From a query string to what is asked, checked against the parameters that exist.
 * https://hl7.org/fhir/R4/search.html
 */
import { type Issue, OutcomeError } from '../outcome.ts'
import type { Criterion } from './criterion.ts'
import { checkElements } from './elements-parameter.ts'
import type { KnownParameters } from './find-parameter.ts'
import { parseCriterion } from './parse-criterion.ts'
import { defaultResult, type ResultParameters, resultParameter } from './result-parameters.ts'
import { checkParameterCount } from './search-limits.ts'

/** A search that can be made: what must match, and what is returned of it. */
export interface SearchRequest extends ResultParameters {
  /** By type: a parameter may mean something else on each. */
  readonly criteria: ReadonlyMap<string, readonly Criterion[]>
  /** The parameters that were understood, as `name=value`, still encoded: the self link. */
  readonly understood: readonly string[]
  /** Warnings about what was ignored. */
  readonly issues: readonly Issue[]
}

/** `handling` says what becomes of parameters that do not exist. https://hl7.org/fhir/R4/search.html#errors */
export interface ParseOptions extends KnownParameters {
  readonly handling: 'strict' | 'lenient'
}

/** Parses the query of a search on `types`; `_type` may name others. */
export function parseSearch(types: readonly string[], query: string, options: ParseOptions): SearchRequest {
  let result: ResultParameters = { ...defaultResult, types }
  const criteria = new Map<string, Criterion[]>()
  const understood: string[] = []
  const issues: Issue[] = []
  const pairs = queryPairs(query)
  checkParameterCount(pairs.length)
  for (const [name, value, text] of pairs) {
    try {
      const read = resultParameter(name)
      if (read) result = { ...result, ...read(value, { name, soFar: result, known: options, searched: types }) }
      else addCriteria(criteria, name, value, result.types, options)
      if (name !== '_cursor') understood.push(text)
    } catch (error) {
      if (!ignorable(error, options.handling)) throw error
      issues.push(ignored((error as OutcomeError).issues[0]!, name))
    }
  }
  // The types that are returned are known now.
  for (const [name, value] of pairs) if (name === '_elements') issues.push(...checkElements(value, result, options))
  return { ...result, criteria, understood, issues }
}

/** Name, value and original text of each `name=value`; decoded as in HTML forms. */
function queryPairs(query: string): [string, string, string][] {
  return query
    .split('&')
    .filter((text) => text !== '')
    .map((text) => {
      const equals = text.indexOf('=')
      const name = equals < 0 ? text : text.slice(0, equals)
      return [decode(name), decode(equals < 0 ? '' : text.slice(equals + 1)), text]
    })
}

function decode(text: string): string {
  // No text that is stored has this character, and the database takes none that has.
  if (text.includes('\u0000') || text.includes('%00')) {
    throw new OutcomeError('invalid-search', { reason: `'${text.slice(0, 100)}' contains a NUL character. Remove it.` })
  }
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new OutcomeError('invalid-search', { reason: `'${text.slice(0, 100)}' is not valid percent-encoding.` })
  }
}

/** Adds what one parameter asks of each type. */
function addCriteria(
  criteria: Map<string, Criterion[]>,
  name: string,
  value: string,
  types: readonly string[],
  known: KnownParameters,
): void {
  if (value === '') {
    const expected = 'It is empty: give a value or leave the parameter out.'
    throw new OutcomeError('invalid-search-value', { name, value, type: 'any', expected })
  }
  if (types.length === 0) throw new OutcomeError('invalid-search', { reason: 'Name the types to search with _type.' })
  // Of all types or, where one of them has no such parameter, of none.
  const parsed = types.map((type) => [type, parseCriterion(name, value, type, known)] as const)
  for (const [type, criterion] of parsed) criteria.set(type, [...(criteria.get(type) ?? []), criterion])
}

/** Lenient handling ignores parameters that do not exist; modifiers and values that are wrong are always refused. */
function ignorable(error: unknown, handling: 'strict' | 'lenient'): boolean {
  return handling === 'lenient' && error instanceof OutcomeError && error.issues[0]!.code === 'unknown-parameter'
}

function ignored(issue: Issue, name: string): Issue {
  const { type = '', name: parameter = '', nearest: near = '' } = issue.params ?? {}
  return { code: 'ignored-parameter', params: { type, parameter, name, nearest: near }, severity: 'warning' }
}
