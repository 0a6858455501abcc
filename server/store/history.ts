/** Versions of resources, for histories: of one resource, of a type, of all. */

import { type Access, reachesType, visible, visibleVersion } from '../access/access.ts'
import { shown } from '../access/hidden.ts'
import type { DateRange } from '../fhir/date-range.ts'
import { tableOf } from '../fhir/search/table.ts'
import { all, join, raw, type Sql, sql } from '../sql.ts'
import type { Db } from './database.ts'

import type { Store } from './store.ts'
import { mostPageText } from './text-limit.ts'

/** A version in a history. */
export interface HistoryVersion {
  readonly type: string
  readonly key: bigint
  readonly version: number
  readonly ts: number
  /** Null for a deletion. */
  readonly content: string | null
  /** The beginning of a content of this resource, where its id is. */
  readonly head: string
  /** Position in the change log; only in the history of the system. */
  readonly seq: bigint
}

export interface Named {
  readonly key: bigint
  readonly version?: number
}

/** Which versions, in which order, from where. */
export interface HistoryQuery {
  readonly since?: number | undefined
  /** Versions that were current at some time in this range; a deletion counts at its own time only. */
  readonly at?: DateRange | undefined
  /** Versions of these resources alone; where a version is given, that one alone. */
  readonly only?: readonly Named[] | undefined
  readonly ascending: boolean
  /** Nothing newer than the oldest transaction that still writes: what it commits would come before what was shown. */
  readonly settled: boolean
  /** The sort keys of the row before the first one wanted. */
  readonly after?: readonly bigint[] | undefined
  readonly limit: number
}

/** Versions of one resource by number. Sort key: the version. */
export function instanceHistory(
  db: Db,
  access: Access,
  type: string,
  key: bigint,
  query: HistoryQuery,
): Promise<HistoryVersion[]> {
  const isIt = sql`r.pk = ${key}`
  return readVersions(db, access, type, { current: isIt, old: isIt, order: ['version'], query })
}

/** How many versions of a resource a history with these conditions has. */
export async function countInstanceHistory(
  db: Db,
  access: Access,
  type: string,
  key: bigint,
  query: Pick<HistoryQuery, 'since' | 'at' | 'only'>,
): Promise<number> {
  const conditions = (old: boolean) =>
    all([sql`r.pk = ${key}`, ...named(query), ...timeConditions(type, query, old), seen(access, type, old)])
  const rows = await db.query<{ total: string }>(sql`
    select (select count(*) from ${tableOf(type)} r where ${conditions(false)})
      + (select count(*) from history r where ${conditions(true)}) as total`)
  return Number(rows[0]!.total)
}

/** Versions of all resources of a type by time. Sort keys: time, key, version. */
export function typeHistory(
  store: Store,
  access: Access,
  type: string,
  query: HistoryQuery,
): Promise<HistoryVersion[]> {
  const old = sql`r.type = ${raw(String(store.typeNumbers.get(type)!))}`
  return readVersions(store.db, access, type, { current: raw('true'), old, order: ['ts', 'pk', 'version'], query })
}

/** A place among the versions of all resources, as those have it who do not see all of them. */
export function placeOfVersion({ ts, key, version }: HistoryVersion): readonly bigint[] {
  return [BigInt(ts), key, BigInt(version)]
}

/**
 * Versions of all resources in the order in which they were written. Sort key: the position in the change log; for those
 * who do not see everything the place of a version that they saw, as positions tell how much else was written.
 * `settled` is for those who follow the log, going on from the last position they saw.
 */
export async function systemHistory(store: Store, access: Access, query: HistoryQuery): Promise<HistoryVersion[]> {
  const names = new Map([...store.typeNumbers].map(([name, number]) => [number, name]))
  const from = query.since === undefined ? undefined : await firstChangeSince(store.db, query.since)
  const horizon = query.settled ? await readHorizon(store.db) : undefined
  const found: HistoryVersion[] = []
  const types = access.kind === 'open' ? undefined : [...names].filter(([, name]) => reachesType(access, name))
  const numbers = types?.map(([number]) => number)
  const place = query.after?.length === 3 ? query.after : undefined
  let after = place ? await changeSeen(store.db, access, place, names, query) : query.after?.[0]
  // What the caller does not see any more, or never did, has a time and no position: else it would tell that it is there.
  const beyond = place && after === undefined ? Number(place[0]) : undefined
  for (let limit = query.limit; ; limit = Math.min(limit * 4, 1000)) {
    const changes = await readChanges(store.db, { ...query, from, horizon, after, beyond, limit, types: numbers })
    const versions = await versionsOfChanges(store.db, access, changes, names, query)
    found.push(...versions)
    if (found.length >= query.limit || changes.length < limit) return found.slice(0, query.limit)
    after = BigInt(changes.at(-1)!.seq)
  }
}

interface Listing {
  /** Conditions on current rows, and on old ones. */
  readonly current: Sql
  readonly old: Sql
  readonly order: readonly string[]
  readonly query: HistoryQuery
}

interface VersionRow {
  readonly pk: string
  readonly version: number
  readonly ts: string
  readonly content: string | null
  readonly head: string | null
}

async function readVersions(db: Db, access: Access, type: string, listing: Listing): Promise<HistoryVersion[]> {
  const { current, old, order, query } = listing
  const keys = raw(order.map((name) => `r.${name}`).join(', '))
  const sorted = raw(order.map((name) => `${name} ${query.ascending ? 'asc' : 'desc'}`).join(', '))
  const beyond = query.after && [
    sql`(${keys}) ${raw(query.ascending ? '>' : '<')} (${join(
      // Also of a version: a number that no version has is beyond all of them.
      query.after.map((key) => sql`${key}::bigint`),
      ', ',
    )})`,
  ]
  const conditions = (own: Sql, isOld: boolean) =>
    all([own, ...(beyond ?? []), ...named(query), ...timeConditions(type, query, isOld), seen(access, type, isOld)])
  const statement = sql`
    (select ${versionColumns} from ${tableOf(type)} r where ${conditions(current, false)}
      order by ${sorted} limit ${query.limit})
    union all
    (select ${versionColumns} from history r where ${conditions(old, true)}
      order by ${sorted} limit ${query.limit})
    order by ${sorted} limit ${query.limit}`
  const rows = await db.query<VersionRow>(statement, { mostText: mostPageText })
  return rows.map((row) => historyVersion(row, type, 0n, access))
}

/** A deletion has no content that tells the id: it is in the version before. */
const versionColumns = raw(`r.pk, r.version, r.ts, r.content, case when r.content is null then
  (select left(p.content, 150) from history p where p.pk = r.pk and p.version = r.version - 1) end as head`)

/** Conditions on rows named `r` that have a key and a version. */
function named({ only }: Pick<HistoryQuery, 'only'>): Sql[] {
  if (!only) return []
  const whole = only.filter(({ version }) => version === undefined).map(({ key }) => String(key))
  const some = only.flatMap(({ key, version }) => (version === undefined ? [] : [{ key: String(key), version }]))
  return [
    sql`(r.pk = any (${whole}::bigint[]) or (r.pk, r.version) in (
      select * from unnest(${some.map(({ key }) => key)}::bigint[], ${some.map(({ version }) => version)}::int[])))`,
  ]
}

function timeConditions(type: string, { since, at }: Pick<HistoryQuery, 'since' | 'at'>, old: boolean): Sql[] {
  const conditions: Sql[] = []
  if (since !== undefined) conditions.push(sql`r.ts >= ${since}`)
  if (!at) return conditions
  conditions.push(sql`r.ts < ${at.high}`)
  if (!old) return conditions
  conditions.push(sql`
    case when r.content is null then r.ts >= ${at.low} else coalesce(
      (select n.ts from history n where n.pk = r.pk and n.version = r.version + 1),
      (select n.ts from ${tableOf(type)} n where n.pk = r.pk)) > ${at.low} end`)
  return conditions
}

function seen(access: Access, type: string, old: boolean): Sql {
  return old ? visibleVersion(access, type, raw('r'), tableOf(type)) : visible(access, type, raw('r'))
}

interface Change {
  readonly seq: string
  readonly type: number
  readonly pk: string
  readonly version: number
}

interface ChangeQuery extends Omit<HistoryQuery, 'after'> {
  readonly after: bigint | undefined
  /** Those of this time and after it, or before it. */
  readonly beyond: number | undefined
  readonly from: bigint | undefined
  readonly horizon: Horizon | undefined
  /** All types when undefined. */
  readonly types: readonly number[] | undefined
}

interface Horizon {
  /** The last position in the log. */
  readonly last: string
  /** The oldest transaction of this database that still writes. */
  readonly xid: string | null
}

/**
 * A statement before the one that reads the log: what ends in between is seen by that one, and what begins in between is
 * logged behind `last`. `pg_snapshot_xmin` alone would also wait for the transactions of other databases.
 */
async function readHorizon(db: Db): Promise<Horizon> {
  const rows = await db.query<Horizon>(sql`
    select coalesce((select max(seq) from change_log), 0) as last, (
      select min(x)::text from pg_snapshot_xip(pg_current_snapshot()) x
      join pg_stat_activity a on a.backend_xid::text::bigint = x::text::bigint & 4294967295
      where a.datname = current_database()) as xid`)
  return rows[0]!
}

function readChanges(db: Db, query: ChangeQuery): Promise<Change[]> {
  const { since, at, ascending, after, beyond, from, horizon, limit, types } = query
  const conditions = [
    ...(from === undefined ? [] : [sql`seq >= ${from}`]),
    ...(since === undefined ? [] : [sql`ts >= ${since}`]),
    ...(at ? [sql`ts < ${at.high}`] : []),
    ...(after === undefined ? [] : [ascending ? sql`seq > ${after}` : sql`seq < ${after}`]),
    ...(beyond === undefined ? [] : [ascending ? sql`ts >= ${beyond}` : sql`ts <= ${beyond}`]),
    ...(horizon ? [sql`seq <= ${horizon.last}::bigint`] : []),
    ...(types ? [sql`type = any (${types}::smallint[])`] : []),
    ...named(query),
    ...(horizon?.xid ? [sql`xid < ${horizon.xid}::xid8`] : []),
  ]
  return db.query<Change>(sql`
    select seq, type, pk, version from change_log r where ${all(conditions)}
    order by seq ${raw(ascending ? 'asc' : 'desc')} limit ${limit}`)
}

/** Statements take 30 s at most, so that no change is further than this from its place by time. */
const greatestSkew = 600_000

/**
 * A position in the change log before which everything is older than `since`. The log has no index by time; it grows in
 * order of time but for the skew, so that halving finds the place.
 */
async function firstChangeSince(db: Db, since: number): Promise<bigint> {
  const rows = await db.query<{ seq: string }>(sql`
    with recursive search (low, high) as (
      select coalesce(min(seq), 0), coalesce(max(seq), 0) + 1 from change_log
      union all
      select case when c.ts < ${since - greatestSkew} then c.seq + 1 else s.low end,
        case when c.ts < ${since - greatestSkew} then s.high else s.middle end
      from (select low, high, (low + high) / 2 as middle from search where low < high) s
      left join lateral (select seq, ts from change_log where seq >= s.middle order by seq limit 1) c on true
    )
    select low as seq from search where low >= high limit 1`)
  return BigInt(rows[0]!.seq)
}

/** The position in the change log of a version that the caller sees; undefined for all others. */
async function changeSeen(
  db: Db,
  access: Access,
  [ts, key, version]: readonly bigint[],
  names: ReadonlyMap<number, string>,
  query: HistoryQuery,
): Promise<bigint | undefined> {
  const from = await firstChangeSince(db, Number(ts))
  const changes = await db.query<Change>(sql`
    select seq, type, pk, version from change_log where seq >= ${from} and pk = ${key} and version = ${version}
    order by seq limit 1`)
  const everyTime = { ...query, since: undefined, at: undefined }
  const [found] = await versionsOfChanges(db, access, changes, names, everyTime)
  return found?.seq
}

/** The versions that the changes made, in the order of the changes, without those the caller may not see. */
async function versionsOfChanges(
  db: Db,
  access: Access,
  changes: readonly Change[],
  names: ReadonlyMap<number, string>,
  query: HistoryQuery,
): Promise<HistoryVersion[]> {
  const byType = Map.groupBy(changes, (change) => names.get(change.type)!)
  const rows = await Promise.all([...byType].map(([type, some]) => readNamed(db, access, type, some, query)))
  const found = new Map(rows.flatMap((some) => some.map((row) => [`${row.pk} ${row.version}`, row] as const)))
  return changes.flatMap((change) => {
    const row = found.get(`${change.pk} ${change.version}`)
    return row ? [historyVersion(row, names.get(change.type)!, BigInt(change.seq), access)] : []
  })
}

function readNamed(
  db: Db,
  access: Access,
  type: string,
  changes: readonly Change[],
  query: HistoryQuery,
): Promise<VersionRow[]> {
  const keys = sql`unnest(${changes.map((c) => c.pk)}::bigint[], ${changes.map((c) => c.version)}::int[]) k (pk, version)`
  const conditions = (old: boolean) => all([...timeConditions(type, query, old), seen(access, type, old)])
  const statement = sql`
    select ${versionColumns} from ${keys} join ${tableOf(type)} r on r.pk = k.pk and r.version = k.version
      where ${conditions(false)}
    union all
    select ${versionColumns} from ${keys} join history r on r.pk = k.pk and r.version = k.version
      where ${conditions(true)}`
  return db.query<VersionRow>(statement, { mostText: mostPageText })
}

function historyVersion(row: VersionRow, type: string, seq: bigint, access: Access): HistoryVersion {
  const { pk, version, ts, head } = row
  const content = row.content === null ? null : shown(access, type, row.content)
  return { type, key: BigInt(pk), version, ts: Number(ts), content, head: content ?? head ?? '', seq }
}
