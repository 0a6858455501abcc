/**
 * XHTML of anybody's making as a tree of what may be shown. https://hl7.org/fhir/R4/narrative.html#xhtml
 * Safe by its shape: a node is a text or an element of the list, and no element has an attribute. Nothing is given to the
 * browser's own parser, so that there is nothing to get around.
 */

export type NarrativeNode = string | NarrativeElement

export interface NarrativeElement {
  readonly name: NarrativeName
  readonly children: readonly NarrativeNode[]
}

const names = [
  ...['p', 'div', 'br', 'hr', 'pre', 'blockquote', 'heading', 'ul', 'ol', 'li', 'dl', 'dt', 'dd'],
  ...['b', 'i', 'sub', 'sup', 'table', 'caption', 'thead', 'tbody', 'tr', 'th', 'td'],
] as const
export type NarrativeName = (typeof names)[number]

/** What is shown as another element: a page has its own headings. */
const aliases: ReadonlyMap<string, NarrativeName> = new Map([
  ...names.map((name) => [name, name] as const),
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((name) => [name, 'heading'] as const),
  ['strong', 'b'],
  ['em', 'i'],
  ['tfoot', 'tbody'],
])

/** Their content is no text for people. */
const unread: ReadonlySet<string> = new Set([
  ...['script', 'style', 'head', 'title', 'template', 'iframe', 'object', 'embed', 'svg', 'math', 'noscript'],
  ...['textarea', 'select', 'option', 'audio', 'video', 'canvas'],
])

const empty: ReadonlySet<string> = new Set(['br', 'hr'])
/** Deeper ones are flattened, and what comes after so many is cut: some texts are made to be a burden. */
const deepest = 40
const mostNodes = 10_000

const token =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[([\s\S]*?)(?:\]\]>|$)|<[!?][^>]*>?|<(\/?)([A-Za-z][\w:.-]*)((?:"[^"]*"|'[^']*'|[^"'>])*)(?:>|$)|([^<]+|<)/g

interface Open {
  readonly tag: string
  readonly children: NarrativeNode[]
}

/** Never fails: what is no markup is text. */
export function parseNarrative(source: string): readonly NarrativeNode[] {
  const root: Open = { tag: '', children: [] }
  const open: Open[] = [root]
  let skipped: { readonly tag: string; depth: number } | undefined
  let made = 0
  for (const [, data, slash, given, attributes = '', text] of source.matchAll(token)) {
    if (made > mostNodes) return [...root.children, '…']
    const tag = given?.toLowerCase().replace(/^.*:/, '')
    const closesItself = attributes.trimEnd().endsWith('/')
    if (skipped) {
      if (tag === skipped.tag && !closesItself) skipped.depth += slash === '/' ? -1 : 1
      if (skipped.depth === 0) skipped = undefined
      continue
    }
    const { children } = open.at(-1)!
    const words = data ?? (text === undefined ? undefined : decoded(text))
    if (words !== undefined) {
      made++
      children.push(words)
    } else if (tag === undefined) {
      // A comment, a declaration or an instruction.
    } else if (slash === '/') {
      close(open, tag)
    } else if (unread.has(tag)) {
      if (!closesItself) skipped = { tag, depth: 1 }
    } else if (tag === 'img') {
      // Images are not fetched: whoever sent the text would learn that it is read.
      children.push(...described(attributes))
    } else {
      const name = aliases.get(tag)
      if (name === undefined || open.length > deepest) continue
      made++
      const element = { name, children: [] as NarrativeNode[] }
      children.push(element)
      if (!empty.has(tag) && !closesItself) open.push({ tag, children: element.children })
    }
  }
  return root.children
}

/** An end without a beginning is passed over. */
function close(open: Open[], tag: string): void {
  const at = open.findLastIndex((one) => one.tag === tag)
  if (at > 0) open.length = at
}

function described(attributes: string): readonly string[] {
  const [, double, single] = /(?:^|\s)alt\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes) ?? []
  const words = decoded(double ?? single ?? '').trim()
  return words === '' ? [] : [`[${words}]`]
}

const entities: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', deg: '°', micro: 'µ', mu: 'μ', plusmn: '±' },
  ...{ times: '×', le: '≤', ge: '≥', ndash: '–', mdash: '—', hellip: '…', bull: '•', middot: '·', frac12: '½' },
  ...{ lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', copy: '©', reg: '®', alpha: 'α', beta: 'β', sup2: '²' },
  ...{ aacute: 'á', eacute: 'é', iacute: 'í', oacute: 'ó', uacute: 'ú', ntilde: 'ñ', uuml: 'ü', iquest: '¿' },
}

/** References to characters; those that nobody knows stay as they are. */
function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([\dA-Fa-f]{1,6})|([A-Za-z]\w{1,30}));/g, (all, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(entities, name) ? entities[name]! : all
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    const isText = code <= 0x10ffff && code >= 0x20 && !(code >= 0xd800 && code <= 0xdfff)
    return isText || code === 10 || code === 9 ? String.fromCodePoint(code) : ' '
  })
}

/** Whether there is anything to read. */
export function isBlank(nodes: readonly NarrativeNode[]): boolean {
  return nodes.every((node) => (typeof node === 'string' ? node.trim() === '' : isBlank(node.children)))
}
