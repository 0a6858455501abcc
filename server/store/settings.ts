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
