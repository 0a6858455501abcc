/**
 * Notices that wait to be sent. They are stored in the transaction that they tell of, so that neither is there without the
 * other, and sent afterwards: at least once, by whichever process claims them.
 */
import { type Sql, sql } from '../sql.ts'
import type { Db } from './database.ts'
import { at, bytes, milliseconds } from './values.ts'

export interface NewNotice {
  readonly address: string
  readonly template: string
  /** Sealed: they contain links that open accounts. */
  readonly parameters: Uint8Array
  /** Of its reader, BCP 47; null where it is not known. */
  readonly language: string | null
}

export interface ClaimedNotice extends NewNotice {
  readonly number: string
  readonly parameters: Buffer
  /** This one included. */
  readonly attempts: number
}

export type NoticeState = 'waiting' | 'sent' | 'failed'

/** A notice as an administrator sees it; times in milliseconds. */
export interface OutboxEntry {
  readonly number: string
  readonly address: string
  readonly template: string
  readonly language: string | null
  readonly state: NoticeState
  readonly created: number
  readonly due: number
  readonly sent: number | null
  readonly attempts: number
  readonly error: string | null
  /** Absent once it was sent. */
  readonly parameters: Buffer | null
}

/** Answers the number of the notice. */
export async function addNotice(
  db: Db,
  { address, template, parameters, language }: NewNotice,
  now: number,
): Promise<string> {
  const rows = await db.query<{ number: string }>(
    sql`insert into outbox (address, template, parameters, language, created, due)
      values (${address}, ${template}, ${bytes(parameters)}, ${language}, ${at(now)}, ${at(now)}) returning number`,
    { writes: true },
  )
  return rows[0]!.number
}

/** Takes notices that are due: they are this process's for `lease` milliseconds, and then anyone's again. */
export async function claimNotices(db: Db, most: number, now: number, lease: number): Promise<ClaimedNotice[]> {
  return db.query<ClaimedNotice>(
    sql`update outbox set due = ${at(now + lease)}, attempts = attempts + 1
      where number in (
        select number from outbox where state = 'waiting' and due <= ${at(now)}
        order by due, number limit ${most} for update skip locked)
      returning number, address, template, parameters, language, attempts`,
    { writes: true },
  )
}

/** What it said is forgotten: its links are secrets. */
export async function noticeSent(db: Db, number: string, now: number): Promise<void> {
  await change(db, number, sql`state = 'sent', sent = ${at(now)}, parameters = null, error = null`)
}

/** It is tried again at `due`. */
export async function postponeNotice(db: Db, number: string, due: number, error: string): Promise<void> {
  await change(db, number, sql`due = ${at(due)}, error = ${error}`)
}

/** It stays, until an administrator has it tried again. */
export async function noticeFailed(db: Db, number: string, error: string): Promise<void> {
  await change(db, number, sql`state = 'failed', error = ${error}`)
}

/** Has a notice tried again now; false where it was sent, or there is none. */
export async function retryNotice(db: Db, number: string, now: number): Promise<boolean> {
  const rows = await db.query(
    sql`update outbox set state = 'waiting', due = ${at(now)}, attempts = 0
      where number = ${number}::bigint and state <> 'sent' returning number`,
    { writes: true },
  )
  return rows.length > 0
}

/** The newest notices, before `before` where it is given. */
export async function listOutbox(
  db: Db,
  { state, before, most }: { readonly state?: NoticeState; readonly before?: string; readonly most: number },
): Promise<OutboxEntry[]> {
  return db.query<OutboxEntry>(sql`
    select number, address, template, language, state, attempts, error, parameters, ${milliseconds(sql`created`)} as created,
      ${milliseconds(sql`due`)} as due, ${milliseconds(sql`sent`)} as sent
    from outbox
    where (${state ?? null}::text is null or state = ${state ?? null})
      and (${before ?? null}::bigint is null or number < ${before ?? null}::bigint)
    order by number desc limit ${most}`)
}

/** Removes what was sent before `before`. */
export async function forgetSent(db: Db, before: number): Promise<void> {
  await db.query(sql`delete from outbox where state = 'sent' and sent < ${at(before)}`, { writes: true })
}

/** A notice that was sent meanwhile, by another process after the lease had passed, stays as it is. */
async function change(db: Db, number: string, changes: Sql): Promise<void> {
  await db.query(sql`update outbox set ${changes} where number = ${number}::bigint and state = 'waiting'`, {
    writes: true,
  })
}
