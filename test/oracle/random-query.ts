/**
 * Random searches for comparing the server with the oracle. Each begins with a resource that is to be found, so that most
 * have results; the same seed gives the same searches.
 */
import type { Evaluation } from './evaluate.ts'
import { evaluate } from './evaluate.ts'
import type { Context, Criterion, Subject } from './random/choose-criterion.ts'
import { chooseCriterion, plainCriterion } from './random/choose-criterion.ts'
import { chooseFilter } from './random/choose-filter.ts'
import { chooseRare } from './random/choose-rare.ts'
import { chooseIncludes, chooseReverseIncludes, chooseSort } from './random/choose-result.ts'
import type { Random } from './random/random.ts'
import type { Population, World } from './world.ts'
import { remember } from './world.ts'

export interface RandomQuery {
  /** Empty for a search over all types. */
  readonly type: string
  /** URL encoded. */
  readonly query: string
  /** What the search exercises, for counting coverage. */
  readonly features: readonly string[]
  readonly evaluation: Evaluation
}

export interface RandomQueryOptions {
  /** Searches with more matches, or more included resources, are thrown away. */
  readonly most?: number
}

/** A search and its results according to the oracle. */
export function randomQuery(world: World, random: Random, { most = 500 }: RandomQueryOptions = {}): RandomQuery {
  for (;;) {
    const candidate = compose({ world, random })
    if (!candidate) continue
    const query = candidate.parameters.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('&')
    const evaluation = evaluate(world, candidate.type, query)
    if (evaluation.matches.length > most || evaluation.included.length > most) continue
    return { type: candidate.type, query, features: featuresOf(candidate), evaluation }
  }
}

/** How often each feature occurs, the frequent first. */
export function coverage(queries: Iterable<RandomQuery>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { features } of queries) {
    for (const feature of new Set(features)) counts.set(feature, (counts.get(feature) ?? 0) + 1)
  }
  return new Map([...counts].sort(([, left], [, right]) => right - left))
}

interface Composition {
  readonly type: string
  readonly parameters: readonly Criterion[]
  readonly features: readonly string[]
}

function featuresOf({ type, parameters, features }: Composition): string[] {
  return [`on ${type || 'all types'}`, ...features, ...parameters.flatMap((parameter) => parameter.features)]
}

function compose(context: Context): Composition | undefined {
  const { random } = context
  const kind = random.weighted([
    [94, ordinary],
    [3, overAllTypes],
    [3, overContained],
  ])
  return kind(context)
}

/** One to four criteria on a type, in an order, with others along. */
function ordinary(context: Context): Composition | undefined {
  const { random } = context
  const rare = random.chance(0.2) ? chooseRare(context) : undefined
  const subject = rare?.subject ?? chooseSubject(context)
  const count = random.weighted([
    [6, 1],
    [5, 2],
    [2, 3],
    [1, 4],
  ])
  const chosen = Array.from({ length: count - (rare ? 1 : 0) }, () =>
    random.chance(0.1) ? chooseFilter(context, subject) : chooseCriterion(context, subject, 3),
  )
  const criteria = [rare?.criterion, ...chosen].filter((criterion) => criterion !== undefined)
  if (criteria.length === 0) return undefined
  const { type } = subject.population
  const parameters = [...criteria, ...chooseResult(context, subject)]
  return { type, parameters, features: [`and:${criteria.length}`, `depth:${depthOf(criteria)}`] }
}

function chooseResult(context: Context, subject: Subject): Criterion[] {
  const { random } = context
  return [
    ...(random.chance(0.25) ? [chooseSort(context, subject.population.type)] : []),
    ...(random.chance(0.12) ? chooseIncludes(context, subject) : []),
    ...(random.chance(0.12) ? chooseReverseIncludes(context, subject) : []),
  ]
}

/** Links of the longest chain. */
function depthOf(criteria: readonly Criterion[]): number {
  return Math.max(...criteria.map(({ name }) => name.split(/\.|_has:/).length - 1))
}

/** A parameter that several types have, over those types or all. */
function overAllTypes(context: Context): Composition | undefined {
  const { world, random } = context
  const subject = chooseSubject(context)
  const criterion = plainCriterion(context, subject)
  if (!criterion) return undefined
  const code = criterion.name.split(':')[0]!
  const own = world.definitions.searchParameters(subject.population.type).get(code)!
  const sharing = world.types.filter((type) => world.definitions.searchParameters(type).get(code)?.url === own.url)
  if (own.base.some((base) => base === 'Resource' || base === 'DomainResource') && random.chance(0.5)) {
    return { type: '', parameters: [criterion], features: [] }
  }
  const types = new Set([subject.population.type, random.pick(sharing), random.pick(sharing)])
  const restriction = { name: '_type', value: [...types].join(','), features: ['_type'] }
  return { type: '', parameters: [restriction, criterion], features: [] }
}

/** Criteria on a contained resource. */
function overContained(context: Context): Composition | undefined {
  const { world, random } = context
  const populations = remember(world.memory, 'contained populations', () =>
    world.definitions.resourceTypes.map((type) => world.contained(type)).filter(({ members }) => members.length > 0),
  )
  if (populations.length === 0) return undefined
  const subject = memberOf(random.pick(populations), random)
  const criterion = plainCriterion(context, subject)
  if (!criterion) return undefined
  const value = random.pick(['true', 'both'])
  const shown = random.pick(['container', 'contained', undefined])
  const parameters = [
    criterion,
    { name: '_contained', value, features: [`contained:${value}`] },
    ...(shown ? [{ name: '_containedType', value: shown, features: [`containedType:${shown}`] }] : []),
  ]
  return { type: subject.population.type, parameters, features: [] }
}

/** Large populations come up more often, small ones often enough. */
function chooseSubject({ world, random }: Context): Subject {
  const weights = remember(world.memory, 'type weights', () =>
    world.types.map((type) => [Math.sqrt(world.population(type).members.length), type] as const),
  )
  return memberOf(world.population(random.weighted(weights)), random)
}

function memberOf(population: Population, random: Random): Subject {
  return { population, index: random.below(population.members.length) }
}
