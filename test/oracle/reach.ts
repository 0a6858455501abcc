/** Which stored resources a reference parameter leads to. */
import type { SearchParameter } from '../../server/fhir/definitions.ts'
import { cellsOf } from './cell.ts'
import { RefusedSearch } from './query.ts'
import { localKey } from './values/reference.ts'
import type { Population, World } from './world.ts'
import { remember } from './world.ts'

type ReferenceParameter = SearchParameter & { readonly type: 'reference' }

/** A parameter that can be chained or included over. */
export function referenceParameter(world: World, type: string, code: string): ReferenceParameter {
  const parameter = world.definitions.searchParameters(type).get(code)
  if (parameter?.type !== 'reference') throw new RefusedSearch(`${type} has no reference parameter '${code}'`)
  return parameter as ReferenceParameter
}

/** All reference parameters of a type. */
export function referenceParameters(world: World, type: string): ReferenceParameter[] {
  const parameters = [...world.definitions.searchParameters(type).values()]
  return parameters.filter((parameter) => parameter.type === 'reference') as ReferenceParameter[]
}

/** The types that the parameter can lead to, or the one that is asked for. */
export function targetTypes(world: World, type: string, code: string, asked: string): readonly string[] {
  const targets = referenceParameter(world, type, code).target ?? []
  if (asked === '') return targets
  if (!targets.includes(asked)) throw new RefusedSearch(`'${code}' of ${type} never refers to a ${asked}`)
  return [asked]
}

/** For each member the keys of the stored resources, of the parameter's target types, that it refers to. */
export function referencedKeys(
  world: World,
  population: Population,
  parameter: ReferenceParameter,
): readonly (readonly string[])[] {
  return remember(population.memory, `keys ${parameter.code}`, () => {
    const targets = new Set(parameter.target ?? [])
    return cellsOf(world, population, parameter).map(({ values }) => {
      const local = values.filter(({ type, nested }) => type !== undefined && targets.has(type) && !nested)
      return [...new Set(local.map((value) => localKey(value)!))].filter((key) => world.resource(key))
    })
  })
}
