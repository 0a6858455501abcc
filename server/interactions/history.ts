/** Versions of one resource, of a type, of all. https://hl7.org/fhir/R4/http.html#history */
import { accessFor } from '../access/access.ts'
import type { Context } from '../context.ts'
import { type BundleEntry, bundleText } from '../fhir/bundle.ts'
import { instant } from '../fhir/date-range.ts'
import { type HistoryRequest, parseHistoryRequest } from '../fhir/history-request.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { listedReferences } from '../fhir/list-members.ts'
import { OutcomeError, operationOutcome } from '../fhir/outcome.ts'
import { pageLinks, pageOf } from '../fhir/page-link.ts'
import { parseReference } from '../fhir/reference.ts'
import { etag, type FhirReply, type FhirRequest, preferredHandling } from '../fhir/request.ts'
import {
  countInstanceHistory,
  type HistoryQuery,
  type HistoryVersion,
  instanceHistory,
  type Named,
  placeOfVersion,
  systemHistory,
  typeHistory,
} from '../store/history.ts'
import { currentVersion } from '../store/resources.ts'
import { searchableTypes } from './permitted.ts'
import { keyOf } from './read.ts'

/** https://hl7.org/fhir/R4/http.html#history */
export async function historyInstance(request: FhirRequest, context: Context): Promise<FhirReply> {
  const [type, id] = request.path as [string, string]
  const key = keyOf(context, type, id)
  const { store, access } = context
  const asked = await parse(request, context, type, 1)
  const total = await countInstanceHistory(store.db, access, type, key, asked)
  // Conditions may leave none of the versions that there are.
  if (total === 0 && (await countInstanceHistory(store.db, access, type, key, {})) === 0) {
    throw new OutcomeError('resource-not-found', { reference: `${type}/${id}` })
  }
  const read = (query: HistoryQuery) => instanceHistory(store.db, access, type, key, query)
  return historyPage(request, context, { asked, total, read, positionOf: (row) => [BigInt(row.version)] })
}

/** https://hl7.org/fhir/R4/http.html#history */
export async function historyType(request: FhirRequest, context: Context): Promise<FhirReply> {
  const type = request.path[0]!
  const asked = await parse(request, context, type, 3)
  const read = (query: HistoryQuery) => typeHistory(context.store, context.access, type, query)
  const positionOf = (row: HistoryVersion) => [BigInt(row.ts), row.key, BigInt(row.version)]
  return historyPage(request, context, { asked, read, positionOf })
}

/** https://hl7.org/fhir/R4/http.html#history */
export async function historySystem(request: FhirRequest, context: Context): Promise<FhirReply> {
  searchableTypes(context.definitions.resourceTypes, false, context)
  const seesAll = context.access.kind === 'open'
  const asked = await parse(request, context, 'the system', seesAll ? 1 : 3)
  const read = (query: HistoryQuery) => systemHistory(context.store, accessFor(context.access, 's'), query)
  const positionOf = (row: HistoryVersion) => (seesAll ? [row.seq] : placeOfVersion(row))
  return historyPage(request, context, { asked, read, positionOf })
}

/** With the versions that its Lists refer to. */
type Asked = HistoryRequest & Pick<HistoryQuery, 'only'>

interface Listing {
  readonly asked: Asked
  readonly total?: number
  readonly read: (query: HistoryQuery) => Promise<readonly HistoryVersion[]>
  readonly positionOf: (row: HistoryVersion) => readonly bigint[]
}

async function parse(request: FhirRequest, context: Context, of: string, keys: number): Promise<Asked> {
  const handling = preferredHandling(request.headers.prefer) ?? context.config.searchHandling
  const asked = parseHistoryRequest(request.query, { of, keys, handling })
  return asked.lists ? { ...asked, only: await membersOf(asked.lists, context) } : asked
}

/** What the Lists refer to: a version where the reference names one, else all versions of the resource. */
async function membersOf(lists: readonly string[], { store, access, indexes, base }: Context): Promise<Named[]> {
  const found = await Promise.all(
    lists.map((id) => currentVersion(store.db, accessFor(access, 'rs'), 'List', indexes.terms.key('List', id))),
  )
  const texts = found.flatMap((list) => (list ? listedReferences(parseStored(list.content)) : []))
  return texts.flatMap((text): Named[] => {
    const reference = parseReference(text, base)
    if (reference.kind !== 'relative') return []
    const key = indexes.terms.key(reference.type, reference.id)
    if (reference.version === undefined) return [{ key }]
    return /^\d{1,9}$/.test(reference.version) ? [{ key, version: Number(reference.version) }] : []
  })
}

async function historyPage(request: FhirRequest, context: Context, listing: Listing): Promise<FhirReply> {
  const { asked, total, read, positionOf } = listing
  const { cursor, count, ascending } = asked
  const rows = await read({
    since: asked.since,
    at: asked.at,
    only: asked.only,
    ascending: cursor?.towards === 'previous' ? !ascending : ascending,
    settled: ascending,
    after: cursor?.position,
    limit: count + 1,
  })
  const page = pageOf(rows, count, cursor)
  const url = `${context.base}/${request.path.join('/')}`
  const links = pageLinks(url, asked.query, page, cursor, positionOf)
  const entries = page.rows.map((row) => historyEntry(row, context))
  return {
    status: 200,
    content: bundleText({ type: 'history', total, links, entries }),
    ...(asked.issues.length > 0 && { outcome: operationOutcome(asked.issues) as unknown as JsonObject }),
  }
}

function historyEntry(row: HistoryVersion, context: Context): BundleEntry {
  const id = /^\{"resourceType":"\w+","id":"([^"]+)"/.exec(row.head)?.[1] ?? ''
  const reference = `${row.type}/${id}`
  return {
    fullUrl: `${context.base}/${reference}`,
    content: row.content,
    ...interactionOf(row, reference),
  }
}

/** The interaction that made a version. Only ids that this server gave out have positive keys. */
function interactionOf(row: HistoryVersion, reference: string): Pick<BundleEntry, 'request' | 'response'> {
  const response = (status: string) => ({ status, etag: etag(row.version), lastModified: instant(row.ts) })
  if (row.content === null) return { request: { method: 'DELETE', url: reference }, response: response('204') }
  if (row.version > 1) return { request: { method: 'PUT', url: reference }, response: response('200') }
  const request = row.key > 0n ? { method: 'POST', url: row.type } : { method: 'PUT', url: reference }
  return { request, response: response('201') }
}
