/**
 * Many versions of any types in one transaction, with a handful of statements: what bundles and imports are stored by.
 * The rows that result are those that `createVersion`, `putVersion` and `deleteVersion` write one by one.
 */

import { type Access, accessFor, reachesAll, requireRow, visible, visibleVersion } from '../access/access.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import type { Expected } from '../fhir/request.ts'
import { arrayText, tableOf } from '../fhir/search/table.ts'
import { any, raw, type Sql, sql } from '../sql.ts'
import { copyIn } from './copy.ts'
import { addAudit, addChange, addResource, addSideRows, collect, copiesOf } from './copy-rows.ts'
import type { Db, Transaction } from './database.ts'
import { checkGenerations } from './generation.ts'
import { judgedRow } from './resources.ts'
import { presentBits, storeDictionaries } from './side-rows.ts'
import { stampedAt } from './stamp.ts'
import type { NewVersion, Store } from './store.ts'

export type BulkWrite =
  /** The first version of a resource whose key was made just now. */
  | { readonly op: 'create'; readonly version: NewVersion }
  /** `expected` as for `putVersion`. */
  | { readonly op: 'put'; readonly version: NewVersion; readonly expected?: Expected | undefined }
  | {
      readonly op: 'delete'
      readonly type: string
      readonly key: bigint
      readonly ts: number
      readonly expected?: Expected | undefined
      /** As in a version. */
      readonly audit?: string | undefined
    }

export type BulkResult =
  /** `created`: there was no current version. `ts`: its time, which is not before that of the version before. */
  | { readonly version: number; readonly op: 'C' | 'U' | 'D'; readonly created: boolean; readonly ts: number }
  /** The version that is there instead of the expected one; 0 for none. Nothing was written for this entry. */
  | { readonly conflictWith: number }
  /** There was nothing to delete; the version that deleted it earlier, or 0. */
  | { readonly absent: number }
  /** There is nothing that the caller may change; whether there is anything else, it may not know. */
  | { readonly unseen: true }

/** A resource as it is before: locked, or absent with the version of its deletion. */
interface Before {
  readonly version: number
  readonly ts: number
  readonly present: boolean
  readonly side: boolean
}

/** A write with what was found, decided. */
interface Step {
  readonly write: BulkWrite
  readonly type: string
  readonly key: bigint
  readonly before: Before
  readonly result: BulkResult
}

const never: Before = { version: 0, ts: 0, present: false, side: false }

/** Answers one result per write, in their order. A key may occur once; two processes that meet wait in order of keys. */
export async function writeVersions(
  tx: Transaction,
  store: Store,
  writes: readonly BulkWrite[],
  access: Access,
): Promise<readonly BulkResult[]> {
  for (const write of writes) {
    if (write.op === 'delete') continue
    requireRow(access, write.version.type, write.op === 'create' ? 'c' : 'u', judgedRow(write.version))
  }
  const versions = writes.flatMap((write) => (write.op === 'delete' ? [] : [write.version]))
  await storeDictionaries(store, versions)
  await checkGenerations(
    tx,
    versions.map((version) => version.generation),
  )
  const before = await lockBefore(tx, writes, access)
  const steps = writes.map((write) => decide(write, before, access))
  refuseRepeatedKeys(steps)
  await changeRows(tx, store, steps)
  await addRows(tx, store, steps)
  await refuseReusedNumbers(tx, steps)
  return steps.map((step) => step.result)
}

function decide(given: BulkWrite, found: ReadonlyMap<bigint, Before>, access: Access): Step {
  const { type, key } = given.op === 'delete' ? given : given.version
  const before = found.get(key) ?? never
  const write = notBefore(given, before.ts)
  // That an id is taken would be told by the refusal: see `putVersion`.
  const unseen = write.op === 'put' && !before.present && !reachesAll(accessFor(access, 'u'), type)
  return { write, type, key, before, result: unseen ? { unseen } : resultOf(write, before) }
}

/** Clocks differ, and who waited for a row asked for its time before. */
function notBefore(write: BulkWrite, ts: number): BulkWrite {
  if (timeOf(write) >= ts) return write
  return write.op === 'delete' ? { ...write, ts } : { ...write, version: stampedAt(write.version, ts) }
}

function timeOf(write: BulkWrite): number {
  return write.op === 'delete' ? write.ts : write.version.ts
}

function resultOf(write: BulkWrite, before: Before): BulkResult {
  const ts = timeOf(write)
  if (write.op === 'create') return { version: 1, op: 'C', created: true, ts }
  if (write.op === 'delete' && !before.present) return { absent: before.version }
  const current = before.present ? before.version : 0
  const { expected } = write
  const met = expected === 'any' ? current > 0 : expected === undefined || expected === current
  if (!met) return { conflictWith: current }
  const version = before.version + 1
  return { version, op: write.op === 'delete' ? 'D' : version === 1 ? 'C' : 'U', created: !before.present, ts }
}

function refuseRepeatedKeys(steps: readonly Step[]): void {
  const keys = new Set(steps.map((step) => step.key))
  if (keys.size < steps.length) throw new Error('One resource is written twice in one call.')
}

/**
 * What was absent cannot be locked: while its version was looked up and its row added, another transaction may have
 * created and deleted it, under the same number.
 */
async function refuseReusedNumbers(db: Db, steps: readonly Step[]): Promise<void> {
  const added = steps.filter(
    ({ write, before, result }) => write.op === 'put' && !before.present && 'version' in result,
  )
  if (added.length === 0) return
  const rows = await db.query<{ pk: string; version: number }>(sql`
    select pk, max(version) as version from history where pk = any (${keysOf(added)}::bigint[]) group by pk`)
  const numbers = new Map(rows.map(({ pk, version }) => [BigInt(pk), version]))
  if (added.some(({ key, before }) => (numbers.get(key) ?? 0) !== before.version)) throw new OutcomeError('contention')
}

/** Locks the rows of what is put or deleted, type by type in order of keys, and finds the last versions of the rest. */
async function lockBefore(
  tx: Transaction,
  writes: readonly BulkWrite[],
  access: Access,
): Promise<ReadonlyMap<bigint, Before>> {
  const changes = writes.filter((write) => write.op !== 'create').map(changeOf)
  const byType = Map.groupBy(changes, ({ type }) => type)
  const found = new Map<bigint, Before>()
  for (const type of [...byType.keys()].sort()) await lockType(tx, type, byType.get(type)!, access, found)
  for (const [type, ofType] of byType) {
    const missing = ofType.filter(({ key }) => !found.has(key))
    await findDeleted(tx, type, missing, access, found)
  }
  return found
}

interface Change {
  readonly type: string
  readonly key: bigint
  readonly need: 'u' | 'd'
}

function changeOf(write: Exclude<BulkWrite, { op: 'create' }>): Change {
  if (write.op === 'delete') return { type: write.type, key: write.key, need: 'd' }
  return { type: write.version.type, key: write.version.key, need: 'u' }
}

/** Of the keys that are put and of those that are deleted, the rows that the caller may see so. */
function withinReach(changes: readonly Change[], condition: (need: Change['need']) => Sql): Sql {
  const parts = [...Map.groupBy(changes, ({ need }) => need)].map(
    ([need, some]) => sql`(pk = any (${arrayText(some.map(({ key }) => key))}::bigint[]) and ${condition(need)})`,
  )
  return any(parts)
}

async function lockType(
  db: Db,
  type: string,
  changes: readonly Change[],
  access: Access,
  found: Map<bigint, Before>,
): Promise<void> {
  const reached = withinReach(changes, (need) => visible(accessFor(access, need), type, raw('r')))
  const rows = await db.query<{ pk: string; version: number; ts: string; side: boolean }>(sql`
    select pk, version, ts, present & ${sideBit} <> 0 as side from ${tableOf(type)} r
    where ${reached} order by pk for update`)
  for (const { pk, version, ts, side } of rows) found.set(BigInt(pk), { version, ts: Number(ts), present: true, side })
}

const sideBit: Sql = raw('(1::bigint << 62)')

async function findDeleted(
  db: Db,
  type: string,
  changes: readonly Change[],
  access: Access,
  found: Map<bigint, Before>,
): Promise<void> {
  if (changes.length === 0) return
  const reached = withinReach(changes, (need) => visibleVersion(accessFor(access, need), type, raw('r'), tableOf(type)))
  const rows = await db.query<{ pk: string; version: number; ts: string }>(sql`
    select pk, max(version) as version, max(ts) as ts from history r where ${reached} group by pk`)
  for (const { pk, version, ts } of rows)
    found.set(BigInt(pk), { version, ts: Number(ts), present: false, side: false })
}

/** Moves what is replaced or deleted to the history and writes over it. */
async function changeRows(db: Db, store: Store, steps: readonly Step[]): Promise<void> {
  const changed = steps.filter((step) => step.before.present && 'version' in step.result)
  if (changed.length === 0) return
  for (const [type, ofType] of grouped(changed)) {
    const number = raw(String(store.typeNumbers.get(type)!))
    await db.query(sql`
      insert into history (pk, version, type, ts, patient, terms, content)
      select pk, version, ${number}, ts, patient, terms, content from ${tableOf(type)} where pk = any (${keysOf(ofType)}::bigint[])`)
    await updateRows(
      db,
      type,
      ofType.filter((step) => step.write.op === 'put'),
    )
    await deleteRows(
      db,
      type,
      number,
      ofType.filter((step) => step.write.op === 'delete'),
    )
  }
  const aside = changed.filter((step) => step.before.side)
  if (aside.length > 0) await clearSides(db, keysOf(aside))
}

async function updateRows(db: Db, type: string, steps: readonly Step[]): Promise<void> {
  if (steps.length === 0) return
  const versions = steps.map((step) => (step.write as { version: NewVersion }).version)
  const indexes = versions.map((version) => version.index)
  const numbers = steps.map((step) => step.before.version + 1)
  await db.query(sql`
    update ${tableOf(type)} r set version = u.version, ts = u.ts, patient = u.patient, d0 = u.d0, d1 = u.d1,
      code = u.code, number = u.number, unit = u.unit, present = u.present, terms = u.terms::bigint[],
      content = u.content
    from unnest(${keysOf(steps)}::bigint[], ${numbers}::int[], ${versions.map((v) => v.ts)}::bigint[],
      ${texts(indexes.map((i) => i.patient))}::bigint[], ${indexes.map((i) => i.d0)}::bigint[],
      ${indexes.map((i) => i.d1)}::bigint[], ${texts(indexes.map((i) => i.code))}::bigint[],
      ${indexes.map((i) => i.number)}::float8[], ${texts(indexes.map((i) => i.unit))}::bigint[],
      ${texts(versions.map(presentBits))}::bigint[], ${indexes.map((i) => arrayText(i.terms))}::text[],
      ${versions.map((v, i) => v.head + numbers[i] + v.tail)}::text[]
    ) as u (pk, version, ts, patient, d0, d1, code, number, unit, present, terms, content)
    where r.pk = u.pk`)
}

async function deleteRows(db: Db, type: string, number: Sql, steps: readonly Step[]): Promise<void> {
  if (steps.length === 0) return
  const times = steps.map((step) => (step.write as { ts: number }).ts)
  await db.query(sql`
    with gone as (
      delete from ${tableOf(type)} where pk = any (${keysOf(steps)}::bigint[]) returning pk, version, patient, terms)
    insert into history (pk, version, type, ts, patient, terms, content)
    select gone.pk, gone.version + 1, ${number}, u.ts, gone.patient, gone.terms, null
    from gone join unnest(${keysOf(steps)}::bigint[], ${times}::bigint[]) as u (pk, ts) on u.pk = gone.pk`)
}

/** Removes the side rows of resources, and what they contain. `keys`: PostgreSQL's text form of an array. */
export async function clearSides(db: Db, keys: string): Promise<void> {
  await db.query(sql`
    with k as materialized (
      select ${keys}::bigint[] || array(select pk from contained where container = any (${keys}::bigint[])) as pks
    ),
    a as (delete from x_string where pk = any ((select pks from k)::bigint[])),
    b as (delete from x_number where pk = any ((select pks from k)::bigint[])),
    c as (delete from x_date where pk = any ((select pks from k)::bigint[])),
    d as (delete from x_code where pk = any ((select pks from k)::bigint[])),
    e as (delete from x_narrative where pk = any ((select pks from k)::bigint[]))
    delete from contained where pk = any ((select pks from k)::bigint[])`)
}

/** New rows, and the side rows and change-log rows of everything that was written. In order of keys: see `writeVersions`. */
async function addRows(tx: Transaction, store: Store, steps: readonly Step[]): Promise<void> {
  const collected = collect(store.typeNumbers)
  for (const { write, type, key, before, result } of inKeyOrder(steps)) {
    if (!('version' in result)) continue
    const { version, op } = result
    addAudit(collected, version, write.op === 'delete' ? write.audit : write.version.audit)
    if (write.op === 'delete') addChange(collected, type, key, version, op, result.ts)
    else {
      if (!before.present) addResource(collected, write.version, version)
      addSideRows(collected, write.version)
      addChange(collected, type, key, version, op, result.ts)
    }
  }
  await copyIn(tx.client, copiesOf(collected))
}

function inKeyOrder(steps: readonly Step[]): readonly Step[] {
  return [...steps].sort((a, b) => (a.key < b.key ? -1 : 1))
}

function grouped(steps: readonly Step[]): Map<string, Step[]> {
  const groups = new Map<string, Step[]>()
  for (const step of steps) {
    const group = groups.get(step.type) ?? []
    groups.set(step.type, group)
    group.push(step)
  }
  return groups
}

function keysOf(steps: readonly Step[]): string {
  return arrayText(steps.map((step) => step.key))
}

/** PostgreSQL's text form of 64-bit values, each possibly absent. */
function texts(values: readonly (bigint | null)[]): (string | null)[] {
  return values.map((value) => (value === null ? null : String(value)))
}
