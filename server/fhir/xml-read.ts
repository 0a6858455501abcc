/**
 * FHIR XML to JSON, driven by the definitions. Faults in the structure are collected, so that one answer names several of
 * them; a document that is not well-formed or not FHIR at all ends at once. https://hl7.org/fhir/R4/xml.html
 */
import type { Definitions, Property } from './definitions.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { maxDepth, numberFromText } from './json.ts'
import type { Issue, OutcomeCode } from './outcome.ts'
import { OutcomeError } from './outcome.ts'
import { createXhtmlWriter, type XhtmlWriter } from './xhtml.ts'
import type { Place, StartTag } from './xml-syntax.ts'
import { fhirNamespace, invalidXml, isAttribute, parseXml, xhtmlNamespace } from './xml-syntax.ts'

/**
 * The resource in an XML document. Elements out of the order of their definition are faults, as are elements and
 * attributes that FHIR does not define; values keep their text, except that booleans and numbers become those of JSON.
 */
export function fromXml(text: string, definitions: Definitions, { anyOrder = false }: XmlReading = {}): JsonObject {
  const reader: Reader = { definitions, anyOrder, issues: [], root: undefined, current: undefined, xhtml: undefined }
  parseXml(text, {
    open: (tag, place) => open(reader, tag, place),
    text: (content, place) => readText(reader, content, place),
    close: (place) => close(reader, place),
  })
  if (reader.issues.length > 0) throw new OutcomeError(reader.issues)
  return reader.root!
}

export interface XmlReading {
  /** Whether the order of elements is left aside. */
  readonly anyOrder?: boolean
}

interface Reader {
  readonly definitions: Definitions
  readonly anyOrder: boolean
  readonly issues: Issue[]
  root: JsonObject | undefined
  current: Frame | undefined
  /** Set while a narrative is being read. */
  xhtml: XhtmlWriter | undefined
}

/** An element that is open. A `holder`, such as `contained`, has a resource as its child; `ignored` is below a fault. */
interface Frame {
  readonly kind: 'resource' | 'holder' | 'complex' | 'primitive' | 'xhtml' | 'ignored'
  readonly type: string
  readonly parent: Frame | undefined
  /** What the element is to its parent: nothing for a resource. */
  readonly property: Property | undefined
  readonly index: number
  /** The level in JSON, where an array is a level too. */
  readonly depth: number
  /** Receives the children; for a primitive what goes into `_name`, for a holder its parent's object. */
  readonly object: JsonObject
  value: string | undefined
  empty: boolean
  /** The child that comes last by the definition, of those so far. */
  last: Property | undefined
}

/** Enough to mend a document by, and a bound on what a hostile one costs. */
const maxIssues = 20
const schemaInstanceNamespace = 'http://www.w3.org/2001/XMLSchema-instance'

function open(reader: Reader, tag: StartTag, place: Place): void {
  const parent = reader.current
  if (parent) parent.empty = false
  if (reader.xhtml) reader.xhtml.open(tag, place)
  else if (parent?.kind === 'ignored') ignore(reader, place)
  else if (!parent || parent.kind === 'holder') openResource(reader, parent, tag, place)
  else openElement(reader, parent, tag, place)
}

function openResource(reader: Reader, holder: Frame | undefined, tag: StartTag, place: Place): void {
  checkNamespace(tag, fhirNamespace, place)
  const type = tag.local
  if (!reader.definitions.isResourceType(type)) {
    throw invalidXml(`'${shown(type)}' is not a FHIR R4 resource type.`, place, holder && expressionOf(holder))
  }
  if (holder && itemCount(holder.object, holder.property!) > holder.index) {
    throw invalidXml('only one resource may stand here.', place, expressionOf(holder))
  }

  const object: JsonObject = { resourceType: type }
  const frame = createFrame({ kind: 'resource', type, parent: holder, property: undefined, object })
  if (holder) attach(holder.object, holder.property!, object)
  else reader.root = object
  enter(reader, frame, tag, place)
}

function openElement(reader: Reader, parent: Frame, tag: StartTag, place: Place): void {
  const property = childNamed(reader.definitions, parent.type, tag.local)
  checkNamespace(tag, property?.type.code === 'xhtml' ? xhtmlNamespace : fhirNamespace, place)
  const repeated = property && !property.many && itemCount(parent.object, property) > 0
  if (!property || repeated) {
    refuse(reader, repeated ? 'too-many' : 'unknown-element', tag, place)
    return
  }

  checkOrder(reader, parent, property, place)
  const kind = kindOf(reader.definitions, property)
  const object = kind === 'holder' ? parent.object : {}
  const frame = createFrame({ kind, type: property.type.code, parent, property, object })
  if (kind === 'complex') attach(parent.object, property, object)
  enter(reader, frame, tag, place)
}

/** https://hl7.org/fhir/R4/xml.html: the order of elements is that of the definition, in which repeats stand together. */
function checkOrder(reader: Reader, parent: Frame, property: Property, place: Place): void {
  const { name, order } = property
  if (order >= (parent.last?.order ?? 0)) parent.last = property
  else if (!reader.anyOrder) report(reader, 'out-of-order', { element: name, before: parent.last!.name }, place, name)
}

/** A child element by its name; members that XML writes as attributes are no elements. */
function childNamed(definitions: Definitions, type: string, name: string): Property | undefined {
  return isAttribute(definitions.types.get(type)!, name) ? undefined : definitions.properties(type)!.get(name)
}

function kindOf(definitions: Definitions, property: Property): Frame['kind'] {
  if (property.type.code === 'xhtml') return 'xhtml'
  if (property.primitive) return 'primitive'
  return definitions.types.get(property.type.code)!.kind === 'resource' ? 'holder' : 'complex'
}

function createFrame(frame: Pick<Frame, 'kind' | 'type' | 'parent' | 'property' | 'object'>): Frame {
  const { kind, type, parent, property, object } = frame
  const index = property ? itemCount(parent!.object, property) : 0
  const levels = (property?.many ? 1 : 0) + (kind === 'holder' ? 0 : 1)
  return {
    kind,
    type,
    parent,
    property,
    object,
    index,
    depth: (parent?.depth ?? 0) + levels,
    value: undefined,
    empty: true,
    last: undefined,
  }
}

/** Makes a frame the current one, once its attributes are read. */
function enter(reader: Reader, frame: Frame, tag: StartTag, place: Place): void {
  reader.current = frame
  if (frame.kind === 'xhtml') {
    reader.xhtml = createXhtmlWriter()
    reader.xhtml.open(tag, place)
  } else {
    for (const attribute of Object.values(tag.attributes)) readAttribute(reader, frame, attribute, place)
  }
  // The object of a primitive exists in JSON only for an id or extensions, which check their own level.
  const inJson = frame.kind !== 'primitive' || frame.object['id'] !== undefined
  checkDepth(inJson ? frame.depth : frame.depth - 1, place)
}

function readAttribute(reader: Reader, frame: Frame, attribute: StartTag['attributes'][string], place: Place): void {
  const { name, prefix, uri, value } = attribute
  if (name === 'xmlns' || prefix === 'xmlns') return
  // Exchanged documents should not carry it, many do, and it says nothing about the resource.
  if (uri === schemaInstanceNamespace && frame.kind === 'resource') return

  frame.empty = false
  const element = `@${shown(name)}`
  if (uri !== '' || !mayHave(reader.definitions, frame, name)) {
    report(reader, 'unknown-element', { element, type: frame.type }, place)
  } else if (value === '') report(reader, 'empty-value', { element }, place)
  else if (name === 'value') frame.value = value
  else frame.object[name] = value
}

function mayHave(definitions: Definitions, frame: Frame, attribute: string): boolean {
  if (frame.kind === 'primitive') return attribute === 'value' || attribute === 'id'
  return frame.kind === 'complex' && isAttribute(definitions.types.get(frame.type)!, attribute)
}

/** Reports an element that may not stand here and passes over what it holds. */
function refuse(reader: Reader, code: 'unknown-element' | 'too-many', tag: StartTag, place: Place): void {
  const parent = reader.current!
  const element = shown(tag.local)
  report(reader, code, { element, type: parent.type, max: 1, count: 2 }, place, element)
  ignore(reader, place)
}

function ignore(reader: Reader, place: Place): void {
  const { type, object } = reader.current!
  const frame = createFrame({ kind: 'ignored', type, parent: reader.current, property: undefined, object })
  checkDepth(frame.depth, place)
  reader.current = frame
}

function readText(reader: Reader, text: string, place: Place): void {
  if (reader.xhtml) reader.xhtml.text(text, place)
  else if (/[^ \t\r\n]/.test(text) && reader.current && reader.current.kind !== 'ignored') {
    const reason = "text may stand in a narrative only. Write values in the attribute 'value'."
    throw invalidXml(reason, place, expressionOf(reader.current))
  }
}

function close(reader: Reader, place: Place): void {
  const frame = reader.current!
  if (reader.xhtml) {
    reader.xhtml.close(place)
    if (reader.xhtml.depth() > 0) return
    attach(frame.parent!.object, frame.property!, reader.xhtml.result())
    reader.xhtml = undefined
  } else if (frame.property && frame.empty) report(reader, 'empty-value', { element: frame.property.name }, place)
  else if (frame.kind === 'primitive') attachPrimitive(reader, frame, place)
  reader.current = frame.parent
}

function attach(object: JsonObject, property: Property, item: JsonValue): void {
  if (property.many) addItem(object, property.name, itemCount(object, property), item)
  else object[property.name] = item
}

/** Values and what belongs to them stand in two arrays of equal length. https://hl7.org/fhir/R4/json.html#primitive */
function attachPrimitive(reader: Reader, frame: Frame, place: Place): void {
  const { object } = frame.parent!
  const { name, many } = frame.property!
  const value = frame.value === undefined ? undefined : jsonValue(reader, frame, place)
  const extra = Object.keys(frame.object).length > 0 ? frame.object : undefined
  if (many) {
    addItem(object, name, frame.index, value)
    addItem(object, `_${name}`, frame.index, extra)
  } else {
    if (value !== undefined) object[name] = value
    if (extra) object[`_${name}`] = extra
  }
}

function addItem(object: JsonObject, name: string, index: number, item: JsonValue | undefined): void {
  const items = object[name] as JsonValue[] | undefined
  if (items) items.push(item ?? null)
  else if (item !== undefined) object[name] = [...Array<null>(index).fill(null), item]
}

function itemCount(object: JsonObject, { name, many, primitive }: Property): number {
  const item = object[name]
  const extra = primitive ? object[`_${name}`] : undefined
  if (many)
    return Math.max((item as JsonValue[] | undefined)?.length ?? 0, (extra as JsonValue[] | undefined)?.length ?? 0)
  return item === undefined && extra === undefined ? 0 : 1
}

const numberPattern = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const parsers: Readonly<Record<string, (text: string) => JsonValue | undefined>> = {
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  decimal: parseNumber,
  integer: parseNumber,
  positiveInt: parseNumber,
  unsignedInt: parseNumber,
}

function jsonValue(reader: Reader, frame: Frame, place: Place): JsonValue | undefined {
  const text = frame.value!
  const parse = parsers[frame.type]
  const value = parse ? parse(text) : text
  if (value === undefined) report(reader, 'invalid-value', { value: shown(text), type: frame.type }, place)
  return value
}

/** Only the spelling of a JSON number; whether an integer is one is for the validator to say, as in JSON. */
function parseNumber(text: string): JsonValue | undefined {
  return numberPattern.test(text) ? numberFromText(text) : undefined
}

/** Notes a fault of the current element, or of its child of that name. */
function report(reader: Reader, code: OutcomeCode, params: Issue['params'], place: Place, child?: string): void {
  const current = expressionOf(reader.current!)
  const expression = child === undefined ? current : `${current}.${child}`
  reader.issues.push({ code, params: params!, expression, location: place() })
  if (reader.issues.length === maxIssues) throw new OutcomeError(reader.issues)
}

function checkNamespace(tag: StartTag, namespace: string, place: Place): void {
  if (tag.uri === namespace) return
  const actual = tag.uri === '' ? 'no namespace' : `the namespace '${shown(tag.uri)}'`
  throw invalidXml(`the element '${shown(tag.local)}' is in ${actual}, but belongs in ${namespace}.`, place)
}

function checkDepth(depth: number, place: Place): void {
  if (depth > maxDepth) throw new OutcomeError('too-deep', { limit: maxDepth }, { location: place() })
}

/** The FHIRPath of an open element: `Bundle.entry[2].resource.name[0]`. */
function expressionOf({ type, parent, property, index }: Frame): string {
  if (!parent) return type
  const path = expressionOf(parent)
  if (!property) return path
  return `${path}.${property.element.name}${property.many ? `[${index}]` : ''}`
}

/** A name or value from the input, short enough to be quoted. */
function shown(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text
}
