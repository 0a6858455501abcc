/** One parameter of a query against a population: plain, chained or reverse chained. */
import type { SearchParameter } from '../../server/fhir/definitions.ts'
import type { Cell } from './cell.ts'
import { cellsOf } from './cell.ts'
import type { Question, Test } from './compare.ts'
import { negations, testFor } from './compare.ts'
import type { Name } from './query.ts'
import { RefusedSearch, splitAt } from './query.ts'
import { referencedKeys, referenceParameter, targetTypes } from './reach.ts'
import { inList, matchWords } from './text.ts'
import type { Mask, Population, World } from './world.ts'

/** Which members satisfy `name=value`. */
export function satisfying(world: World, population: Population, name: Name, value: string): Mask {
  if (name.kind === 'chain') return chained(world, population, name, value)
  if (name.kind === 'has') return reverseChained(world, population, name, value)
  const own = ownParameters[name.code]
  if (own && name.modifier === '') return own(world, population, value)
  return plain(world, population, name, value)
}

/** The parameter of a type by its code. */
export function searchParameter(world: World, type: string, code: string): SearchParameter {
  const parameter = world.definitions.searchParameters(type).get(code)
  if (!parameter?.expression) throw new RefusedSearch(`${type} has no search parameter '${code}'`)
  return parameter
}

/** True if the first step of a name means something for a type. */
export function isKnownOn(world: World, type: string, name: Name): boolean {
  if (name.kind === 'has') return targetTypes(world, name.type, name.code, '').includes(type)
  return name.code in ownParameters || world.definitions.searchParameters(type).has(name.code)
}

type OwnParameter = (world: World, population: Population, value: string) => Mask

/** Parameters that no expression defines. */
const ownParameters: Readonly<Record<string, OwnParameter>> = {
  _content: (world, population, value) => matchWords(world, population, 'content', value),
  _text: (world, population, value) => matchWords(world, population, 'narrative', value),
  _list: inList,
}

function plain(world: World, population: Population, name: Name & { kind: 'plain' }, value: string): Mask {
  const parameter = searchParameter(world, population.type, name.code)
  const cells = cellsOf(world, population, parameter) as readonly Cell<unknown>[]
  if (name.modifier === 'missing') return missing(cells, value)
  const negated = name.modifier in negations && parameter.type === 'token'
  const modifier = negated ? negations[name.modifier]! : name.modifier
  const test = anyOf(value, { world, parameter, modifier })
  return cells.map((cell) => cell.values.some(test) !== negated)
}

function missing(cells: readonly Cell<unknown>[], value: string): Mask {
  if (value !== 'true' && value !== 'false') throw new RefusedSearch(`':missing' takes true or false, not '${value}'`)
  return cells.map((cell) => cell.present === (value === 'false'))
}

/** The commas of a value are alternatives. */
function anyOf(value: string, question: Question): Test<unknown> {
  const tests = splitAt(value, ',').map((text) => testFor(text, question) as Test<unknown>)
  return (candidate) => tests.some((test) => test(candidate))
}

/** Members that refer to a resource that satisfies the rest of the chain. https://hl7.org/fhir/R4/search.html#chaining */
function chained(world: World, population: Population, name: Name & { kind: 'chain' }, value: string): Mask {
  const parameter = referenceParameter(world, population.type, name.code)
  const types = targetTypes(world, population.type, name.code, name.type)
  const known = types.filter((type) => isKnownOn(world, type, name.rest))
  if (known.length === 0) throw new RefusedSearch(`no target of '${name.code}' has the next parameter`)
  const satisfied = new Set<string>()
  for (const type of known) {
    const targets = world.population(type)
    const mask = satisfying(world, targets, name.rest, value)
    targets.members.forEach((member, i) => {
      if (mask[i]) satisfied.add(member.key)
    })
  }
  const keys = referencedKeys(world, population, parameter)
  return keys.map((referenced) => referenced.some((key) => satisfied.has(key)))
}

/** Members that a satisfying resource refers to. https://hl7.org/fhir/R4/search.html#has */
function reverseChained(world: World, population: Population, name: Name & { kind: 'has' }, value: string): Mask {
  const parameter = referenceParameter(world, name.type, name.code)
  if (!isKnownOn(world, population.type, name)) {
    throw new RefusedSearch(`'${name.code}' of ${name.type} never refers to a ${population.type}`)
  }
  const sources = world.population(name.type)
  const mask = satisfying(world, sources, name.rest, value)
  const keys = referencedKeys(world, sources, parameter)
  const referenced = new Set(keys.flatMap((found, i) => (mask[i] ? found : [])))
  return population.members.map((member) => referenced.has(member.key))
}
