/** What a database remembers about itself: its secret, the numbers of types, the presence bits of search paths. */
import { presence } from '../fhir/search/index-resource.ts'
import type { SearchIndexes } from '../fhir/search/search-indexes.ts'
import { sql } from '../sql.ts'
import type { Database, Db } from './database.ts'

/** 16 secret bytes that key all terms; made once per database. */
export async function databaseSecret(db: Db, makeSecret: () => Buffer): Promise<Buffer> {
  const fresh = makeSecret().toString('hex')
  await db.query(sql`insert into setting (name, value) values ('secret', ${fresh}) on conflict do nothing`)
  const rows = await db.query<{ value: string }>(sql`select value from setting where name = 'secret'`)
  return Buffer.from(rows[0]!.value, 'hex')
}

export async function typeNumbers(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ number: number; name: string }>(sql`select number, name from resource_type`)
  return new Map(rows.map((row) => [row.name, row.number]))
}

export async function presenceBits(db: Db): Promise<Map<string, Map<string, number>>> {
  const rows = await db.query<{ type: string; presence: string; bit: number }>(
    sql`select type, presence, bit from search_path order by type, bit`,
  )
  const bits = new Map<string, Map<string, number>>()
  for (const { type, presence, bit } of rows) {
    const known = bits.get(type) ?? new Map<string, number>()
    bits.set(type, known.set(presence, bit))
  }
  return bits
}

/** Stores the bits of paths that are new, so that every process and every later start uses the same. */
export async function savePresenceBits(
  database: Database,
  types: readonly string[],
  indexes: SearchIndexes,
): Promise<void> {
  const rows = types.flatMap((type) => {
    const paths = [...indexes.index(type).parameters.values()].flatMap((parameter) => parameter.paths)
    const names = [...new Set(paths.map(presence))]
    return names.map((name) => ({ type, name, bit: indexes.presenceBit(type, name) }))
  })
  await database.query(sql`
    insert into search_path (type, presence, bit)
    select * from unnest(${rows.map((r) => r.type)}::text[], ${rows.map((r) => r.name)}::text[], ${rows.map((r) => r.bit)}::int[])
    on conflict do nothing`)
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
