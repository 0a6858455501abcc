/**
 * What the check of the store reads: batches in order of their keys. Nothing here is sent to a caller, so that there is no
 * Access to keep to.
 */
import { tableOf } from '../fhir/search/table.ts'
import { raw, type Sql, sql } from '../sql.ts'
import type { Db } from './database.ts'

import type { Store } from './store.ts'

/** The columns by which a resource is found, as text; `terms` in PostgreSQL's form. */
export interface IndexColumns {
  readonly patient: string | null
  readonly d0: string
  readonly d1: string | null
  readonly code: string | null
  readonly number: number | null
  readonly unit: string | null
  readonly present: string
  readonly terms: string
}

export interface CurrentRow extends IndexColumns {
  readonly pk: string
  readonly version: number
  readonly ts: string
  readonly content: string
  /** The newest version in the history; 0 for none. */
  readonly before: number
  /** The newest version that was expunged; 0 for none. */
  readonly expunged: number
}

export interface ContainedStoredRow extends IndexColumns {
  readonly pk: string
  readonly container: string
  readonly type: number
  readonly id: string
  readonly ts: string
  readonly content: string
}

/** A row of a side table: `kind` is its letter in the argument of put_side, `row` its columns as a JSON array. */
export interface SideRow {
  readonly kind: 's' | 'n' | 'd' | 'k' | 't'
  readonly pk: string
  readonly row: string
}

export interface OldRow {
  readonly pk: string
  readonly version: number
  readonly type: number
  readonly ts: string
  readonly content: string | null
  /** The newest version that was expunged; 0 for none. */
  readonly expunged: number
}

export interface ChangeRow {
  readonly seq: string
  readonly type: number
  readonly pk: string
  readonly version: number
  readonly op: string
  readonly ts: string
}

/** What `IndexColumns` are selected by, of a row named `r`. */
export const indexColumns = raw('r.patient, r.d0, r.d1, r.code, r.number, r.unit, r.present, r.terms::text as terms')

export function currentRows(db: Db, type: string, after: string, limit: number): Promise<CurrentRow[]> {
  return db.query<CurrentRow>(sql`
    select r.pk, r.version, r.ts, r.content, ${indexColumns},
      coalesce((select max(h.version) from history h where h.pk = r.pk), 0) as before,
      coalesce((select e.version from expunged e where e.pk = r.pk), 0) as expunged
    from ${tableOf(type)} r where r.pk > ${after}::bigint order by r.pk limit ${limit}`)
}

export function containedRows(db: Db, containers: readonly string[]): Promise<ContainedStoredRow[]> {
  return db.query<ContainedStoredRow>(sql`
    select r.pk, r.container, r.type, r.id, r.ts, r.content, ${indexColumns}
    from contained r where r.container = any (${containers}::bigint[])`)
}

/** The rows of all side tables for these resources. Floating-point numbers are numbers, 64-bit integers text. */
export function sideRows(db: Db, keys: readonly string[]): Promise<SideRow[]> {
  const some = sql`pk = any (${keys}::bigint[])`
  return db.query<SideRow>(sql`
    select 's' as kind, pk, json_build_array(path, v)::text as row from x_string where ${some}
    union all
    select 'n', pk, json_build_array(path, code::text, system::text, unit::text, low, high)::text
      from x_number where ${some}
    union all
    select 'd', pk, json_build_array(path, d0, d1)::text from x_date where ${some}
    union all
    select 'k', pk, json_build_array(code::text, patient::text, d0)::text from x_code where ${some}
    union all
    select 't', pk, array_to_json(tsvector_to_array(words))::text from x_narrative where ${some}`)
}

/** Of the dictionary entries that resources refer to, the terms and units that are not stored. */
export async function missingEntries(
  db: Db,
  terms: readonly { readonly path: number; readonly value: string; readonly term: bigint }[],
  units: readonly bigint[],
): Promise<Set<bigint>> {
  const rows = await db.query<{ key: string }>(sql`
    select k.term as key from unnest(${terms.map((t) => t.path)}::int[], ${terms.map((t) => t.value)}::text[],
      ${terms.map((t) => String(t.term))}::bigint[]) k (path, v, term)
    where not exists (select from text_term t where t.path = k.path and t.v = k.v and t.term = k.term)
    union all
    select k.unit from unnest(${units.map(String)}::bigint[]) k (unit)
    where not exists (select from unit u where u.unit = k.unit)`)
  return new Set(rows.map((row) => BigInt(row.key)))
}

export function oldRows(db: Db, afterKey: string, afterVersion: number, limit: number): Promise<OldRow[]> {
  return db.query<OldRow>(sql`
    select h.pk, h.version, h.type, h.ts, h.content, coalesce(e.version, 0) as expunged
    from history h left join expunged e on e.pk = h.pk
    where (h.pk, h.version) > (${afterKey}::bigint, ${afterVersion}::int) order by h.pk, h.version limit ${limit}`)
}

/** Which of these resources of a type have a current version. */
export async function existing(db: Db, type: string, keys: readonly string[]): Promise<Set<string>> {
  const rows = await db.query<{ pk: string }>(sql`
    select pk from ${tableOf(type)} where pk = any (${keys}::bigint[])`)
  return new Set(rows.map((row) => row.pk))
}

export function changeRows(db: Db, after: string, limit: number): Promise<ChangeRow[]> {
  return db.query<ChangeRow>(sql`
    select seq, type, pk, version, op, ts from change_log where seq > ${after}::bigint order by seq limit ${limit}`)
}

/** Of these changes of resources of a type, the positions of those that differ from the version they speak of. */
export async function strayChanges(
  db: Db,
  type: string,
  number: number,
  changes: readonly ChangeRow[],
): Promise<Set<string>> {
  const rows = await db.query<{ seq: string }>(sql`
    select k.seq from unnest(${changes.map((c) => c.seq)}::bigint[], ${changes.map((c) => c.pk)}::bigint[],
      ${changes.map((c) => c.version)}::int[], ${changes.map((c) => c.ts)}::bigint[],
      ${changes.map((c) => c.op === 'D')}::bool[]) k (seq, pk, version, ts, deleted)
    left join lateral (
      select r.ts, false as deleted from ${tableOf(type)} r where r.pk = k.pk and r.version = k.version
      union all
      select h.ts, h.content is null from history h
      where h.pk = k.pk and h.version = k.version and h.type = ${number}
    ) v on true
    where v.ts is distinct from k.ts or v.deleted is distinct from k.deleted`)
  return new Set(rows.map((row) => row.seq))
}

export interface Totals {
  readonly resources: number
  readonly old: number
  readonly changes: number
}

export async function totals({ db, typeNumbers }: Store): Promise<Totals> {
  const [row] = await db.query<{ old: number; changes: number }>(sql`
    select (select count(*) from history)::float8 as old, (select count(*) from change_log)::float8 as changes`)
  let resources = 0
  for (const type of typeNumbers.keys()) {
    const [count] = await db.query<{ n: number }>(sql`select count(*)::float8 as n from ${tableOf(type)}`)
    resources += count!.n
  }
  return { resources, ...row! }
}

export interface NamedVersion {
  readonly pk: string
  readonly version: number
}

/** Versions that the change log has more than once. */
export function repeatedChanges(db: Db, limit: number): Promise<NamedVersion[]> {
  return db.query<NamedVersion>(sql`
    select pk, version from change_log group by pk, version having count(*) > 1 limit ${limit}`)
}

/** Versions of a type, or (without one) of the history, that the change log lacks. */
export function unloggedVersions(db: Db, type: string | undefined, limit: number): Promise<NamedVersion[]> {
  const table: Sql = type === undefined ? raw('history') : tableOf(type)
  return db.query<NamedVersion>(sql`
    select pk, version from ${table} v
    where not exists (select from change_log l where l.pk = v.pk and l.version = v.version) limit ${limit}`)
}

/** Shows the rest of the transaction one unchanging state, for as long as it takes. */
export async function fixSnapshot(db: Db): Promise<void> {
  await db.query(sql`set transaction isolation level repeatable read, read only`, { prepared: false })
  await db.query(sql`set local statement_timeout = 0`, { prepared: false })
}
