/** From the arguments of a field that searches to a search query. https://hl7.org/fhir/R4/graphql.html#searching */

import type { SearchParameterType } from '../../fhir/definitions.ts'
import { isRawNumber, numberText } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { unescapedSplit } from '../../fhir/search/escapes.ts'
import type { IndexedParameter } from '../../fhir/search/search-index.ts'
import type { SearchIndexes } from '../../fhir/search/search-indexes.ts'

/** Marks a field that searches: which type, and whether for what refers to the resource that it is in. */
export interface SearchField {
  readonly type: string
  readonly reverse: boolean
  readonly paged: boolean
}

export interface NamedParameter {
  readonly code: string
  readonly type: SearchParameterType
  /** The value is one text: commas in it separate nothing. */
  readonly whole?: boolean
}

export type Arguments = Readonly<Record<string, unknown>>

/** Parameters of every type that are in no index. */
const specials: readonly NamedParameter[] = [
  { code: '_id', type: 'token' },
  { code: '_lastUpdated', type: 'date' },
  { code: '_text', type: 'string', whole: true },
  { code: '_content', type: 'string', whole: true },
  { code: '_list', type: 'special' },
]

/** Arguments that are no criteria. */
const own = new Set(['_reference', 'fhirpath', 'cursor', '_cursor'])
/** Criteria and result parameters that are sent as they are. */
const plain = new Set(['_filter', '_sort', '_count'])

const known = new WeakMap<SearchIndexes, Map<string, ReadonlyMap<string, NamedParameter>>>()

/** The search parameters of a type by the names of their arguments: `clinical_status` for `clinical-status`. */
export function searchParameters(type: string, indexes: SearchIndexes): ReadonlyMap<string, NamedParameter> {
  const byType = known.get(indexes) ?? new Map<string, ReadonlyMap<string, NamedParameter>>()
  known.set(indexes, byType)
  const parameters = byType.get(type) ?? nameParameters(type, indexes)
  byType.set(type, parameters)
  return parameters
}

/** GraphQL's names have no dash. https://hl7.org/fhir/R4/graphql.html#searching */
export function argumentName(code: string): string {
  return code.replaceAll(/\W/g, '_')
}

/** Whether references along a search parameter may point at resources of a type. */
export function refersTo(parameter: IndexedParameter, type: string): boolean {
  return (
    parameter.type === 'reference' &&
    parameter.targets.includes(type) &&
    parameter.paths.some((path) => path.types.includes('Reference') && (path.resolveType ?? type) === type)
  )
}

/** The query of a search; `_reference`, `fhirpath` and cursors have no part in it. */
export function searchQuery(type: string, given: Arguments, indexes: SearchIndexes): string {
  const parameters = searchParameters(type, indexes)
  const pairs: string[] = []
  for (const [name, value] of Object.entries(given)) {
    if (own.has(name) || value === null || value === undefined) continue
    const parameter = parameters.get(name)
    const text = plain.has(name) || !parameter ? textOf(value) : valuesText(parameter, value)
    pairs.push(`${encodeURIComponent(parameter?.code ?? name)}=${encodeURIComponent(text)}`)
  }
  return pairs.sort().join('&')
}

function nameParameters(type: string, indexes: SearchIndexes): ReadonlyMap<string, NamedParameter> {
  const named = new Map<string, NamedParameter>()
  for (const { code, type: kind, paths, composite } of indexes.index(type).parameters.values()) {
    const name = argumentName(code)
    const usable = (paths.length > 0 || composite) && /^(?!__)[A-Za-z_]/.test(name)
    if (usable && !own.has(name) && !plain.has(name) && !named.has(name)) named.set(name, { code, type: kind })
  }
  for (const special of specials) named.set(special.code, special)
  return named
}

/** The values of a list are alternatives; a comma in one of them is part of it. */
function valuesText({ code, type, whole }: NamedParameter, value: unknown): string {
  const values = (Array.isArray(value) ? value : [value]).filter((item) => item !== null).map(textOf)
  if (whole && values.length > 1) {
    const expected = 'It takes one text.'
    throw new OutcomeError('invalid-search-value', { name: code, value: values.join(', '), type, expected })
  }
  return whole ? (values[0] ?? '') : values.map((text) => unescapedSplit(text, ',').join('\\,')).join(',')
}

function textOf(value: unknown): string {
  return typeof value === 'number' || isRawNumber(value) ? numberText(value) : String(value)
}
