/**
 * From a query string to what is asked, checked against the parameters that exist.
 * https://hl7.org/fhir/R4/search.html
 */
import type { Definitions } from '../definitions.ts'
import { nearest } from '../nearest.ts'
import { type Issue, OutcomeError } from '../outcome.ts'
import type { IndexedParameter } from './search-index.ts'
import type { SearchIndexes } from './search-indexes.ts'
import { alternatives, checkParameterCount, checkSortKeys, maxSteps } from './search-limits.ts'

/** One condition: a parameter with its values, of which one must match. */
export interface ParameterCriterion {
  readonly kind: 'parameter'
  /** As written, for messages. */
  readonly name: string
  readonly parameter: IndexedParameter
  readonly modifier?: string
  /** Still escaped: each type splits its own parts. */
  readonly values: readonly string[]
}

/** `subject:Patient.name=x`: what the reference points at must meet `next`. */
export interface ChainCriterion {
  readonly kind: 'chain'
  readonly name: string
  readonly parameter: IndexedParameter
  /** One for each target type on which the rest of the chain makes sense. */
  readonly next: readonly { readonly type: string; readonly criterion: Criterion }[]
}

/** `_has:Observation:patient:code=x`: something of `type` that points here must meet `next`. */
export interface HasCriterion {
  readonly kind: 'has'
  readonly name: string
  readonly type: string
  readonly parameter: IndexedParameter
  readonly next: Criterion
}

/** Parameters that are not in the index of a type: `_id`, `_lastUpdated`, `_text`, `_content`, `_list`, `_filter`. */
export interface SpecialCriterion {
  readonly kind: 'special'
  readonly name: string
  readonly modifier?: string
  readonly values: readonly string[]
}

/** One of several must match: the parameters by which a resource is in a compartment. */
export interface AnyCriterion {
  readonly kind: 'any'
  readonly name: string
  readonly criteria: readonly Criterion[]
}

/** The principal date overlaps a period, or there is none: the care dates of `$everything`. In milliseconds. */
export interface PeriodCriterion {
  readonly kind: 'period'
  readonly name: string
  readonly low: number
  readonly high: number
}

export type Criterion =
  | ParameterCriterion
  | ChainCriterion
  | HasCriterion
  | SpecialCriterion
  | AnyCriterion
  | PeriodCriterion

export interface SortKey {
  readonly code: string
  readonly descending: boolean
}

export interface IncludeRequest {
  /** The type that holds the reference; `*` for every type. */
  readonly source: string
  /** `*` for every reference parameter. */
  readonly parameter: string
  readonly target?: string
  readonly iterate: boolean
  readonly reverse: boolean
}

export interface SearchRequest {
  /** One type, or several for a search over the whole system. */
  readonly types: readonly string[]
  /** By type: a parameter may mean something else on each. */
  readonly criteria: ReadonlyMap<string, readonly Criterion[]>
  readonly sort: readonly SortKey[]
  readonly count: number
  readonly total: 'none' | 'estimate' | 'accurate'
  readonly includes: readonly IncludeRequest[]
  readonly cursor?: string
  readonly contained: 'false' | 'true' | 'both'
  readonly containedType: 'container' | 'contained'
  readonly summary?: string
  readonly explain: boolean
  /** The parameters that were understood, as `name=value`, still encoded: the self link. */
  readonly understood: readonly string[]
  /** Warnings about what was ignored. */
  readonly issues: readonly Issue[]
}

export interface ParseOptions {
  readonly definitions: Definitions
  readonly indexes: SearchIndexes
  readonly handling: 'strict' | 'lenient'
}

export const defaultCount = 20
export const greatestCount = 1000

/** Parameters that shape the result; those without a reader are read elsewhere (format, elements). */
const resultParameters = new Set([
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
])

const specials: Readonly<Record<string, readonly string[]>> = {
  _id: ['not', 'missing'],
  _lastUpdated: ['missing'],
  _text: [],
  _content: [],
  _list: [],
  _filter: [],
}

export function parseSearch(types: readonly string[], query: string, options: ParseOptions): SearchRequest {
  const request = {
    criteria: new Map<string, Criterion[]>(),
    sort: [] as SortKey[],
    includes: [] as IncludeRequest[],
    count: defaultCount,
    total: 'none' as SearchRequest['total'],
    contained: 'false' as SearchRequest['contained'],
    containedType: 'container' as SearchRequest['containedType'],
    explain: false,
    understood: [] as string[],
    issues: [] as Issue[],
  }
  const result: { types: readonly string[]; cursor?: string; summary?: string } = { types }

  const pairs = queryPairs(query)
  checkParameterCount(pairs.length)
  for (const [name, value, text] of pairs) {
    try {
      readPair(name, value)
      if (name !== '_cursor') request.understood.push(text)
    } catch (error) {
      if (!ignorable(error, options.handling)) throw error
      request.issues.push(ignored((error as OutcomeError).issues[0]!, name))
    }
  }
  return { ...request, ...result }

  function addCriteria(name: string, value: string): void {
    if (value === '') throw badValue(name, value, 'any', 'It is empty: give a value or leave the parameter out.')
    if (result.types.length === 0)
      throw new OutcomeError('invalid-search', { reason: 'Name the types to search with _type.' })
    for (const type of result.types) {
      const criteria = request.criteria.get(type) ?? []
      request.criteria.set(type, [...criteria, criterionOf(name, value, type, options)])
    }
  }

  function readPair(name: string, value: string): void {
    if (name === '_type') result.types = typesOf(value, options.definitions)
    else if (name === '_cursor') result.cursor = value
    else if (name === '_summary') result.summary = oneOf(name, value, ['true', 'text', 'data', 'count', 'false'])
    else if (name === '_count' || name === '_maxresults') request.count = countOf(name, value)
    else if (name === '_total') request.total = oneOf(name, value, ['none', 'estimate', 'accurate'])
    else if (name === '_contained') request.contained = oneOf(name, value, ['false', 'true', 'both'])
    else if (name === '_containedType') request.containedType = oneOf(name, value, ['container', 'contained'])
    else if (name === '_explain') request.explain = oneOf(name, value, ['true', 'false']) === 'true'
    else if (name === '_sort') request.sort.push(...sortKeys(value, result.types, options))
    else if (/^_(rev)?include(:|$)/.test(name)) request.includes.push(...includesOf(name, value, result.types, options))
    else if (resultParameters.has(name)) return
    else addCriteria(name, value)
  }
}

/** Name, value and original text of each `name=value`; decoded as in HTML forms. */
export function queryPairs(query: string): [string, string, string][] {
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

/** Lenient handling ignores parameters that do not exist; modifiers and values that are wrong are always refused. */
function ignorable(error: unknown, handling: 'strict' | 'lenient'): boolean {
  return handling === 'lenient' && error instanceof OutcomeError && error.issues[0]!.code === 'unknown-parameter'
}

function ignored(issue: Issue, name: string): Issue {
  const { type = '', name: parameter = '', nearest: near = '' } = issue.params ?? {}
  return { code: 'ignored-parameter', params: { type, parameter, name, nearest: near }, severity: 'warning' }
}

/** Parses one parameter of a search on `type`. */
export function criterionOf(name: string, value: string, type: string, options: ParseOptions): Criterion {
  const [code, rest] = splitName(name)
  if (code === '_has') return hasCriterion(name, value, type, options)
  if (Object.hasOwn(specials, code)) return specialCriterion(code, rest, value)

  const parameter = findParameter(code, type, options)
  if (rest.includes('.')) return chainCriterion(name, rest, parameter, value, options)
  const modifier = rest === '' ? undefined : rest.slice(1)
  if (modifier !== undefined) checkModifier(name, modifier, parameter, options)
  return {
    kind: 'parameter',
    name,
    parameter,
    ...(modifier && { modifier }),
    values: alternatives(value, parameter.type),
  }
}

/** `name:exact` to `name` and `:exact`; `subject:Patient.name` to `subject` and `:Patient.name`. */
function splitName(name: string): [string, string] {
  const end = /[:.]/.exec(name)?.index ?? name.length
  return [name.slice(0, end), name.slice(end)]
}

export function findParameter(
  code: string,
  type: string,
  { indexes }: Pick<ParseOptions, 'indexes'>,
): IndexedParameter {
  const { parameters, building } = indexes.index(type)
  const parameter = parameters.get(code)
  if (parameter && (parameter.paths.length > 0 || parameter.composite)) return parameter
  if (building.has(code)) {
    const nearest = ' It is being made: it can be used as soon as $reindex is done.'
    throw new OutcomeError('unknown-parameter', { type, name: code, nearest })
  }
  const near = nearest(code, [...parameters.keys(), ...resultParameters, ...Object.keys(specials)])
  throw new OutcomeError('unknown-parameter', { type, name: code, nearest: near ? ` Did you mean '${near}'?` : '' })
}

function specialCriterion(code: string, rest: string, value: string): SpecialCriterion {
  const modifier = rest === '' ? undefined : rest.slice(1)
  if (modifier !== undefined && !specials[code]!.includes(modifier)) {
    throw unsupportedModifier(modifier, code, 'special', specials[code]!)
  }
  const values = code === '_filter' ? [value] : alternatives(value, code)
  return { kind: 'special', name: code, ...(modifier && { modifier }), values }
}

const modifiers: Readonly<Record<string, readonly string[]>> = {
  number: ['missing'],
  date: ['missing'],
  quantity: ['missing'],
  composite: [],
  special: ['missing'],
  string: ['exact', 'contains', 'missing'],
  token: ['text', 'not', 'in', 'not-in', 'above', 'below', 'of-type', 'missing'],
  reference: ['identifier', 'missing', 'type'],
  uri: ['above', 'below', 'missing'],
}

function checkModifier(
  name: string,
  modifier: string,
  parameter: IndexedParameter,
  { definitions }: ParseOptions,
): void {
  if (parameter.type === 'reference' && definitions.isResourceType(modifier)) {
    if (parameter.targets.length === 0 || parameter.targets.includes(modifier)) return
    throw new OutcomeError('invalid-chain', { chain: name, reason: `it never points at a ${modifier}.` })
  }
  if (!modifiers[parameter.type]!.includes(modifier) || modifier === 'type') {
    throw unsupportedModifier(modifier, parameter.code, parameter.type, modifiers[parameter.type]!)
  }
}

function unsupportedModifier(modifier: string, name: string, type: string, allowed: readonly string[]): OutcomeError {
  const list = allowed.map((m) => (m === 'type' ? ':[type]' : `:${m}`)).join(' ')
  return new OutcomeError('unsupported-modifier', {
    modifier,
    name,
    type,
    allowed: list === '' ? ' It takes none.' : ` It takes ${list}.`,
  })
}

/** `rest` is `.name` or `:Patient.name`, the parameter a reference. */
function chainCriterion(
  name: string,
  rest: string,
  parameter: IndexedParameter,
  value: string,
  options: ParseOptions,
): ChainCriterion {
  const fail = (reason: string) => new OutcomeError('invalid-chain', { chain: name, reason })
  if (parameter.type !== 'reference') throw fail(`'${parameter.code}' is not a reference.`)
  const dot = rest.indexOf('.')
  const only = rest.slice(1, Math.max(dot, 1))
  const tail = rest.slice(dot + 1)
  if (only !== '' && !options.definitions.isResourceType(only)) throw fail(`there is no resource type '${only}'.`)
  if (only !== '' && !parameter.targets.includes(only)) throw fail(`'${parameter.code}' never points at a ${only}.`)
  if (tail === '') throw fail('it ends without a parameter.')
  if (name.split('.').length > maxSteps) throw fail(`it has more than ${maxSteps} steps.`)

  const targets = only === '' ? parameter.targets : [only]
  const next = targets.flatMap((type) => {
    try {
      return [{ type, criterion: criterionOf(tail, value, type, options) }]
    } catch (error) {
      if (targets.length > 1 && error instanceof OutcomeError && error.issues[0]!.code === 'unknown-parameter')
        return []
      throw error
    }
  })
  if (next.length === 0) throw fail(`none of ${targets.join(', ')} has the parameter '${tail}'.`)
  return { kind: 'chain', name, parameter, next }
}

/** `_has:Observation:patient:code=x`. https://hl7.org/fhir/R4/search.html#has */
function hasCriterion(name: string, value: string, target: string, options: ParseOptions): HasCriterion {
  const fail = (reason: string) => new OutcomeError('invalid-chain', { chain: name, reason })
  const match = /^_has:([^:]+):([^:]+):(.+)$/.exec(name)
  if (!match) throw fail('it must have the form _has:[type]:[reference]:[parameter].')
  const [, type, code, tail] = match as unknown as [string, string, string, string]
  if (!options.definitions.isResourceType(type)) throw fail(`there is no resource type '${type}'.`)
  const parameter = findParameter(code, type, options)
  if (parameter.type !== 'reference') throw fail(`'${code}' is not a reference.`)
  if (!parameter.targets.includes(target)) throw fail(`'${code}' of ${type} never points at a ${target}.`)
  if (tail.split('_has').length > 6) throw fail('it is nested more than 6 levels.')
  return { kind: 'has', name, type, parameter, next: criterionOf(tail, value, type, options) }
}

function typesOf(value: string, definitions: Definitions): string[] {
  return [...new Set(value.split(','))].map((type) => {
    if (definitions.isResourceType(type)) return type
    const near = nearest(type, definitions.resourceTypes)
    throw badValue('_type', type, 'resource types', near ? `Did you mean '${near}'?` : '')
  })
}

function countOf(name: string, value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw badValue(name, value, 'number', 'It takes a whole number from 0.')
  return Math.min(Number(value), greatestCount)
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  if ((allowed as readonly string[]).includes(value)) return value as T
  throw badValue(name, value, 'code', `It takes ${allowed.join(', ')}.`)
}

function badValue(name: string, value: string, type: string, expected: string): OutcomeError {
  return new OutcomeError('invalid-search-value', { name, value, type, expected })
}

function sortKeys(value: string, types: readonly string[], options: ParseOptions): SortKey[] {
  const keys = value.split(',')
  checkSortKeys(keys.length)
  return keys.map((item) => {
    const descending = item.startsWith('-')
    const code = descending ? item.slice(1) : item
    if (code !== '_id' && code !== '_lastUpdated') {
      for (const type of types) {
        const parameter = findParameter(code, type, options)
        if (parameter.composite || parameter.type === 'special') {
          throw badValue('_sort', code, 'parameter', `A ${parameter.type} parameter has no order.`)
        }
      }
    }
    return { code, descending }
  })
}

/** https://hl7.org/fhir/R4/search.html#include */
function includesOf(name: string, value: string, types: readonly string[], options: ParseOptions): IncludeRequest[] {
  const [base, ...given] = name.split(':') as [string, ...string[]]
  const reverse = base === '_revinclude'
  const iterate = given.includes('iterate') || given.includes('recurse')
  if (given.some((modifier) => modifier !== 'iterate' && modifier !== 'recurse')) {
    throw unsupportedModifier(given.join(':'), base, 'include', ['iterate'])
  }
  const [source = '', code, target] = value.split(':')
  const fail = (expected: string) => badValue(name, value, 'include', expected)
  if (source === '*' && code === undefined) return [{ source, parameter: '*', iterate, reverse }]
  if (!options.definitions.isResourceType(source)) throw fail('It takes [type]:[parameter]:[target type] or *.')
  if (code === undefined || code === '') throw fail('Name the reference parameter after the type.')
  if (target !== undefined && !options.definitions.isResourceType(target))
    throw fail(`'${target}' is no resource type.`)
  if (!reverse && !iterate && types.length > 0 && !types.includes(source)) {
    throw fail(`The search is for ${types.join(', ')}; add :iterate to include from ${source}.`)
  }
  if (code !== '*') {
    const parameter = findParameter(code, source, options)
    if (parameter.type !== 'reference') throw fail(`'${code}' is not a reference.`)
  }
  return [{ source, parameter: code, ...(target && { target }), iterate, reverse }]
}
