/** People as external OpenID providers know them. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, milliseconds } from '../values.ts'

/** Unique together. https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability */
export interface IdentityKey {
  readonly issuer: string
  readonly subject: string
}

/** Times in milliseconds. */
export interface StoredIdentity extends IdentityKey {
  readonly account: string
  readonly created: number
  readonly used: number | null
}

const columns = sql`issuer, subject, account::text, ${milliseconds(sql`created`)} as created,
  ${milliseconds(sql`used`)} as used`

/** False where the identity is an account's already. */
export async function addIdentity(
  db: Db,
  { issuer, subject }: IdentityKey,
  account: string,
  now: number,
): Promise<boolean> {
  const rows = await db.query(
    sql`insert into account_identity (issuer, subject, account, created)
      values (${issuer}, ${subject}, ${account}::bigint, ${at(now)}) on conflict do nothing returning account`,
    { writes: true },
  )
  return rows.length > 0
}

/** The account of an identity; it is noted that it was used. */
export async function useIdentity(db: Db, { issuer, subject }: IdentityKey, now: number): Promise<string | undefined> {
  const rows = await db.query<{ account: string }>(
    sql`update account_identity set used = ${at(now)} where issuer = ${issuer} and subject = ${subject}
      returning account::text`,
    { writes: true },
  )
  return rows[0]?.account
}

export async function identitiesOf(db: Db, account: string): Promise<readonly StoredIdentity[]> {
  return db.query<StoredIdentity>(sql`
    select ${columns} from account_identity where account = ${account}::bigint order by account_identity.created`)
}

/** False where the account has no such identity. */
export async function removeIdentity(db: Db, { issuer, subject }: IdentityKey, account: string): Promise<boolean> {
  const rows = await db.query(
    sql`delete from account_identity
      where issuer = ${issuer} and subject = ${subject} and account = ${account}::bigint returning account`,
    { writes: true },
  )
  return rows.length > 0
}
