/** A FHIR request and its reply, free of the protocol that carried them: HTTP and Bundle entries make the same. */
import type { JsonObject, JsonValue } from './json.ts'
import { OutcomeError } from './outcome.ts'

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Header values that interactions read, as they were sent. */
export interface RequestHeaders {
  readonly ifMatch?: string
  readonly ifNoneMatch?: string
  readonly ifNoneExist?: string
  readonly ifModifiedSince?: string
  readonly prefer?: string
}

export interface FhirRequest {
  readonly method: Method
  /** Path segments below the base: `['Patient', '1', '_history', '2']`. */
  readonly path: readonly string[]
  /** The query string without `?`; for POST searches joined with the form. */
  readonly query: string
  readonly headers: RequestHeaders
  readonly body?: JsonValue
  /**
   * Of the body, whichever of its names was sent: `application/fhir+json`, `application/fhir+xml`,
   * `application/json-patch+json`, or `application/graphql` where the body is the query itself.
   */
  readonly contentType?: string
  /** The body as it was sent, where it was a text: issues tell places in it. */
  readonly text?: () => string
  /** Where it came from, for what is noted of it. */
  readonly from?: RequestSource | undefined
}

export interface RequestSource {
  /** The network address. */
  readonly address: string
  /** The id of the request. */
  readonly id?: string
}

export interface FhirReply {
  readonly status: number
  /** JSON text of a resource. */
  readonly content?: string
  /** Set where `content` is no resource: it is sent as it is, under this media type. */
  readonly contentType?: string
  /** Version and time of that resource, for ETag and Last-Modified. */
  readonly version?: number
  readonly lastModified?: number
  /** Relative to the base: `Patient/1/_history/1`. */
  readonly location?: string
  /** Relative to the base: where what the reply is about can be read again. */
  readonly contentLocation?: string
  /** The body for `Prefer: return=OperationOutcome`, and warnings. */
  readonly outcome?: JsonObject
  /** It tells nothing of anybody: there is nothing to note. */
  readonly isUntold?: boolean
  /** Set by interactions that changed or created something: `Prefer: return` chooses the body. */
  readonly preferable?: boolean
}

/** What a write demands of the current version: its number, 0 for none, or `any` for one whatever its number. */
export type Expected = number | 'any'

/** `If-Match: W/"3"` to 3, `*` to any. https://hl7.org/fhir/R4/http.html#concurrency */
export function versionToMatch(value: string): Expected {
  if (value.trim() === '*') return 'any'
  const match = /^\s*(?:W\/)?"([1-9]\d{0,8})"\s*$/.exec(value)
  if (!match) {
    const reason = 'It takes a version as W/"3", or * for any.'
    throw new OutcomeError('invalid-header', { header: 'If-Match', value, reason })
  }
  return Number(match[1])
}

export function etag(version: number): string {
  return `W/"${version}"`
}

export type Preference = 'minimal' | 'representation' | 'OperationOutcome'

/** `Prefer: return=…`; representation when nothing is preferred. https://hl7.org/fhir/R4/http.html#ops */
export function preferredReturn(prefer: string | undefined): Preference {
  const value = /(?:^|[;,\s])return=(\w+)/.exec(prefer ?? '')?.[1]
  return value === 'minimal' || value === 'OperationOutcome' ? value : 'representation'
}

export function preferredHandling(prefer: string | undefined): 'strict' | 'lenient' | undefined {
  const value = /(?:^|[;,\s])handling=(\w+)/.exec(prefer ?? '')?.[1]
  return value === 'strict' || value === 'lenient' ? value : undefined
}
