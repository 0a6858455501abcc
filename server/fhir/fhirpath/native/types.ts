/**
 * What types the items of an expression may have, told from the definitions before anything is evaluated.
 * https://hl7.org/fhirpath/N1/#types-and-reflection and https://hl7.org/fhir/R4/fhirpath.html#types
 */
import type { Definitions, Property } from '../../definitions.ts'
import { isRawNumber } from '../../json.ts'
import type { Item } from './values.ts'
import { Element } from './values.ts'

/** The types that items may have. Where it is not exactly one, items tell their own. */
export type Types = readonly string[]

/** Items of any type. */
export const anyType: Types = ['']

/** How values of a type are compared. */
export type Family = 'text' | 'number' | 'boolean' | 'moment' | 'time' | 'quantity' | 'complex'

const families = new Map<string, Family>(
  Object.entries({
    text: 'string uri url canonical code id oid uuid markdown base64Binary xhtml System.String',
    number: 'integer positiveInt unsignedInt decimal integer64 System.Integer System.Decimal',
    boolean: 'boolean System.Boolean',
    moment: 'date dateTime instant System.Date System.DateTime',
    time: 'time System.Time',
    quantity: 'Quantity Age Distance Duration Count SimpleQuantity MoneyQuantity System.Quantity',
  }).flatMap(([family, types]) => types.split(' ').map((type) => [type, family as Family] as const)),
)

/** FHIR's own types that have values of FHIRPath's types; R4's invariants name the latter where they mean the former. */
const alike: Readonly<Record<string, Types>> = {
  Boolean: ['boolean'],
  String: ['string'],
  Integer: ['integer'],
  Decimal: ['decimal'],
  Date: ['date'],
  DateTime: ['dateTime'],
  Time: ['time'],
  Quantity: [],
}

type ElementsByName = ReadonlyMap<string, readonly Property[]>

const indexes = new WeakMap<Definitions, Map<string, ElementsByName>>()

/** How values of a type are compared; undefined where only the value tells. */
export function familyOf(type: string): Family | undefined {
  return families.get(type) ?? (type === '' ? undefined : 'complex')
}

/** The type that all items have; undefined where they tell their own. */
export function onlyType(types: Types): string | undefined {
  const type = types[0]
  return types.length === 1 && type !== '' && !isResourceHolder(type!) ? type : undefined
}

/** Whether an element of the type holds a resource, which tells its own type. */
export function isResourceHolder(type: string): boolean {
  return type === 'Resource' || type === 'DomainResource'
}

/** The type of an item of an expression with those types. */
export function typeOf(item: Item, types: Types): string {
  if (item instanceof Element) return item.type
  const only = onlyType(types)
  const isResource = typeof item === 'object' && 'resourceType' in item && typeof item.resourceType === 'string'
  // What is within a resource may have an element of that name, as ExampleScenario.instance has.
  if (isResource && !only?.includes('.')) return item.resourceType as string
  return only ?? systemType(item)
}

function systemType(item: Item): string {
  if (typeof item === 'string') return 'System.String'
  if (typeof item === 'boolean') return 'System.Boolean'
  if (typeof item === 'number') return Number.isInteger(item) ? 'System.Integer' : 'System.Decimal'
  return isRawNumber(item) ? 'System.Decimal' : ''
}

/** The properties that an element may be in JSON, several for a choice; none where the type has no such element. */
export function propertiesOf(type: string, name: string, definitions: Definitions): readonly Property[] {
  let index = indexes.get(definitions)
  if (!index) {
    index = new Map()
    indexes.set(definitions, index)
  }
  let elements = index.get(type)
  if (!elements) {
    elements = elementsOf(type, definitions)
    index.set(type, elements)
  }
  return elements.get(name) ?? []
}

/** What others are based on may have elements of any name, as may what is no type of FHIR. */
const open: ReadonlySet<string> = new Set(['Resource', 'DomainResource', 'Element', 'BackboneElement'])

/** Whether no item of these types can have an element of that name. */
export function haveNone(types: Types, name: string, definitions: Definitions): boolean {
  if (name === 'value' && types.some((type) => definitions.isPrimitive(type))) return false
  return (
    types.length > 0 &&
    types.every((type) => {
      const isTold = definitions.types.has(type) && !open.has(type)
      return isTold && propertiesOf(type, name, definitions).length === 0
    })
  )
}

function elementsOf(type: string, definitions: Definitions): ElementsByName {
  const elements = new Map<string, Property[]>()
  const properties = [...(definitions.properties(type)?.values() ?? [])]
  for (const property of properties) {
    const same = elements.get(property.element.name)
    if (same) same.push(property)
    else elements.set(property.element.name, [property])
  }
  // Expressions may also name a choice as JSON does.
  for (const property of properties) if (!elements.has(property.name)) elements.set(property.name, [property])
  return elements
}

/** A test of types for `is`, `as` and `ofType`; a type that does not exist is nothing's type. */
export function typeTest(name: string, definitions: Definitions): (type: string) => boolean {
  const wanted = wantedTypes(name, definitions)
  const known = new Map<string, boolean>()
  return (type) => {
    let answer = known.get(type)
    if (answer === undefined) {
      answer = wanted.some((candidate) => isSubtype(type, candidate, definitions))
      known.set(type, answer)
    }
    return answer
  }
}

/** The types of an expression that pass the test; all where the types are not known. */
export function narrowed(types: Types, name: string, definitions: Definitions): Types {
  const test = typeTest(name, definitions)
  const some = onlyType(types) === undefined && types.length === 1 ? [] : types.filter(test)
  if (some.length > 0) return some
  const [first, ...more] = wantedTypes(name, definitions)
  const leaf = first !== undefined && more.length === 0 && isLeaf(first, definitions)
  return leaf ? [first] : anyType
}

function wantedTypes(name: string, definitions: Definitions): Types {
  if (name.startsWith('System.')) return [name]
  const local = name.replace(/^FHIR\./, '')
  const fhir = definitions.types.has(local) ? [local] : []
  return local in alike && local === name ? [...fhir, `System.${local}`, ...alike[local]!] : fhir
}

/** No other type is derived from it, so that its items need not tell their type. */
function isLeaf(type: string, definitions: Definitions): boolean {
  return definitions.isResourceType(type)
}

function isSubtype(type: string, wanted: string, definitions: Definitions): boolean {
  for (let at: string | undefined = type, steps = 0; at !== undefined && steps < 10; steps++) {
    if (at === wanted) return true
    const definition = definitions.types.get(at)
    at = definition?.kind === 'backbone' ? backboneBase(at, definitions) : definition?.base
  }
  return false
}

function backboneBase(path: string, definitions: Definitions): string {
  return definitions.isResourceType(path.slice(0, path.indexOf('.'))) ? 'BackboneElement' : 'Element'
}
