/** A differential, as a tree, put onto a base's snapshot, as a tree. https://hl7.org/fhir/R4/profiling.html */
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import { applyShortcuts, shortcutsOf } from './choices.ts'
import { contradictionsOf } from './contradictions.ts'
import { listOf, mergeElement } from './merge-element.ts'
import { copiesOf, type ElementNode } from './tree.ts'
import { type Generation, profileNamedBy, unfold } from './unfold.ts'

/** Where the walk is. */
export interface Place {
  readonly generation: Generation
  /** For messages: the id of the element. */
  readonly id: string
  /** Inside a slice: a choice with one type named is that type, without slicing it again. */
  readonly inSlice: boolean
  /** New types bring elements of their own; profiles may not. */
  readonly mayAdd: boolean
}

/** Merges `change` into `target`, and what is below it. */
export function apply(target: ElementNode, change: ElementNode, place: Place): void {
  if (change.element) {
    applyElement(target, change.element, place)
    target.said = change.said
  }
  if (change.children.length > 0) applyChildren(target, change, place)
  for (const slice of change.slices) applySlice(target, slice, place)
}

/** Merges what is said of a slice, which is made from the element, or from the slice that it slices again. */
export function applySlice(target: ElementNode, change: ElementNode, place: Place): void {
  const name = change.sliceName!
  const at = { ...place, id: `${place.id}:${name}`, inSlice: true }
  let slice = target.slices.find((one) => one.sliceName === name)
  if (!slice) {
    const template = templateOf(target, name)
    if (change.element?.['sliceIsConstraining'] === true) place.generation.report(`${at.id}: ${nothingConstrained}`)
    slice = newSlice(template, change)
    if (template === target) ensureSlicing(target, name, at)
    target.slices.splice(placeAfter(target.slices, template), 0, slice)
  }
  apply(slice, { ...change, slices: [] }, at)
}

const nothingConstrained = 'it is to constrain a slice of its base, which has none of that name: correct the name'

function applyElement(target: ElementNode, change: JsonObject, place: Place): void {
  const { generation, id } = place
  const base = withProfile(target.element ?? {}, change, generation)
  if (id.includes('.')) {
    const isSlice = target.sliceName !== undefined
    for (const fault of contradictionsOf(target.element ?? {}, change, isSlice)) generation.report(`${id}: ${fault}`)
  }
  target.element = mergeElement(base, change)
}

/** An element that is given a profile has that profile's texts and invariants. */
function withProfile(base: JsonObject, change: JsonObject, generation: Generation): JsonObject {
  const profile = profileNamedBy(change)
  // An extension may contain itself: that is found where it is used.
  if (profile === undefined || generation.isUnderWay(profile)) return base
  const root = generation.treeOfDefinition(profile)?.element
  if (!root) return base
  const taken = Object.fromEntries(fromProfile.flatMap((key) => (root[key] === undefined ? [] : [[key, root[key]]])))
  return mergeElement(base, taken as JsonObject)
}

const fromProfile = ['short', 'definition', 'comment', 'requirements', 'constraint', 'condition'] as const

function applyChildren(target: ElementNode, change: ElementNode, place: Place): void {
  const isNew = place.mayAdd && target.element?.['type'] === undefined
  if (target.children.length === 0 && !isNew) unfoldChildren(target, place)
  const shortcuts = shortcutsOf(target, change)
  for (const child of change.children) {
    const at = { ...place, id: `${place.id}.${child.name}` }
    const choice = shortcuts.get(child)
    if (choice) applyShortcuts(choice, child, [...shortcuts.keys()], change, place)
    else applyChild(target, child, at)
  }
}

function applyChild(target: ElementNode, child: ElementNode, place: Place): void {
  const found = target.children.find((one) => one.name === child.name)
  const named = found && onlyNamed(found, child)
  if (named) applyNamed(target, found, named, place)
  else if (found) apply(found, child, place)
  else if (place.mayAdd) target.children.push(newElement(child, place))
  // Without children there is an issue already: they could not be found out.
  else if (target.children.length > 0)
    place.generation.report(`${place.id}: its base has no such element: correct its path`)
}

/** A slice of an element that nobody slices is that element, with a name. */
function onlyNamed(found: ElementNode, child: ElementNode): ElementNode | undefined {
  const [slice, ...others] = child.slices
  const isPlain = slice && others.length === 0 && !child.element && found.slices.length === 0
  if (!isPlain || found.element?.['slicing'] !== undefined) return undefined
  return implicitDiscriminator(found.name, slice.sliceName!) ? undefined : slice
}

function applyNamed(target: ElementNode, found: ElementNode, slice: ElementNode, place: Place): void {
  const id = `${place.id}:${slice.sliceName}`
  if (found.element?.['max'] !== '1') place.generation.report(`${id}: ${notSliced}`)
  const { template: _template, ...rest } = found
  const named = { ...rest, sliceName: slice.sliceName! }
  target.children[target.children.indexOf(found)] = named
  apply(named, slice, { ...place, id })
}

const notSliced = 'it is a slice, but its element is not sliced: give that a slicing'

function unfoldChildren(target: ElementNode, { generation, id }: Place): void {
  const template = target.template
  const hasProfile = profileNamedBy(target.element ?? {}) !== undefined
  if (template && template.children.length > 0 && !hasProfile) {
    target.children = copiesOf(template.children, generation.budget)
  } else unfold(target, id, generation)
}

/** A new type's element; every element has the invariants of `Element`, and every extension those of `Extension`. */
function newElement(child: ElementNode, place: Place): ElementNode {
  const { generation } = place
  const { min = 0, max = '*' } = child.element ?? {}
  const element = { base: { path: place.id, min, max }, ...child.element }
  const node: ElementNode = { ...child, element: withInvariants(element, generation), children: [] }
  if (child.children.length > 0) applyChildren(node, child, place)
  return node
}

function withInvariants(element: JsonObject, generation: Generation): JsonObject {
  const codes = listOf(element['type']).filter(isJsonObject)
  const isData = codes.some((type) => !/^(?:Resource$|http:\/\/hl7\.org\/fhirpath\/)/.test(type['code'] as string))
  if (!isData && element['contentReference'] === undefined) return element
  const source = codes.some((type) => type['code'] === 'Extension') ? 'Extension' : 'Element'
  const root = generation.treeOfDefinition(`http://hl7.org/fhir/StructureDefinition/${source}`)?.element
  return mergeElement(root?.['constraint'] === undefined ? {} : { constraint: root['constraint'] }, element)
}

/** `a/b` slices the slice `a` again. */
function templateOf(target: ElementNode, name: string): ElementNode {
  const slash = name.lastIndexOf('/')
  return (slash > 0 && target.slices.find((one) => one.sliceName === name.slice(0, slash))) || target
}

function newSlice(template: ElementNode, change: ElementNode): ElementNode {
  const { slicing: _slicing, ...element } = template.element ?? {}
  return {
    name: template.name,
    sliceName: change.sliceName!,
    // Each slice alone may be absent.
    element: { ...element, min: 0 },
    children: [],
    slices: [],
    template,
    said: undefined,
  }
}

/** Behind the slices of the slice that is sliced again, else at the end. */
function placeAfter(slices: readonly ElementNode[], template: ElementNode): number {
  const name = template.sliceName
  if (name === undefined) return slices.length
  return 1 + slices.findLastIndex((one) => one.sliceName === name || one.sliceName!.startsWith(`${name}/`))
}

/** Extensions are sliced by their url and choices by their type, whether that is said or not. */
function ensureSlicing(target: ElementNode, name: string, { generation, id }: Place): void {
  if (target.element?.['slicing'] !== undefined) return
  const discriminator = implicitDiscriminator(target.name, name)
  if (!discriminator) {
    generation.report(`${id}: ${notSliced}`)
    return
  }
  target.element = { ...target.element, slicing: { discriminator: [discriminator], ordered: false, rules: 'open' } }
}

function implicitDiscriminator(name: string, sliceName: string): JsonValue | undefined {
  if (name === 'extension' || name === 'modifierExtension') return { type: 'value', path: 'url' }
  const isType = name.endsWith('[x]') && sliceName.startsWith(name.slice(0, -3))
  return isType ? { type: 'type', path: '$this' } : undefined
}
