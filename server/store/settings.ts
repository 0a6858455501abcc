/** What a database remembers about itself: its secret, the numbers of types, the code that made its index. */
import { sql } from '../sql.ts'
import type { Db } from './database.ts'

/** 16 secret bytes that key all terms; made once per database. */
export async function databaseSecret(db: Db, makeSecret: () => Buffer): Promise<Buffer> {
  const fresh = makeSecret().toString('hex')
  await db.query(sql`insert into setting (name, value) values ('secret', ${fresh}) on conflict do nothing`)
  const rows = await db.query<{ value: string }>(sql`select value from setting where name = 'secret'`)
  return Buffer.from(rows[0]!.value, 'hex')
}

/** A number from 0 to 1023 that no process has that was started with the 1023 before this one or after it. */
export async function processNumber(db: Db): Promise<number> {
  const rows = await db.query<{ number: number }>(sql`select nextval('process_number')::int as number`)
  return rows[0]!.number
}

export async function typeNumbers(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ number: number; name: string }>(sql`select number, name from resource_type`)
  return new Map(rows.map((row) => [row.name, row.number]))
}

/** The version of the indexing code whose rows are stored; `current` where nothing was ever said. */
export async function storedIndexCode(db: Db, current: string): Promise<string> {
  await db.query(
    sql`insert into setting (name, value) values ('index_code_version', ${current}) on conflict do nothing`,
  )
  const rows = await db.query<{ value: string }>(sql`select value from setting where name = 'index_code_version'`)
  return rows[0]!.value
}

export async function storeIndexCode(db: Db, version: string): Promise<void> {
  await db.query(sql`
    insert into setting (name, value) values ('index_code_version', ${version})
    on conflict (name) do update set value = excluded.value`)
}

/** Whether anything was ever stored. */
export async function hasResources(db: Db): Promise<boolean> {
  const rows = await db.query<{ found: boolean }>(sql`select exists (select from change_log) as found`)
  return rows[0]!.found
}

/** Sets a setting that must not be there yet; false where it is. Other transactions that try wait for this one. */
export async function claimSetting(db: Db, name: string, value: string): Promise<boolean> {
  const rows = await db.query(
    sql`insert into setting (name, value) values (${name}, ${value}) on conflict do nothing returning name`,
  )
  return rows.length > 0
}

/** Statistics for PostgreSQL's planner: after many rows came at once, its old ones mislead it. */
export async function analyze(db: Db): Promise<void> {
  await db.query(sql`analyze`, { prepared: false })
}

const durable: Readonly<Record<string, readonly string[]>> = {
  fsync: ['on'],
  full_page_writes: ['on'],
  synchronous_commit: ['on', 'remote_write', 'remote_apply', 'local'],
}

/** What of the database's settings would lose acknowledged writes in a crash; one sentence each. */
export async function durabilityFaults(db: Db): Promise<string[]> {
  const rows = await db.query<{ name: string; setting: string }>(
    sql`select name, setting from pg_settings where name = any(${Object.keys(durable)}::text[])`,
  )
  return rows
    .filter(({ name, setting }) => !durable[name]!.includes(setting))
    .map(
      ({ name, setting }) =>
        `PostgreSQL's ${name} must be ${durable[name]![0]}, but is ${setting}: set it before starting.`,
    )
}
