/**
 * Steps along a path: the elements of an element by name, with the types that the definitions give them.
 * https://hl7.org/fhirpath/N1/#path-selection and https://hl7.org/fhir/R4/json.html#primitive
 */
import type { Definitions, Property } from '../../definitions.ts'
import type { JsonObject, JsonValue } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import type { Spend } from './budget.ts'
import { spendFor } from './budget.ts'
import type { Types } from './types.ts'
import { anyType, onlyType, propertiesOf, typeOf } from './types.ts'
import type { Item, Plain, Value } from './values.ts'
import { append, collected, Element, isList } from './values.ts'

/** Finds the elements that an item has under a name. */
export type Step = (item: Item) => Value

/** More properties than that are not tried one by one. */
const manyChoices = 6

/** A step from items of some types, and the types that it leads to. */
export function memberStep(name: string, types: Types, definitions: Definitions): { step: Step; types: Types } {
  const only = types.length === 1 && types[0] !== '' ? types[0] : undefined
  const properties = only === undefined ? [] : propertiesOf(only, name, definitions)
  if (only !== undefined && (onlyType(types) !== undefined || properties.length > 0)) {
    return { step: typedStep(only, name, properties, definitions), types: typesOf(properties) }
  }
  const reached = types.includes('') || only !== undefined ? anyType : union(types, name, definitions)
  return { step: stepByType(name, types, onlyType(reached) === undefined, definitions), types: reached }
}

/** The step to a choice element's values of those types alone. */
export function narrowStep(
  name: string,
  type: string,
  accepts: (type: string) => boolean,
  definitions: Definitions,
): { step: Step; types: Types } | undefined {
  const properties = propertiesOf(type, name, definitions)
  if (properties.length < 2) return undefined
  const some = properties.filter((property) => accepts(property.type.code))
  return some.length === 0 ? undefined : { step: typedStep(type, name, some, definitions), types: typesOf(some) }
}

/** Applies a step to every item. */
export function walk(value: Value, step: Step, spend: Spend): Value {
  if (value === undefined) return undefined
  if (!isList(value)) return step(value)
  const found: Item[] = []
  spendFor(spend, value.length)
  for (const item of value) append(found, step(item))
  spendFor(spend, found.length)
  return collected(found)
}

/** All elements of an item, each with its type. https://hl7.org/fhirpath/N1/#children-collection */
export function childrenOf(item: Item, types: Types, definitions: Definitions): Item[] {
  const object = objectOf(item)
  const children: Item[] = []
  if (!object) return children
  const properties = definitions.properties(typeOf(item, types))
  for (const key in object) {
    if (key === 'resourceType') continue
    const name = key.startsWith('_') ? key.slice(1) : key
    if (name !== key && object[name] !== undefined) continue
    const property = properties?.get(name)
    append(children, property ? read(object, property, true) : readPlain(object, name))
  }
  return children
}

function typedStep(type: string, name: string, properties: readonly Property[], definitions: Definitions): Step {
  const read = reader(name, properties)
  if (definitions.isPrimitive(type)) {
    return (item) => (item instanceof Element && item.sibling ? read(item.sibling) : undefined)
  }
  return (item) => {
    if (typeof item !== 'object') return undefined
    if (!(item instanceof Element)) return read(item as JsonObject)
    return isJsonObject(item.value) ? read(item.value) : undefined
  }
}

function stepByType(name: string, types: Types, wrap: boolean, definitions: Definitions): Step {
  const readers = new Map<string, (object: JsonObject) => Value>()
  return (item) => {
    const object = objectOf(item)
    if (!object) return undefined
    const type = typeOf(item, types)
    let read = readers.get(type)
    if (!read) {
      read = reader(name, propertiesOf(type, name, definitions), wrap)
      if (readers.size < 1000) readers.set(type, read)
    }
    return read(object)
  }
}

/** What has the item's elements: of a primitive, its sibling. */
function objectOf(item: Item): JsonObject | undefined {
  if (!(item instanceof Element)) return isJsonObject(item) ? item : undefined
  return isJsonObject(item.value) ? item.value : item.sibling
}

function reader(name: string, properties: readonly Property[], wrap = false): (object: JsonObject) => Value {
  const [property, ...more] = properties
  if (!property) return (object) => readPlain(object, name)
  if (more.length > 0) return choiceReader(properties)
  if (wrap) return (object) => read(object, property, true)
  const { name: key } = property
  if (property.primitive) return (object) => readPrimitive(object, key, property.type.code)
  return (object) => {
    const value = object[key]
    return Array.isArray(value) ? listOf(value) : (value ?? undefined)
  }
}

function choiceReader(properties: readonly Property[]): (object: JsonObject) => Value {
  const byName = new Map(
    properties.flatMap((property) => [
      [property.name, property],
      [`_${property.name}`, property],
    ]),
  )
  const prefix = properties[0]!.element.name
  if (properties.length <= manyChoices) {
    return (object) => {
      for (const property of properties) {
        const value = read(object, property, true)
        if (value !== undefined) return value
      }
      return undefined
    }
  }
  return (object) => {
    for (const key in object) {
      const property = key.startsWith(prefix) || key.startsWith('_') ? byName.get(key) : undefined
      const value = property && read(object, property, true)
      if (value !== undefined) return value
    }
    return undefined
  }
}

function read(object: JsonObject, property: Property, wrap: boolean): Value {
  const { name, primitive } = property
  const type = property.type.code
  const value = primitive ? readPrimitive(object, name, type) : plainOf(object[name])
  if (!wrap || value === undefined) return value
  return isList(value) ? value.map((item) => wrapped(item, type)) : wrapped(value, type)
}

function wrapped(item: Item, type: string): Item {
  if (item instanceof Element) return item
  // A resource tells its own type.
  return typeof item === 'object' && 'resourceType' in item ? item : new Element(item, type)
}

function readPlain(object: JsonObject, name: string): Value {
  return Object.hasOwn(object, name) ? plainOf(object[name]) : undefined
}

function readPrimitive(object: JsonObject, name: string, type: string): Value {
  const value = object[name]
  const sibling = object[`_${name}`]
  if (sibling === undefined) return plainOf(value)
  if (!Array.isArray(value) && !Array.isArray(sibling)) return element(value, sibling, type)
  const values = Array.isArray(value) ? value : []
  const siblings = Array.isArray(sibling) ? sibling : []
  const found: Item[] = []
  for (let i = 0; i < Math.max(values.length, siblings.length); i++) {
    append(found, element(values[i], siblings[i], type))
  }
  return collected(found)
}

function element(value: JsonValue | undefined, sibling: JsonValue | undefined, type: string): Value {
  const own = Array.isArray(value) ? undefined : (value ?? undefined)
  return isJsonObject(sibling) ? new Element(own, type, sibling) : own
}

function plainOf(value: JsonValue | undefined): Value {
  if (Array.isArray(value)) return listOf(value)
  return value ?? undefined
}

/** The list itself where it can stand for itself. */
function listOf(list: JsonValue[]): Value {
  if (list.length === 1) {
    const [only] = list
    return Array.isArray(only) ? undefined : (only ?? undefined)
  }
  for (const item of list) if (item === null || Array.isArray(item)) return collected(list.filter(isPlain))
  return list.length === 0 ? undefined : (list as Plain[])
}

function isPlain(value: JsonValue): value is Plain {
  return value !== null && !Array.isArray(value)
}

function typesOf(properties: readonly Property[]): Types {
  const types = [...new Set(properties.map((property) => property.type.code))]
  return types.length === 0 ? anyType : types
}

function union(types: Types, name: string, definitions: Definitions): Types {
  const reached = new Set(
    types.flatMap((type) => propertiesOf(type, name, definitions).map((property) => property.type.code)),
  )
  return reached.size === 0 ? anyType : [...reached]
}
