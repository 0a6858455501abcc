/**
 * JSON to FHIR XML: elements in the order of their definition, whatever their order in JSON.
 * https://hl7.org/fhir/R4/xml.html
 */

import type { Definitions, Property } from './definitions.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { isJsonObject, isRawNumber, numberText } from './json.ts'
import { quotable } from './json-value.ts'
import { OutcomeError } from './outcome.ts'
import { xhtmlFromJson } from './xhtml.ts'
import { escapeAttribute, fhirNamespace, isAttribute } from './xml-syntax.ts'

/** A resource as an XML document; `pretty` puts each element on a line of its own. */
export function toXml(resource: JsonObject, definitions: Definitions, pretty = false): string {
  const writer: Writer = { definitions, pretty, parts: ['<?xml version="1.0" encoding="UTF-8"?>'] }
  if (!pretty) writer.parts.push('\n')
  writeResource(writer, resource, 0, ` xmlns="${fhirNamespace}"`)
  if (pretty) writer.parts.push('\n')
  return writer.parts.join('')
}

interface Writer {
  readonly definitions: Definitions
  readonly pretty: boolean
  readonly parts: string[]
}

function writeResource(writer: Writer, resource: JsonValue, level: number, attributes = ''): void {
  const type = isJsonObject(resource) ? resource['resourceType'] : undefined
  if (!isJsonObject(resource) || typeof type !== 'string' || !writer.definitions.isResourceType(type)) {
    throw new OutcomeError('unknown-type', { type: quotable(type) })
  }
  writeElement(writer, { name: type, attributes, type, object: resource, level })
}

interface Element {
  readonly name: string
  readonly attributes: string
  readonly type: string
  readonly object: JsonObject
  readonly level: number
}

function writeElement(writer: Writer, { name, attributes, type, object, level }: Element): void {
  const { parts } = writer
  const before = parts.push(`${startOfLine(writer, level)}<${name}${attributes}>`)
  for (const property of presentProperties(writer.definitions, type, object)) {
    writeProperty(writer, property, object, level + 1)
  }
  if (parts.length === before) parts[before - 1] = `${startOfLine(writer, level)}<${name}${attributes}/>`
  else parts.push(`${startOfLine(writer, level)}</${name}>`)
}

function startOfLine({ pretty }: Writer, level: number): string {
  return pretty ? `\n${'  '.repeat(level)}` : ''
}

/** The elements that an object has, in the order of the definition; attributes are written with the tag. */
function presentProperties(definitions: Definitions, typeName: string, object: JsonObject): readonly Property[] {
  const type = definitions.types.get(typeName)!
  const known = definitions.properties(typeName)!
  const present: Property[] = []
  let sorted = true
  for (const key of Object.keys(object)) {
    if (isAttribute(type, key) || (key === 'resourceType' && type.kind === 'resource')) continue
    const extra = key.startsWith('_')
    const name = extra ? key.slice(1) : key
    const property = known.get(name)
    // Leaving out what has no place in XML would change the resource without a word.
    if (!property || (extra && (!property.primitive || isAttribute(type, name)))) {
      throw new OutcomeError('unknown-element', { element: key, type: typeName })
    }
    if (extra && object[name] !== undefined) continue
    sorted &&= (present.at(-1)?.order ?? 0) <= property.order
    present.push(property)
  }
  return sorted ? present : present.sort((a, b) => a.order - b.order)
}

function writeProperty(writer: Writer, property: Property, object: JsonObject, level: number): void {
  const value = object[property.name]
  const extra = property.primitive ? object[`_${property.name}`] : undefined
  const write = property.primitive ? writePrimitive : writeComplex
  if (!property.many) {
    write(writer, { property, value, extra, level })
    return
  }
  const values = listOf(property, value)
  const extras = listOf(property, extra)
  for (let i = 0; i < Math.max(values.length, extras.length); i++) {
    write(writer, { property, value: values[i], extra: extras[i], level })
  }
}

function listOf(property: Property, value: JsonValue | undefined): readonly JsonValue[] {
  if (value !== undefined && !Array.isArray(value)) throw wrongShape(property, value, 'an array')
  return value ?? []
}

/** One repetition of an element; `extra` is the id and extensions of a primitive. */
interface Item {
  readonly property: Property
  readonly value: JsonValue | undefined
  readonly extra: JsonValue | undefined
  readonly level: number
}

function writeComplex(writer: Writer, { property, value, level }: Item): void {
  const { name, type } = property
  if (!isJsonObject(value)) throw wrongShape(property, value, 'an object')
  if (writer.definitions.types.get(type.code)!.kind !== 'resource') {
    const url = type.code === 'Extension' ? attribute('url', value['url']) : ''
    writeElement(writer, {
      name,
      attributes: attribute('id', value['id']) + url,
      type: type.code,
      object: value,
      level,
    })
    return
  }
  writer.parts.push(`${startOfLine(writer, level)}<${name}>`)
  writeResource(writer, value, level + 1)
  writer.parts.push(`${startOfLine(writer, level)}</${name}>`)
}

function writePrimitive(writer: Writer, { property, value, extra, level }: Item): void {
  const { name, type } = property
  const text = primitiveText(property, value)
  if (type.code === 'xhtml') {
    if (text !== undefined) writer.parts.push(startOfLine(writer, level) + xhtmlFromJson(text))
  } else if (isJsonObject(extra)) {
    const attributes = attribute('id', extra['id']) + attribute('value', text)
    writeElement(writer, { name, attributes, type: type.code, object: extra, level })
  } else if (text !== undefined) {
    writer.parts.push(`${startOfLine(writer, level)}<${name} value="${escapeAttribute(text)}"/>`)
  }
}

function primitiveText(property: Property, value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number' || isRawNumber(value)) return numberText(value)
  throw wrongShape(property, value, `a value of type ${property.type.code}`)
}

function attribute(name: string, value: JsonValue | undefined): string {
  return value === undefined ? '' : ` ${name}="${escapeAttribute(String(value))}"`
}

function wrongShape(property: Property, value: JsonValue | undefined, expected: string): OutcomeError {
  const actual = value === null ? 'null' : Array.isArray(value) ? 'an array' : shapes[typeof value]!
  return new OutcomeError('wrong-shape', { element: property.name, expected, actual })
}

const shapes: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  object: 'an object',
  undefined: 'missing',
}
