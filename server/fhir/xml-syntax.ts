/**
 * XML as text: the only file that knows the parser. What it lets through is namespace-well-formed XML 1.0 without a
 * document type, so that nothing can be expanded or fetched. https://hl7.org/fhir/R4/xml.html
 */
import { SaxesParser, type SaxesTagNS } from 'saxes'
import { OutcomeError } from './outcome.ts'

export const fhirNamespace = 'http://hl7.org/fhir'
export const xhtmlNamespace = 'http://www.w3.org/1999/xhtml'

/** An element's start tag: `local` name, namespace `uri`, and attributes that carry the same. */
export type StartTag = SaxesTagNS

/** Where the parser stands, as "line L, column C". */
export type Place = () => string

/** What a reader of XML listens to. A CDATA section is text. */
export interface XmlListener {
  open(tag: StartTag, place: Place): void
  text(text: string, place: Place): void
  close(place: Place): void
}

/** Reads a whole document; throws `OutcomeError` at the first place that is not well-formed. */
export function parseXml(text: string, listener: XmlListener): void {
  const parser = new SaxesParser({ xmlns: true, position: true, defaultXMLVersion: '1.0', forceXMLVersion: true })
  const place = () => `line ${parser.line}, column ${Math.max(parser.column, 1)}`
  const refuse = (reason: string) => {
    throw invalidXml(reason, place)
  }
  limitAttributes(parser, refuse)
  parser.on('error', (error) => refuse(syntaxReason(error)))
  parser.on('doctype', () => refuse('a DOCTYPE is not allowed. Remove it.'))
  parser.on('xmldecl', ({ encoding = 'utf-8' }) => {
    if (encoding.toLowerCase() !== 'utf-8') refuse('its declared encoding is not UTF-8. Encode it as UTF-8.')
  })
  parser.on('opentag', (tag) => listener.open(tag, place))
  parser.on('text', (content) => listener.text(content, place))
  parser.on('cdata', (content) => listener.text(content, place))
  parser.on('closetag', () => listener.close(place))
  feed(parser, text)
}

/** The fault for XML that is well-formed but not FHIR, at the place where the parser stands. */
export function invalidXml(reason: string, place: Place, expression?: string): OutcomeError {
  return new OutcomeError('invalid-xml', { reason }, { location: place(), ...(expression && { expression }) })
}

/** True for the members that XML writes as attributes. https://hl7.org/fhir/R4/xml.html#primitive */
export function isAttribute(type: { readonly name: string; readonly kind: string }, property: string): boolean {
  return property === 'id' ? type.kind !== 'resource' : property === 'url' && type.name === 'Extension'
}

/** Text between tags. */
export function escapeText(text: string): string {
  return /[&<>\r]/.test(text) || unwritable.test(text)
    ? text.replace(/[&<>\r]/g, reference).replace(unwritables, '\ufffd')
    : text
}

/** The inside of a double-quoted attribute: a line break or tab written as itself would be read back as a space. */
export function escapeAttribute(text: string): string {
  return /[&<"\t\n\r]/.test(text) || unwritable.test(text)
    ? text.replace(/[&<"\t\n\r]/g, reference).replace(unwritables, '\ufffd')
    : text
}

/** More than any narrative uses; without a limit one tag could fill the memory. */
const maxAttributes = 64

/** Characters that XML 1.0 can express in no way; they are replaced, since a document with one is unreadable. */
const unwritable = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u
const unwritables = new RegExp(unwritable, 'gu')

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

function reference(character: string): string {
  return references[character]!
}

type Parser = SaxesParser<{ xmlns: true; position: true; defaultXMLVersion: '1.0'; forceXMLVersion: true }>

function limitAttributes(parser: Parser, refuse: (reason: string) => void): void {
  let count = 0
  parser.on('opentagstart', () => {
    count = 0
  })
  parser.on('attribute', () => {
    if (++count > maxAttributes) refuse(`an element has more than ${maxAttributes} attributes.`)
  })
}

const reasons: Readonly<Record<string, string>> = {
  'undefined entity.': 'only the entities &amp; &lt; &gt; &quot; &apos; exist. Write the character itself.',
}

/** The parser's message without the place and, since it may quote a name from the input, not at any length. */
function syntaxReason(error: Error): string {
  const message = error.message.replace(/^\d+:\d+: /, '')
  return reasons[message] ?? `${message.slice(0, 120).replace(/\.$/, '')}. Correct the syntax.`
}

const pieceLength = 1 << 20

/**
 * The parser appends to a string at each entity, line break, hyphen or bracket. JavaScript keeps such a string as a tree
 * of its parts, thirty bytes for each: reading one character joins them, so that a long comment full of hyphens takes no
 * more memory than its length.
 */
function feed(parser: Parser, text: string): void {
  for (let start = 0; start < text.length; ) {
    let end = start + pieceLength
    if (text[end - 1] === '\r' && text[end] === '\n') end++
    const piece = text.slice(start, end)
    parser.write(piece.includes('\r') ? piece.replace(/\r\n?/g, '\n') : piece)
    parser['text'].charCodeAt(0)
    start = end
  }
  parser.close()
}
