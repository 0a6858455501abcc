/** Tokens of links in mails: each is used once, and a newer one takes its place. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, bytes } from '../values.ts'

export type MailPurpose = 'verify-address' | 'reset-password' | 'change-address'

export interface MailToken {
  readonly account: string
  /** Where it was sent. */
  readonly address: string
}

export interface NewMailToken extends MailToken {
  readonly hash: Buffer
  readonly purpose: MailPurpose
  readonly created: number
  readonly expires: number
}

/** Stores a token; earlier ones of the account for the same purpose end where `replaces` is true. */
export async function addMailToken(db: Db, token: NewMailToken, replaces: boolean): Promise<void> {
  const { hash, purpose, account, address, created, expires } = token
  await db.query(
    sql`with earlier as (
        update mail_token set revoked = ${at(created)}
        where account = ${account}::bigint and purpose = ${purpose} and used is null and revoked is null and ${replaces})
      insert into mail_token (hash, purpose, account, address, created, expires)
      values (${bytes(hash)}, ${purpose}, ${account}::bigint, ${address}, ${at(created)}, ${at(expires)})`,
    { writes: true },
  )
}

/** What a token stands for, as long as it can be used. */
export async function findMailToken(
  db: Db,
  hash: Buffer,
  purpose: MailPurpose,
  now: number,
): Promise<MailToken | undefined> {
  const rows = await db.query<MailToken>(sql`
    select account, address from mail_token
    where hash = ${bytes(hash)} and purpose = ${purpose} and used is null and revoked is null and expires > ${at(now)}`)
  return rows[0]
}

/** Uses a token up. One of several at once succeeds. */
export async function useMailToken(
  db: Db,
  hash: Buffer,
  purpose: MailPurpose,
  now: number,
): Promise<MailToken | undefined> {
  const rows = await db.query<MailToken>(
    sql`update mail_token set used = ${at(now)}
      where hash = ${bytes(hash)} and purpose = ${purpose} and used is null and revoked is null and expires > ${at(now)}
      returning account, address`,
    { writes: true },
  )
  return rows[0]
}

/** Ends the tokens of an account that are not used yet. */
export async function revokeMailTokens(
  db: Db,
  account: string,
  purposes: readonly MailPurpose[],
  now: number,
): Promise<void> {
  await db.query(
    sql`update mail_token set revoked = ${at(now)}
      where account = ${account}::bigint and purpose = any(${purposes}::text[]) and used is null and revoked is null`,
    { writes: true },
  )
}

/** Removes tokens that ended before `before`. */
export async function tidyMailTokens(db: Db, before: number): Promise<void> {
  await db.query(sql`delete from mail_token where expires < ${at(before)}`, { writes: true })
}
