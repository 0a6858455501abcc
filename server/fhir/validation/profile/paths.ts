/** The paths of discriminators, over definitions and over values. https://hl7.org/fhir/R4/profiling.html#discriminator */
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import type { ElementNode, Profile, TypeUse } from './element-tree.ts'
import { elementById, text } from './element-tree.ts'
import { childItems, objectOf, resourceItem } from './items.ts'
import type { Profiles } from './profiles.ts'
import { resolveReference } from './resolve.ts'
import type { Item, Visit } from './visit.ts'

export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'ofType'; readonly type: string }
  | { readonly kind: 'resolve' }

const part =
  /^(?:extension\(\s*['"]([^'"]+)['"]\s*\)|ofType\(\s*`?(\w+)`?\s*\)|(resolve)\(\)|(\$this)|(\w+)(?:\[x\])?)(?:\.|$)/

/** The steps of a path; undefined for what is no discriminator's path. */
export function parsePath(path: string): readonly Step[] | undefined {
  const steps: Step[] = []
  for (let rest = path.trim(); rest !== ''; ) {
    const match = part.exec(rest)
    if (!match) return undefined
    const [whole, url, type, resolve, self, name] = match
    if (url !== undefined) steps.push({ kind: 'extension', url })
    else if (type !== undefined) steps.push({ kind: 'ofType', type })
    else if (resolve !== undefined) steps.push({ kind: 'resolve' })
    else if (self === undefined) steps.push({ kind: 'member', name: name! })
    rest = rest.slice(whole.length)
  }
  return steps
}

/** An element with the profile whose tree it is in. */
export interface Placed {
  readonly node: ElementNode
  readonly profile: Profile
}

/** The definitions that a path leads to from a slice: several where types or target profiles differ. */
export function nodesAt(profiles: Profiles, from: Placed, steps: readonly Step[]): readonly Placed[] {
  return steps.reduce<readonly Placed[]>(
    (places, step) => distinct(places.flatMap((place) => next(profiles, place, step))),
    [from],
  )
}

/** Targets that refer to each other lead to the same definitions by many ways. */
function distinct(places: readonly Placed[]): readonly Placed[] {
  return places.length < 2 ? places : [...new Map(places.map((place) => [place.node, place])).values()]
}

function next(profiles: Profiles, place: Placed, step: Step): readonly Placed[] {
  if (step.kind === 'member') return members(profiles, place, step.name)
  if (step.kind === 'extension') return extensions(profiles, place, step.url)
  if (step.kind === 'ofType') return ofType(place, step.type)
  return place.node.types.flatMap(({ targets }) => targets.flatMap((target) => rootOf(profiles, target, place.profile)))
}

function rootOf(profiles: Profiles, canonical: string, named: Profile): Placed[] {
  const profile = profiles.find(canonical, named)
  return profile ? [{ node: profile.root, profile }] : []
}

/** A child: of the element itself, or of the profiles or types that it has. */
export function members(profiles: Profiles, { node, profile }: Placed, name: string): Placed[] {
  const own = childNamed(node.children, name)
  const inTypes = node.types.flatMap((type) => inType(profiles, type, name, own !== undefined, profile))
  if (!own) return inTypes
  // A slice that must be there may say what the element does not, as may the profile of its type.
  const slices = withInner(own.slices).filter(({ min }) => min > 0)
  return [...[own, ...slices].map((found) => ({ node: found, profile })), ...inTypes]
}

function inType(
  profiles: Profiles,
  { code, profiles: canonicals, profileElement }: TypeUse,
  name: string,
  hasOwn: boolean,
  named: Profile,
) {
  const base = hasOwn ? [] : [`http://hl7.org/fhir/StructureDefinition/${code}`]
  return (canonicals.length > 0 ? canonicals : base).flatMap((canonical): Placed[] => {
    const profile = profiles.find(canonical, named)
    const from = profile && profileElement !== undefined ? elementById(profile, profileElement) : profile?.root
    const child = from && childNamed(from.children, name)
    return child ? [{ node: child, profile: profile! }] : []
  })
}

/** By name; `valueQuantity` finds a choice. */
function childNamed(children: ReadonlyMap<string, ElementNode>, name: string): ElementNode | undefined {
  return (
    children.get(name) ?? children.values().find((child) => child.path.endsWith('[x]') && name.startsWith(child.name))
  )
}

function extensions(profiles: Profiles, place: Placed, url: string): Placed[] {
  return members(profiles, place, 'extension').flatMap(({ node, profile }) =>
    withInner(node.slices)
      .filter((slice) => slice.types.some((type) => type.profiles.some((one) => one.split('|')[0] === url)))
      .map((slice) => ({ node: slice, profile })),
  )
}

/** Slices, and the slices of slices. */
function withInner(slices: readonly ElementNode[]): ElementNode[] {
  return slices.flatMap((slice) => [slice, ...withInner(slice.slices)])
}

/** The slice for a type where there is one, otherwise the element as that type only. */
function ofType({ node, profile }: Placed, type: string): Placed[] {
  const slice = node.slices.find(({ types }) => types.length === 1 && types[0]!.code === type)
  if (slice) return [{ node: slice, profile }]
  return [{ node: { ...node, types: node.types.filter(({ code }) => code === type) }, profile }]
}

/** The values that a path leads to. */
export function itemsAt(visit: Visit, item: Item, steps: readonly Step[]): readonly Item[] {
  let items: readonly Item[] = [item]
  for (const step of steps) {
    if (items.length === 0) break
    items = items.flatMap((one) => follow(visit, one, step))
  }
  return items
}

function follow(visit: Visit, item: Item, step: Step): readonly Item[] {
  const { definitions } = visit.tools
  if (step.kind === 'member') {
    const found = childItems(definitions, item, step.name)
    return found.length > 0 ? found : typedChoice(visit, item, step.name)
  }
  if (step.kind === 'extension') {
    return childItems(definitions, item, 'extension').filter((one) => objectOf(one)?.['url'] === step.url)
  }
  if (step.kind === 'ofType') return item.type === step.type ? [item] : []
  const target = targetOf(visit, item)
  return target ? [resourceItem(target)] : []
}

/** `valueQuantity` in place of `value`. */
function typedChoice(visit: Visit, item: Item, name: string): readonly Item[] {
  const property = visit.tools.definitions.properties(item.type)?.get(name)
  if (!property?.element.choice) return []
  return childItems(visit.tools.definitions, item, property.element.name)
}

/** The resource that a Reference or canonical means; of one that is not to be had, its type. */
export function targetOf(visit: Visit, { value }: Item): JsonObject | undefined {
  const reference = isJsonObject(value) ? text(value['reference']) : text(value)
  const found = reference === '' ? undefined : resolveReference(visit, reference)
  if (found) return found
  const type = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[^/]+)?$/.exec(reference)?.[1]
  const named = type ?? (isJsonObject(value) ? text(value['type']) : '')
  return named !== '' && visit.tools.definitions.isResourceType(named) ? { resourceType: named } : undefined
}
