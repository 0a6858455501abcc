/**
 * Steps along a path: the elements of an element by name, with the types that the definitions give them.
 * https://hl7.org/fhirpath/N1/#path-selection and https://hl7.org/fhir/R4/json.html#primitive
 */
import type { Definitions, Property } from '../../definitions.ts'
import type { JsonObject, JsonValue } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import type { Spend } from './budget.ts'
import { spendFor, spendForItems } from './budget.ts'
import type { Types } from './types.ts'
import { anyType, isResourceHolder, onlyType, propertiesOf, typeOf } from './types.ts'
import type { Item, Plain, Value } from './values.ts'
import { append, collected, countOf, Element, isList } from './values.ts'

/** Finds the elements that an item has under a name. */
export type Step = (item: Item, spend: Spend) => Value

/** A step, and the types that it leads to. */
export interface MemberStep {
  readonly step: Step
  readonly types: Types
  /** The same without telling types, where that takes less. */
  readonly bare?: Step
}

/** Reads what an object has under a name. */
type Reader = (object: JsonObject, spend: Spend) => Value

/** More properties than that are not tried one by one. */
const manyChoices = 6

/** The step from items of some types to the elements of a name. */
export function memberStep(name: string, types: Types, definitions: Definitions): MemberStep {
  const only = types.length === 1 && types[0] !== '' ? types[0] : undefined
  const properties = only === undefined ? [] : propertiesOf(only, name, definitions)
  if (only !== undefined && (onlyType(types) !== undefined || properties.length > 0)) {
    const step = typedStep(only, reader(name, properties), definitions)
    return { step, types: typesOf(properties), ...bareStep(only, properties, definitions) }
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
): MemberStep | undefined {
  const properties = propertiesOf(type, name, definitions)
  if (properties.length < 2) return undefined
  const some = properties.filter((property) => accepts(property.type.code))
  if (some.length === 0) return undefined
  const step = typedStep(type, reader(name, some), definitions)
  return { step, types: typesOf(some), ...bareStep(type, some, definitions) }
}

/** Applies a step to every item. */
export function walk(value: Value, step: Step, spend: Spend): Value {
  if (value === undefined) return undefined
  if (!isList(value)) return step(value, spend)
  const found: Item[] = []
  spendForItems(spend, value.length)
  for (const item of value) append(found, step(item, spend))
  return collected(found)
}

/** All elements of an item, each with its type. https://hl7.org/fhirpath/N1/#children-collection */
export function childrenOf(item: Item, types: Types, definitions: Definitions, spend: Spend): Item[] {
  const object = objectOf(item)
  const children: Item[] = []
  if (!object) return children
  const properties = definitions.properties(typeOf(item, types))
  for (const key in object) {
    if (key === 'resourceType' && !properties?.has(key)) continue
    const name = key.startsWith('_') ? key.slice(1) : key
    if (name !== key && object[name] !== undefined) continue
    const property = properties?.get(name)
    append(children, property ? read(object, property, `_${name}`, true, spend) : readPlain(object, name, spend))
  }
  return children
}

/** How many elements an item has; no more than `enough` need to be counted. */
export function countChildren(
  item: Item,
  types: Types,
  definitions: Definitions,
  enough: number,
  spend: Spend,
): number {
  const object = objectOf(item)
  let count = 0
  for (const key in object) {
    if (count >= enough) break
    // What has siblings must be put together before it can be counted.
    if (key.startsWith('_')) return childrenOf(item, types, definitions, spend).length
    const value = object[key]
    if (Array.isArray(value)) count += countOf(listOf(value, spend))
    else if (value !== null && (key !== 'resourceType' || isElement(key, item, types, definitions))) count++
  }
  return count
}

/** Few types have an element `resourceType` (ExampleScenario.instance); elsewhere it is how JSON tells a resource's type. */
function isElement(key: string, item: Item, types: Types, definitions: Definitions): boolean {
  return definitions.properties(typeOf(item, types))?.has(key) ?? false
}

function bareStep(type: string, properties: readonly Property[], definitions: Definitions): { bare?: Step } {
  return properties.length < 2 ? {} : { bare: typedStep(type, choiceReader(properties, false), definitions) }
}

function typedStep(type: string, read: Reader, definitions: Definitions): Step {
  if (definitions.isPrimitive(type)) {
    return (item, spend) => (item instanceof Element && item.sibling ? read(item.sibling, spend) : undefined)
  }
  return (item, spend) => {
    if (typeof item !== 'object') return undefined
    if (!(item instanceof Element)) return read(item as JsonObject, spend)
    return isJsonObject(item.value) ? read(item.value, spend) : undefined
  }
}

function stepByType(name: string, types: Types, wrap: boolean, definitions: Definitions): Step {
  const readers = new Map<string, Reader>()
  return (item, spend) => {
    const object = objectOf(item)
    if (!object) return undefined
    const type = typeOf(item, types)
    let read = readers.get(type)
    if (!read) {
      read = reader(name, propertiesOf(type, name, definitions), wrap)
      if (readers.size < 1000) readers.set(type, read)
    }
    return read(object, spend)
  }
}

/** What has the item's elements: of a primitive, its sibling. */
function objectOf(item: Item): JsonObject | undefined {
  if (!(item instanceof Element)) return isJsonObject(item) ? item : undefined
  return isJsonObject(item.value) ? item.value : item.sibling
}

function reader(name: string, properties: readonly Property[], wrap = false): Reader {
  const [property, ...more] = properties
  if (!property) return (object, spend) => readPlain(object, name, spend)
  if (more.length > 0) return choiceReader(properties, true)
  const { name: key } = property
  const sibling = `_${key}`
  if (wrap) return (object, spend) => read(object, property, sibling, true, spend)
  if (property.primitive) return (object, spend) => readPrimitive(object, key, sibling, property.type.code, spend)
  return (object, spend) => {
    const value = object[key]
    return Array.isArray(value) ? listOf(value, spend) : (value ?? undefined)
  }
}

function choiceReader(properties: readonly Property[], wrap: boolean): Reader {
  const choices = properties.map((property) => ({ property, sibling: `_${property.name}` }))
  const byName = new Map(
    choices.flatMap((choice) => [choice.property.name, choice.sibling].map((key) => [key, choice])),
  )
  const prefix = properties[0]!.element.name
  if (properties.length <= manyChoices) {
    return (object, spend) => {
      for (const { property, sibling } of choices) {
        const value = read(object, property, sibling, wrap, spend)
        if (value !== undefined) return value
      }
      return undefined
    }
  }
  return (object, spend) => {
    for (const key in object) {
      const choice = key.startsWith(prefix) || key.startsWith('_') ? byName.get(key) : undefined
      const value = choice && read(object, choice.property, choice.sibling, wrap, spend)
      if (value !== undefined) return value
    }
    return undefined
  }
}

function read(object: JsonObject, property: Property, sibling: string, wrap: boolean, spend: Spend): Value {
  const { name, primitive } = property
  const type = property.type.code
  const value = primitive ? readPrimitive(object, name, sibling, type, spend) : plainOf(object[name], spend)
  if (!wrap || value === undefined) return value
  return isList(value) ? value.map((item) => wrapped(item, type)) : wrapped(value, type)
}

function wrapped(item: Item, type: string): Item {
  if (item instanceof Element) return item
  // A resource tells its own type.
  return isResourceHolder(type) ? item : new Element(item, type)
}

function readPlain(object: JsonObject, name: string, spend: Spend): Value {
  return Object.hasOwn(object, name) ? plainOf(object[name], spend) : undefined
}

function readPrimitive(object: JsonObject, name: string, siblingName: string, type: string, spend: Spend): Value {
  const value = object[name]
  const sibling = object[siblingName]
  if (sibling === undefined) return plainOf(value, spend)
  if (!Array.isArray(value) && !Array.isArray(sibling)) return element(value, sibling, type)
  const values = Array.isArray(value) ? value : []
  const siblings = Array.isArray(sibling) ? sibling : []
  const found: Item[] = []
  spendForItems(spend, values.length + siblings.length)
  for (let i = 0; i < Math.max(values.length, siblings.length); i++) {
    append(found, element(values[i], siblings[i], type))
  }
  return collected(found)
}

function element(value: JsonValue | undefined, sibling: JsonValue | undefined, type: string): Value {
  const own = Array.isArray(value) ? undefined : (value ?? undefined)
  return isJsonObject(sibling) ? new Element(own, type, sibling) : own
}

function plainOf(value: JsonValue | undefined, spend: Spend): Value {
  if (Array.isArray(value)) return listOf(value, spend)
  return value ?? undefined
}

/** The list itself where it can stand for itself. */
function listOf(list: JsonValue[], spend: Spend): Value {
  if (list.length === 1) {
    const [only] = list
    return Array.isArray(only) ? undefined : (only ?? undefined)
  }
  spendFor(spend, list.length)
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
