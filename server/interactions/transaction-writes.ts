/** Stores what the entries of a transaction create, update and delete, together. */
import { setImmediate as breathe } from 'node:timers/promises'
import { accessFor, requireRow } from '../access/access.ts'
import { hidesElements, refuseHidden, withHiddenOf } from '../access/hidden.ts'
import type { Context } from '../context.ts'
import { parseStored } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { type Expected, type FhirReply, preferredReturn } from '../fhir/request.ts'
import type { Decision } from '../fhir/transaction/decide.ts'
import { type Entry, errorInEntry } from '../fhir/transaction/entry.ts'
import { type BulkResult, type BulkWrite, writeVersions } from '../store/bulk-write.ts'
import type { Transaction } from '../store/database.ts'
import { lockResources } from '../store/lock.ts'
import { currentVersion, judgedRow, versionToChange } from '../store/resources.ts'
import { stampedAt } from '../store/stamp.ts'
import { writeRecord } from './audit/note.ts'
import { changing } from './changing.ts'
import { deletedReply } from './conditional.ts'
import { followCritical } from './critical/follow.ts'
import { expectedVersion, unreached, versionConflict } from './update.ts'
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
    for (const write of await judgedWrites(entry, decisions[i]!, context)) writing.push({ entry, write })
    if (i % stretch === stretch - 1) await breathe()
  }
  const writes = writing.map(({ write }) => write)
  const results = await writeVersions(tx, context.store, writes, context.access)

  const replies: FhirReply[] = new Array(entries.length)
  const answered = new Map<string, FhirReply>()
  for (const [i, { entry, write }] of writing.entries()) {
    const reply = await replyTo(entry, write, results[i]!, context)
    replies[entry.index] = reply
    if (write.op !== 'delete' && entry.resource) await followCritical(entry.resource, write.version.id, context)
    if (write.op !== 'delete') answered.set(`${entry.type}/${write.version.id}`, reply)
  }
  for (const [i, entry] of entries.entries()) {
    const decision = decisions[i]!
    if (decision.act === 'found') replies[entry.index] = await replyToFound(entry, decision, answered, context)
    if (decision.act === 'delete' && entry.criteria !== undefined) {
      if (decision.ids.length === 0) refuseExpected(entry)
      replies[entry.index] = deletedReply(decision.ids.length, entry.request.headers.prefer)
    }
  }
  return replies
}

/** What an entry writes, once that is known to be within the caller's reach. */
async function judgedWrites(entry: Entry, decision: Decision, context: Context): Promise<BulkWrite[]> {
  const { access } = context
  if (access.kind === 'open') return bulkWrites(entry, decision, context)
  try {
    const writes = bulkWrites(await withHidden(entry, decision, context), decision, context)
    for (const write of writes) {
      if (write.op === 'delete') continue
      requireRow(access, write.version.type, write.op === 'create' ? 'c' : 'u', judgedRow(write.version))
    }
    return writes
  } catch (error) {
    throw errorInEntry(error, entry.index)
  }
}

/** An entry that updates what is partly hidden from the caller, with what is hidden. */
async function withHidden(entry: Entry, decision: Decision, context: Context): Promise<Entry> {
  const { access, store, indexes } = context
  if (access.kind === 'open' || !entry.resource) return entry
  refuseHidden(access, entry.resource)
  if (decision.act !== 'put' || !hidesElements(access, decision.type)) return entry
  const key = indexes.terms.key(decision.type, decision.id)
  // Held to the end of the transaction: what is kept is of the version that is replaced.
  await lockResources(store.db, [{ type: decision.type, key }])
  const stored = await versionToChange(store.db, access.for('u'), decision.type, key)
  return stored ? { ...entry, resource: withHiddenOf(access, parseStored(stored.content), entry.resource) } : entry
}

/** What an entry writes, its links resolved. */
export function bulkWrites(entry: Entry, decision: Decision, context: Context): BulkWrite[] {
  const { terms } = context.indexes
  const { headers } = entry.request
  switch (decision.act) {
    case 'create': {
      const key = terms.key(decision.type, decision.id)
      return [{ op: 'create', version: prepareVersion(entry.resource!, decision.id, key, context) }]
    }
    case 'put': {
      const version = prepareVersion(entry.resource!, decision.id, terms.key(decision.type, decision.id), context)
      return [{ op: 'put', version, expected: decision.fresh ? 0 : expectedVersion(headers) }]
    }
    case 'delete': {
      const { type, ids } = decision
      changing(type, context)
      const expected = expectedVersion(headers)
      return ids.map((id) => {
        const audit = writeRecord(context, `${type}/${id}`, 'delete', [])
        return { op: 'delete', type, key: terms.key(type, id), ts: context.now(), expected, audit }
      })
    }
    default:
      return []
  }
}

function nameOf({ type, id, criteria }: Entry): string {
  return id === undefined ? `${type}?${criteria}` : `${type}/${id}`
}

/** What an entry deletes is not there: refused where `If-Match` demands a version of it. */
function refuseExpected(entry: Entry): void {
  const expected = expectedVersion(entry.request.headers)
  if (expected === undefined || expected === 0) return
  throw errorInEntry(versionConflict(nameOf(entry), expected, 0), entry.index)
}

async function replyTo(entry: Entry, write: BulkWrite, result: BulkResult, context: Context): Promise<FhirReply> {
  const { index, id, type } = entry
  if ('unseen' in result) {
    const { expected, version } = write as Extract<BulkWrite, { op: 'put' }>
    throw errorInEntry(await unreached({ type, id: version.id, expected }, context), index)
  }
  if ('conflictWith' in result) {
    const expected = (write as { expected?: Expected }).expected ?? 0
    const reference = write.op === 'delete' ? nameOf(entry) : `${type}/${write.version.id}`
    throw errorInEntry(versionConflict(reference, expected, result.conflictWith), index)
  }
  if ('absent' in result) {
    // As when it is deleted alone: 404 for what never was, whatever is expected of it.
    if (result.absent > 0) refuseExpected(entry)
    if (result.absent > 0 || id === undefined) return { status: 204, version: result.absent }
    if (context.access.kind === 'grant') throw errorInEntry(await unreached({ type, id, expected: 0 }, context), index)
    throw errorInEntry(new OutcomeError('resource-not-found', { reference: `${type}/${id}` }), index)
  }
  if (write.op === 'delete') return { status: 204, version: result.version }
  return written(result.created ? 201 : 200, stampedAt(write.version, result.ts), result.version, context.access)
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
  const key = indexes.terms.key(type, id)
  const stored = wanted ? await currentVersion(store.db, accessFor(access, 's'), type, key) : undefined
  return {
    status: 200,
    version,
    location: `${type}/${id}/_history/${version}`,
    preferable: true,
    ...(stored && { content: stored.content, lastModified: stored.ts }),
  }
}
