/** The Bundle that answers a transaction or batch. https://hl7.org/fhir/R4/http.html#transaction-response */
import { type BundleEntry, bundleText } from '../bundle.ts'
import { instant } from '../date-range.ts'
import { type Issue, operationOutcome } from '../outcome.ts'
import { etag, type FhirReply, type Preference } from '../request.ts'

/** What one entry is answered with: the reply to its request, or the issues that made it fail. */
export type EntryReply = FhirReply | { readonly status: number; readonly issues: readonly Issue[] }

/** https://www.rfc-editor.org/rfc/rfc9110#name-status-codes */
const phrases: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  304: 'Not Modified',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** The JSON text of the response; `replies` are in the order of the request's entries. */
export function responseBundle(
  type: 'transaction-response' | 'batch-response',
  replies: readonly EntryReply[],
  preference: Preference,
): string {
  return bundleText({ type, links: [], entries: replies.map((reply) => responseEntry(reply, preference)) })
}

/** What a Bundle's request prefers: without a preference its writes are answered without their resources. */
export function bundlePreference(prefer: string | undefined): Preference {
  const value = /(?:^|[;,\s])return=(\w+)/.exec(prefer ?? '')?.[1]
  return value === 'representation' || value === 'OperationOutcome' ? value : 'minimal'
}

function responseEntry(reply: EntryReply, preference: Preference): BundleEntry {
  const status = `${reply.status} ${phrases[reply.status] ?? ''}`.trimEnd()
  if ('issues' in reply) {
    return { content: null, response: { status, outcome: JSON.stringify(operationOutcome(reply.issues)) } }
  }
  const { version, lastModified, location, preferable, outcome } = reply
  const wanted = !preferable || preference === 'representation'
  return {
    content: wanted ? resourceText(reply) : null,
    response: {
      status,
      ...(location !== undefined && { location }),
      ...(version !== undefined && { etag: etag(version) }),
      ...(lastModified !== undefined && { lastModified: instant(lastModified) }),
      ...(preferable && preference === 'OperationOutcome' && { outcome: outcomeText(outcome) }),
    },
  }
}

const done = JSON.stringify(operationOutcome([{ code: 'all-ok', params: { reason: 'Done.' } }]))

function outcomeText(outcome: FhirReply['outcome']): string {
  return outcome === undefined ? done : JSON.stringify(outcome)
}

/** What is no resource is put into one. https://hl7.org/fhir/R4/binary.html */
function resourceText({ content, contentType }: FhirReply): string | null {
  if (content === undefined) return null
  if (contentType === undefined) return content
  return JSON.stringify({ resourceType: 'Binary', contentType, data: Buffer.from(content).toString('base64') })
}
