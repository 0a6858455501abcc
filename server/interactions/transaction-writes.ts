/** Stores what the entries of a transaction create, update and delete, together. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { type FhirReply, preferredReturn } from '../fhir/request.ts'
import { type Entry, errorInEntry } from '../fhir/transaction/entry.ts'
import type { Decision } from '../fhir/transaction/plan.ts'
import { type BulkResult, type BulkWrite, writeVersions } from '../store/bulk-write.ts'
import type { Transaction } from '../store/database.ts'
import { currentVersion } from '../store/resources.ts'
import { expectedVersion, versionConflict } from './update.ts'
import { prepareVersion, written } from './write.ts'

/** So many resources are indexed before other requests get their turn. */
const stretch = 100

/** Writes, and answers the entries that do; the replies of other entries are left open. */
export async function writeEntries(
  entries: readonly Entry[],
  decisions: readonly Decision[],
  tx: Transaction,
  context: Context,
): Promise<FhirReply[]> {
  const writing: { readonly entry: Entry; readonly write: BulkWrite }[] = []
  for (const [i, entry] of entries.entries()) {
    const write = bulkWrite(entry, decisions[i]!, context)
    if (write) writing.push({ entry, write })
    if (i % stretch === stretch - 1) await breathe()
  }
  const writes = writing.map(({ write }) => write)
  const results = await writeVersions(tx, context.store, writes, context.access)

  const replies: FhirReply[] = new Array(entries.length)
  const answered = new Map<string, FhirReply>()
  writing.forEach(({ entry, write }, i) => {
    const reply = replyTo(entry, write, results[i]!)
    replies[entry.index] = reply
    answered.set(reply.location?.split('/_history/')[0] ?? '', reply)
  })
  for (const [i, entry] of entries.entries()) {
    const decision = decisions[i]!
    if (decision.act === 'nothing') replies[entry.index] = { status: 204 }
    if (decision.act === 'found') replies[entry.index] = await replyToFound(entry, decision, answered, context)
  }
  return replies
}

function bulkWrite(entry: Entry, decision: Decision, context: Context): BulkWrite | undefined {
  if (decision.act !== 'create' && decision.act !== 'put' && decision.act !== 'delete') return undefined
  const { type, id } = decision
  const key = context.indexes.terms.key(type, id)
  const expected = decision.act === 'put' && decision.fresh ? 0 : expectedVersion(entry.request.headers)
  if (decision.act === 'delete') return { op: 'delete', type, key, ts: context.now(), expected }
  const version = prepareVersion(entry.resource!, id, key, context)
  return decision.act === 'create' ? { op: 'create', version } : { op: 'put', version, expected }
}

function replyTo({ index, id, type }: Entry, write: BulkWrite, result: BulkResult): FhirReply {
  if ('conflictWith' in result) {
    const expected = (write as { expected?: number }).expected ?? 0
    const reference = write.op === 'delete' ? `${type}/${id}` : `${type}/${write.version.id}`
    throw errorInEntry(versionConflict(reference, expected, result.conflictWith), index)
  }
  if ('absent' in result) {
    // As when it is deleted alone: 404 for what never was.
    if (result.absent > 0) return { status: 204, version: result.absent }
    throw errorInEntry(new OutcomeError('resource-not-found', { reference: `${type}/${id}` }), index)
  }
  if (write.op === 'delete') return { status: 204, version: result.version }
  return written(result.version === 1 ? 201 : 200, write.version, result.version)
}

/** A conditional create that was met already: by a stored version, or by what another entry has just created. */
async function replyToFound(
  { request }: Entry,
  { type, id, version }: Extract<Decision, { act: 'found' }>,
  answered: ReadonlyMap<string, FhirReply>,
  { store, access, indexes }: Context,
): Promise<FhirReply> {
  if (version === undefined) return { ...answered.get(`${type}/${id}`)!, status: 200 }
  const wanted = request.headers.prefer !== undefined && preferredReturn(request.headers.prefer) === 'representation'
  const stored = wanted ? await currentVersion(store.db, access, type, indexes.terms.key(type, id)) : undefined
  return {
    status: 200,
    version,
    location: `${type}/${id}/_history/${version}`,
    preferable: true,
    ...(stored && { content: stored.content, lastModified: stored.ts }),
  }
}
