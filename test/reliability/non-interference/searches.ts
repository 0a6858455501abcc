/** Searches of all kinds, made so that they find something of the full world. */
import { type Criterion, chooseCriterion, type Subject, subjectOf } from '../../oracle/random/choose-criterion.ts'
import { chooseFilter } from '../../oracle/random/choose-filter.ts'
import { chooseIncludes, chooseReverseIncludes, chooseSort } from '../../oracle/random/choose-result.ts'
import type { Random } from '../../oracle/random/random.ts'
import { remember, type World } from '../../oracle/world.ts'
import type { TwinRequest } from './request.ts'
import type { Sees } from './visible.ts'

export interface Source {
  readonly world: World
  readonly sees: Sees
  readonly random: Random
  /** What was stored and deleted: `Observation/1`. */
  readonly deleted: readonly string[]
  /** How likely a request begins with something that the caller sees. */
  readonly bias: number
  /** Whether explanations are asked for. */
  readonly explains: boolean
}

/** A resource, seen or hidden. */
export function anySubject({ world, sees, random, bias }: Source): Subject {
  const keys = remember(world.memory, 'all keys', () =>
    world.types.flatMap((type) => world.population(type).members.map(({ key }) => key)),
  )
  const seen = remember(world.memory, 'seen keys', () => keys.filter(sees))
  const hidden = remember(world.memory, 'hidden keys', () => keys.filter((key) => !sees(key)))
  const list = seen.length > 0 && (hidden.length === 0 || random.chance(bias)) ? seen : hidden
  return subjectOf(world, random.pick(list))
}

export function keyOf({ population, index }: Subject): string {
  return population.members[index]!.key
}

/** One to three criteria on a type, with an order, includes, totals. */
export function anySearch(source: Source): TwinRequest {
  const { random, world } = source
  const context = { world, random }
  const subject = anySubject(source)
  const { type } = subject.population
  const wanted = random.weighted([
    [6, 1],
    [4, 2],
    [1, 3],
  ])
  const criteria = Array.from({ length: wanted }, () =>
    random.chance(0.1) ? chooseFilter(context, subject) : chooseCriterion(context, subject, 3),
  ).filter((criterion) => criterion !== undefined)
  const others: Criterion[] = [
    ...(random.chance(0.25) ? [chooseSort(context, type)] : []),
    ...(random.chance(0.2) ? chooseIncludes(context, subject) : []),
    ...(random.chance(0.2) ? chooseReverseIncludes(context, subject) : []),
  ]
  const query = [...criteria, ...others].map(({ name, value }) => `${name}=${encodeURIComponent(value)}`)
  return searchRequest(type, [...query, ...shaping(source)], random)
}

const shapes: readonly (readonly [weight: number, query: string])[] = [
  [30, ''],
  [6, '_total=accurate'],
  [6, '_total=estimate'],
  [4, '_summary=count'],
  [2, '_summary=true'],
  [2, '_elements=id,status'],
  [10, '_count=1'],
  [6, '_count=3&_total=accurate'],
  [4, '_contained=both'],
  [2, '_contained=true&_containedType=contained'],
  [1, '_format=xml'],
]

function shaping({ random, explains }: Source): string[] {
  if (explains && random.chance(0.04)) return ['_explain=true']
  return random
    .weighted(shapes)
    .split('&')
    .filter((part) => part !== '')
}

/** By GET, or by POST as a form. */
export function searchRequest(type: string, query: readonly string[], random: Random): TwinRequest {
  const text = query.join('&')
  if (!random.chance(0.05)) return { method: 'GET', path: `${type}?${text}`, kind: 'search' }
  return { method: 'GET', path: `?_type=${type}&${text}`, kind: 'search of the system' }
}

/** Criteria of one type, as a query. */
export function someCriteria(source: Source, subject: Subject): string {
  const criterion = chooseCriterion({ world: source.world, random: source.random }, subject, 1)
  return criterion ? `${criterion.name}=${encodeURIComponent(criterion.value)}` : `_id=${keyOf(subject).split('/')[1]}`
}
