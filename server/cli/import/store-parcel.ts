/** Stores a parcel and the progress of its file in one transaction. */
import { latestContext } from '../../context.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { withFreshIndex } from '../../interactions/fresh-index.ts'
import { refreshLooks } from '../../interactions/terminology/gathered-facts.ts'
import { advanceImport, relaxForImport } from '../../store/import-progress.ts'
import { retryContention } from '../../store/retry.ts'
import type { ImportContext } from './context.ts'
import { type ImportDraft, settleCodes } from './drafts.ts'
import type { Delivery, Lane, ParcelResult, Steps } from './lane.ts'
import { type Parcel, readParcel } from './parcels.ts'
import { type Stored, storeDrafts } from './store-drafts.ts'

/** A lane in this thread. */
export function localLane(context: ImportContext): Lane {
  return {
    store: (delivery, steps) => storeParcel(delivery, steps, context),
    close: async () => {},
  }
}

/** Parses, checks and stores what the delivery holds. */
export async function storeParcel(delivery: Delivery, steps: Steps, context: ImportContext): Promise<ParcelResult> {
  await refreshLooks(context)
  const parcel = tryParcel(delivery, context)
  if ('unreadable' in parcel) return parcel
  await settleCodes(parcel.drafts, context)
  await steps.mayStore(parcel.drafts.flatMap(referenceTo))
  try {
    return toldOf(await store(parcel, delivery, steps, context), parcel)
  } catch (error) {
    if (error instanceof TakenError) return { taken: true }
    throw error
  }
}

/** Rolls a transaction back whose parcel another process has stored. */
class TakenError extends Error {}

function tryParcel({ text }: Delivery, context: ImportContext): Parcel | { unreadable: string } {
  try {
    return readParcel(text, context)
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    return { unreadable: error.message }
  }
}

async function store(parcel: Parcel, delivery: Delivery, steps: Steps, context: ImportContext): Promise<Stored> {
  const { fingerprint, text } = delivery
  const { store, now } = context
  return withFreshIndex(latestContext(context), (current) =>
    retryContention(() =>
      store.database.transaction(async (tx) => {
        await relaxForImport(tx)
        const inside = { ...current, store: { ...store, db: tx } }
        const result = await storeDrafts(tx, parcel, inside)
        if (!(await steps.mayCommit())) throw new Error('The part of the file before this one was not stored.')
        const { from, to, line } = text
        const step = { from, to, line, stored: result.stored, rejected: result.rejected.length }
        if (await advanceImport(tx, fingerprint, step, now())) return result
        throw new TakenError()
      }),
    ),
  )
}

function toldOf({ stored, found, rejected, types }: Stored, { lineOf }: Parcel): ParcelResult {
  return {
    stored,
    found,
    rejected: rejected.map(({ draft, issues }) => ({ line: lineOf(draft), name: nameOf(draft), issues })),
    types: [...types],
  }
}

function nameOf(draft: ImportDraft): string {
  return referenceTo(draft)[0] ?? (draft.entry.type || 'entry')
}

function referenceTo({ entry: { type, id } }: ImportDraft): string[] {
  return id === undefined ? [] : [`${type}/${id}`]
}
