/** The parameters that a search may name: those of its type, and those that every search has. */
import type { Definitions } from '../definitions.ts'
import { nearest } from '../nearest.ts'
import { OutcomeError } from '../outcome.ts'
import type { IndexedParameter } from './search-index.ts'
import type { SearchIndexes } from './search-indexes.ts'

/** What a search is checked against. */
export interface KnownParameters {
  readonly definitions: Definitions
  readonly indexes: SearchIndexes
}

/** Parameters that shape the result. https://hl7.org/fhir/R4/search.html#return */
export const resultParameters = [
  '_sort',
  '_count',
  '_total',
  '_include',
  '_revinclude',
  '_contained',
  '_containedType',
  '_summary',
  '_elements',
  '_format',
  '_pretty',
  '_explain',
  '_cursor',
  '_type',
  '_maxresults',
  '_score',
] as const

/** Parameters that are not in the index of a type, with the modifiers that they take. */
export const specialParameters: Readonly<Record<string, readonly string[]>> = {
  _id: ['not', 'missing'],
  _lastUpdated: ['missing'],
  _text: [],
  _content: [],
  _list: [],
  _filter: [],
}

/** The parameter of a type that can be searched by; otherwise refused with the nearest name. */
export function findParameter(
  code: string,
  type: string,
  { indexes }: Pick<KnownParameters, 'indexes'>,
): IndexedParameter {
  const { parameters, building } = indexes.index(type)
  const parameter = parameters.get(code)
  if (parameter && (parameter.paths.length > 0 || parameter.composite)) return parameter
  if (building.has(code)) {
    const nearest = ' It is being made: it can be used as soon as $reindex is done.'
    throw new OutcomeError('unknown-parameter', { type, name: code, nearest })
  }
  if (code === '_query') {
    const nearest = ' Named queries are not offered here: search by parameters.'
    throw new OutcomeError('unknown-parameter', { type, name: code, nearest })
  }
  const near = nearest(code, [...parameters.keys(), ...resultParameters, ...Object.keys(specialParameters)])
  throw new OutcomeError('unknown-parameter', { type, name: code, nearest: near ? ` Did you mean '${near}'?` : '' })
}
