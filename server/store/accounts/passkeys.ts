/** WebAuthn credentials, and the challenges that they answer. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, bytes, milliseconds } from '../values.ts'

/** Times in milliseconds. */
export interface Passkey {
  readonly credential: Buffer
  readonly account: string
  readonly publicKey: Buffer
  readonly counter: number
  readonly transports: readonly string[]
  readonly backedUp: boolean
  /** What its owner calls it. */
  readonly name: string
  readonly created: number
  readonly used: number | null
}

const columns = sql`credential, account::text, public_key as "publicKey", counter::float8 as counter, transports,
  backed_up as "backedUp", name, ${milliseconds(sql`created`)} as created, ${milliseconds(sql`used`)} as used`

/** False where the credential is known already. */
export async function addPasskey(db: Db, passkey: Omit<Passkey, 'used'>): Promise<boolean> {
  const { credential, account, publicKey, counter, transports, backedUp, name, created } = passkey
  const rows = await db.query(
    sql`insert into account_passkey
        (credential, account, public_key, counter, transports, backed_up, name, created)
      values (${bytes(credential)}, ${account}::bigint, ${bytes(publicKey)}, ${counter}::bigint, ${transports}::text[],
        ${backedUp}, ${name}, ${at(created)})
      on conflict do nothing returning account`,
    { writes: true },
  )
  return rows.length > 0
}

export async function findPasskey(db: Db, credential: Buffer): Promise<Passkey | undefined> {
  const rows = await db.query<Passkey>(
    sql`select ${columns} from account_passkey where credential = ${bytes(credential)}`,
  )
  return rows[0]
}

/** The oldest first. */
export async function passkeysOf(db: Db, account: string): Promise<readonly Passkey[]> {
  return db.query<Passkey>(sql`
    select ${columns} from account_passkey where account = ${account}::bigint order by account_passkey.created`)
}

/** False where a copy of it was used meanwhile: its counter has gone on. */
export async function notePasskeyUse(db: Db, credential: Buffer, counter: number, now: number): Promise<boolean> {
  const rows = await db.query(
    sql`update account_passkey set counter = ${counter}::bigint, used = ${at(now)}
      where credential = ${bytes(credential)} and (counter < ${counter}::bigint or ${counter}::bigint = 0)
      returning account`,
    { writes: true },
  )
  return rows.length > 0
}

/** False where the account has no such passkey. */
export async function removePasskey(db: Db, account: string, credential: Buffer): Promise<boolean> {
  const rows = await db.query(
    sql`delete from account_passkey where credential = ${bytes(credential)} and account = ${account}::bigint
      returning account`,
    { writes: true },
  )
  return rows.length > 0
}

export interface PasskeyChallenge {
  readonly purpose: 'register' | 'sign-in'
  /** Absent while somebody signs in without saying who they are. */
  readonly account?: string
}

export async function addChallenge(
  db: Db,
  hash: Buffer,
  { purpose, account }: PasskeyChallenge,
  expires: number,
): Promise<void> {
  await db.query(
    sql`insert into passkey_challenge (hash, purpose, account, expires)
      values (${bytes(hash)}, ${purpose}, ${account ?? null}::bigint, ${at(expires)})`,
    { writes: true },
  )
}

/** Uses a challenge up. One of several at once succeeds. */
export async function useChallenge(
  db: Db,
  hash: Buffer,
  { purpose, account }: PasskeyChallenge,
  now: number,
): Promise<boolean> {
  const rows = await db.query(
    sql`delete from passkey_challenge
      where hash = ${bytes(hash)} and purpose = ${purpose} and account is not distinct from ${account ?? null}::bigint
        and expires > ${at(now)} returning hash`,
    { writes: true },
  )
  return rows.length > 0
}

export async function tidyChallenges(db: Db, now: number): Promise<void> {
  await db.query(sql`delete from passkey_challenge where expires < ${at(now)}`, { writes: true })
}
