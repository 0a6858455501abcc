/**
 * A naive search over resources in memory, written from https://hl7.org/fhir/R4/search.html alone. It shares no code with
 * the server's search, so that what both agree on is likely to be right.
 */
import { satisfying } from './criterion.ts'
import { filtered } from './filter.ts'
import { parseFilter } from './filter-grammar.ts'
import type { IncludeRule } from './include.ts'
import { included, parseInclude } from './include.ts'
import type { Parameter } from './query.ts'
import { parseName, parseParameters, RefusedSearch, splitAt } from './query.ts'
import type { SortKey, SortRule } from './sort.ts'
import { compareKeys, parseSort, sortKeys } from './sort.ts'
import type { Mask, Member, Population, World } from './world.ts'

export interface Evaluation {
  /** `Type/id` of each match, in the required order if there is a `_sort`; `Type/id#id` for a contained resource. */
  readonly matches: readonly string[]
  readonly included: readonly string[]
  readonly sortKeyed: boolean
  /** For each match its rank in the order: matches of equal rank may come in any order. */
  readonly ranks: readonly number[]
}

/** Evaluates a query string against one type, or against all with `type` empty. Throws `RefusedSearch` if it is wrong. */
export function evaluate(world: World, type: string, query: string): Evaluation {
  const search = readSearch(world, type, query)
  const found = search.populations.flatMap((population) => select(world, population, search))
  const ordered = order(found, search.sort)
  const matches = ordered.map(({ key }) => key)
  return {
    matches,
    included: included(world, matches, search.includes),
    sortKeyed: search.sort.length > 0,
    ranks: ranksOf(ordered, search.sort),
  }
}

interface Search {
  readonly populations: readonly Population[]
  readonly criteria: readonly Parameter[]
  readonly includes: readonly IncludeRule[]
  readonly sort: readonly SortRule[]
  /** Show the contained resource instead of its container. */
  readonly showContained: boolean
}

interface Found {
  readonly key: string
  readonly sortKeys: readonly SortKey[]
}

/** Parameters that change what is returned of a match, not what matches. */
const representation = new Set(['_count', '_total', '_summary', '_elements', '_format', '_pretty'])
const control = new Set(['_sort', '_type', '_contained', '_containedType'])

function readSearch(world: World, type: string, query: string): Search {
  const parameters = parseParameters(query).filter(({ name }) => !representation.has(name))
  const last = (name: string) => parameters.findLast((parameter) => parameter.name === name)?.value
  const types = last('_type')?.split(',') ?? (type === '' ? world.types : [type])
  const isInclude = ({ name }: Parameter) => name.startsWith('_include') || name.startsWith('_revinclude')
  return {
    populations: types.flatMap((each) => populationsOf(world, each, last('_contained') ?? 'false')),
    criteria: parameters.filter((parameter) => !isInclude(parameter) && !control.has(parameter.name)),
    includes: parameters.filter(isInclude).map(readInclude),
    sort: parameters.filter(({ name }) => name === '_sort').flatMap(({ value }) => parseSort(value)),
    showContained: last('_containedType') === 'contained',
  }
}

function populationsOf(world: World, type: string, contained: string): Population[] {
  if (!world.definitions.isResourceType(type)) throw new RefusedSearch(`'${type}' is no resource type`)
  const choices: Readonly<Record<string, Population[]>> = {
    false: [world.population(type)],
    true: [world.contained(type)],
    both: [world.population(type), world.contained(type)],
  }
  const chosen = choices[contained]
  if (!chosen) throw new RefusedSearch(`_contained is true, false or both, not '${contained}'`)
  return chosen
}

function readInclude({ name, value }: Parameter): IncludeRule {
  const rule = parseInclude(name, value)
  if (!rule) throw new RefusedSearch(`'${name}' is not known`)
  return rule
}

function select(world: World, population: Population, search: Search): Found[] {
  const masks = search.criteria.map((criterion) => maskOf(world, population, criterion))
  const keys = search.sort.map((rule) => sortKeys(world, population, rule))
  const show = (member: Member) => (search.showContained ? member.key : member.container)
  return population.members.flatMap((member, i) =>
    masks.every((mask) => mask[i]) ? [{ key: show(member), sortKeys: keys.map((column) => column[i]) }] : [],
  )
}

function maskOf(world: World, population: Population, { name, value }: Parameter): Mask {
  if (name === '_filter') return filtered(world, population, parseFilter(value))
  if (splitAt(value, ',').some((alternative) => alternative === '')) throw new RefusedSearch(`'${name}' has no value`)
  return satisfying(world, population, parseName(name), value)
}

/** A container matches once, however many of its contained resources do. */
function order(found: readonly Found[], sort: readonly SortRule[]): Found[] {
  const unique = [...new Map(found.map((match) => [match.key, match])).values()]
  return unique.sort((left, right) => compareKeys(sort, left.sortKeys, right.sortKeys))
}

function ranksOf(ordered: readonly Found[], sort: readonly SortRule[]): number[] {
  let rank = 0
  return ordered.map((match, i) => {
    const previous = ordered[i - 1]
    if (previous && compareKeys(sort, previous.sortKeys, match.sortKeys) !== 0) rank = i
    return rank
  })
}
