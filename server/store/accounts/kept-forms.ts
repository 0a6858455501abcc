/** What people were about to send when their session had ended: one form of each page, sealed. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, bytes } from '../values.ts'

export interface KeptFormKey {
  readonly account: string
  readonly path: string
}

/** In the place of what was kept of the page before. */
export async function putKeptForm(
  db: Db,
  { account, path }: KeptFormKey,
  sealed: Buffer,
  expires: number,
): Promise<void> {
  await db.query(
    sql`insert into kept_form (account, path, sealed, expires)
      select number, ${path}, ${bytes(sealed)}, ${at(expires)} from account where number = ${account}::bigint
      on conflict (account, path) do update set sealed = excluded.sealed, expires = excluded.expires`,
    { writes: true },
  )
}

export async function findKeptForm(db: Db, { account, path }: KeptFormKey, now: number): Promise<Buffer | undefined> {
  const rows = await db.query<{ sealed: Buffer }>(sql`
    select sealed from kept_form where account = ${account}::bigint and path = ${path} and expires > ${at(now)}`)
  return rows[0]?.sealed
}

export async function removeKeptForm(db: Db, { account, path }: KeptFormKey): Promise<void> {
  await db.query(sql`delete from kept_form where account = ${account}::bigint and path = ${path}`, { writes: true })
}

export async function tidyKeptForms(db: Db, now: number): Promise<void> {
  await db.query(sql`delete from kept_form where expires < ${at(now)}`, { writes: true })
}
