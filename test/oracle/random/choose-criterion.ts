/** Criteria that a given resource satisfies, or nearly so: plain, chained, reverse chained. */
import type { SearchParameter, SearchParameterType } from '../../../server/fhir/definitions.ts'
import type { Cell } from '../cell.ts'
import { cellsOf, isBoolean } from '../cell.ts'
import { negations, testFor } from '../compare.ts'
import { referencedKeys, referenceParameters } from '../reach.ts'
import type { Population, World } from '../world.ts'
import { remember } from '../world.ts'
import type { Choice } from './choose-text.ts'
import { chooseText } from './choose-text.ts'
import { chooseWords } from './choose-words.ts'
import { oddText } from './odd-text.ts'
import type { Random } from './random.ts'

/** One `name=value` of a query, and what it exercises. */
export interface Criterion {
  readonly name: string
  readonly value: string
  readonly features: readonly string[]
}

export interface Context {
  readonly world: World
  readonly random: Random
}

/** A resource to be found. */
export interface Subject {
  readonly population: Population
  readonly index: number
}

const typeWeights: readonly (readonly [number, SearchParameterType])[] = [
  [4, 'string'],
  [7, 'token'],
  [6, 'date'],
  [2, 'number'],
  [4, 'quantity'],
  [5, 'reference'],
  [2, 'uri'],
  [3, 'composite'],
  [1, 'special'],
]

/** Parameters whose values are nested resources, or computed from an absence: nothing to pick a query from. */
const avoided = new Set(['composition', 'message'])

/** A criterion on a resource, chained at most `depth` times. */
export function chooseCriterion(context: Context, subject: Subject, depth: number): Criterion | undefined {
  const choose = context.random.weighted([
    [60, plainCriterion],
    [depth > 0 ? 14 : 0, chainCriterion],
    [depth > 0 ? 12 : 0, hasCriterion],
    [2, listCriterion],
    [3, chooseWords],
  ])
  return choose(context, subject, depth)
}

/** A parameter of the resource's own type. */
export function plainCriterion(context: Context, subject: Subject): Criterion | undefined {
  const { random } = context
  const parameter = chooseParameter(context, subject)
  if (!parameter) return undefined
  if (random.chance(0.06) && canBeMissing(parameter)) return missingCriterion(random, parameter)
  return valueCriterion(context, subject, parameter)
}

/** A parameter with one value or two that are alternatives. */
export function valueCriterion(context: Context, subject: Subject, parameter: SearchParameter): Criterion | undefined {
  const { random } = context
  const first = random.chance(0.06)
    ? oddText(parameter, random, context.world)
    : chooseMatching(context, subject, parameter)
  if (!first) return undefined
  const second = random.chance(0.15) ? anotherText(context, subject, parameter, first.modifier) : undefined
  return {
    name: first.modifier === '' ? parameter.code : `${parameter.code}:${first.modifier}`,
    value: second === undefined ? first.text : random.pick([`${first.text},${second}`, `${second},${first.text}`]),
    features: [first.feature, ...(second === undefined ? [] : ['or'])],
  }
}

/** Parameters of a type that have an expression, by search type. */
export function parametersByType(world: World, type: string): ReadonlyMap<SearchParameterType, SearchParameter[]> {
  return remember(world.memory, `parameters ${type}`, () => {
    const usable = [...world.definitions.searchParameters(type).values()].filter(
      (parameter) => parameter.expression !== undefined && !avoided.has(parameter.code),
    )
    return Map.groupBy(usable, (parameter) => parameter.type)
  })
}

/** A parameter for which the resource has a value. */
function chooseParameter({ world, random }: Context, { population, index }: Subject): SearchParameter | undefined {
  const byType = parametersByType(world, population.type)
  for (let attempt = 0; attempt < 12; attempt++) {
    const known = byType.get(random.weighted(typeWeights))
    if (!known) continue
    const parameter = random.pick(known)
    if (parameter.code.startsWith('_') && random.chance(0.6)) continue
    if (cellsOf(world, population, parameter)[index]!.values.length > 0) return parameter
  }
  return undefined
}

/** A composite has no value of its own to be missing; an expression over absence always has one. */
export function canBeMissing(parameter: SearchParameter): boolean {
  return parameter.type !== 'composite' && parameter.type !== 'special' && !parameter.expression!.includes(' and ')
}

function missingCriterion(random: Random, parameter: SearchParameter): Criterion {
  return {
    name: `${parameter.code}:missing`,
    value: random.chance(0.7) ? 'false' : 'true',
    features: [`${parameter.type}:missing`],
  }
}

/** Tries several texts; keeps the first that the resource satisfies, else the last. Some are kept as they come. */
function chooseMatching(context: Context, { population, index }: Subject, parameter: SearchParameter) {
  const { world, random } = context
  const cell = cellsOf(world, population, parameter)[index]! as Cell<unknown>
  let chosen: Choice | undefined
  for (let attempt = 0; attempt < 8; attempt++) {
    chosen = chooseText(random.pick(cell.values), { world, random, parameter }) ?? chosen
    if (chosen && (random.chance(0.25) || satisfies(world, parameter, cell, chosen))) return chosen
  }
  return chosen
}

function satisfies(world: World, parameter: SearchParameter, cell: Cell<unknown>, choice: Choice): boolean {
  const negated = choice.modifier in negations
  const modifier = negated ? negations[choice.modifier]! : choice.modifier
  const test = testFor(choice.text, { world, parameter, modifier }) as (value: unknown) => boolean
  return cell.values.some(test) !== negated
}

/** A further text under the same modifier, for after the comma. */
function anotherText(context: Context, { population }: Subject, parameter: SearchParameter, modifier: string) {
  const { world, random } = context
  const cells = cellsOf(world, population, parameter) as readonly Cell<unknown>[]
  for (let attempt = 0; attempt < 6; attempt++) {
    const { values } = random.pick(cells)
    const chosen = values.length > 0 ? chooseText(random.pick(values), { world, random, parameter }) : undefined
    if (chosen?.modifier === modifier) return chosen.text
  }
  return undefined
}

function chainCriterion(context: Context, subject: Subject, depth: number): Criterion | undefined {
  const { world, random } = context
  const { population, index } = subject
  const links = referenceParameters(world, population.type).flatMap((parameter) =>
    avoided.has(parameter.code)
      ? []
      : referencedKeys(world, population, parameter)[index]!.map((key) => ({ parameter, key })),
  )
  if (links.length === 0) return undefined
  const { parameter, key } = random.pick(links)
  const target = subjectOf(world, key)
  const inner = chooseCriterion(context, target, depth - 1)
  if (!inner) return undefined
  const untyped = random.chance(0.5) && canOmitType(world, parameter.target ?? [], inner.name)
  const link = untyped ? parameter.code : `${parameter.code}:${target.population.type}`
  return {
    ...inner,
    name: `${link}.${inner.name}`,
    features: [...inner.features, untyped ? 'chain:any type' : 'chain:type'],
  }
}

/** True if the rest of a chain means the same on every target type that knows its first parameter. */
function canOmitType(world: World, targets: readonly string[], rest: string): boolean {
  if (targets.length === 1) return true
  const [code = '', modifier = ''] = rest.split(':')
  if (rest.includes('.') || !['', 'missing', 'exact', 'contains', 'not', 'text'].includes(modifier)) return false
  const found = targets.flatMap((type) => world.definitions.searchParameters(type).get(code) ?? [])
  return found.length > 0 && new Set(found.map((parameter) => kindOf(world, parameter))).size === 1
}

/** Its type, except that booleans take other values than tokens. */
export function kindOf(world: World, parameter: SearchParameter): string {
  return isBoolean(world, parameter) ? 'boolean' : parameter.type
}

function hasCriterion(context: Context, subject: Subject, depth: number): Criterion | undefined {
  const { world, random } = context
  const member = subject.population.members[subject.index]!
  const references = referencesTo(world).get(member.key) ?? []
  if (references.length === 0) return undefined
  const { type, code, index } = random.pick(references)
  const inner = chooseCriterion(context, { population: world.population(type), index }, depth - 1)
  if (!inner) return undefined
  return { ...inner, name: `_has:${type}:${code}:${inner.name}`, features: [...inner.features, 'has'] }
}

/** Membership in a List that names the resource. */
export function listCriterion({ world, random }: Context, { population, index }: Subject): Criterion | undefined {
  const key = population.members[index]!.key
  const lists = (referencesTo(world).get(key) ?? []).filter(({ type, code }) => type === 'List' && code === 'item')
  if (lists.length === 0) return undefined
  const list = world.population('List').members[random.pick(lists).index]!
  return { name: '_list', value: list.resource.id, features: ['list'] }
}

export interface IncomingReference {
  readonly type: string
  readonly code: string
  readonly index: number
}

/** For each resource those that refer to it. */
export function referencesTo(world: World): ReadonlyMap<string, readonly IncomingReference[]> {
  return remember(world.memory, 'references to', () => {
    const incoming = new Map<string, IncomingReference[]>()
    for (const type of world.types) {
      for (const parameter of referenceParameters(world, type).filter(({ code }) => !avoided.has(code))) {
        referencedKeys(world, world.population(type), parameter).forEach((keys, index) => {
          for (const key of keys) {
            const known = incoming.get(key) ?? []
            known.push({ type, code: parameter.code, index })
            incoming.set(key, known)
          }
        })
      }
    }
    return incoming
  })
}

/** A stored resource as something to be found. */
export function subjectOf(world: World, key: string): Subject {
  const population = world.population(key.split('/')[0]!)
  const places = remember(population.memory, 'places', () => new Map(population.members.map((m, i) => [m.key, i])))
  return { population, index: places.get(key)! }
}
