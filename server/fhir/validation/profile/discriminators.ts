/** Tells by a slicing's discriminators whether a value is in a slice. https://hl7.org/fhir/R4/profiling.html#discriminator */
import { judgeable } from './discriminator-values.ts'
import type { Discriminator, ElementNode, Profile, TypeUse } from './element-tree.ts'
import type { Placed, Step } from './paths.ts'
import { itemsAt, nodesAt, parsePath } from './paths.ts'
import { conforms } from './profile-check.ts'
import type { Item, Visit } from './visit.ts'

/** True for a value that belongs to the slice. */
export type Matcher = (visit: Visit, item: Item) => boolean

/** The matcher of a slice; undefined where its discriminators do not tell. */
export function sliceMatcher(
  visit: Visit,
  slice: ElementNode,
  profile: Profile,
  discriminators: readonly Discriminator[],
): Matcher | undefined {
  const matchers = discriminators.map((discriminator) => matcherOf(visit, { node: slice, profile }, discriminator))
  if (matchers.length === 0 || matchers.every((matcher) => matcher === undefined)) return undefined
  const usable = matchers.filter((matcher) => matcher !== undefined)
  return (inner, item) => usable.every((matches) => matches(inner, item))
}

function matcherOf(visit: Visit, slice: Placed, { type, path }: Discriminator): Matcher | undefined {
  const steps = parsePath(path)
  const make = kinds[type]
  if (!steps || !make) return undefined
  const places = nodesAt(visit.tools.profiles, slice, steps)
  return places.length === 0 ? undefined : make(visit, places, steps)
}

type Make = (visit: Visit, places: readonly Placed[], steps: readonly Step[]) => Matcher | undefined

const kinds: Readonly<Record<string, Make>> = {
  value: byValue,
  pattern: byValue,
  exists: byExistence,
  type: byType,
  profile: byProfile,
}

function byValue(visit: Visit, places: readonly Placed[], steps: readonly Step[]): Matcher | undefined {
  const tests = places.map((place) => judgeable(visit, place)).filter((test) => test !== undefined)
  if (tests.length === 0) return byPresence(places, steps)
  return (inner, item) => {
    const items = itemsAt(inner, item, steps)
    return tests.some((test) => test(inner, items))
  }
}

/** Without a value to look for, whether the element must or must not be there tells. */
function byPresence(places: readonly Placed[], steps: readonly Step[]): Matcher | undefined {
  if (steps.length === 0) return undefined
  if (places.every(({ node }) => node.max === 0)) return (visit, item) => itemsAt(visit, item, steps).length === 0
  if (places.every(({ node }) => node.min > 0)) return (visit, item) => itemsAt(visit, item, steps).length > 0
  return undefined
}

function byExistence(_visit: Visit, places: readonly Placed[], steps: readonly Step[]): Matcher | undefined {
  return byPresence(places, steps)
}

function byType(visit: Visit, places: readonly Placed[], steps: readonly Step[]): Matcher {
  const types = new Set(places.flatMap(({ node, profile }) => typesOf(visit, node, profile)))
  return (inner, item) => itemsAt(inner, item, steps).some(({ type }) => types.has(type))
}

/** The root of a resource's definition has no types of its own. */
function typesOf(visit: Visit, node: ElementNode, profile: Profile): readonly string[] {
  if (!node.path.includes('.')) return [profile.type]
  // Of a choice there is one value: the slice that must be there is the type, or those that are foreseen are.
  if (node.max === 1 && node.slices.length > 0) {
    const required = node.slices.filter(({ min }) => min > 0)
    return (required.length > 0 ? required : node.slices).flatMap((slice) => typesOf(visit, slice, profile))
  }
  return node.types.flatMap((type) => [type.code, ...profileTypes(visit, type, profile)])
}

function profileTypes({ tools }: Visit, { code, profiles }: TypeUse, named: Profile): string[] {
  return code === 'Resource' ? profiles.flatMap((one) => tools.profiles.find(one, named)?.type ?? []) : []
}

function byProfile(visit: Visit, places: readonly Placed[], steps: readonly Step[]): Matcher | undefined {
  const profiles = places.flatMap(({ node, profile }) => {
    if (!node.path.includes('.')) return [profile]
    return node.types.flatMap((type) => type.profiles.flatMap((one) => visit.tools.profiles.find(one, profile) ?? []))
  })
  if (profiles.length === 0) return undefined
  return (inner, item) =>
    itemsAt(inner, item, steps).some((one) => profiles.some((profile) => conforms(inner, one, profile)))
}
