/** The parameters that shape the result of a search. https://hl7.org/fhir/R4/search.html#return */
import type { Definitions } from '../definitions.ts'
import { nearest } from '../nearest.ts'
import { OutcomeError } from '../outcome.ts'
import { findParameter, type KnownParameters, type resultParameters } from './find-parameter.ts'
import { unsupportedModifier } from './modifiers.ts'
import { checkSortKeys } from './search-limits.ts'

/** One rule of the order. https://hl7.org/fhir/R4/search.html#sort */
export interface SortKey {
  readonly code: string
  readonly descending: boolean
}

/** One `_include` or `_revinclude`. https://hl7.org/fhir/R4/search.html#include */
export interface IncludeRequest {
  /** The type that holds the reference; `*` for every type. */
  readonly source: string
  /** `*` for every reference parameter. */
  readonly parameter: string
  readonly target?: string
  readonly iterate: boolean
  readonly reverse: boolean
}

/** What is returned of what matches, and how. */
export interface ResultParameters {
  /** One type, or several for a search over the whole system. */
  readonly types: readonly string[]
  readonly sort: readonly SortKey[]
  readonly count: number
  readonly total: 'none' | 'estimate' | 'accurate'
  readonly includes: readonly IncludeRequest[]
  readonly cursor?: string
  readonly contained: 'false' | 'true' | 'both'
  readonly containedType: 'container' | 'contained'
  readonly summary?: string
  readonly explain: boolean
}

/** Matches on a page when the search does not say. */
export const defaultCount = 20
/** Most matches on a page. */
export const greatestCount = 1000

/** The result of a search that says nothing about it. */
export const defaultResult = {
  sort: [],
  includes: [],
  count: defaultCount,
  total: 'none',
  contained: 'false',
  containedType: 'container',
  explain: false,
} as const satisfies Omit<ResultParameters, 'types'>

/** What a reader is given besides the value. */
interface Given {
  /** As written, with its modifiers. */
  readonly name: string
  readonly soFar: ResultParameters
  readonly known: KnownParameters
  /** The types that the URL stands for. */
  readonly searched: readonly string[]
}

/** Reads a parameter's value to what it changes. */
type ReadResultParameter = (value: string, given: Given) => Partial<ResultParameters>

/** The reader of a parameter; undefined where it does not shape the result. */
export function resultParameter(name: string): ReadResultParameter | undefined {
  const code = /^_(rev)?include(?=:|$)/.exec(name)?.[0] ?? name
  return isResultParameter(code) ? readers[code] : undefined
}

type Code = (typeof resultParameters)[number]

function isResultParameter(code: string): code is Code {
  return Object.hasOwn(readers, code)
}

const readers: Readonly<Record<Code, ReadResultParameter>> = {
  _sort: (value, { soFar, known }) => ({ sort: sortKeys(soFar.sort, value, soFar.types, known) }),
  _count: readCount,
  _total: (value) => ({ total: oneOf('_total', value, ['none', 'estimate', 'accurate']) }),
  _include: readInclude,
  _revinclude: readInclude,
  _contained: (value) => ({ contained: oneOf('_contained', value, ['false', 'true', 'both']) }),
  _containedType: (value) => ({ containedType: oneOf('_containedType', value, ['container', 'contained']) }),
  _summary: (value) => ({ summary: oneOf('_summary', value, ['true', 'text', 'data', 'count', 'false']) }),
  _elements: readElsewhere,
  _format: readElsewhere,
  _pretty: readElsewhere,
  _explain: (value) => ({ explain: oneOf('_explain', value, ['true', 'false']) === 'true' }),
  _cursor: (cursor) => ({ cursor }),
  _type: (value, { known, searched }) => ({ types: typesOf(value, searched, known.definitions) }),
  _maxresults: readCount,
  _score: readElsewhere,
}

/** It concerns how the reply is written, not what is in it. */
function readElsewhere(): Partial<ResultParameters> {
  return {}
}

function readCount(value: string, { name }: Given): Partial<ResultParameters> {
  const count = /^\d{1,15}(?:[eE]\+?\d{1,2})?$/.test(value) ? Number(value) : undefined
  if (count === undefined) throw badValue(name, value, 'number', 'It takes a whole number from 0.')
  return { count: Math.min(count, greatestCount) }
}

function readInclude(value: string, { name, soFar, known }: Given): Partial<ResultParameters> {
  return { includes: [...soFar.includes, includeOf(name, value, soFar.types, known)] }
}

function sortKeys(before: readonly SortKey[], value: string, types: readonly string[], known: KnownParameters) {
  const items = value.split(',')
  checkSortKeys(before.length + items.length)
  return [...before, ...items.map((item) => sortKey(item, types, known))]
}

function sortKey(item: string, types: readonly string[], known: KnownParameters): SortKey {
  const descending = item.startsWith('-')
  const code = descending ? item.slice(1) : item
  if (code !== '_id' && code !== '_lastUpdated') {
    for (const type of types) {
      const parameter = findParameter(code, type, known)
      if (parameter.composite || parameter.type === 'special') {
        throw badValue('_sort', code, 'parameter', `A ${parameter.type} parameter has no order.`)
      }
    }
  }
  return { code, descending }
}

function includeOf(name: string, value: string, types: readonly string[], known: KnownParameters): IncludeRequest {
  const [base, ...given] = name.split(':') as [string, ...string[]]
  const reverse = base === '_revinclude'
  const iterate = given.includes('iterate') || given.includes('recurse')
  if (given.some((modifier) => modifier !== 'iterate' && modifier !== 'recurse')) {
    throw unsupportedModifier(given.join(':'), base, 'include', ['iterate'])
  }
  const [source = '', code, target] = value.split(':')
  const fail = (expected: string) => badValue(name, value, 'include', expected)
  if (source === '*' && code === undefined) return { source, parameter: '*', iterate, reverse }
  if (!known.definitions.isResourceType(source)) throw fail('It takes [type]:[parameter]:[target type] or *.')
  if (code === undefined || code === '') throw fail('Name the reference parameter after the type.')
  if (target !== undefined && !known.definitions.isResourceType(target)) throw fail(`'${target}' is no resource type.`)
  if (!reverse && !iterate && types.length > 0 && !types.includes(source)) {
    throw fail(`The search is for ${types.join(', ')}; add :iterate to include from ${source}.`)
  }
  if (code !== '*') {
    const parameter = findParameter(code, source, known)
    if (parameter.type !== 'reference') throw fail(`'${code}' is not a reference.`)
  }
  return { source, parameter: code, ...(target && { target }), iterate, reverse }
}

function typesOf(value: string, searched: readonly string[], definitions: Definitions): string[] {
  return [...new Set(value.split(','))].map((type) => {
    if (searched.length === 1 && type !== searched[0]) {
      throw badValue('_type', type, 'resource types', `The URL is of ${searched[0]}; other types have their own.`)
    }
    if (definitions.isResourceType(type)) return type
    const near = nearest(type, definitions.resourceTypes)
    throw badValue('_type', type, 'resource types', near ? `Did you mean '${near}'?` : '')
  })
}

function oneOf<const T extends string>(name: string, value: string, allowed: readonly T[]): T {
  if ((allowed as readonly string[]).includes(value)) return value as T
  throw badValue(name, value, 'code', `It takes ${allowed.join(', ')}.`)
}

function badValue(name: string, value: string, type: string, expected: string): OutcomeError {
  return new OutcomeError('invalid-search-value', { name, value, type, expected })
}
