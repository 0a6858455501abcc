/**
 * Checks a value against a profile: only what the profile says beyond the base specification, which is checked on its
 * own. Each element is compiled to closures when it is first met.
 */
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import type { Issue } from '../../outcome.ts'
import { narrativeControls } from '../rules/narrative-controls.ts'
import { maxIssues } from '../walk.ts'
import { bindingChecks } from './bindings.ts'
import type { ElementNode, Profile, TypeUse } from './element-tree.ts'
import { elementById } from './element-tree.ts'
import { invariantChecks } from './invariants.ts'
import type { ChildProperty } from './items.ts'
import { itemsOf, objectOf, propertiesByElement } from './items.ts'
import { presenceChecks } from './presence.ts'
import { aggregationCheck, referenceTargetCheck } from './reference-targets.ts'
import type { SliceCheck } from './slicing.ts'
import { sliceCheck } from './slicing.ts'
import { conformsBy, put } from './trials.ts'
import type { ItemCheck } from './values.ts'
import { valueChecks } from './values.ts'
import type { Item, Scope, Told, Visit } from './visit.ts'
import { addIssue, aside, enter, FirstErrorFound, hasErrors, isFirst, leave, tell, tellNoProfile } from './visit.ts'

/** An element of a profile for one type of value. */
interface ElementCheck {
  readonly checks: readonly ItemCheck[]
  readonly members: readonly MemberCheck[]
}

interface MemberCheck {
  readonly node: ElementNode
  readonly properties: readonly ChildProperty[]
  /** Zero and infinity where the base says the same. */
  readonly min: number
  readonly max: number
  readonly slices: SliceCheck | undefined
  /** Whether the values are looked at, beyond being counted. */
  readonly deep: boolean
}

const compiled = new WeakMap<ElementNode, Map<string, ElementCheck>>()

/** Checks an object against a profile, unless that has been done. */
export function checkProfile(visit: Visit, item: Item, profile: Profile): void {
  const object = objectOf(item)
  if (object && !isFirst(visit, object, profile)) return
  if (!isOfType(visit, item.type, profile.type)) {
    tell(
      visit,
      'wrong-type',
      { element: item.type, allowed: profile.type, actual: item.type },
      { rule: 'type', profile },
    )
    return
  }
  visit.spend()
  const outer = visit.scope
  visit.scope = scopeOf(visit, item)
  const before = visit.issues.length
  checkElement(visit, item, profile.root, profile)
  visit.scope = outer
  if (!visit.seen.around && isResource(item)) settle(visit, item.value, profile, before)
}

/** What has been told of a resource need not be found out again for those that refer to it. */
function settle({ trials, issues }: Visit, resource: JsonObject, profile: Profile, before: number): void {
  if (issues.length < maxIssues) put(trials.settled, resource, profile, !hasErrors(issues.slice(before)))
}

/** Whether a value conforms to a profile. */
export function conforms(visit: Visit, item: Item, profile: Profile): boolean {
  const object = objectOf(item)
  const run = () => hasNoError(visit, item, profile)
  return object ? conformsBy(visit.trials, object, profile, run) : run()
}

function hasNoError(visit: Visit, item: Item, profile: Profile): boolean {
  const trial: Visit = { ...aside(visit), endsAtError: true }
  try {
    checkProfile(trial, item, profile)
    return !hasErrors(trial.issues)
  } catch (error) {
    if (error instanceof FirstErrorFound) return false
    throw error
  }
}

/** What is wrong with a value by a profile, told to nobody. */
export function issuesAgainst(visit: Visit, item: Item, profile: Profile): readonly Issue[] {
  const trial = aside(visit)
  checkProfile(trial, item, profile)
  return trial.issues
}

/** Checks a value against a profile, or against one element of it. */
function checkPart(visit: Visit, item: Item, profile: Profile, element: string | undefined): void {
  if (element === undefined) checkProfile(visit, item, profile)
  else {
    const node = elementById(profile, element)
    if (node) checkElement(visit, item, node, profile)
  }
}

/** Inside a resource, that resource is what expressions and references start from. */
function scopeOf({ scope, scopes }: Visit, item: Item): Scope {
  if (!isResource(item) || item.value === scope.resource) return scope
  const { value } = item
  return scopes.get(value) ?? { resource: value, parent: undefined, contained: false, fullUrl: undefined }
}

function isResource(item: Item): item is Item & { readonly value: JsonObject } {
  return isJsonObject(item.value) && item.value['resourceType'] !== undefined
}

function isOfType({ tools }: Visit, type: string, expected: string): boolean {
  if (type === expected) return true
  const base = tools.definitions.types.get(type)?.base
  return base !== undefined && isOfType({ tools } as Visit, base, expected)
}

/** Checks a value against an element of a profile. */
export function checkElement(visit: Visit, item: Item, node: ElementNode, profile: Profile): void {
  const { checks, members } = elementCheck(visit, node, item.type, profile)
  for (const check of checks) check(visit, item)
  if (members.length === 0) return
  const outer = visit.scope
  visit.scope = scopeOf(visit, item)
  for (const member of members) checkMember(visit, item, member, profile)
  visit.scope = outer
}

function elementCheck(visit: Visit, node: ElementNode, type: string, profile: Profile): ElementCheck {
  let byType = compiled.get(node)
  if (!byType) {
    byType = new Map()
    compiled.set(node, byType)
  }
  let check = byType.get(type)
  if (!check) {
    check = { checks: checksOf(visit, node, type, profile), members: membersOf(visit, node, type, profile) }
    byType.set(type, check)
  }
  return check
}

function checksOf(visit: Visit, node: ElementNode, type: string, profile: Profile): ItemCheck[] {
  const { profiles } = visit.tools
  const base = baseOf(visit, node, profile)
  const use = node.types.find(({ code }) => code === type) ?? node.types.find(({ code }) => isOfType(visit, type, code))
  // Snapshots repeat the rules of a type's profile, which is checked on its own, with the resource that it is about.
  const ofProfiles = use?.profiles.map((canonical) => profiles.find(canonical, profile)?.root) ?? []
  const known = [base, profiles.type(type)?.root, profiles.type('Element')?.root, ...ofProfiles]
  const isRoot = !node.path.includes('.')
  return [
    ...valueChecks(node, profile),
    ...presenceChecks(node, profile),
    ...(type === 'Narrative' ? narrativeControls(node, profile) : []),
    ...bindingChecks(node, profile, base),
    ...invariantChecks(node, type, profile, isRoot ? [profiles.type(profile.type)?.root] : known),
    ...(use && !isRoot ? typeChecks(use, node, profile) : []),
  ]
}

/** The element as the base specification has it. */
function baseOf(visit: Visit, node: ElementNode, profile: Profile): ElementNode | undefined {
  const base = visit.tools.profiles.type(profile.type)
  return base && base.url !== profile.url ? base.byPath.get(node.path) : undefined
}

function typeChecks(use: TypeUse, node: ElementNode, profile: Profile): ItemCheck[] {
  const checks: ItemCheck[] = []
  const { code, profiles, targets, aggregation } = use
  if (profiles.length > 0) checks.push(typeProfileCheck(use, node, profile))
  if (aggregation.length > 0) checks.push(aggregationCheck(aggregation, profile))
  if ((code === 'Reference' || code === 'canonical') && targets.length > 0) {
    checks.push(referenceTargetCheck(targets, profile))
  }
  return checks
}

/** With one profile its issues are told; of several, one must be met. */
function typeProfileCheck(
  { profiles: canonicals, profileElement }: TypeUse,
  node: ElementNode,
  profile: Profile,
): ItemCheck {
  return (visit, item) => {
    const known = canonicals.map((canonical) => visit.tools.profiles.find(canonical, profile))
    const told: Told = { rule: 'type-profile', profile }
    if (canonicals.length === 1) {
      if (known[0]) checkPart(visit, item, known[0], profileElement)
      else tellNoProfile(visit, canonicals[0]!, told)
      return
    }
    const trials = known.flatMap((one) => (one ? [issuesAgainst(visit, item, one)] : []))
    if (trials.some((issues) => !hasErrors(issues))) return
    tell(visit, 'profile-mismatch', { element: node.name, profiles: canonicals.join(', ') }, told)
    // What each of them lacks shows the way.
    for (const issue of trials.flat()) addIssue(visit.issues, issue)
  }
}

function membersOf(visit: Visit, node: ElementNode, type: string, profile: Profile): MemberCheck[] {
  const members: MemberCheck[] = []
  for (const child of node.children.values()) {
    const member = memberCheck(visit, child, type, profile)
    if (member.min > 0 || member.max < Infinity || member.slices || member.deep) members.push(member)
  }
  return members
}

function memberCheck(visit: Visit, node: ElementNode, holder: string, profile: Profile): MemberCheck {
  const element = visit.tools.definitions.types.get(holder)?.elements.find(({ name }) => name === node.name)
  return {
    node,
    properties: propertiesByElement(visit.tools.definitions, holder).get(node.name) ?? [],
    min: element && node.min <= element.min ? 0 : node.min,
    max: element && node.max >= element.max ? Infinity : node.max,
    slices: node.slices.length > 0 ? sliceCheck(visit, node, profile) : undefined,
    deep: !element || narrowsTypes(node, element.types.length) || isDeep(visit, node, profile),
  }
}

function narrowsTypes(node: ElementNode, baseTypes: number): boolean {
  return node.contentReference === undefined && node.types.length < baseTypes
}

/** Whether an element says anything about its values that the base does not. */
function isDeep(visit: Visit, node: ElementNode, profile: Profile): boolean {
  if (node.children.size > 0) return true
  return node.types.some(({ code }) => checksOf(visit, node, code, profile).length > 0)
}

function checkMember(
  visit: Visit,
  parent: Item,
  { node, properties, min, max, slices, deep }: MemberCheck,
  profile: Profile,
): void {
  const items = itemsOf(properties, parent)
  const count = items.length
  if (count < min || count > max) tellCount(visit, node, count, min, profile)
  if (count === 0 && !slices) return
  // Of a value of the wrong type there is no more to tell.
  const fitting = deep ? items.filter((item) => checkItem(visit, item, node, profile)) : items
  if (slices) slices(visit, fitting)
}

function tellCount(visit: Visit, { name, path, max }: ElementNode, count: number, min: number, profile: Profile): void {
  const element = path.endsWith('[x]') ? `${name}[x]` : name
  if (count === 0 && min > 0) tell(visit, 'missing-element', { element }, { rule: 'min', profile }, name)
  else if (count < min) tell(visit, 'too-few', { element, min, count }, { rule: 'min', profile }, name)
  else if (max > 0) tell(visit, 'too-many', { element, max, count }, { rule: 'max', profile }, name)
  else
    tell(
      visit,
      'misplaced-element',
      { element, place: `what conforms to ${profile.url}` },
      { rule: 'max', profile },
      name,
    )
}

/** Checks one value of an element, or of a slice of it; false for one of a type that is not allowed. */
export function checkItem(visit: Visit, item: Item, node: ElementNode, profile: Profile): boolean {
  if (!allows(visit, node, item.type)) {
    const allowed = node.types.map(({ code }) => code).join(' or ')
    tell(visit, 'wrong-type', { element: node.name, allowed, actual: item.type }, { rule: 'type', profile }, node.name)
    return false
  }
  enter(visit, nameOf(node), item.index)
  checkElement(visit, item, node, profile)
  leave(visit, item.index)
  return true
}

function nameOf({ name, path }: ElementNode): string {
  return path.endsWith('[x]') ? name : path.slice(path.lastIndexOf('.') + 1)
}

function allows(visit: Visit, node: ElementNode, type: string): boolean {
  if (node.types.length === 0 || node.contentReference !== undefined) return true
  if (type.includes('.')) return true
  // A choice names each of its types: of a string that may be told a code may not.
  const isChoice = node.path.endsWith('[x]')
  return node.types.some(
    ({ code }) => code === type || ((!isChoice || code === 'Element') && isOfType(visit, type, code)),
  )
}
