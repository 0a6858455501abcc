/** The values of an element, whatever its spelling in JSON. https://hl7.org/fhir/R4/json.html */
import type { Definitions, Property } from '../../definitions.ts'
import { jsonName } from '../../definitions.ts'
import type { JsonObject, JsonValue } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import type { Item } from './visit.ts'

/** A property, with the name of what stands beside its values. */
export interface ChildProperty extends Property {
  readonly sibling: string
}

type ByElement = ReadonlyMap<string, readonly ChildProperty[]>

const byElement = new WeakMap<Definitions, Map<string, ByElement>>()

/** The properties of a type by the name of their element: several for a choice. */
export function propertiesByElement(definitions: Definitions, type: string): ByElement {
  let types = byElement.get(definitions)
  if (!types) {
    types = new Map()
    byElement.set(definitions, types)
  }
  let properties = types.get(type)
  if (!properties) {
    properties = findProperties(definitions, type)
    types.set(type, properties)
  }
  return properties
}

function findProperties(definitions: Definitions, type: string): ByElement {
  const known = definitions.properties(type)
  const elements = definitions.types.get(type)?.elements ?? []
  return new Map(
    elements.map((element) => {
      const properties = element.types.map((one) => known!.get(jsonName(element, one))!)
      return [element.name, properties.map((property) => ({ ...property, sibling: `_${property.name}` }))]
    }),
  )
}

const none: readonly Item[] = []

/** The values of a child element. */
export function childItems(definitions: Definitions, parent: Item, name: string): readonly Item[] {
  const properties = propertiesByElement(definitions, parent.type).get(name)
  return properties ? itemsOf(properties, parent) : none
}

/** The values of an element whose properties are known. */
export function itemsOf(properties: readonly ChildProperty[], parent: Item): readonly Item[] {
  const object = isJsonObject(parent.value) ? parent.value : parent.extra
  if (!object) return none
  let items: Item[] | undefined
  for (const property of properties) {
    const value = object[property.name]
    const extra = property.primitive ? object[property.sibling] : undefined
    if (value === undefined && extra === undefined) continue
    items ??= []
    addItems(items, property, value, extra)
  }
  return items ?? none
}

function addItems(items: Item[], property: Property, value: JsonValue | undefined, extra: JsonValue | undefined): void {
  if (!property.many) {
    items.push(itemOf(property, value, extra, -1))
    return
  }
  const values = Array.isArray(value) ? value : []
  const extras = Array.isArray(extra) ? extra : []
  const count = Math.max(values.length, extras.length)
  for (let index = 0; index < count; index++) items.push(itemOf(property, values[index], extras[index], index))
}

function itemOf({ type }: Property, value: JsonValue | undefined, extra: JsonValue | undefined, index: number): Item {
  const actual = isJsonObject(value) ? value['resourceType'] : undefined
  return {
    value: value ?? undefined,
    extra: isJsonObject(extra) ? extra : undefined,
    type: typeof actual === 'string' && isResourceHolder(type.code) ? actual : type.code,
    index,
  }
}

function isResourceHolder(code: string): boolean {
  return code === 'Resource' || code === 'DomainResource'
}

/** A resource as an item. */
export function resourceItem(resource: JsonObject): Item {
  return { value: resource, extra: undefined, type: String(resource['resourceType']), index: -1 }
}

/** The object that carries an item's extensions. */
export function objectOf({ value, extra }: Item): JsonObject | undefined {
  return isJsonObject(value) ? value : extra
}
