/** The forms of a literal reference. https://hl7.org/fhir/R4/references.html#literal */

/** What a reference names. A type is spelled like one; whether it exists is for the caller to look up. */
export type ParsedReference =
  | { readonly kind: 'relative'; readonly type: string; readonly id: string; readonly version?: string }
  | {
      readonly kind: 'absolute'
      readonly url: string
      /** Where the URL ends as a RESTful one does; such an ending does not prove that a FHIR server is behind it. */
      readonly type?: string
      readonly id?: string
      readonly version?: string
    }
  | { readonly kind: 'urn'; readonly urn: string }
  | { readonly kind: 'fragment'; readonly id: string }
  | { readonly kind: 'conditional'; readonly type: string; readonly query: string }
  | { readonly kind: 'invalid' }

const relative = /^([A-Za-z]{1,64})\/([A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/
const restful = /^[^?#]*\/([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/
const conditional = /^([A-Za-z]{1,64})\?([^\x00-\x1f]+)$/
const absolute = /^[a-z][a-z0-9+.-]{0,31}:\/\/[^/\s\x00-\x1f][^\s\x00-\x1f]*$/i
const urn = /^urn:[a-z0-9][a-z0-9-]{0,31}:[^\s\x00-\x1f]+$/i
const fragment = /^#([^\s\x00-\x1f#]*)$/
const longest = 65_536
const invalid: ParsedReference = { kind: 'invalid' }

/**
 * Parses `Reference.reference`. An absolute URL below `base` (this server's own, spelled exactly so) counts as the
 * relative or conditional reference that remains. `http://host/fhirx/Patient/1` is not below `http://host/fhir`.
 */
export function parseReference(text: string, base?: string): ParsedReference {
  if (text.length > longest) return invalid
  const below = base === undefined ? undefined : pathBelow(text, base)
  return (
    parseLocal(below ?? text) ??
    matched(fragment, text, ([, id]) => ({ kind: 'fragment', id: id! })) ??
    matched(urn, text, () => ({ kind: 'urn', urn: text })) ??
    matched(absolute, text, () => ({ kind: 'absolute', url: text, ...typeAndId(restful.exec(text)) })) ??
    invalid
  )
}

/** The logical id and version id of any resource. https://hl7.org/fhir/R4/datatypes.html#id */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9.-]{1,64}$/.test(text)
}

function parseLocal(text: string): ParsedReference | undefined {
  return (
    matched(relative, text, (match) => ({ kind: 'relative', ...typeAndId(match)! })) ??
    matched(conditional, text, ([, type, query]) => ({ kind: 'conditional', type: type!, query: query! }))
  )
}

function pathBelow(text: string, base: string): string | undefined {
  const root = base.endsWith('/') ? base : `${base}/`
  return root.length > 1 && text.startsWith(root) ? text.slice(root.length) : undefined
}

function matched(
  pattern: RegExp,
  text: string,
  build: (match: RegExpExecArray) => ParsedReference,
): ParsedReference | undefined {
  const match = pattern.exec(text)
  return match ? build(match) : undefined
}

function typeAndId(match: RegExpExecArray | null) {
  if (!match) return undefined
  const [, type, id, version] = match
  return { type: type!, id: id!, ...(version !== undefined && { version }) }
}
