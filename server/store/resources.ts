/** Single resources: read, create, put, delete. One statement, one round trip each. */
import { type Access, accessFor, reachesAll, reachOf, requireRow, visible, visibleVersion } from '../access/access.ts'
import { shown } from '../access/hidden.ts'
import { type JudgedRow, predicateSql } from '../access/predicate.ts'
import { arrayText, tableOf } from '../fhir/search/table.ts'
import { identifier, raw, type Sql, sql } from '../sql.ts'
import type { Db } from './database.ts'
import { keyOfGeneration } from './generation.ts'
import { presentBits, sideJson, storeDictionaries } from './side-rows.ts'
import type { NewVersion, Store, StoredVersion } from './store.ts'

const alias = raw('r')

/** The current version, or undefined where there is none that the caller may see. */
export async function currentVersion(
  db: Db,
  access: Access,
  type: string,
  key: bigint,
): Promise<StoredVersion | undefined> {
  if (db.together) return db.together.currentVersion(access, type, key)
  const found = await versionToChange(db, access, type, key)
  return found && { ...found, content: shown(access, type, found.content) }
}

/** The same with what is hidden from the caller, who changes the rest. */
export async function versionToChange(
  db: Db,
  access: Access,
  type: string,
  key: bigint,
): Promise<StoredVersion | undefined> {
  const rows = await db.query<StoredVersion & { ts: string }>(sql`
    select version, ts, content from ${tableOf(type)} r where pk = ${key} and ${visible(access, type, alias)}`)
  return rows[0] && { ...rows[0], ts: Number(rows[0].ts) }
}

/** The contents of all resources of a type of which there are not many, in order of creation. */
export async function allContents(db: Db, access: Access, type: string): Promise<string[]> {
  const rows = await db.query<{ content: string }>(sql`
    select content from ${tableOf(type)} r where ${visible(access, type, alias)} order by pk`)
  return rows.map((row) => shown(access, type, row.content))
}

/** A version by number, current or not; `content` is null for a deletion. */
export async function versionByNumber(
  db: Db,
  access: Access,
  type: string,
  key: bigint,
  version: number,
): Promise<{ version: number; ts: number; content: string | null } | undefined> {
  const rows = await db.query<{ version: number; ts: string; content: string | null }>(sql`
    select version, ts, content from ${tableOf(type)} r
      where pk = ${key} and version = ${version} and ${visible(access, type, alias)}
    union all
    select version, ts, content from history r where pk = ${key} and version = ${version}
      and ${visibleVersion(access, type, alias, tableOf(type))}`)
  const [row] = rows
  const content = row?.content == null ? null : shown(access, type, row.content)
  return row && { ...row, ts: Number(row.ts), content }
}

/**
 * The number of the version that last deleted a resource; undefined where none did. It may have been created again
 * since: whoever found nothing a moment ago has still to be told that it was deleted.
 */
export async function deletedVersion(db: Db, access: Access, type: string, key: bigint): Promise<number | undefined> {
  const rows = await db.query<{ version: number }>(sql`
    select version from history r where pk = ${key} and content is null
      and ${visibleVersion(access, type, alias, tableOf(type))}
    order by version desc limit 1`)
  return rows[0]?.version
}

/** Stores the first version of a resource with a new key. */
export async function createVersion(store: Store, access: Access, version: NewVersion): Promise<void> {
  requireRow(access, version.type, 'c', judgedRow(version))
  const createTogether = store.db.together?.createVersion
  return createTogether && version.tail.length <= mostShared
    ? createTogether(store, version)
    : insertVersion(store, version)
}

/** Characters of a resource that is stored together with others: none waits for the bytes of a large one. */
const mostShared = 64 * 1024

/** What a version is judged by before it is stored. */
export function judgedRow({ key, index, patients }: NewVersion): JudgedRow {
  return { key, patient: index.patient, terms: index.terms, ...(patients && { patients }) }
}

/** The same by itself; whoever calls this has judged the version. */
export async function insertVersion(store: Store, version: NewVersion): Promise<void> {
  await storeDictionaries(store, [version])
  const { index, key, ts } = version
  const number = store.typeNumbers.get(version.type)!
  const side = sideJson(version, store.typeNumbers)
  const insert = sql`
    with r as (
      insert into ${tableOf(version.type)} (pk, version, ts, patient, d0, d1, code, number, unit, present, terms, content)
      values (${keyOfGeneration(key, version.generation)}, 1, ${ts}, ${index.patient}, ${index.d0}, ${index.d1}, ${index.code}, ${index.number},
        ${index.unit}, ${presentBits(version)}, ${arrayText(index.terms)}, ${`${version.head}1${version.tail}`})
    ), l as (
      insert into change_log (type, pk, version, op, ts) values (${raw(String(number))}, ${key}, 1, 'C', ${ts})
    )${version.audit === undefined ? nothing : sql`, j as (insert into audit_journal (version, record) values (1, ${version.audit}))`}
    ${side === null ? sql`select` : sql`select put_side(${key}, ${raw(String(number))}::smallint, ${side})`}`
  await store.db.query(insert, { writes: true })
}

/** `created`: there was no current version. `late`: milliseconds by which it was stored as later than it says. */
export type PutResult =
  | { readonly version: number; readonly created: boolean; readonly late: number }
  | { readonly conflictWith: number }
  /** There is nothing that the caller may change; whether there is anything else, it may not know. */
  | { readonly unseen: true }

/** The database adds this to the version of a resource that was not there. */
const createdFlag = 2 ** 30
/** And this for every millisecond that the version before was later. */
const lateUnit = 2n ** 31n

/**
 * Stores the next version of a resource, or its first. `expected`: undefined = whatever is there, 0 = nothing may be
 * there, n = must be at version n.
 */
export async function putVersion(
  store: Store,
  access: Access,
  version: NewVersion,
  expected: number | undefined,
): Promise<PutResult> {
  const updating = accessFor(access, 'u')
  requireRow(updating, version.type, 'u', judgedRow(version))
  await storeDictionaries(store, [version])
  const { index } = version
  const put = sql`${identifier(`put_${version.type.toLowerCase()}`)}(${keyOfGeneration(version.key, version.generation)}, ${expected ?? null}, ${version.ts},
      ${index.patient}, ${index.d0}, ${index.d1}, ${index.code}, ${index.number}, ${index.unit},
      ${presentBits(version)}, ${arrayText(index.terms)}, ${version.head}, ${version.tail},
      ${sideJson(version, store.typeNumbers)})`
  const rows = await store.db.query<{ version: string | null }>(
    audited(ifReached(updating, version.type, version.key, put), version.audit),
    { writes: true },
  )
  if (rows[0]!.version === null) return { unseen: true }
  const answer = BigInt(rows[0]!.version)
  if (answer <= 0n) return { conflictWith: Number(-answer) }
  const result = Number(answer & (lateUnit - 1n))
  const created = result > createdFlag
  return { version: created ? result - createdFlag : result, created, late: Number(answer / lateUnit) }
}

/**
 * What `write` answers where the current version is within reach, else null. Its row is locked before it is judged: what
 * another request makes of it meanwhile is judged, too. Where not all is within reach nothing new is made under an id: that
 * it is taken would be told by the refusal.
 */
function ifReached(access: Access, type: string, key: bigint, write: Sql): Sql {
  if (reachesAll(access, type)) return write
  const reached = predicateSql(reachOf(access, type), alias)
  return sql`case when (select (${reached}) is true from ${tableOf(type)} r where pk = ${key} for update) then ${write} end`
}

/** A statement that writes, and tells the journal what it has written. */
function audited(write: Sql, record: string | undefined): Sql {
  if (record === undefined) return sql`select ${write} as version`
  return sql`
    with w as materialized (select ${write} as version), j as (
      insert into audit_journal (version, record)
      select (version & ${versionBits})::int, ${record} from w where version > 0
    )
    select version from w`
}

const versionBits = raw(String(createdFlag - 1))
const nothing = raw('')

/** Deletes; undefined where there was nothing to delete. */
export async function deleteVersion(
  store: Store,
  access: Access,
  type: string,
  key: bigint,
  expected: number | undefined,
  ts: number,
  audit?: string,
): Promise<{ readonly version: number } | { readonly conflictWith: number } | undefined> {
  const remove = sql`${identifier(`delete_${type.toLowerCase()}`)}(${key}, ${expected ?? null}, ${ts})`
  const deleting = accessFor(access, 'd')
  const rows = await store.db.query<{ version: number | null }>(
    audited(ifReached(deleting, type, key, remove), audit),
    { writes: true },
  )
  const result = rows[0]!.version
  if (result === null) return undefined
  return result > 0 ? { version: result } : { conflictWith: -result }
}
