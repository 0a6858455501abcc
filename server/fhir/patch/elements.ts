/**
 * Elements of a resource as FHIR sees them, over its JSON: a primitive and what stands beside it (`birthDate` and
 * `_birthDate`) are one element, a choice has one name, and an element that becomes empty disappears.
 * https://hl7.org/fhir/R4/json.html#primitive
 */
import type { Definitions, Property } from '../definitions.ts'
import type { Location } from '../fhirpath.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'
import { setMember } from '../json-value.ts'

/** One element: its value, and the id and extensions of a primitive. */
export interface Item {
  readonly value?: JsonValue
  readonly beside?: JsonObject
}

/** The properties of a type by the names of their elements; types are few and immutable. */
const byElement = new WeakMap<ReadonlyMap<string, Property>, ReadonlyMap<string, readonly Property[]>>()

/** Where an element is: the object that holds it, that object's type, the JSON property and the position in a list. */
export interface Place {
  readonly holder: JsonObject
  readonly type: string | undefined
  readonly key: string
  readonly index?: number
}

/** The object that holds the children of an element, and its type. */
export type Inside = Pick<Place, 'holder' | 'type'>

/** The elements of a property, in order; the only one of a property that is no list. */
export function readItems(holder: JsonObject, key: string): Item[] {
  const [values, besides] = [asArray(ownMember(holder, key)), asArray(ownMember(holder, `_${key}`))]
  return Array.from({ length: countItems(holder, key) }, (_, i) => itemOf(values[i], besides[i]))
}

/** One element of a property, without reading the others. */
export function itemAt({ holder, key, index = 0 }: Place): Item | undefined {
  const [values, besides] = [ownMember(holder, key), ownMember(holder, `_${key}`)]
  return index < countItems(holder, key) ? itemOf(asArray(values)[index], asArray(besides)[index]) : undefined
}

/** How many elements a property has. */
export function countItems(holder: JsonObject, key: string): number {
  return Math.max(asArray(ownMember(holder, key)).length, asArray(ownMember(holder, `_${key}`)).length)
}

/** Writes the elements of a property, in the place that the definitions give it; none removes the property. */
export function writeItems(place: Place, items: readonly Item[], many: boolean, definitions: Definitions): void {
  const { holder, key } = place
  const values = items.map((item) => item.value ?? null)
  const besides = items.map((item) => item.beside ?? null)
  const isNew = countItems(holder, key) === 0
  writeMember(holder, key, values, many)
  writeMember(holder, `_${key}`, besides, many)
  if (isNew) moveLaterMembers(place, definitions)
}

/** True where the property is a list, by its definition or else by how it is written. */
export function isList({ holder, type, key }: Place, definitions: Definitions): boolean {
  const property = type === undefined ? undefined : definitions.properties(type)?.get(key)
  return property ? property.many : Array.isArray(ownMember(holder, key) ?? ownMember(holder, `_${key}`))
}

/** The properties that an element may be written as: one, or one for each type of a choice. */
export function variantsOf(type: string | undefined, name: string, definitions: Definitions): readonly Property[] {
  const properties = type === undefined ? undefined : definitions.properties(type)
  if (!properties) return []
  let elements = byElement.get(properties)
  if (!elements) {
    elements = Map.groupBy(properties.values(), (property) => property.element.name)
    byElement.set(properties, elements)
  }
  const property = properties.get(name)
  return elements.get(name) ?? (property ? [property] : [])
}

/** The places that lead to an element that exists, outermost first; none for the resource itself. */
export function placesOf(resource: JsonObject, location: Location, definitions: Definitions): Place[] {
  let inside: Inside | undefined = rootOf(resource)
  return location.map((step) => {
    const place: Place = placeIn(inside!, step, definitions)
    inside = insideOf(place, definitions)
    return place
  })
}

/** The place of a child, which need not exist. */
export function placeIn({ holder, type }: Inside, step: Location[number], definitions: Definitions): Place {
  const { name, index } = step
  return { holder, type, key: keyOf(holder, type, name, definitions), ...(index !== undefined && { index }) }
}

/** The inside of the resource itself. */
export function rootOf(resource: JsonObject): Inside {
  return { holder: resource, type: typeOf(resource) }
}

/** The object that holds the children of an element: for a primitive the one beside it. */
export function insideOf(place: Place, definitions: Definitions): Inside | undefined {
  const item = itemAt(place)
  const holder = isJsonObject(item?.value ?? null) ? (item!.value as JsonObject) : item?.beside
  const declared = place.type === undefined ? undefined : definitions.properties(place.type)?.get(place.key)?.type.code
  return holder && { holder, type: typeOf(holder) ?? declared }
}

/** As `insideOf`, and makes the object beside a primitive that has none. */
export function openInside(place: Place, definitions: Definitions): Inside {
  if (!insideOf(place, definitions)) {
    const items = readItems(place.holder, place.key)
    items[place.index ?? 0] = { ...items[place.index ?? 0], beside: {} }
    writeItems(place, items, isList(place, definitions), definitions)
  }
  return insideOf(place, definitions)!
}

/** Removes the element that the places lead to, and every element that is empty without it. */
export function removeElement(places: readonly Place[], definitions: Definitions): void {
  const place = places.at(-1)
  if (!place) return
  const items = readItems(place.holder, place.key)
  items.splice(place.index ?? 0, 1)
  writeItems(place, items, isList(place, definitions), definitions)
  pruneAbove(places, definitions)
}

/** Removes the elements on the way to a place whose objects have become empty: an element needs content. */
export function pruneAbove(places: readonly Place[], definitions: Definitions): void {
  const outer = places.slice(0, -1)
  const parent = outer.at(-1)
  if (!parent || Object.keys(places.at(-1)!.holder).length > 0) return
  const items = readItems(parent.holder, parent.key)
  const item = items[parent.index ?? 0]
  if (!isJsonObject(item?.value ?? null) && item?.value !== undefined) {
    items[parent.index ?? 0] = { value: item.value }
    writeItems(parent, items, isList(parent, definitions), definitions)
  } else removeElement(outer, definitions)
}

function itemOf(value: JsonValue | undefined, beside: JsonValue | undefined): Item {
  return {
    ...(value !== undefined && value !== null && { value }),
    ...(isJsonObject(beside ?? null) && { beside: beside as JsonObject }),
  }
}

function writeMember(holder: JsonObject, key: string, values: readonly (JsonValue | null)[], many: boolean): void {
  if (values.every((value) => value === null)) delete holder[key]
  else setMember(holder, key, many ? [...values] : values[0]!)
}

/** A new property stands last: those that the definitions put behind it are written again. */
function moveLaterMembers({ holder, type, key }: Place, definitions: Definitions): void {
  const properties = type === undefined ? undefined : definitions.properties(type)
  const order = properties?.get(key)?.order
  if (!properties || order === undefined) return
  for (const name of Object.keys(holder)) {
    const later = properties.get(name.replace(/^_/, ''))?.order
    if (later === undefined || later <= order) continue
    const value = holder[name]!
    delete holder[name]
    holder[name] = value
  }
}

function keyOf(holder: JsonObject, type: string | undefined, name: string, definitions: Definitions): string {
  const present = (key: string) => Object.hasOwn(holder, key) || Object.hasOwn(holder, `_${key}`)
  if (present(name)) return name
  return variantsOf(type, name, definitions).find((property) => present(property.name))?.name ?? name
}

function typeOf(holder: JsonObject): string | undefined {
  const type = ownMember(holder, 'resourceType')
  return typeof type === 'string' ? type : undefined
}

function ownMember(holder: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(holder, key) ? holder[key] : undefined
}

function asArray(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value]
}
