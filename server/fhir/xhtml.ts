/**
 * The narrative as text: one `div`, well-formed, in its namespace and in one spelling, whether it arrives in XML or JSON.
 * Which elements and attributes are safe is the validator's business. https://hl7.org/fhir/R4/narrative.html
 */
import { maxDepth } from './json.ts'
import { OutcomeError } from './outcome.ts'
import type { Place, StartTag, XmlListener } from './xml-syntax.ts'
import { escapeAttribute, escapeText, invalidXml, parseXml, xhtmlNamespace } from './xml-syntax.ts'

/** Receives the events of one `div`, its own tags included. */
export interface XhtmlWriter extends XmlListener {
  /** Elements that are open; 0 once the `div` is complete. */
  readonly depth: () => number
  readonly result: () => string
}

/** Collects a `div` that stands in an XML document; comments are dropped. */
export function createXhtmlWriter(): XhtmlWriter {
  const text = createText()
  const open: string[] = []
  let namespace: string | undefined
  let unfinished = false
  const finishTag = () => {
    if (unfinished) text.add('>')
    unfinished = false
  }
  return {
    open: (tag, place) => {
      if (open.length === maxDepth) throw new OutcomeError('too-deep', { limit: maxDepth }, { location: place() })
      finishTag()
      if (namespace === undefined) text.add(`<div xmlns="${xhtmlNamespace}"`)
      else text.add(`<${tag.local}`)
      namespace ??= namespaceOfRoot(tag, place)
      checkNamespace(tag, namespace, place)
      text.add(attributes(tag, place))
      open.push(tag.local)
      unfinished = true
    },
    text: (content) => {
      finishTag()
      text.add(escapeText(content))
    },
    close: () => {
      const name = open.pop()!
      text.add(unfinished && voidElements.has(name) ? '/>' : `${unfinished ? '>' : ''}</${name}>`)
      unfinished = false
    },
    depth: () => open.length,
    result: text.result,
  }
}

/**
 * The `div` of a resource in JSON as it can stand in an XML document. One that is no well-formed `div` is shown as text:
 * it must neither break the document nor make the resource unreadable.
 */
export function xhtmlFromJson(div: string): string {
  const writer = createXhtmlWriter()
  try {
    parseXml(div, writer)
    return writer.result()
  } catch (error) {
    if (error instanceof OutcomeError) return `<div xmlns="${xhtmlNamespace}">${escapeText(div)}</div>`
    throw error
  }
}

/** HTML readers take `<p/>` for an open tag, so only these are closed in one. */
const voidElements: ReadonlySet<string> = new Set(['area', 'br', 'col', 'hr', 'img', 'input', 'wbr'])

/** Joins its parts now and then: a string that grows by millions of additions is kept as millions of parts. */
function createText() {
  let parts: string[] = []
  let joined = ''
  const result = () => {
    joined += parts.join('')
    parts = []
    return joined
  }
  const add = (part: string) => {
    if (parts.push(part) === 4096) result()
  }
  return { add, result }
}

function namespaceOfRoot(tag: StartTag, place: Place): string {
  if (tag.local !== 'div') throw invalidXml('the narrative must be one div.', place)
  // A div in JSON often lacks the namespace that XML cannot do without.
  return tag.uri === '' ? '' : xhtmlNamespace
}

function checkNamespace(tag: StartTag, namespace: string, place: Place): void {
  if (tag.uri === namespace) return
  const name = tag.name.slice(0, 64)
  throw invalidXml(`the element '${name}' in the narrative is not in the namespace ${xhtmlNamespace}.`, place)
}

function attributes(tag: StartTag, place: Place): string {
  let text = ''
  for (const { name, prefix, value } of Object.values(tag.attributes)) {
    if (name === 'xmlns' || prefix === 'xmlns') continue
    if (prefix !== '' && prefix !== 'xml') {
      throw invalidXml(`the attribute '${name.slice(0, 64)}' is not XHTML. Remove it.`, place)
    }
    text += ` ${name}="${escapeAttribute(value)}"`
  }
  return text
}
