/**
 * The rules of structure.ts in their plainest form, to compare with: slow, by the published patterns, without
 * references, narratives and contained resources. https://hl7.org/fhir/R4/json.html
 */
import type { Definitions, ElementDefinition, Property } from '../../server/fhir/definitions.ts'
import { jsonName } from '../../server/fhir/definitions.ts'
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { isJsonObject, isRawNumber } from '../../server/fhir/json.ts'

const year = '([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)'
const month = '(0[1-9]|1[0-2])'
const day = '(0[1-9]|[1-2][0-9]|3[0-1])'
const clock = '([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?'
const zone = '(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))'

const patterns: Readonly<Record<string, string>> = {
  base64Binary: '(\\s*([0-9a-zA-Z\\+\\/=]){4}\\s*)+',
  canonical: '\\S+',
  code: '[^\\s]+( [^\\s]+)*',
  date: `${year}(-${month}(-${day})?)?`,
  dateTime: `${year}(-${month}(-${day}(T${clock}${zone})?)?)?`,
  id: '[A-Za-z0-9\\-\\.]{1,64}',
  instant: `${year}-${month}-${day}T${clock}${zone}`,
  oid: 'urn:oid:[0-2](\\.(0|[1-9][0-9]*))+',
  time: clock,
  uri: '\\S+',
  url: '\\S+',
  uuid: 'urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
}

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  integer: [-(2 ** 31), 2 ** 31 - 1],
  unsignedInt: [0, 2 ** 31 - 1],
  positiveInt: [1, 2 ** 31 - 1],
}

/** `code expression` of every issue, sorted. */
export function naiveIssues(resource: JsonObject, definitions: Definitions): string[] {
  const issues: string[] = []
  const type = resource['resourceType'] as string
  object(resource, type, type, true)
  return issues.sort()

  function object(value: JsonObject, type: string, path: string, idSuffices: boolean): void {
    const content = Object.keys(value).filter((key) => key !== 'id')
    const isEmpty = content.length === 0 && !(idSuffices && 'id' in value)
    if (isEmpty) issues.push(`empty-value ${path}`)
    const definition = definitions.types.get(type)!
    const properties = definitions.properties(type)!
    for (const [key, item] of Object.entries(value)) {
      const property = properties.get(key.replace(/^_/, ''))
      const isSibling = key.startsWith('_')
      if (key === 'resourceType' && definition.kind === 'resource') continue
      if (!property || (isSibling && !extensible(property, type))) issues.push(`unknown-element ${path}.${key}`)
      else values(item, property, `${path}.${property.element.name}`, isSibling, value)
    }
    if (isEmpty) return
    for (const element of definition.elements) presence(element, value, type, path)
    if (type === 'Extension') extension(value, path)
  }

  function extension(value: JsonObject, path: string): void {
    const hasValue = Object.keys(value).some((key) => /^_?value/.test(key) && property('Extension', key))
    if (hasValue && 'extension' in value) issues.push(`misplaced-element ${path}.extension`)
    if (!hasValue && !('extension' in value)) issues.push(`missing-element ${path}.value`)
  }

  function property(type: string, key: string): Property | undefined {
    return definitions.properties(type)!.get(key.replace(/^_/, ''))
  }

  function extensible({ name, primitive, type: { code } }: Property, type: string): boolean {
    return primitive && name !== 'id' && code !== 'xhtml' && !(type === 'Extension' && name === 'url')
  }

  function presence(element: ElementDefinition, value: JsonObject, type: string, path: string): void {
    const present = element.types.filter((elementType) => {
      const name = jsonName(element, elementType)
      return name in value || (`_${name}` in value && extensible(property(type, name)!, type))
    })
    if (present.length === 0 && element.min > 0) issues.push(`missing-element ${path}.${element.name}`)
    if (present.length > 1) issues.push(`several-choices ${path}.${element.name}`)
  }

  function values(value: JsonValue, of: Property, path: string, isSibling: boolean, parent: JsonObject): void {
    if (value === null) issues.push(`empty-value ${path}`)
    else if (Array.isArray(value) !== of.many) issues.push(`wrong-shape ${path}`)
    else if (!Array.isArray(value)) one(value, of, path, isSibling, parent[of.name] !== undefined)
    else {
      if (value.length === 0) issues.push(`empty-value ${path}`)
      const others = parent[isSibling ? of.name : `_${of.name}`]
      if (isSibling && Array.isArray(others) && value.length > others.length) issues.push(`wrong-shape ${path}`)
      value.forEach((item, index) => {
        const other = Array.isArray(others) ? (others[index] ?? null) : null
        if (item !== null) one(item, of, `${path}[${index}]`, isSibling, other !== null)
        else if (isSibling ? !Array.isArray(others) : !of.primitive || !isJsonObject(other)) {
          issues.push(`empty-value ${path}[${index}]`)
        }
      })
    }
  }

  function one(value: JsonValue, of: Property, path: string, isSibling: boolean, hasValue: boolean): void {
    if (isSibling || !of.primitive) {
      if (isJsonObject(value)) object(value, of.type.code, path, isSibling && hasValue)
      else issues.push(`wrong-shape ${path}`)
    } else if (value === '') issues.push(`empty-value ${path}`)
    else if (jsonType(value) !== expectedType(of.type.code)) issues.push(`wrong-shape ${path}`)
    else if (!isCode(value, of)) issues.push(`unknown-code ${path}`)
    else if (!isValid(value, of.type.code)) issues.push(`invalid-value ${path}`)
  }

  function isCode(value: JsonValue, of: Property): boolean {
    const codes = of.element.binding && definitions.requiredCodes.get(of.element.binding.valueSet)
    return of.type.code !== 'code' || !codes || codes.has(value as string)
  }
}

function jsonType(value: JsonValue): string {
  return Array.isArray(value) ? 'array' : isRawNumber(value) ? 'number' : typeof value
}

function expectedType(type: string): string {
  return type === 'boolean' ? 'boolean' : type === 'decimal' || ranges[type] ? 'number' : 'string'
}

function isValid(value: JsonValue, type: string): boolean {
  const range = ranges[type]
  if (range) return Number.isInteger(value) && (value as number) >= range[0] && (value as number) <= range[1]
  if (typeof value !== 'string') return true
  const pattern = patterns[type]
  if (pattern && !new RegExp(`^(${pattern})$`).test(value)) return false
  if (['date', 'dateTime', 'instant'].includes(type) && /^\d{4}-\d\d-\d\d/.test(value)) {
    return new Date(`${value.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(value.slice(0, 10))
  }
  return ![...value].some((char) => char < ' ' && !'\t\n\r'.includes(char))
}
