/** Tells by a slicing's discriminators whether a value is in a slice. https://hl7.org/fhir/R4/profiling.html#discriminator */
import type { ValuesTest } from './discriminator-values.ts'
import { judgeable } from './discriminator-values.ts'
import type { Discriminator, ElementNode, Profile, TypeUse } from './element-tree.ts'
import type { Placed, Step } from './paths.ts'
import { itemsAt, nodesAt, parsePath } from './paths.ts'
import { conforms } from './profile-check.ts'
import { shown, stated } from './values.ts'
import type { Item, Visit } from './visit.ts'

/** True for a value that belongs to the slice, by what is found at the paths of the discriminators. */
export type Matcher = (visit: Visit, found: Found) => boolean

/** The values at the path of each discriminator, looked for once for all slices. */
export type Found = readonly (readonly Item[])[]

/** What looks for them; undefined for paths that are none, at which nothing is found. */
export function finderOf(discriminators: readonly Discriminator[]): (visit: Visit, item: Item) => Found {
  const paths = discriminators.map(({ path }) => parsePath(path))
  return (visit, item) => paths.map((steps) => (steps ? itemsAt(visit, item, steps) : []))
}

/** The matcher of a slice; undefined where its discriminators do not tell. */
export function sliceMatcher(
  visit: Visit,
  slice: ElementNode,
  profile: Profile,
  discriminators: readonly Discriminator[],
): Matcher | undefined {
  const usable = discriminators.flatMap((discriminator, i) => {
    const test = testOf(visit, { node: slice, profile }, discriminator)
    return test ? [{ test, i }] : []
  })
  if (usable.length === 0) return undefined
  return (inner, found) => usable.every(({ test, i }) => test(inner, found[i]!))
}

function testOf(visit: Visit, slice: Placed, { type, path }: Discriminator): ValuesTest | undefined {
  const steps = parsePath(path)
  const make = kinds[type]
  if (!steps || !make) return undefined
  const places = nodesAt(visit.tools.profiles, slice, steps)
  return places.length === 0 ? undefined : make(visit, places, steps)
}

type Make = (visit: Visit, places: readonly Placed[], steps: readonly Step[]) => ValuesTest | undefined

const kinds: Readonly<Record<string, Make>> = {
  value: byValue,
  pattern: byValue,
  exists: byPresence,
  type: byType,
  profile: byProfile,
}

function byValue(visit: Visit, places: readonly Placed[], steps: readonly Step[]): ValuesTest | undefined {
  const tests = places.map((place) => judgeable(visit, place)).filter((test) => test !== undefined)
  if (tests.length === 0) return byPresence(visit, places, steps)
  return tests.length === 1 ? tests[0] : (inner, items) => tests.some((test) => test(inner, items))
}

/** Without a value to look for, whether the element must or must not be there tells. */
function byPresence(_visit: Visit, places: readonly Placed[], steps: readonly Step[]): ValuesTest | undefined {
  if (steps.length === 0) return undefined
  if (places.every(({ node }) => node.max === 0)) return (_inner, items) => items.length === 0
  if (places.every(({ node }) => node.min > 0)) return (_inner, items) => items.length > 0
  return undefined
}

function byType(visit: Visit, places: readonly Placed[]): ValuesTest {
  const types = new Set(places.flatMap(({ node, profile }) => typesOf(visit, node, profile)))
  return (_inner, items) => items.some(({ type }) => types.has(type))
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

function byProfile(visit: Visit, places: readonly Placed[]): ValuesTest | undefined {
  const profiles = places.flatMap(({ node, profile }) => {
    if (!node.path.includes('.')) return [profile]
    return node.types.flatMap((type) => type.profiles.flatMap((one) => visit.tools.profiles.find(one, profile) ?? []))
  })
  if (profiles.length === 0) return undefined
  return (inner, items) => items.some((one) => profiles.some((profile) => conforms(inner, one, profile)))
}

/** What makes a slice, for messages: ` (where system is 'urn:ssn')`; empty where that cannot be said in short. */
export function describeSlice(visit: Visit, slice: Placed, discriminators: readonly Discriminator[]): string {
  const conditions = discriminators.flatMap(({ type, path }) => {
    const words = (type === 'type' ? typeInWords : valueInWords)(visit, slice, path)
    const subject = path === '$this' ? 'it' : path.replace(/^\$this\./, '')
    return words === undefined ? [] : [`${subject} ${words}`]
  })
  return conditions.length === 0 ? '' : ` (where ${conditions.join(' and ')})`
}

function typeInWords(visit: Visit, slice: Placed, path: string): string | undefined {
  const places = nodesAt(visit.tools.profiles, slice, parsePath(path) ?? [])
  const types = new Set(places.flatMap(({ node, profile }) => typesOf(visit, node, profile)))
  return types.size === 0 ? undefined : `is a ${[...types].join(' or ')}`
}

function valueInWords(visit: Visit, slice: Placed, path: string): string | undefined {
  for (const { node } of nodesAt(visit.tools.profiles, slice, parsePath(path) ?? [])) {
    const fixed = stated(node.definition, 'fixed')
    if (fixed !== undefined) return `is ${shown(fixed)}`
    const pattern = stated(node.definition, 'pattern')
    if (pattern !== undefined) return `has ${shown(pattern)}`
  }
  return undefined
}
