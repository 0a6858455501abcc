/**
 * Differentials may say `valueQuantity` for `value[x]` where it is a Quantity. Snapshots say it as a slice by type.
 * https://hl7.org/fhir/R4/profiling.html#slicing
 */
import { isJsonObject, type JsonObject } from '../../json.ts'
import { apply, applySlice, type Place } from './apply.ts'
import { listOf } from './merge-element.ts'
import type { ElementNode } from './tree.ts'

/** The children of a differential's element that name a choice by one of its types, with the choice. */
export function shortcutsOf(target: ElementNode, change: ElementNode): ReadonlyMap<ElementNode, ElementNode> {
  const shortcuts = new Map<ElementNode, ElementNode>()
  for (const child of change.children) {
    if (target.children.some((one) => one.name === child.name)) continue
    const choice = target.children.find((one) => typeNamedBy(child.name, one) !== undefined)
    if (choice) shortcuts.set(child, choice)
  }
  return shortcuts
}

/** Merges `valueQuantity` into `value[x]`. `all`: every shortcut of the same parent. */
export function applyShortcuts(
  choice: ElementNode,
  shortcut: ElementNode,
  all: readonly ElementNode[],
  parent: ElementNode,
  place: Place,
): void {
  const rivals = all.filter((one) => typeNamedBy(one.name, choice) !== undefined)
  const isExplicit = parent.children.some((child) => child.name === choice.name)
  const type = typeNamedBy(shortcut.name, choice)!
  const at = { ...place, id: `${place.id}.${choice.name}` }
  if (place.inSlice && rivals.length === 1 && choice.slices.length === 0 && !isExplicit) {
    narrow(choice, [type])
    apply(choice, { ...shortcut, name: choice.name }, at)
    return
  }
  if (choice.element?.['slicing'] === undefined) slice(choice, isExplicit ? undefined : rivals)
  const same = choice.slices.find((one) => isOnly(one, type))
  applySlice(choice, { ...typed(shortcut, type), name: choice.name, sliceName: same?.sliceName ?? shortcut.name }, at)
}

/** `Quantity` for `valueQuantity` and `value[x]` with such a type. */
function typeNamedBy(name: string, choice: ElementNode): JsonObject | undefined {
  if (!choice.name.endsWith('[x]')) return undefined
  const stem = choice.name.slice(0, -3)
  if (!name.startsWith(stem) || name === choice.name) return undefined
  const suffix = name.slice(stem.length)
  return typesOf(choice).find(({ code }) => capital(code as string) === suffix)
}

/** Where nothing else is said of the choice, it may have the types that are named, and no others. */
function slice(choice: ElementNode, only: readonly ElementNode[] | undefined): void {
  if (only) {
    const named = only.map((one) => typeNamedBy(one.name, choice)!)
    narrow(
      choice,
      typesOf(choice).filter((type) => named.includes(type)),
    )
  }
  const discriminator = [{ type: 'type', path: '$this' }]
  choice.element = {
    ...choice.element,
    slicing: { discriminator, ordered: false, rules: only ? 'closed' : 'open' },
  }
}

function narrow(choice: ElementNode, types: readonly JsonObject[]): void {
  choice.element = { ...choice.element, type: [...types] }
}

/** The shortcut's element with its type, unless it says more of that. */
function typed(shortcut: ElementNode, type: JsonObject): ElementNode {
  return { ...shortcut, element: { type: [type], ...shortcut.element } }
}

function isOnly(slice: ElementNode, type: JsonObject): boolean {
  const types = typesOf(slice)
  return types.length === 1 && types[0]!['code'] === type['code']
}

function typesOf({ element }: ElementNode): readonly JsonObject[] {
  return listOf(element?.['type']).filter(isJsonObject)
}

function capital(code: string): string {
  return code.slice(0, 1).toUpperCase() + code.slice(1)
}
