/** Bundles assembled from stored text: resources are copied, never parsed. https://hl7.org/fhir/R4/bundle.html */
import { OutcomeError } from './outcome.ts'

/** Characters of resources in one Bundle that is sent: far below what one string can hold. */
export const maxBundleText = 128 * 1024 * 1024

export type BundleType = 'searchset' | 'history' | 'transaction-response' | 'batch-response' | 'collection' | 'document'

export interface BundleLink {
  readonly relation: 'self' | 'first' | 'previous' | 'next' | 'last'
  readonly url: string
}

export interface BundleEntry {
  readonly fullUrl?: string
  /** JSON text of the resource; null for an entry without one, such as a deletion. */
  readonly content: string | null
  readonly search?: { readonly mode: 'match' | 'include' | 'outcome'; readonly score?: number }
  readonly request?: { readonly method: string; readonly url: string }
  readonly response?: BundleResponse
}

export interface BundleResponse {
  /** `201 Created` or the number alone. */
  readonly status: string
  readonly location?: string
  readonly etag?: string
  /** An instant. */
  readonly lastModified?: string
  /** JSON text of an OperationOutcome. */
  readonly outcome?: string
}

export interface BundleParts {
  readonly type: BundleType
  readonly total?: number | undefined
  readonly links: readonly BundleLink[]
  readonly entries: readonly BundleEntry[]
}

/**
 * The JSON text of a Bundle. FHIR has no empty arrays: without links or entries their property is absent. Throws where
 * the resources are too much to be sent at once.
 */
export function bundleText({ type, total, links, entries }: BundleParts): string {
  const length = entries.reduce((sum, { content }) => sum + (content?.length ?? 0), 0)
  if (length > maxBundleText) throw tooMuchText('Ask for less at once, as with a smaller _count.')
  let text = `{"resourceType":"Bundle","type":"${type}"`
  if (total !== undefined) text += `,"total":${total}`
  if (links.length > 0) text += `,"link":${JSON.stringify(links)}`
  if (entries.length > 0) {
    text += ',"entry":['
    entries.forEach((entry, i) => {
      text += i === 0 ? entryText(entry) : `,${entryText(entry)}`
    })
    text += ']'
  }
  return `${text}}`
}

export function tooMuchText(advice: string): OutcomeError {
  return new OutcomeError('query-too-costly', {
    reason: `The answer would have more than ${maxBundleText} characters. ${advice}`,
  })
}

/** The JSON text of one entry, its members in the order of the definition. */
export function entryText({ fullUrl, content, search, request, response }: BundleEntry): string {
  const members: string[] = []
  if (fullUrl !== undefined) members.push(`"fullUrl":${JSON.stringify(fullUrl)}`)
  if (content !== null) members.push(`"resource":${content}`)
  if (search) members.push(`"search":${JSON.stringify(search)}`)
  if (request) members.push(`"request":${JSON.stringify(request)}`)
  if (response) members.push(`"response":${responseText(response)}`)
  return `{${members.join(',')}}`
}

function responseText({ outcome, ...response }: BundleResponse): string {
  const text = JSON.stringify(response)
  return outcome === undefined ? text : `${text.slice(0, -1)},"outcome":${outcome}}`
}
