/**
 * The difference of two versions of a resource as a FHIRPath Patch: applied to the first it gives the second.
 * https://hl7.org/fhir/R4/fhirpatch.html
 */
import type { Parameters } from '@medplum/fhirtypes'
import type { Definitions, Property } from './definitions.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { isJsonObject } from './json.ts'
import { canonicalJson } from './json-value.ts'
import { OutcomeError } from './outcome.ts'
import type { Item } from './patch/elements.ts'
import { readItems } from './patch/elements.ts'
import { diffLists } from './patch/list-edits.ts'

/** Set by the server on every write, so that they say nothing about what was changed. */
const versionElements = ['versionId', 'lastUpdated']

/** An element list on one side of the comparison: its property (a choice may change it) and its elements. */
interface Side {
  readonly property: Property | undefined
  readonly items: readonly Item[]
}

interface Comparison {
  readonly definitions: Definitions
  readonly operations: JsonObject[]
}

/**
 * The patch that turns `before` into `after`, apart from `meta.versionId` and `meta.lastUpdated`. Both must be of one
 * type; elements that the definitions do not know are faults.
 */
export function diff(before: JsonObject, after: JsonObject, definitions: Definitions): Parameters {
  const type = String(before['resourceType'])
  if (after['resourceType'] !== type) {
    const reason = `A ${type} cannot be compared with a ${after['resourceType']}: give two resources of one type.`
    throw new OutcomeError('invalid-parameters', { reason })
  }
  const comparison: Comparison = { definitions, operations: [] }
  const [first, second] = withoutVersions(before, after)
  compareObjects(type, type, [first, second], comparison)
  const { operations } = comparison
  return { resourceType: 'Parameters', ...(operations.length > 0 && { parameter: operations }) } as Parameters
}

/** A `meta` that the server will fill again is compared inside, and neither added nor deleted as a whole. */
function withoutVersions(before: JsonObject, after: JsonObject): [JsonObject, JsonObject] {
  const [first, second] = [before, after].map(({ meta }) => {
    const entries = Object.entries(isJsonObject(meta ?? null) ? (meta as JsonObject) : {})
    return Object.fromEntries(entries.filter(([key]) => !versionElements.includes(key.replace(/^_/, ''))))
  }) as [JsonObject, JsonObject]
  const inside = before['meta'] !== undefined
  return [
    { ...before, ...(inside && { meta: first }) },
    inside || Object.keys(second).length > 0 ? { ...after, meta: second } : omit(after, 'meta'),
  ]
}

function compareObjects(
  path: string,
  type: string,
  [before, after]: readonly [JsonObject, JsonObject],
  comparison: Comparison,
): void {
  const { definitions } = comparison
  const properties = definitions.properties(type) ?? new Map<string, Property>()
  for (const key of [...Object.keys(before), ...Object.keys(after)]) {
    const name = key.replace(/^_/, '')
    if (key !== 'resourceType' && !properties.has(name))
      throw new OutcomeError('unknown-element', { element: name, type, nearest: '' }, { expression: path })
  }
  const groups = Map.groupBy(properties.values(), (property) => property.element)
  const compared = [...groups].map(([element, variants]) => ({
    element,
    variants,
    sides: [sideOf(before, variants), sideOf(after, variants)] as const,
  }))
  // What goes as a whole goes last: an object that loses its only element would disappear before it gets another.
  const [goes, stays] = [true, false].map((gone) =>
    compared.filter(({ sides }) => (sides[1].items.length === 0) === gone),
  )
  for (const { element, variants, sides } of [...stays!, ...goes!]) {
    if (variants[0]!.many) compareLists(path, element.name, variants[0]!, sides, comparison)
    else compareSingles(path, element.name, sides, comparison)
  }
}

function sideOf(holder: JsonObject, variants: readonly Property[]): Side {
  const property = variants.find((variant) => readItems(holder, variant.name).length > 0)
  return { property, items: property ? readItems(holder, property.name) : [] }
}

function compareSingles(
  path: string,
  name: string,
  [before, after]: readonly [Side, Side],
  comparison: Comparison,
): void {
  const [old, item] = [before.items[0], after.items[0]]
  const { operations, definitions } = comparison
  if (!item) {
    if (old) operations.push(operation({ type: 'delete', path: `${path}.${name}` }))
  } else if (!old) {
    operations.push(operation({ type: 'add', path, name, value: contentOf(item, after.property!, definitions) }))
  } else if (before.property === after.property) {
    change(`${path}.${name}`, after.property!, [old, item], comparison)
  } else {
    operations.push(
      operation({ type: 'replace', path: `${path}.${name}`, value: contentOf(item, after.property!, definitions) }),
    )
  }
}

function compareLists(
  path: string,
  name: string,
  property: Property,
  [before, after]: readonly [Side, Side],
  comparison: Comparison,
): void {
  const { operations, definitions } = comparison
  const list = `${path}.${name}`
  for (const edit of diffLists(before.items.map(keyOf), after.items.map(keyOf))) {
    const value = () => contentOf(after.items[edit.to]!, property, definitions)
    if (edit.kind === 'delete') operations.push(operation({ type: 'delete', path: `${list}[${edit.at}]` }))
    else if (edit.kind === 'add') operations.push(operation({ type: 'add', path, name, value: value() }))
    else if (edit.kind === 'insert')
      operations.push(operation({ type: 'insert', path: list, index: edit.at, value: value() }))
    else if (edit.kind === 'move')
      operations.push(operation({ type: 'move', path: list, source: edit.from, destination: edit.at }))
    else change(`${list}[${edit.at}]`, property, [before.items[edit.from]!, after.items[edit.to]!], comparison)
  }
}

/** Changes an element inside where it is still the same one: another id makes another element. */
function change(
  path: string,
  property: Property,
  [before, after]: readonly [Item, Item],
  comparison: Comparison,
): void {
  if (keyOf(before) === keyOf(after)) return
  const [old, value] = [before.value ?? null, after.value ?? null]
  const bothObjects = isJsonObject(old) && isJsonObject(value)
  if (bothObjects && old['id'] === value['id'] && old['resourceType'] === value['resourceType']) {
    compareObjects(path, String(value['resourceType'] ?? property.type.code), [old, value], comparison)
    return
  }
  comparison.operations.push(
    operation({ type: 'replace', path, value: contentOf(after, property, comparison.definitions) }),
  )
}

function keyOf({ value, beside }: Item): string {
  return canonicalJson([value ?? null, beside ?? null])
}

type PartContent = string | number | JsonObject

function operation(parts: Record<string, PartContent>): JsonObject {
  const part = Object.entries(parts).map(([name, content]): JsonObject => {
    if (typeof content === 'number') return { name, valueInteger: content }
    if (typeof content === 'string') return { name, [name === 'type' ? 'valueCode' : 'valueString']: content }
    return { name, ...content }
  })
  return { name: 'operation', part }
}

/** An element as the content of a part: a resource, a `value[x]`, or parts where Parameters have no such type. */
function contentOf({ value, beside }: Item, { type, primitive }: Property, definitions: Definitions): JsonObject {
  if (isJsonObject(value ?? null) && (value as JsonObject)['resourceType'] !== undefined) return { resource: value! }
  const key = valueKey(type.code, definitions) ?? (primitive ? 'valueString' : undefined)
  if (key !== undefined) return { ...(value !== undefined && { [key]: value }), ...(beside && { [`_${key}`]: beside }) }
  return { part: partsOf((value ?? {}) as JsonObject, type.code, definitions) }
}

function valueKey(type: string, definitions: Definitions): string | undefined {
  const key = `value${type[0]!.toUpperCase()}${type.slice(1)}`
  return definitions.properties('Parameters.parameter')?.get(key)?.type.code === type ? key : undefined
}

function partsOf(object: JsonObject, type: string, definitions: Definitions): JsonValue[] {
  const properties = definitions.properties(type)
  const names = new Set(Object.keys(object).map((key) => key.replace(/^_/, '')))
  return [...names].flatMap((name) => {
    const property = properties?.get(name)
    if (!property) throw new OutcomeError('unknown-element', { element: name, type, nearest: '' })
    return readItems(object, name).map((item) => ({
      name: property.element.name,
      ...contentOf(item, property, definitions),
    }))
  })
}

function omit(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
}
