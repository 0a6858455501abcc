/** What was accessed: the journal that every access is written to, and the chain of the AuditEvents made of it. */
import { arrayText, tableOf } from '../fhir/search/table.ts'
import { sql } from '../sql.ts'
import { copyIn } from './copy.ts'
import { addChange, addResource, addSideRows, collect, copiesOf } from './copy-rows.ts'
import type { Database, Db, Transaction } from './database.ts'
import type { NewVersion, Store } from './store.ts'
import { bytes } from './values.ts'

/** A row of the journal. `version` is the one that a write has stored. */
export interface JournalRow {
  readonly number: string
  readonly version: number | null
  readonly record: string
}

/** AuditEvents that were stored together, as the chain has them. */
export interface Segment {
  readonly number: number
  /** Milliseconds. */
  readonly made: number
  /** The rows of the journal that it was made of. */
  readonly journal: readonly string[]
  readonly keys: readonly bigint[]
  /** The SHA-256 of each content, one after the other. */
  readonly leaves: Buffer
  readonly hash: Buffer
  readonly seal: Buffer
}

/** AuditEvents say what they said, for whoever uses the application's connections. After the tables of types are made. */
export async function protectAuditEvents(database: Database | Transaction): Promise<void> {
  const known = await database.query(sql`
    select from pg_trigger where tgname = 'append_only' and tgrelid = 'r_auditevent'::regclass`)
  if (known.length > 0) return
  await database.query(sql`
    create trigger append_only before delete on r_auditevent for each row execute function audit_append_only()`)
  await database.query(sql`
    create trigger append_only_all before truncate on r_auditevent for each statement execute function audit_append_only()`)
  await database.query(sql`
    create trigger unchanged before update on r_auditevent for each row execute function audit_event_unchanged()`)
  // Small as they are, the contents compress to less than half.
  await database.query(sql`alter table r_auditevent set (toast_tuple_target = 256)`, { prepared: false })
}

/** Adds a row that no write belongs to. */
export async function addToJournal(db: Db, record: string): Promise<void> {
  await db.query(sql`insert into audit_journal (record) values (${record})`, { writes: true })
}

export async function journalIsEmpty(db: Db): Promise<boolean> {
  const rows = await db.query(sql`select from audit_journal limit 1`)
  return rows.length === 0
}

/** Its first row and the time of what that tells first. */
export async function oldestOfJournal(db: Db): Promise<{ readonly number: number; readonly time: number } | undefined> {
  const [row] = await db.query<{ number: string; time: string }>(sql`
    select number, substring(record for 20) as time from audit_journal order by number limit 1`)
  return row && { number: Number(row.number), time: Number.parseInt(row.time, 10) }
}

/** The number of its last row. */
export async function newestOfJournal(db: Db): Promise<number | undefined> {
  const [row] = await db.query<{ number: string }>(sql`
    select number from audit_journal order by number desc limit 1`)
  return row && Number(row.number)
}

const sweepLock = sql`7236453`
const mostRows = 500
/** Bytes of records that are taken at once, beyond the first row: those of a thousand reads. */
const mostBytes = 120_000

/** Until the transaction ends nobody else takes rows; false where somebody does and `wait` is not set. */
export async function lockJournal(tx: Transaction, wait: boolean): Promise<boolean> {
  if (wait) {
    await tx.query(sql`select pg_advisory_xact_lock(${sweepLock})`)
    return true
  }
  const [locked] = await tx.query<{ done: boolean }>(sql`select pg_try_advisory_xact_lock(${sweepLock}) as done`)
  return locked!.done
}

/** The oldest rows after a number. */
export function takeJournal(tx: Transaction, after = '0'): Promise<readonly JournalRow[]> {
  return tx.query<JournalRow>(sql`
    select number, version, record from (
      select number, version, record, sum(octet_length(record)) over (order by number) - octet_length(record) as before
      from (
        select number, version, record from audit_journal where number > ${after}::bigint order by number limit ${mostRows}
      ) oldest
    ) summed where before < ${mostBytes} order by number`)
}

/** What comes before a segment in the chain. */
export type Predecessor = Pick<Segment, 'number' | 'hash'>

/** The last segment of the chain. */
export async function lastSegment(db: Db): Promise<Predecessor | undefined> {
  const [last] = await db.query<{ number: string; hash: Buffer }>(sql`
    select number, hash from audit_segment order by number desc limit 1`)
  return last && { number: Number(last.number), hash: last.hash }
}

/** Stores AuditEvents with the segment that holds them, in place of the rows of the journal. */
export async function storeSegment(
  tx: Transaction,
  store: Pick<Store, 'typeNumbers'>,
  versions: readonly NewVersion[],
  segment: Segment,
): Promise<void> {
  const collected = collect(store.typeNumbers)
  for (const version of versions) {
    addResource(collected, version, 1)
    addSideRows(collected, version)
    addChange(collected, version.type, version.key, 1, 'C', version.ts)
  }
  await copyIn(tx.client, copiesOf(collected))
  const { number, made, journal, keys, leaves, hash, seal } = segment
  await tx.query(sql`
    insert into audit_segment (number, made, journal, pks, leaves, hash, seal)
    values (${number}, ${made}, ${journal}::bigint[], ${arrayText(keys)}::bigint[], ${bytes(leaves)}, ${bytes(hash)}, ${bytes(seal)})`)
  await tx.query(sql`delete from audit_journal where number = any (${journal}::bigint[])`)
}

/** Some segments, from a number on. */
export async function segmentsFrom(db: Db, number: number, limit: number): Promise<readonly Segment[]> {
  const rows = await db.query<{
    number: string
    made: string
    journal: readonly string[]
    pks: readonly string[]
    leaves: Buffer
    hash: Buffer
    seal: Buffer
  }>(sql`
    select number, made, journal, pks, leaves, hash, seal from audit_segment where number >= ${number}
    order by number limit ${limit}`)
  return rows.map(({ number: found, made, pks, ...rest }) => ({
    ...rest,
    number: Number(found),
    made: Number(made),
    keys: pks.map(BigInt),
  }))
}

/** The contents of AuditEvents as they are stored, by key. */
export async function auditContents(db: Db, keys: readonly bigint[]): Promise<ReadonlyMap<bigint, string>> {
  const rows = await db.query<{ pk: string; content: string }>(sql`
    select pk, content from r_auditevent where pk = any (${arrayText(keys)}::bigint[])`)
  return new Map(rows.map(({ pk, content }) => [BigInt(pk), content]))
}

/** AuditEvents that no segment holds. */
export async function unchainedKeys(db: Db, limit: number): Promise<readonly bigint[]> {
  const rows = await db.query<{ pk: string }>(sql`
    select pk from r_auditevent except select unnest(pks) from audit_segment order by pk limit ${limit}`)
  return rows.map(({ pk }) => BigInt(pk))
}

/** The contents of versions that were replaced or deleted, by key and version as `key/version`. */
export async function replacedContents(
  db: Db,
  versions: readonly { readonly key: bigint; readonly version: number }[],
): Promise<ReadonlyMap<string, string>> {
  if (versions.length === 0) return new Map()
  const rows = await db.query<{ pk: string; version: number; content: string }>(sql`
    select h.pk, h.version, h.content from history h
    join unnest(${arrayText(versions.map(({ key }) => key))}::bigint[], ${versions.map(({ version }) => version)}::int[])
      as v (pk, version) on v.pk = h.pk and v.version = h.version
    where h.content is not null`)
  return new Map(rows.map(({ pk, version, content }) => [`${pk}/${version}`, content]))
}

/** Bytes that the audit trail takes, its indexes included. */
export async function auditSize(db: Db): Promise<{ readonly events: number; readonly bytes: number }> {
  const [row] = await db.query<{ events: string; bytes: string }>(sql`
    select (select count(*) from ${tableOf('AuditEvent')}) as events,
      pg_total_relation_size('r_auditevent') + pg_total_relation_size('audit_segment') as bytes`)
  return { events: Number(row!.events), bytes: Number(row!.bytes) }
}
