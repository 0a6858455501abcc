/** References and canonicals. https://hl7.org/fhir/R4/search.html#reference */
import type { Definitions } from '../../../server/fhir/definitions.ts'
import type { TokenValue } from './token.ts'

export interface ReferenceValue {
  /** As the resource has it. */
  readonly raw?: string | undefined
  /** A resource of this server, without version. */
  readonly type?: string
  readonly id?: string
  /** The absolute address of a resource elsewhere. */
  readonly elsewhere?: string
  readonly canonical?: { readonly url: string; readonly version: string | undefined }
  readonly identifier?: TokenValue | undefined
  /** True for a resource that stands in place of a reference to it: it has an id, but nothing leads from it. */
  readonly nested?: boolean
}

/** What distinguishes a local reference from all others. */
export interface LocalScope {
  readonly definitions: Definitions
  readonly base: string
}

/** Understands the string of a Reference; a fragment, a urn or a conditional reference points at nothing that is known. */
export function parseReference(text: string, { definitions, base }: LocalScope): ReferenceValue {
  const relative = text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text
  const local = /^([A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/.exec(relative)
  if (local && definitions.isResourceType(local[1]!)) return { raw: text, type: local[1]!, id: local[2]! }
  return /^https?:/.test(text) ? { raw: text, elsewhere: text } : { raw: text }
}

/** Understands the value of a canonical element. */
export function parseCanonical(text: string): ReferenceValue {
  const bar = text.indexOf('|')
  const canonical =
    bar < 0 ? { url: text, version: undefined } : { url: text.slice(0, bar), version: text.slice(bar + 1) }
  return { raw: text, canonical }
}

/** `Type/id` of a local reference. */
export function localKey(value: ReferenceValue): string | undefined {
  return value.type === undefined ? undefined : `${value.type}/${value.id}`
}

/** A query is an id of one of the target types, `Type/id`, an absolute address, or a canonical. */
export function referenceMatches(
  query: string,
  scope: LocalScope,
  targets: ReadonlySet<string>,
): (value: ReferenceValue) => boolean {
  const asked = parseReference(query, scope)
  const canonical = parseCanonical(query).canonical!
  const isId = /^[A-Za-z0-9.-]{1,64}$/.test(query)
  return (value) => {
    if (value.canonical) return canonicalMatches(canonical, value.canonical)
    if (value.elsewhere !== undefined) return value.elsewhere === asked.elsewhere
    if (value.type === undefined) return false
    if (isId) return value.id === query && targets.has(value.type)
    return value.type === asked.type && value.id === asked.id
  }
}

/** `:below` finds a version and those that begin with it, any version where none is asked for; `:above` the opposite. */
export function versionMatches(
  modifier: string,
  query: NonNullable<ReferenceValue['canonical']>,
  value: NonNullable<ReferenceValue['canonical']>,
): boolean {
  const [wide, narrow] = modifier === 'below' ? [query, value] : [value, query]
  if (wide.url !== narrow.url) return false
  if (wide.version === undefined) return true
  return narrow.version === wide.version || (narrow.version ?? '').startsWith(`${wide.version}.`)
}

function canonicalMatches(
  query: NonNullable<ReferenceValue['canonical']>,
  value: NonNullable<ReferenceValue['canonical']>,
): boolean {
  return query.url === value.url && (query.version === undefined || query.version === value.version)
}
