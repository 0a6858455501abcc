/**
 * What indexing again reads and writes: batches in order of their keys. Nothing here is sent to a caller, so that there is
 * no Access to keep to.
 */
import { arrayText, tableOf } from '../fhir/search/table.ts'
import { sql } from '../sql.ts'
import { clearSides } from './bulk-write.ts'
import { copyIn } from './copy.ts'
import { addSideRows, collect, copiesOf } from './copy-rows.ts'
import type { Db, Transaction } from './database.ts'
import { type IndexColumns, indexColumns } from './fsck.ts'
import { checkGenerations } from './generation.ts'
import { presentBits } from './side-rows.ts'
import type { IndexedVersion, Store } from './store.ts'

export interface StoredRow extends IndexColumns {
  readonly pk: string
  readonly version: number
  readonly ts: string
  readonly content: string
}

/** The rows of a type after a key. */
export function rowsAfter(db: Db, type: string, after: string, limit: number): Promise<StoredRow[]> {
  return db.query<StoredRow>(sql`
    select r.pk, r.version, r.ts, r.content, ${indexColumns}
    from ${tableOf(type)} r where r.pk > ${after}::bigint order by r.pk limit ${limit}`)
}

export function rowsByKey(db: Db, type: string, keys: readonly string[]): Promise<StoredRow[]> {
  return db.query<StoredRow>(sql`
    select r.pk, r.version, r.ts, r.content, ${indexColumns}
    from ${tableOf(type)} r where r.pk = any (${keys}::bigint[]) order by r.pk`)
}

export interface Container {
  readonly type: number
  readonly pk: string
}

/** What contains resources of these types, after a key. */
export function containersAfter(db: Db, types: readonly number[], after: string, limit: number): Promise<Container[]> {
  return db.query<Container>(sql`
    select distinct container as pk, container_type as type from contained
    where type = any (${types}::smallint[]) and container > ${after}::bigint order by container limit ${limit}`)
}

/** A stored version whose rows are to be others. */
export interface Rewrite {
  readonly version: IndexedVersion
  /** The number of the version that was read. */
  readonly stored: number
  /** Whether its own row differs, and whether rows of the side tables do. */
  readonly row: boolean
  readonly side: boolean
}

/** Milliseconds that rewriting waits for a writer, before it lets others pass and is to be tried again. */
const lockTimeout = 2000

/**
 * Writes rows again, of one type, unless another version was stored meanwhile: its rows are of the present generation.
 * Answers how many. Content, version and histories stay as they are. For a transaction of its own.
 */
export async function rewriteIndexes(
  tx: Transaction,
  store: Store,
  type: string,
  rewrites: readonly Rewrite[],
): Promise<number> {
  await tx.query(sql`select set_config('lock_timeout', ${String(lockTimeout)}, true)`)
  await checkGenerations(
    tx,
    rewrites.map(({ version }) => version.generation),
  )
  const locked = await lockVersions(tx, type, rewrites)
  const kept = rewrites.filter(({ version }) => locked.has(String(version.key)))
  await updateColumns(
    tx,
    type,
    kept.filter(({ row }) => row).map(({ version }) => version),
  )
  await replaceSides(
    tx,
    store,
    kept.filter(({ side }) => side).map(({ version }) => version),
  )
  return kept.length
}

async function lockVersions(tx: Db, type: string, rewrites: readonly Rewrite[]): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ pk: string }>(sql`
    select r.pk from ${tableOf(type)} r
    join unnest(${arrayText(rewrites.map(({ version }) => version.key))}::bigint[],
      ${rewrites.map(({ stored }) => stored)}::int[], ${rewrites.map(({ version }) => version.ts)}::bigint[]
    ) as u (pk, version, ts) on u.pk = r.pk and u.version = r.version and u.ts = r.ts
    order by r.pk for no key update of r`)
  return new Set(rows.map((row) => row.pk))
}

async function updateColumns(tx: Db, type: string, versions: readonly IndexedVersion[]): Promise<void> {
  if (versions.length === 0) return
  const indexes = versions.map((version) => version.index)
  await tx.query(sql`
    update ${tableOf(type)} r set patient = u.patient, d0 = u.d0, d1 = u.d1, code = u.code, number = u.number,
      unit = u.unit, present = u.present, terms = u.terms::bigint[]
    from unnest(${arrayText(versions.map((version) => version.key))}::bigint[],
      ${texts(indexes.map((i) => i.patient))}::bigint[], ${indexes.map((i) => i.d0)}::bigint[],
      ${indexes.map((i) => i.d1)}::bigint[], ${texts(indexes.map((i) => i.code))}::bigint[],
      ${indexes.map((i) => i.number)}::float8[], ${texts(indexes.map((i) => i.unit))}::bigint[],
      ${texts(versions.map(presentBits))}::bigint[], ${indexes.map((i) => arrayText(i.terms))}::text[]
    ) as u (pk, patient, d0, d1, code, number, unit, present, terms)
    where r.pk = u.pk`)
}

async function replaceSides(tx: Transaction, store: Store, versions: readonly IndexedVersion[]): Promise<void> {
  if (versions.length === 0) return
  await clearSides(tx, arrayText(versions.map((version) => version.key)))
  const collected = collect(store.typeNumbers)
  for (const version of versions) addSideRows(collected, version)
  await copyIn(tx.client, copiesOf(collected))
}

/** PostgreSQL's text form of 64-bit values, each possibly absent. */
function texts(values: readonly (bigint | null)[]): (string | null)[] {
  return values.map((value) => (value === null ? null : String(value)))
}
