/** Secrets of authenticator apps, and backup codes. */
import { sql } from '../../sql.ts'
import type { Database, Db } from '../database.ts'
import { at, byteLists, bytes } from '../values.ts'

export type TotpState = 'pending' | 'active'

/** Keeps a secret that is yet to be confirmed, in place of an earlier one. */
export async function savePendingTotp(db: Db, account: string, secret: Buffer, now: number): Promise<void> {
  await db.query(
    sql`insert into account_totp (account, state, secret, created)
      values (${account}::bigint, 'pending', ${bytes(secret)}, ${at(now)})
      on conflict (account, state) do update set secret = excluded.secret, last_step = 0, created = excluded.created`,
    { writes: true },
  )
}

export async function totpSecret(db: Db, account: string, state: TotpState): Promise<Buffer | undefined> {
  const rows = await db.query<{ secret: Buffer }>(sql`
    select secret from account_totp where account = ${account}::bigint and state = ${state}`)
  return rows[0]?.secret
}

/** Marks a time step as used; false where it, or a later one, has been. One of several at once succeeds. */
export async function useTotpStep(db: Db, account: string, state: TotpState, step: number): Promise<boolean> {
  const rows = await db.query(
    sql`update account_totp set last_step = ${step}::bigint
      where account = ${account}::bigint and state = ${state} and last_step < ${step}::bigint returning account`,
    { writes: true },
  )
  return rows.length > 0
}

/** Makes the pending secret the active one, where it is still `secret`. */
export async function activateTotp(
  database: Database,
  account: string,
  secret: Buffer,
  step: number,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const pending = await tx.query(sql`
      select from account_totp
      where account = ${account}::bigint and state = 'pending' and secret = ${bytes(secret)} for update`)
    if (pending.length === 0) return false
    await tx.query(sql`delete from account_totp where account = ${account}::bigint and state = 'active'`)
    await tx.query(sql`
      update account_totp set state = 'active', last_step = ${step}::bigint
      where account = ${account}::bigint and state = 'pending'`)
    return true
  })
}

/** Removes the secrets and the backup codes. */
export async function removeSecondFactors(db: Db, account: string): Promise<void> {
  await db.query(
    sql`with codes as (delete from account_backup_code where account = ${account}::bigint)
      delete from account_totp where account = ${account}::bigint`,
    { writes: true },
  )
}

/** New backup codes: the old ones end. */
export async function saveBackupCodes(db: Db, account: string, hashes: readonly Buffer[], now: number): Promise<void> {
  await db.query(
    sql`with old as (delete from account_backup_code where account = ${account}::bigint)
      insert into account_backup_code (account, hash, created)
      select ${account}::bigint, hash, ${at(now)} from unnest(${byteLists(hashes)}) hash`,
    { writes: true },
  )
}

/** Uses a code up; false where it is none, or was used. One of several at once succeeds. */
export async function useBackupCode(db: Db, account: string, hash: Buffer, now: number): Promise<boolean> {
  const rows = await db.query(
    sql`update account_backup_code set used = ${at(now)}
      where account = ${account}::bigint and hash = ${bytes(hash)} and used is null returning account`,
    { writes: true },
  )
  return rows.length > 0
}

export async function countBackupCodes(db: Db, account: string): Promise<number> {
  const rows = await db.query<{ n: number }>(sql`
    select count(*)::int as n from account_backup_code where account = ${account}::bigint and used is null`)
  return rows[0]!.n
}
