/**
 * Values of FHIRPath Patch: a datatype as `value[x]`, a resource, or nested parts for what has no name as a type, such
 * as a BackboneElement; and whether they fit the element that they are for. https://hl7.org/fhir/R4/fhirpatch.html
 */
import type { Definitions, Property } from '../definitions.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject, isRawNumber } from '../json.ts'
import { copyJson } from '../json-value.ts'
import type { Item } from './elements.ts'
import { readItems, variantsOf, writeItems } from './elements.ts'
import type { PatchOperation } from './operation.ts'

/** A value that fits: the JSON property it is written as, and the element itself. */
export interface FittedValue {
  readonly property: Property
  readonly item: Item
}

interface Fitting {
  readonly operation: PatchOperation
  readonly definitions: Definitions
}

const numberTypes = new Set(['integer', 'positiveInt', 'unsignedInt', 'decimal'])
const anyResource = new Set(['Resource', 'DomainResource'])

/** The operation's value for an element that may be written as one of `variants`. Throws where it does not fit. */
export function fitValue(variants: readonly Property[], fitting: Fitting): FittedValue {
  return fitPart(fitting.operation.value, variants, fitting)
}

function fitPart(part: JsonObject, variants: readonly Property[], fitting: Fitting): FittedValue {
  const keys = new Set(Object.keys(part).flatMap((key) => /^_?(value[A-Z]\w*)$/.exec(key)?.[1] ?? []))
  const { operation } = fitting
  const kinds = keys.size + (part['resource'] === undefined ? 0 : 1) + (part['part'] === undefined ? 0 : 1)
  if (kinds !== 1) throw operation.invalid(`its part '${part['name']}' must have one value, but has ${kinds}`)
  const [key] = keys
  if (key) return fitDatatype(key, part, variants, fitting)
  return part['part'] === undefined
    ? fitResource(part['resource']!, variants, fitting)
    : fitParts(part['part'], variants, fitting)
}

function fitDatatype(key: string, part: JsonObject, variants: readonly Property[], fitting: Fitting): FittedValue {
  const { operation, definitions } = fitting
  const type = typeOfKey(key, definitions)
  if (type === undefined) throw operation.invalid(`'${key}' is not a datatype`)
  const [item] = readItems(part, key)
  if (!item || Array.isArray(part[key]) || !hasShape(item.value, type, definitions)) {
    throw operation.invalid(`'${key}' is not a value of type ${type}`)
  }
  const property =
    variants.find((variant) => variant.type.code === type) ??
    variants.find((variant) => isAlike(variant, variants, type, definitions))
  if (!property) throw operation.failed(`'${variants[0]!.element.name}' takes ${typeNames(variants)}, not ${type}`)
  return { property, item: copyItem(item) }
}

/** `valueHumanName` is a HumanName; types that Parameters do not list, such as Extension, are accepted as well. */
function typeOfKey(key: string, definitions: Definitions): string | undefined {
  const listed = definitions.properties('Parameters.parameter')?.get(key)?.type.code
  const name = key.slice('value'.length)
  return listed ?? [name, name[0]!.toLowerCase() + name.slice(1)].find((type) => definitions.types.has(type))
}

/** Clients write a code as a string, a date as a string: where there is no choice, primitives of one shape will do. */
function isAlike(variant: Property, variants: readonly Property[], type: string, definitions: Definitions): boolean {
  if (variants.length > 1 || !variant.primitive || !definitions.isPrimitive(type)) return false
  return shapeOf(variant.type.code) === shapeOf(type)
}

function shapeOf(primitive: string): string {
  return primitive === 'boolean' ? 'boolean' : numberTypes.has(primitive) ? 'number' : 'string'
}

function hasShape(value: JsonValue | undefined, type: string, definitions: Definitions): boolean {
  if (!definitions.isPrimitive(type)) return isJsonObject(value ?? null)
  return value === undefined || (isRawNumber(value) ? 'number' : typeof value) === shapeOf(type)
}

function fitResource(resource: JsonValue, variants: readonly Property[], { operation }: Fitting): FittedValue {
  const type = isJsonObject(resource) ? resource['resourceType'] : undefined
  if (typeof type !== 'string') throw operation.invalid('its resource has no resourceType')
  const property = variants.find((variant) => variant.type.code === type || anyResource.has(variant.type.code))
  if (!property) throw operation.failed(`'${variants[0]!.element.name}' takes ${typeNames(variants)}, not a resource`)
  return { property, item: { value: copyJson(resource) } }
}

function fitParts(parts: JsonValue, variants: readonly Property[], fitting: Fitting): FittedValue {
  const { operation } = fitting
  const [property, ...others] = variants
  if (!property || others.length > 0 || property.primitive) {
    throw operation.failed(`'${variants[0]!.element.name}' takes ${typeNames(variants)}, not parts`)
  }
  const object: JsonObject = {}
  if (!Array.isArray(parts) || parts.length === 0) throw operation.invalid('it has a part without content')
  for (const part of parts) addPart(part, object, property.type.code, fitting)
  return { property, item: { value: object } }
}

function addPart(part: JsonValue, object: JsonObject, type: string, fitting: Fitting): void {
  const { operation, definitions } = fitting
  const name = isJsonObject(part) ? part['name'] : undefined
  if (typeof name !== 'string') throw operation.invalid('it has a part without a name')
  const variants = variantsOf(type, name, definitions)
  if (variants.length === 0) throw operation.failed(`'${name}' is not an element of ${type}`)

  const { property, item } = fitPart(part as JsonObject, variants, fitting)
  const present = variants.flatMap((variant) => readItems(object, variant.name))
  if (present.length > 0 && !property.many) throw operation.failed(`'${name}' may occur only once`)
  writeItems({ holder: object, type, key: property.name }, [...present, item], property.many, definitions)
}

function typeNames(variants: readonly Property[]): string {
  return variants.map((variant) => variant.type.code).join(' or ')
}

function copyItem({ value, beside }: Item): Item {
  return { ...(value !== undefined && { value: copyJson(value) }), ...(beside && { beside: copyJson(beside) }) }
}
