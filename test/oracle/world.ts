/**
 * The resources that the oracle searches. A world is immutable; what is derived from it (values of search parameters,
 * words, reverse references) is computed once and remembered.
 */
import type { Definitions } from '../../server/fhir/definitions.ts'

export interface Resource {
  readonly resourceType: string
  readonly id: string
  readonly [element: string]: unknown
}

/** A resource that can match. For a contained resource `key` is `Type/id#contained` and `container` is `Type/id`. */
export interface Member {
  readonly key: string
  readonly container: string
  readonly resource: Resource
}

/** All resources of one type among which a search selects. */
export interface Population {
  readonly type: string
  readonly members: readonly Member[]
  readonly memory: Map<string, unknown>
}

/** One truth value per member of a population. */
export type Mask = readonly boolean[]

export interface WorldOptions {
  readonly definitions: Definitions
  readonly resources: Iterable<unknown>
  /** What `ap` on dates measures from, in milliseconds. */
  readonly now: number
  /** The server's own base: absolute references that start with it are local. */
  readonly base?: string
  /** The codes of a value set as `system|code` in lower case; by default those that its compose lists one by one. */
  readonly codesOf?: (valueSet: string) => ReadonlySet<string> | undefined
  /** True if `descendant` is `ancestor` or below it in the code system. */
  readonly subsumes?: (system: string, ancestor: string, descendant: string) => boolean
}

export interface World {
  readonly definitions: Definitions
  readonly now: number
  readonly base: string
  /** Types of which there is at least one resource, sorted. */
  readonly types: readonly string[]
  readonly size: number
  readonly memory: Map<string, unknown>
  resource(key: string): Resource | undefined
  population(type: string): Population
  /** The contained resources of a type, in whatever resource they are. */
  contained(type: string): Population
  codesOf(valueSet: string): ReadonlySet<string> | undefined
  subsumes(system: string, ancestor: string, descendant: string): boolean
}

/** Builds a world from resources that have an id, a version and lastUpdated as the server would show them. */
export function createWorld(options: WorldOptions): World {
  const byKey = new Map<string, Resource>()
  const byType = new Map<string, Member[]>()
  const containedByType = new Map<string, Member[]>()
  for (const original of options.resources) {
    const resource = plainNumbers(original)
    const key = `${resource.resourceType}/${resource.id}`
    if (byKey.has(key)) throw new Error(`${key} occurs twice`)
    byKey.set(key, resource)
    push(byType, resource.resourceType, { key, container: key, resource })
    for (const inner of (resource['contained'] ?? []) as Resource[]) {
      push(containedByType, inner.resourceType, { key: `${key}#${inner.id}`, container: key, resource: inner })
    }
  }

  const memory = new Map<string, unknown>()
  return {
    definitions: options.definitions,
    now: options.now,
    base: options.base ?? 'http://localhost/fhir',
    types: [...byType.keys()].sort(),
    size: byKey.size,
    memory,
    resource: (key) => byKey.get(key),
    population: populations(byType),
    contained: populations(containedByType),
    codesOf: options.codesOf ?? ((url) => listedCodes(byType.get('ValueSet') ?? [], url)),
    subsumes: options.subsumes ?? ((_system, ancestor, descendant) => ancestor === descendant),
  }
}

/** What `compute` returns, kept under `key`. */
export function remember<T>(memory: Map<string, unknown>, key: string, compute: () => T): T {
  if (!memory.has(key)) memory.set(key, compute())
  return memory.get(key) as T
}

/** FHIRPath knows no numbers that carry their digits; their value is all that searching needs. */
function plainNumbers(resource: unknown): Resource {
  return JSON.parse(JSON.stringify(resource)) as Resource
}

function populations(byType: ReadonlyMap<string, Member[]>): (type: string) => Population {
  const known = new Map<string, Population>()
  return (type) => {
    const population = known.get(type) ?? { type, members: byType.get(type) ?? [], memory: new Map() }
    known.set(type, population)
    return population
  }
}

interface ValueSetShape {
  readonly url?: string
  readonly compose?: { include?: { system?: string; concept?: { code: string }[] }[] }
}

function listedCodes(valueSets: readonly Member[], url: string): ReadonlySet<string> | undefined {
  const shapes = valueSets.map((member) => member.resource as ValueSetShape)
  const valueSet = shapes.find((shape) => shape.url === url)
  const includes = valueSet?.compose?.include ?? []
  const codes = includes.flatMap((include) => (include.concept ?? []).map(({ code }) => `${include.system}|${code}`))
  return valueSet && new Set(codes.map((code) => code.toLowerCase()))
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}
