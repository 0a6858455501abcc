/** What id_tokens are signed with. */
import type { JsonObject } from '../../fhir/json.ts'
import { sql } from '../../sql.ts'
import type { Database, Db } from '../database.ts'
import { at, bytes, milliseconds } from '../values.ts'

export interface SigningKey {
  readonly kid: string
  readonly algorithm: string
  /** Sealed. */
  readonly privateKey: Buffer
  /** A JSON Web Key. */
  readonly publicKey: JsonObject
  /** Milliseconds. */
  readonly created: number
  readonly retired: number | null
}

/** Those that sign, and those that were retired after `since`; the newest first. */
export function listSigningKeys(db: Db, since: number): Promise<SigningKey[]> {
  return db.query<SigningKey>(sql`
    select kid, algorithm, private_key as "privateKey", public_key as "publicKey", ${milliseconds(sql`created`)} as created,
      ${milliseconds(sql`retired`)} as retired
    from signing_key where retired is null or retired > ${at(since)} order by created desc, kid`)
}

/** Stores the first key; another process's stays where it was quicker. */
export async function addFirstKey(db: Db, key: SigningKey): Promise<void> {
  await db.query(sql`${insertion(key)} on conflict do nothing`, { writes: true })
}

/** Stores a key in place of the one that signed until now. */
export async function replaceSigningKey(database: Database, key: SigningKey): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query(
      sql`update signing_key set retired = ${at(key.created)} where algorithm = ${key.algorithm} and retired is null`,
    )
    await tx.query(insertion(key))
  })
}

function insertion({ kid, algorithm, privateKey, publicKey, created }: SigningKey) {
  return sql`insert into signing_key (kid, algorithm, private_key, public_key, created)
    values (${kid}, ${algorithm}, ${bytes(privateKey)}, ${JSON.stringify(publicKey)}::jsonb, ${at(created)})`
}

/** Keys that nobody needs any more. */
export async function removeRetiredKeys(db: Db, before: number): Promise<void> {
  await db.query(sql`delete from signing_key where retired < ${at(before)}`, { writes: true })
}
