/**
 * Checks the XHTML of narratives: well-formed, only the elements and attributes that FHIR allows, nothing active.
 * Apps show narratives with other people's sessions, so whatever a browser might read differently from an XML parser
 * (CDATA, some comments) is refused too. One pass, linear time.
 * https://hl7.org/fhir/R4/narrative.html#xhtml
 */

/** What is wrong, as `'value' is not a valid type`. */
export interface NarrativeFault {
  readonly value: string
  readonly type: string
}

const namespace = 'http://www.w3.org/1999/xhtml'
const maxNesting = 200

const elements = new Set(
  `a abbr acronym address b bdo big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6
  hr i img kbd li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var`.split(/\s+/),
)

const attributes = new Set(
  `abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite
  class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev
  rowspan rules scope shape span src start style summary tabindex title type valign value vspace width xml:lang
  xml:space xmlns`.split(/\s+/),
)

const linkSchemes = /^(?:https?|ftp|mailto|tel|urn):/i
const imageSchemes = /^(?:https?:|urn:|data:image\/(?:png|gif|jpe?g|webp|bmp)[;,])/i
const forbiddenStyle = /expression|javascript|behaviou?r|binding|@import|\\|\/\*|</i

/** Rules for the values of attributes; all others are plain text. */
const valueChecks: Readonly<Record<string, (value: string) => string | undefined>> = {
  href: (value) => (isLink(value, linkSchemes) ? undefined : 'narrative link'),
  cite: (value) => (isLink(value, linkSchemes) ? undefined : 'narrative link'),
  longdesc: (value) => (isLink(value, linkSchemes) ? undefined : 'narrative link'),
  src: (value) => (isLink(value, imageSchemes) ? undefined : 'narrative image source'),
  style: (value) => (isStyle(value) ? undefined : 'narrative style'),
  xmlns: (value) => (value === namespace ? undefined : 'narrative namespace'),
}

interface Scan {
  readonly text: string
  at: number
  /** Where the next `&` is: looked for once, or many short texts before a distant one would take quadratic time. */
  ampersand: number
  /** Names of the elements that are open. */
  readonly open: string[]
  closed: boolean
  hasContent: boolean
  fault?: NarrativeFault
}

/** The first fault of a narrative's `div`, or undefined. */
export function narrativeFault(text: string): NarrativeFault | undefined {
  const scan: Scan = { text, at: 0, ampersand: -1, open: [], closed: false, hasContent: false }
  if (text.includes(']]>')) return { value: ']]>', type: 'text in XHTML' }
  while (scan.at < text.length && !scan.fault) {
    const tag = text.indexOf('<', scan.at)
    scanText(scan, tag < 0 ? text.length : tag)
    if (tag >= 0 && !scan.fault) scanMarkup(scan)
  }
  if (scan.fault) return scan.fault
  if (scan.open.length > 0) return { value: `<${scan.open.at(-1)}>`, type: 'XHTML element: it is not closed' }
  if (!scan.closed) return notADiv(text)
  return scan.hasContent ? undefined : { value: text.slice(0, 80), type: 'narrative: it has no content' }
}

function notADiv(text: string): NarrativeFault {
  return { value: text.slice(0, 80), type: 'narrative: it must be one XHTML div element' }
}

/** Text up to `end`: outside the div only whitespace; entities as XML has them. */
function scanText(scan: Scan, end: number): void {
  const start = scan.at
  scan.at = end
  if (start === end) return
  if (!scan.hasContent || scan.open.length === 0) {
    const visible = isVisible(scan.text, start, end)
    if (visible && scan.open.length === 0) scan.fault = notADiv(scan.text)
    scan.hasContent ||= visible
  }
  if (scan.ampersand < start) scan.ampersand = indexOrEnd(scan.text, '&', start)
  if (scan.ampersand < end) scan.fault ??= entityFault(scan.text.slice(scan.ampersand, end))
}

function indexOrEnd(text: string, sought: string, from: number): number {
  const index = text.indexOf(sought, from)
  return index < 0 ? text.length : index
}

function isVisible(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code !== 0x20 && code !== 0x0a && code !== 0x09 && code !== 0x0d) return true
  }
  return false
}

const endTag = /<\/([a-zA-Z][a-zA-Z0-9:]*)[ \t\r\n]*>/y
const startTag = /<([a-zA-Z][a-zA-Z0-9:]*)/y
const attributeStart = /[ \t\r\n]+([a-zA-Z_:][\w:.-]*)[ \t\r\n]*=[ \t\r\n]*(["'])/y
const tagEnd = /[ \t\r\n]*(\/?)>/y

function scanMarkup(scan: Scan): void {
  const next = scan.text[scan.at + 1]
  if (next === '/') closeElement(scan)
  else if (next === '!') scanComment(scan)
  else openElement(scan)
}

/** A comment must end at the same place for XML and for HTML, whose comments may also end at `<!-->` and `<!--->`. */
function scanComment(scan: Scan): void {
  const { text, at } = scan
  const end = text.startsWith('<!--', at) ? text.indexOf('-->', at + 4) : -1
  const body = end < 0 ? '--' : text.slice(at + 4, end)
  if (/^-?>|--|-$/.test(body)) scan.fault = { value: text.slice(at, at + 40), type: 'narrative markup' }
  scan.at = end + 3
}

function closeElement(scan: Scan): void {
  const name = match(endTag, scan)?.[1]
  const expected = scan.open.pop()
  if (name === undefined || name !== expected) {
    scan.fault = { value: `</${name ?? ''}>`, type: expected ? `end of <${expected}>` : 'narrative markup' }
  }
  scan.closed = scan.open.length === 0
}

function openElement(scan: Scan): void {
  const start = scan.at
  const name = match(startTag, scan)?.[1]
  if (name === undefined) scan.fault = { value: scan.text.slice(start, start + 40), type: 'narrative markup' }
  else if (scan.open.length === 0 && (name !== 'div' || scan.closed)) scan.fault = notADiv(scan.text)
  else if (!elements.has(name)) scan.fault = { value: `<${name}>`, type: 'narrative element' }
  else if (scan.open.length >= maxNesting) scan.fault = { value: `<${name}>`, type: 'narrative: it is nested too deep' }
  else scanAttributes(scan, name)
}

function scanAttributes(scan: Scan, element: string): void {
  const seen: string[] = []
  for (let found = match(attributeStart, scan); found; found = match(attributeStart, scan)) {
    const name = found[1]!
    const end = scan.text.indexOf(found[2]!, scan.at)
    const value = end < 0 ? '<' : scan.text.slice(scan.at, end)
    scan.fault = attributeFault(name, value, seen)
    if (scan.fault) return
    seen.push(name)
    scan.at = end + 1
  }
  const end = match(tagEnd, scan)
  if (!end) scan.fault = { value: `<${element}>`, type: 'XHTML tag' }
  else if (end[1] === '') scan.open.push(element)
  else scan.closed = scan.open.length === 0
  scan.hasContent ||= element === 'img' && seen.includes('src')
}

function attributeFault(name: string, value: string, seen: readonly string[]): NarrativeFault | undefined {
  if (!attributes.has(name)) return { value: name, type: 'narrative attribute' }
  if (seen.includes(name) || value.includes('<')) return { value: name, type: 'XHTML attribute' }
  const fault = entityFault(value)
  if (fault) return fault
  const type = valueChecks[name]?.(decode(value))
  return type === undefined ? undefined : { value: value.slice(0, 80), type }
}

const entity = /&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});/y

/** XML knows five entities by name; the others of HTML are written as characters. */
function entityFault(text: string): NarrativeFault | undefined {
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    entity.lastIndex = at
    const found = entity.exec(text)?.[0]
    if (!found || !isCharacter(codePoint(found))) return { value: wholeEntity(text, at), type: entityType }
  }
  return undefined
}

const entityType = 'XML entity: write the character itself, and & as &amp;'

/** As far as it could be meant to be one: the ampersand alone where no name follows. */
function wholeEntity(text: string, at: number): string {
  return /^&(?:#?\w{1,40};?)?/.exec(text.slice(at, at + 43))![0]
}

const named: Readonly<Record<string, number>> = { '&amp;': 38, '&lt;': 60, '&gt;': 62, '&quot;': 34, '&apos;': 39 }

function codePoint(found: string): number {
  if (found[1] !== '#') return named[found]!
  return found[2] === 'x' ? Number.parseInt(found.slice(3), 16) : Number.parseInt(found.slice(2), 10)
}

/** https://www.w3.org/TR/xml/#charsets */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d
  return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff
}

function decode(value: string): string {
  if (!value.includes('&')) return value
  return value.replace(/&[a-z]{2,4};|&#x?[0-9a-fA-F]{1,7};/g, (found) => String.fromCodePoint(codePoint(found)))
}

/** Browsers skip whitespace and control characters while they look for a scheme; what has none is relative. */
function isLink(value: string, schemes: RegExp): boolean {
  const target = value.replace(/[\x00-\x20]+/g, '')
  const delimiter = target.search(/[:/?#]/)
  return delimiter < 0 || target[delimiter] !== ':' || schemes.test(target)
}

function isStyle(value: string): boolean {
  if (forbiddenStyle.test(value)) return false
  return [...value.matchAll(/url\s*\(\s*["']?([^"')]*)/gi)].every(([, target]) => isLink(target!, imageSchemes))
}

function match(pattern: RegExp, scan: Scan): RegExpExecArray | null {
  pattern.lastIndex = scan.at
  const found = pattern.exec(scan.text)
  if (found) scan.at = pattern.lastIndex
  return found
}
