/**
 * Random resources of any type, made from the definitions: elements, cardinality, choices, references, formats and
 * primitive extensions are as FHIR R4 has them. Invariants and terminology are not looked after, except that an element
 * is never empty (ele-1), an extension has a value or extensions (ext-1) and a period ends after it starts (per-1).
 */
import type { Definitions, ElementDefinition, ElementType, TypeDefinition } from '../../server/fhir/definitions.ts'
import { jsonName } from '../../server/fhir/definitions.ts'
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { numberFromText } from '../../server/fhir/json.ts'

/** Numbers from 0 up to, but not including, 1. */
export type Random = () => number

/** Codes that a required binding allows; without any, codes are made up. */
export type CodesOf = (valueSet: string) => readonly string[] | undefined

/** The same numbers for the same seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A resource of the given type with an id; the same one for the same numbers. */
export function randomResource(definitions: Definitions, type: string, random: Random, codesOf?: CodesOf): JsonObject {
  return resource({ definitions, random, codesOf: codesOf ?? (() => undefined) }, type, 0)
}

/** An integer from `from` to `to`, both included. */
export function randomInteger(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1))
}

export function randomItem<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!
}

interface Maker {
  readonly definitions: Definitions
  readonly random: Random
  readonly codesOf: CodesOf
}

/** Below this level only what is required is made. */
const lastLevel = 5

function resource(maker: Maker, type: string, level: number, without: ReadonlySet<string> = new Set()): JsonObject {
  const definition = maker.definitions.types.get(type)!
  const id = primitives['id']!(maker.random)
  return { resourceType: type, id, ...members(maker, definition, level, new Set([...without, 'id'])) }
}

/** What a contained resource may not have (dom-2, dom-4, dom-5), and its narrative, which nobody writes. */
const notContained: ReadonlySet<string> = new Set(['contained', 'meta', 'text'])

function members(maker: Maker, type: TypeDefinition, level: number, without: ReadonlySet<string>): JsonObject {
  const object: JsonObject = {}
  for (const element of type.elements) {
    if (!without.has(element.name) && isChosen(maker, element, level)) addElement(maker, object, element, level, type)
  }
  return object
}

const probabilities: Readonly<Record<string, number>> = {
  id: 0.05,
  extension: 0.06,
  modifierExtension: 0.03,
  contained: 0.3,
  text: 0.4,
}

function isChosen({ random }: Maker, { name, min }: ElementDefinition, level: number): boolean {
  return min > 0 || (level < lastLevel && random() < (probabilities[name] ?? 0.35 / (level + 1)))
}

function addElement(
  maker: Maker,
  object: JsonObject,
  element: ElementDefinition,
  level: number,
  parent: TypeDefinition,
): void {
  const { random, definitions } = maker
  const type = element.name === 'id' ? { code: 'id' } : randomItem(random, element.types)
  const name = jsonName(element, type)
  const most = Math.min(element.max, level < 2 ? 3 : 2)
  const count = randomInteger(random, Math.max(1, Math.min(element.min, most)), most)

  if (definitions.isPrimitive(type.code)) {
    // Ids and the url of an extension are no elements, so nothing can be attached to them.
    const plain = element.name === 'id' || type.code === 'xhtml' || (parent.name === 'Extension' && name === 'url')
    addPrimitives(maker, object, { name, type, element, count, level: plain ? lastLevel : level })
  } else {
    const items = Array.from({ length: count }, () => complex(maker, type, level + 1))
    object[name] = element.max > 1 ? items : items[0]!
  }
}

interface PrimitiveElement {
  readonly name: string
  readonly type: ElementType
  readonly element: ElementDefinition
  readonly count: number
  readonly level: number
}

function addPrimitives(
  maker: Maker,
  object: JsonObject,
  { name, type, element, count, level }: PrimitiveElement,
): void {
  const { random } = maker
  const items = Array.from({ length: count }, () => {
    const extra = level < lastLevel && random() < 0.06 ? primitiveExtra(maker, level) : null
    return { value: extra && random() < 0.3 ? null : primitive(maker, type, element), extra }
  })
  const values = items.map((item) => item.value)
  const extras = items.map((item) => item.extra)
  if (values.some((value) => value !== null)) object[name] = element.max > 1 ? values : values[0]!
  if (extras.some((extra) => extra !== null)) object[`_${name}`] = element.max > 1 ? extras : extras[0]!
}

/** An extension always: an id alone is no content for an element without a value. */
function primitiveExtra(maker: Maker, level: number): JsonObject {
  const id: JsonObject = maker.random() < 0.3 ? { id: primitives['id']!(maker.random) } : {}
  return { ...id, extension: [complex(maker, { code: 'Extension' }, level + 1)] }
}

function primitive({ random, codesOf }: Maker, type: ElementType, element: ElementDefinition): JsonValue {
  const codes = element.binding && codesOf(element.binding.valueSet)
  return codes && codes.length > 0 ? randomItem(random, codes) : primitives[type.code]!(random)
}

function complex(maker: Maker, type: ElementType, level: number): JsonObject {
  const definition = maker.definitions.types.get(type.code)!
  if (definition.kind === 'resource') return innerResource(maker, level)
  const special = complexes[type.code]
  const object = special ? special(maker, type, level) : members(maker, definition, level, new Set())
  return Object.keys(object).length > 0 ? object : smallest(maker, definition)
}

/** One simple element, or an extension for a type that has none: nothing may be empty. */
function smallest(maker: Maker, type: TypeDefinition): JsonObject {
  const isSimple = ({ name, types }: ElementDefinition) =>
    name !== 'id' && types.every(({ code }) => maker.definitions.isPrimitive(code))
  const simple = type.elements.filter(isSimple)
  if (simple.length === 0) return { extension: [extension(maker, { code: 'Extension' }, lastLevel)] }
  const object: JsonObject = {}
  addElement(maker, object, randomItem(maker.random, simple), lastLevel, type)
  return object
}

/** Resources that may be contained everywhere; a Bundle in a Bundle in a Bundle would have no end. */
function innerResource(maker: Maker, level: number): JsonObject {
  const types = maker.definitions.resourceTypes.filter((type) => type !== 'Bundle' && type !== 'Parameters')
  return resource(maker, randomItem(maker.random, types), Math.max(level, 2), notContained)
}

type MakeComplex = (maker: Maker, type: ElementType, level: number) => JsonObject

/** Types whose members depend on each other or on the element. */
const complexes: Readonly<Record<string, MakeComplex>> = {
  Extension: extension,
  Reference: reference,
  Period: (maker, _type, level) => {
    const period = members(maker, maker.definitions.types.get('Period')!, level, new Set())
    const { start, end } = period
    const ordered = typeof start !== 'string' || typeof end !== 'string' || start.slice(0, 4) < end.slice(0, 4)
    return ordered ? period : { ...period, end: `${Number(start.slice(0, 4)) + 1}` }
  },
}

function extension(maker: Maker, _type: ElementType, level: number): JsonObject {
  const { random, definitions } = maker
  const url = `http://example.org/fhir/StructureDefinition/${word(random)}`
  if (level >= lastLevel) return { url, valueString: text(random) }
  if (random() < 0.2) return { url, extension: [extension(maker, { code: 'Extension' }, level + 1)] }
  const value = definitions.types.get('Extension')!.elements.find((element) => element.name === 'value')!
  const object: JsonObject = { url }
  addElement(maker, object, value, level, definitions.types.get('Extension')!)
  return object
}

function reference({ random, definitions }: Maker, { targets }: ElementType): JsonObject {
  const target = targets && !targets.includes('Resource') ? randomItem(random, targets) : undefined
  const type = target ?? randomItem(random, definitions.resourceTypes)
  const id = primitives['id']!(random)
  const display: JsonObject = random() < 0.3 ? { display: text(random) } : {}
  const scheme = random()
  if (scheme < 0.7) return { reference: `${type}/${id}`, ...display }
  if (scheme < 0.8) return { reference: `http://example.org/fhir/${type}/${id}`, ...display }
  return { type, identifier: { system: 'http://example.org/ids', value: id }, ...display }
}

const digits = (random: Random, length: number) =>
  String(randomInteger(random, 0, 10 ** length - 1)).padStart(length, '0')
const between = (random: Random, from: number, to: number) => String(randomInteger(random, from, to)).padStart(2, '0')
const hex = (random: Random, length: number) =>
  Array.from({ length }, () => randomInteger(random, 0, 15).toString(16)).join('')

const words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta', 'iota', 'kappa']
const word = (random: Random) => randomItem(random, words)

/** Characters that one of the formats writes in a special way, or that take more than one unit. */
const rareTexts = [
  '&',
  '<b>',
  '"',
  "'",
  ']]>',
  '&amp;',
  '\\',
  'Ö',
  '京',
  '🩺',
  '\n',
  '\t',
  '\r\n',
  '\u00a0',
  '--',
  '{}',
]

function text(random: Random): string {
  const parts = Array.from({ length: randomInteger(random, 1, 4) }, () =>
    random() < 0.25 ? `${word(random)}${randomItem(random, rareTexts)}${word(random)}` : word(random),
  )
  return parts.join(' ')
}

function date(random: Random): string {
  return `${randomInteger(random, 1900, 2100)}-${between(random, 1, 12)}-${between(random, 1, 28)}`
}

function time(random: Random): string {
  const fraction = random() < 0.3 ? `.${digits(random, randomInteger(random, 1, 6))}` : ''
  return `${between(random, 0, 23)}:${between(random, 0, 59)}:${between(random, 0, 59)}${fraction}`
}

function instant(random: Random): string {
  return `${date(random)}T${time(random)}${randomItem(random, ['Z', '+00:00', '-05:00', '+13:45'])}`
}

const decimals: readonly ((random: Random) => string)[] = [
  (random) => String(randomInteger(random, -1000, 1000)),
  (random) => `${randomInteger(random, 0, 99)}.${digits(random, 2)}`,
  (random) => `-0.${digits(random, 6)}0`,
  (random) => `${randomInteger(random, 1, 9)}${digits(random, 15)}.${digits(random, 12)}`,
  (random) => `${randomInteger(random, 1, 9)}.${digits(random, 1)}E-${randomInteger(random, 1, 20)}`,
]

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }

function xhtml(random: Random): string {
  const inner = Array.from({ length: randomInteger(random, 1, 3) }, () => {
    const content = text(random).replace(/[&<>\r]/g, (character) => escapes[character]!)
    return randomItem(random, [`<p>${content}</p>`, `<b title="${word(random)}">${content}</b><br/>`, content])
  })
  return `<div xmlns="http://www.w3.org/1999/xhtml">${inner.join('')}</div>`
}

/** A value of each primitive type, in its format. https://hl7.org/fhir/R4/datatypes.html#primitive */
const primitives: Readonly<Record<string, (random: Random) => JsonValue>> = {
  base64Binary: (random) => Buffer.from(text(random)).toString('base64'),
  boolean: (random) => random() < 0.5,
  canonical: (random) => `http://example.org/fhir/ValueSet/${word(random)}${random() < 0.3 ? '|1.0' : ''}`,
  code: (random) => `${word(random)}-${word(random)}`,
  date: (random) => date(random).slice(0, randomItem(random, [4, 7, 10])),
  dateTime: (random) => (random() < 0.5 ? date(random).slice(0, randomItem(random, [4, 7, 10])) : instant(random)),
  decimal: (random) => numberFromText(randomItem(random, decimals)(random)) as JsonValue,
  id: (random) => `${word(random)}-${hex(random, 8)}`,
  instant,
  integer: (random) => randomInteger(random, -(2 ** 31), 2 ** 31 - 1),
  markdown: (random) => `# ${text(random)}\n\n* ${text(random)}`,
  oid: (random) => `urn:oid:2.16.${randomInteger(random, 1, 9999)}`,
  positiveInt: (random) => randomInteger(random, 1, 2 ** 31 - 1),
  string: text,
  time,
  unsignedInt: (random) => randomInteger(random, 0, 2 ** 31 - 1),
  uri: (random) => randomItem(random, [`http://example.org/${word(random)}`, `urn:uuid:${uuid(random)}`]),
  url: (random) => `https://example.org/${word(random)}?a=1&b=2`,
  uuid: (random) => `urn:uuid:${uuid(random)}`,
  xhtml,
}

function uuid(random: Random): string {
  return [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-')
}
