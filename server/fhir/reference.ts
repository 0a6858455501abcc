/** References in their several forms. https://hl7.org/fhir/R4/references.html#literal */

export type ParsedReference =
  | { readonly kind: 'relative'; readonly type: string; readonly id: string; readonly version?: string }
  | { readonly kind: 'absolute'; readonly url: string }
  | { readonly kind: 'urn'; readonly urn: string }
  | { readonly kind: 'fragment'; readonly id: string }
  | { readonly kind: 'conditional'; readonly type: string; readonly query: string }
  | { readonly kind: 'invalid' }

const relative = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?(?:#.*)?$/
const conditional = /^([A-Z][A-Za-z]+)\?(.*)$/s

/** Parses exactly; an absolute URL below this server's own `base` counts as relative. */
export function parseReference(text: string, base = ''): ParsedReference {
  const local = base !== '' && text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text
  const match = relative.exec(local)
  if (match) return { kind: 'relative', type: match[1]!, id: match[2]!, ...(match[3] && { version: match[3] }) }
  if (text.startsWith('#')) return { kind: 'fragment', id: text.slice(1) }
  if (/^urn:/i.test(text)) return { kind: 'urn', urn: text }
  const query = conditional.exec(local)
  if (query) return { kind: 'conditional', type: query[1]!, query: query[2]! }
  return /^[a-z][a-z0-9+.-]*:/i.test(text) ? { kind: 'absolute', url: text } : { kind: 'invalid' }
}
