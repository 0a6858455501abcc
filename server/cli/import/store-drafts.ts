/** Stores drafts, as many as can be, in one transaction of the database. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Issue } from '../../fhir/outcome.ts'
import type { Decision } from '../../fhir/transaction/decide.ts'
import { identifierForms } from '../../fhir/transaction/identifiers.ts'
import { criterionKey } from '../../fhir/transaction/links.ts'
import { distinctConditions } from '../../fhir/transaction/plan.ts'
import { type Resolved, resolveLinks, searchesIn } from '../../fhir/transaction/searches.ts'
import { settle } from '../../fhir/transaction/settle.ts'
import { resolveCriteria } from '../../interactions/resolve.ts'
import { bulkWrites } from '../../interactions/transaction-writes.ts'
import { versionConflict } from '../../interactions/update.ts'
import { type BulkResult, type BulkWrite, writeVersions } from '../../store/bulk-write.ts'
import { lockCriteria } from '../../store/criteria-locks.ts'
import type { Transaction } from '../../store/database.ts'
import type { ImportContext } from './context.ts'
import type { ImportDraft } from './drafts.ts'
import type { Parcel } from './parcels.ts'

export interface Stored {
  /** Versions that were written. */
  readonly stored: number
  /** Conditional creates that found their resource. */
  readonly found: number
  readonly rejected: readonly { readonly draft: ImportDraft; readonly issues: readonly Issue[] }[]
  readonly types: ReadonlySet<string>
}

/** So many resources are parsed and indexed at a time. */
const stretch = 250

/** May be repeated with the same drafts after the transaction was rolled back. */
export async function storeDrafts(
  tx: Transaction,
  { drafts, repeats, load }: Parcel,
  context: ImportContext,
): Promise<Stored> {
  const trial = drafts.map((draft) => ({ ...draft }))
  const accepted = trial.filter((draft) => draft.rejected.length === 0)
  const conditions = distinctConditions(accepted.map(({ entry }) => entry))
  const searches = searchesIn(accepted.flatMap(({ targets }) => targets))
  await lockCriteria(tx, context.indexes.terms, conditions.map(criterionKey))
  const matches = await resolveCriteria([...searches, ...conditions], context)
  const formsOf = (position: number) => identifierForms(load(trial[position]!).resource!)
  const newIds = trial.map(({ entry: { type } }) =>
    type === '' ? '' : context.indexes.terms.id(type, context.newKey()),
  )
  const { decisions, resolved } = settle(trial, { matches, searches, newIds, formsOf, repeats })

  let stored = 0
  for (let start = 0; start < trial.length; start += stretch) {
    const part = trial.slice(start, start + stretch)
    stored += await storePart(tx, part, { decisions, resolved, load, context })
    context.keepHeap()
    await breathe()
  }
  return {
    stored,
    found: decisions.filter(({ act }) => act === 'found').length,
    rejected: trial.flatMap((draft) => (draft.rejected.length > 0 ? [{ draft, issues: draft.rejected }] : [])),
    types: new Set(decisions.flatMap((decision) => (decision.act === 'other' ? [] : [decision.type]))),
  }
}

interface Settlement {
  readonly decisions: readonly Decision[]
  readonly resolved: Resolved
  readonly load: Parcel['load']
  readonly context: ImportContext
}

interface Writing {
  readonly draft: ImportDraft
  readonly write: BulkWrite
}

async function storePart(
  tx: Transaction,
  drafts: readonly ImportDraft[],
  { decisions, resolved, load, context }: Settlement,
): Promise<number> {
  const textOf = (position: number) => {
    const decision = decisions[position]!
    return 'id' in decision ? `${decision.type}/${decision.id}` : ''
  }
  const writing: Writing[] = []
  for (const draft of drafts) {
    const decision = decisions[draft.entry.index]!
    if (decision.act === 'other' || decision.act === 'found') continue
    const { resource, links } = load(draft)
    resolveLinks(links, textOf, resolved)
    const entry = resource ? { ...draft.entry, resource } : draft.entry
    for (const write of bulkWrites(entry, decision, context)) writing.push({ draft, write })
  }
  let stored = 0
  for (const round of roundsOf(writing)) {
    const writes = round.map(({ write }) => write)
    const results = await writeVersions(tx, context.store, writes, context.access)
    results.forEach((result, i) => {
      if ('version' in result) stored++
      else rejectConflict(round[i]!, result)
    })
  }
  return stored
}

/** What is written several times is written in as many rounds. */
function roundsOf(writing: readonly Writing[]): Writing[][] {
  const rounds: Writing[][] = []
  const times = new Map<bigint, number>()
  for (const one of writing) {
    const key = one.write.op === 'delete' ? one.write.key : one.write.version.key
    const round = times.get(key) ?? 0
    times.set(key, round + 1)
    const list = rounds[round] ?? []
    rounds[round] = list
    list.push(one)
  }
  return rounds
}

function rejectConflict({ draft, write }: Writing, result: BulkResult): void {
  if (!('conflictWith' in result)) return
  const expected = write.op === 'create' ? 0 : (write.expected ?? 0)
  draft.rejected = versionConflict(`${draft.entry.type}/${draft.entry.id ?? ''}`, expected, result.conflictWith).issues
}
