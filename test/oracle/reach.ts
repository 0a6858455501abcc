/** Which stored resources a reference parameter leads to. */
import type { Definitions, SearchParameter } from '../../server/fhir/definitions.ts'
import { cellsOf } from './cell.ts'
import { RefusedSearch } from './query.ts'
import type { ReferenceValue } from './values/reference.ts'
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
      const stored = local.map((value) => localKey(value)!).filter((key) => world.resource(key))
      const named = values.flatMap(({ canonical }) => (canonical ? namedBy(world, canonical, targets) : []))
      return [...new Set([...stored, ...named])]
    })
  })
}

/** The resources of the target types with that url and, where it is given, that version. */
function namedBy(
  world: World,
  { url, version }: NonNullable<ReferenceValue['canonical']>,
  targets: ReadonlySet<string>,
): string[] {
  const named = (canonicalResources(world).get(url) ?? []).filter(({ type }) => targets.has(type))
  return named.filter((one) => version === undefined || version === one.version).map(({ key }) => key)
}

interface CanonicalResource {
  readonly type: string
  readonly key: string
  readonly version: unknown
}

/** By url the resources that are versions of what the url names. */
export function canonicalResources(world: World): ReadonlyMap<string, readonly CanonicalResource[]> {
  return remember(world.memory, 'canonical resources', () => {
    const found = world.types
      .filter((type) => isCanonical(world.definitions, type))
      .flatMap((type) =>
        world.population(type).members.map(({ key, resource }) => {
          return { type, key, version: resource['version'], url: resource['url'] as string | undefined }
        }),
      )
    return Map.groupBy(
      found.filter(({ url }) => url !== undefined),
      ({ url }) => url!,
    )
  })
}

/** True for types that are found by their own url and have a version in words: a Device's are something else. */
export function isCanonical({ types, searchParameters }: Definitions, type: string): boolean {
  const version = types.get(type)!.elements.find(({ name }) => name === 'version')
  const url = searchParameters(type).get('url')?.expression ?? ''
  return version?.types[0]?.code === 'string' && url.split(' | ').includes(`${type}.url`)
}

/** What a parameter is called that says what a resource is part of. https://hl7.org/fhir/R4/search.html#recursive */
const parentCodes = ['partof', 'part-of', 'parent']

/** The parameter by which resources of a type are part of others of that type. */
export function parentParameter(world: World, type: string): ReferenceParameter | undefined {
  return referenceParameters(world, type).find(
    ({ code, target = [] }) => parentCodes.includes(code) && target.includes(type),
  )
}

/** The resource itself and all that it is part of, nearer or farther. */
export function withAncestors(world: World, key: string): ReadonlySet<string> {
  const parents = parentsOf(world, key.split('/')[0]!)
  const found = new Set([key])
  for (const one of found) for (const parent of parents.get(one) ?? []) found.add(parent)
  return found
}

function parentsOf(world: World, type: string): ReadonlyMap<string, readonly string[]> {
  const population = world.population(type)
  return remember(population.memory, 'parents', () => {
    const parameter = parentParameter(world, type)
    const cells = parameter ? cellsOf(world, population, parameter) : []
    const own = cells.map(({ values }) => values.filter((value) => value.type === type).map((one) => localKey(one)!))
    return new Map(own.map((found, i) => [population.members[i]!.key, found]))
  })
}
