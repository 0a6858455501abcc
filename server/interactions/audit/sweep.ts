/** Makes AuditEvents of the journal: in the order in which it was written, by one process at a time. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Context } from '../../context.ts'
import { auditEvents } from '../../fhir/audit/audit-event.ts'
import { addPatientsIn } from '../../fhir/audit/patients.ts'
import { type UnpackedRecord as AuditRecord, unpackRecords } from '../../fhir/audit/record.ts'
import type { JsonObject } from '../../fhir/json.ts'
import type { SearchIndexes } from '../../fhir/search/search-indexes.ts'
import {
  type JournalRow,
  journalIsEmpty,
  lastSegment,
  lockJournal,
  type Predecessor,
  replacedContents,
  type Segment,
  storeSegment,
  takeJournal,
} from '../../store/audit.ts'
import type { Db, Transaction } from '../../store/database.ts'
import { checkGenerations, StaleIndexError } from '../../store/generation.ts'
import type { IndexSource } from '../../store/index-source.ts'
import { storeDictionaries } from '../../store/side-rows.ts'
import type { NewVersion, Store } from '../../store/store.ts'
import { versionWith } from '../write.ts'
import { beginning, leafOf, sealSegment, segmentHash } from './chain.ts'

export interface SweepWorld {
  readonly store: Store
  readonly sealer: Context['sealer']
  readonly base: string
  readonly indexSource: Pick<IndexSource, 'current' | 'after'>
  readonly now: () => number
  readonly newKey: () => bigint
}

/** Milliseconds after which others have their turn, and what is being stored is sent on. */
const turn = 2
/** Segments that are stored in one transaction. */
const mostSegments = 8

/** Answers whether there may be more; `wait` for another process that is doing the same. */
export async function sweepJournal(world: SweepWorld, wait: boolean): Promise<boolean> {
  const { store, indexSource } = world
  if (await journalIsEmpty(store.database)) return false
  const indexes = indexSource.current
  try {
    return await store.database.transaction((tx) => sweepSome(tx, indexes, world, wait))
  } catch (error) {
    if (!(error instanceof StaleIndexError)) throw error
    await indexSource.after(indexes.version)
    return true
  }
}

/** What is to be stored together as a segment of the chain. */
interface Batch {
  readonly rows: readonly JournalRow[]
  readonly made: number
  readonly versions: readonly NewVersion[]
}

/** While PostgreSQL stores one segment, the next is made. */
async function sweepSome(tx: Transaction, indexes: SearchIndexes, world: SweepWorld, wait: boolean): Promise<boolean> {
  if (!(await lockJournal(tx, wait))) return false
  await checkGenerations(tx, [indexes.generation])
  const take = async (after?: Batch): Promise<Batch | undefined> => {
    const rows = await takeJournal(tx, after?.rows.at(-1)?.number)
    return rows.length === 0 ? undefined : makeBatch(rows, indexes, world)
  }
  let before = await lastSegment(tx)
  let batch = await take()
  let left = mostSegments
  for (; batch && left > 0; left--) {
    const segment = segmentOf(batch, before, world)
    const next: Promise<Batch | undefined> = left > 1 ? take(batch) : Promise.resolve(undefined)
    ;[batch] = await Promise.all([next, storeSegment(tx, world.store, batch.versions, segment)])
    before = segment
  }
  return left === 0
}

async function makeBatch(rows: readonly JournalRow[], indexes: SearchIndexes, world: SweepWorld): Promise<Batch> {
  const records = await recordsOf(rows, indexes, world.base, world.store.database)
  const made = world.now()
  const versions: NewVersion[] = []
  let began = performance.now()
  for (const record of records) {
    for (const event of auditEvents(record, world)) versions.push(versionOf(event, made, indexes, world))
    if (performance.now() - began < turn) continue
    await breathe()
    began = performance.now()
  }
  await storeDictionaries(world.store, versions)
  return { rows, made, versions }
}

function segmentOf({ rows, made, versions }: Batch, before: Predecessor | undefined, { sealer }: SweepWorld): Segment {
  const number = (before?.number ?? 0) + 1
  const keys = versions.map(({ key }) => key)
  const leaves = Buffer.concat(versions.map(({ head, tail }) => leafOf(`${head}1${tail}`)))
  const hash = segmentHash({ number, made, keys, leaves }, before?.hash ?? beginning)
  const journal = rows.map((row) => row.number)
  return { number, made, journal, keys, leaves, hash, seal: sealSegment(sealer, number, hash) }
}

function versionOf(event: JsonObject, ts: number, indexes: SearchIndexes, { newKey }: SweepWorld): NewVersion {
  const key = newKey()
  return versionWith(event, { id: indexes.terms.id('AuditEvent', key), key, ts }, { indexes })
}

/** Writes concern the patients of the version before, too, and a deletion tells them only so. */
async function recordsOf(
  rows: readonly JournalRow[],
  { terms }: SearchIndexes,
  base: string,
  db: Db,
): Promise<readonly AuditRecord[]> {
  const found = rows.flatMap(({ record, version }) =>
    unpackRecords(record).map((one) => ({ record: one, version, key: keyOf(one, terms) })),
  )
  const replaced = found.flatMap(({ key, version }) =>
    key !== undefined && version !== null && version > 1 ? [{ key, version: version - 1 }] : [],
  )
  const contents = await replacedContents(db, replaced)
  return found.map(({ record, version, key }) => {
    if (version === null || record.what === undefined) return record
    const patients = new Set(record.patients)
    addPatientsIn(contents.get(`${key}/${version - 1}`) ?? '', base, patients)
    return { ...record, what: `${record.what}/_history/${version}`, patients: [...patients] }
  })
}

function keyOf({ what }: AuditRecord, terms: SearchIndexes['terms']): bigint | undefined {
  const [type, id] = what?.split('/') ?? []
  return type !== undefined && id !== undefined ? terms.key(type, id) : undefined
}
