/** Parameters that order results and bring others along. */
import type { SearchParameter } from '../../../server/fhir/definitions.ts'
import type { Cell, ValueOf } from '../cell.ts'
import { cellsOf } from '../cell.ts'
import { referencedKeys, referenceParameters } from '../reach.ts'
import { localKey } from '../values/reference.ts'
import type { World } from '../world.ts'
import { remember } from '../world.ts'
import type { Context, Criterion, Subject } from './choose-criterion.ts'
import { parametersByType, referencesTo } from './choose-criterion.ts'

/** A `_sort` over one to three parameters that can be sorted by. */
export function chooseSort({ world, random }: Context, type: string): Criterion {
  const codes = sortable(world, type)
  const count = random.weighted([
    [5, 1],
    [3, 2],
    [1, 3],
  ])
  const chosen = new Set(Array.from({ length: count }, () => random.pick(codes)))
  const rules = [...chosen].map((code) => (random.chance(0.5) ? `-${code}` : code))
  const kinds = [...chosen].map((code) => world.definitions.searchParameters(type).get(code)!.type)
  return {
    name: '_sort',
    value: rules.join(','),
    features: [`sort:${rules.length}`, ...kinds.map((kind) => `sort ${kind}`)],
  }
}

/** An `_include` from the type, and perhaps another from what it brings. */
export function chooseIncludes(context: Context, { population, index }: Subject): Criterion[] {
  const { world, random } = context
  const { type } = population
  const used = referenceParameters(world, type).filter(
    (parameter) => referencedKeys(world, population, parameter)[index]!.length > 0,
  )
  if (used.length === 0) return []
  const parameter = random.pick(used)
  const target = random.pick(referencedKeys(world, population, parameter)[index]!).split('/')[0]!
  const [form, value] = random.weighted([
    [6, ['plain', `${type}:${parameter.code}`]],
    [3, ['typed', `${type}:${parameter.code}:${target}`]],
    [1, ['Type:*', `${type}:*`]],
    [1, ['*', '*']],
  ] as const)
  const iterate = random.chance(0.2)
  const first = { name: iterate ? '_include:iterate' : '_include', value, features: [`include:${form}`] }
  if (iterate || !random.chance(0.3)) return [first]
  const further = referenceParameters(world, target)
  if (further.length === 0) return [first]
  const second = `${target}:${random.pick(further).code}`
  return [first, { name: '_include:iterate', value: second, features: ['include:iterate'] }]
}

/** A `_revinclude` of what refers to the resource, and perhaps of what refers to that. */
export function chooseReverseIncludes(context: Context, { population, index }: Subject): Criterion[] {
  const { world, random } = context
  const references = referencesTo(world).get(population.members[index]!.key) ?? []
  if (references.length === 0) return []
  const { type, code } = random.pick(references)
  const [form, value] = random.weighted([
    [6, ['plain', `${type}:${code}`]],
    [2, ['typed', `${type}:${code}:${population.type}`]],
    [1, ['Type:*', `${type}:*`]],
  ] as const)
  const first = { name: '_revinclude', value, features: [`revinclude:${form}`] }
  if (!random.chance(0.25)) return [first]
  const forward = referenceParameters(world, type)
  const iterated = random.chance(0.5)
    ? { name: '_revinclude:iterate', value: 'Provenance:target', features: ['revinclude:iterate'] }
    : { name: '_include:iterate', value: `${type}:${random.pick(forward).code}`, features: ['include:iterate'] }
  return [first, iterated]
}

/** Codes of parameters whose order has one reading only. */
function sortable(world: World, type: string): string[] {
  return remember(world.memory, `sortable ${type}`, () => {
    const parameters = [...parametersByType(world, type).values()].flat()
    return parameters.filter((parameter) => isSortable(world, type, parameter)).map(({ code }) => code)
  })
}

/** Intervals have no single number, and references can be written in several ways. */
function isSortable(world: World, type: string, parameter: SearchParameter): boolean {
  if (parameter.type === 'composite' || parameter.type === 'special') return false
  const cells = cellsOf(world, world.population(type), parameter) as readonly Cell<never>[]
  const isPlain = plain[parameter.type]
  return !isPlain || cells.every(({ values }) => values.every(isPlain))
}

const plain: Readonly<Record<string, (value: never) => boolean>> = {
  number: ({ low, high }: ValueOf['number']) => low === high,
  quantity: ({ interval }: ValueOf['quantity']) => interval.low === interval.high,
  reference: (value: ValueOf['reference']) => value.raw !== undefined && value.raw === localKey(value),
}
