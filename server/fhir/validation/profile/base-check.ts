/**
 * What the base specification says beyond structure: invariants, bindings, codes of known systems, extensions, the
 * resources inside. Each type is compiled to a table of closures at its first use.
 */
import type { Property } from '../../definitions.ts'
import type { JsonObject, JsonValue } from '../../json.ts'
import { isJsonObject, maxDepth } from '../../json.ts'
import { elementRules } from '../rules/element-rules.ts'
import { bindingChecks } from './bindings.ts'
import type { ElementNode, Profile } from './element-tree.ts'
import { checkExtension } from './extensions.ts'
import { invariantChecks } from './invariants.ts'
import { referenceTargetCheck } from './reference-targets.ts'
import type { ItemCheck } from './values.ts'
import type { Item, Tools, Visit } from './visit.ts'
import { enter, leave, tell } from './visit.ts'

interface TypeTable {
  readonly name: string
  /** What holds for every value of the type. */
  readonly checks: readonly ItemCheck[]
  readonly properties: ReadonlyMap<string, PropertyEntry>
}

interface PropertyEntry {
  readonly element: string
  readonly type: string
  readonly many: boolean
  readonly primitive: boolean
  readonly holdsResource: boolean
  readonly isExtension: boolean
  readonly holder: string
  /** The value set of a code that must not be without a value. */
  readonly needsCode: string | undefined
  readonly checks: readonly ItemCheck[]
}

/** Checks a resource that stands inside another one. */
export type CheckInner = (visit: Visit, resource: JsonObject, holder: { element: string; parent: JsonObject }) => void

const tables = new WeakMap<Tools, Map<string, TypeTable>>()

function tableOf(tools: Tools, type: string): TypeTable {
  let byType = tables.get(tools)
  if (!byType) {
    byType = new Map()
    tables.set(tools, byType)
  }
  let table = byType.get(type)
  if (!table) {
    table = compileType(tools, type)
    byType.set(type, table)
  }
  return table
}

function compileType(tools: Tools, name: string): TypeTable {
  const { definitions, profiles } = tools
  const properties = new Map<string, PropertyEntry>()
  const root = profiles.type(name)
  for (const property of definitions.properties(name)?.values() ?? []) {
    const entry = entryOf(tools, name, property)
    properties.set(property.name, entry)
    if (property.primitive) properties.set(`_${property.name}`, entry)
  }
  const checks = [...(root ? invariantChecks(root.root, name, root) : []), ...elementRules(name, tools.policy)]
  return { name, checks, properties }
}

function entryOf(tools: Tools, holder: string, { name, element, type, many, primitive }: Property): PropertyEntry {
  const profile = tools.profiles.type(holder.split('.')[0]!)
  const node = tools.profiles.baseElement(holder, element.name)
  return {
    element: element.name,
    type: type.code,
    many,
    primitive,
    holdsResource: tools.definitions.types.get(type.code)?.kind === 'resource',
    holder,
    isExtension: name === 'extension' || name === 'modifierExtension',
    needsCode: element.types.some(({ code }) => code === 'code') ? element.binding?.valueSet : undefined,
    checks: node && profile ? elementChecks(tools, node, type.code, profile) : [],
  }
}

function elementChecks(tools: Tools, node: ElementNode, type: string, profile: Profile): ItemCheck[] {
  const targets = node.types.find(({ code }) => code === type)?.targets ?? []
  const targetsResource = targets.length > 0 && !targets.some((one) => one.endsWith('/Resource'))
  const codes = tools.definitions.requiredCodes
  const primitive = tools.definitions.isPrimitive(type)
  const valueSet = isJsonObject(node.definition['binding']) ? String(node.definition['binding']['valueSet']) : ''
  // Codes that can be listed are looked up together with the structure.
  const listed = type === 'code' && codes.has(valueSet.split('|')[0]!)
  return [
    ...(primitive ? elementRules(type, tools.policy) : []),
    ...(listed ? [] : bindingChecks(node, profile)),
    ...invariantChecks(node, type, profile, [tools.profiles.type(type)?.root]),
    ...(type === 'Reference' && targetsResource ? [absoluteTargetCheck(targets, profile)] : []),
  ]
}

/** Of relative and contained targets the structure has told. */
function absoluteTargetCheck(targets: readonly string[], profile: Profile): ItemCheck {
  const check = referenceTargetCheck(targets, profile)
  return (visit, item) => {
    const reference = isJsonObject(item.value) ? item.value['reference'] : undefined
    if (typeof reference === 'string' && reference.includes(':')) check(visit, item)
  }
}

/** Checks an object of a type and all that is below it. */
export function checkBase(visit: Visit, item: Item, inner: CheckInner): void {
  const object = isJsonObject(item.value) ? item.value : item.extra
  if (!object || visit.path.length > 2 * maxDepth) return
  const table = tableOf(visit.tools, item.type)
  if (isJsonObject(item.value)) {
    for (const check of table.checks) check(visit, item)
    const { id } = object
    // Snapshot and differential name the same elements: sdf-16 and sdf-17 tell of what occurs twice in one of them.
    if (id !== undefined && object !== visit.scope.resource && item.type !== 'ElementDefinition') {
      checkElementId(visit, id)
    }
  }
  for (const key in object) {
    const entry = table.properties.get(key)
    if (entry) checkProperty(visit, object, key, entry, inner)
  }
}

/** The ids of elements are unique in a resource. https://hl7.org/fhir/R4/element.html#id */
function checkElementId(visit: Visit, id: JsonValue): void {
  if (typeof id !== 'string') return
  const { scope } = visit
  scope.ids ??= new Set()
  if (scope.ids.has(id)) tell(visit, 'rule-violated', { reason: `The id '${id}' occurs twice.` }, { rule: 'id' })
  scope.ids.add(id)
}

function checkProperty(visit: Visit, parent: JsonObject, key: string, entry: PropertyEntry, inner: CheckInner): void {
  const value = parent[key]
  if (entry.primitive && key[0] !== '_' && entry.checks.length === 0) return
  if (!entry.many) {
    checkValue(visit, parent, key, value, -1, entry, inner)
    return
  }
  if (!Array.isArray(value)) return
  for (let index = 0; index < value.length; index++) checkValue(visit, parent, key, value[index], index, entry, inner)
}

function checkValue(
  visit: Visit,
  parent: JsonObject,
  key: string,
  value: JsonValue | undefined,
  index: number,
  entry: PropertyEntry,
  inner: CheckInner,
): void {
  if (value === undefined || value === null) return
  enter(visit, entry.element, index)
  if (entry.primitive) checkPrimitive(visit, parent, key, value, index, entry, inner)
  else if (isJsonObject(value)) {
    if (entry.holdsResource) inner(visit, value, { element: entry.element, parent })
    else checkComplex(visit, parent, value, index, entry, inner)
  }
  leave(visit, index)
}

/** Whether a value stands beside a `_` sibling. */
function hasValueAt(parent: JsonObject, key: string, index: number): boolean {
  const value = parent[key.slice(1)]
  return (
    (Array.isArray(value) ? value[index] : value) !== undefined && (index < 0 || (value as JsonValue[])[index] !== null)
  )
}

function checkPrimitive(
  visit: Visit,
  parent: JsonObject,
  key: string,
  value: JsonValue,
  index: number,
  { type, checks, needsCode }: PropertyEntry,
  inner: CheckInner,
): void {
  if (key[0] === '_') {
    if (!isJsonObject(value)) return
    if (needsCode && !hasValueAt(parent, key, index))
      tell(visit, 'code-missing', { element: key.slice(1), valueSet: needsCode }, { rule: 'binding' })
    checkBase(visit, { value: undefined, extra: value, type, index }, inner)
    return
  }
  const item: Item = { value, extra: undefined, type, index }
  for (const check of checks) check(visit, item)
}

function checkComplex(
  visit: Visit,
  parent: JsonObject,
  value: JsonObject,
  index: number,
  entry: PropertyEntry,
  inner: CheckInner,
): void {
  const item: Item = { value, extra: undefined, type: entry.type, index }
  for (const check of entry.checks) check(visit, item)
  if (entry.isExtension)
    checkExtension(visit, item, { object: parent, type: entry.holder }, entry.element === 'modifierExtension')
  if (entry.isExtension) visit.extensions.push(value)
  checkBase(visit, item, inner)
  if (entry.isExtension) visit.extensions.pop()
}
