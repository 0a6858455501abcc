/** Requests for authorization while the person signs in and decides. */
import type { JsonObject } from '../../fhir/json.ts'
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, bytes, milliseconds } from '../values.ts'

export interface StoredRequest {
  readonly parameters: JsonObject
  readonly progress: JsonObject
  readonly created: number
}

export interface NewRequest extends Omit<StoredRequest, 'created'> {
  readonly hash: Buffer
  /** What the cookie of the browser hashes to. */
  readonly browser: Buffer
  readonly created: number
  readonly expires: number
}

export async function addRequest(db: Db, request: NewRequest): Promise<void> {
  const { hash, browser, parameters, progress, created, expires } = request
  await db.query(
    sql`insert into authorization_request (hash, browser, parameters, progress, created, expires)
      values (${bytes(hash)}, ${bytes(browser)}, ${JSON.stringify(parameters)}::jsonb, ${JSON.stringify(progress)}::jsonb,
        ${at(created)}, ${at(expires)})`,
    { writes: true },
  )
}

export async function findRequest(
  db: Db,
  { hash, browser }: Pick<NewRequest, 'hash' | 'browser'>,
  now: number,
): Promise<StoredRequest | undefined> {
  const rows = await db.query<StoredRequest>(sql`
    select parameters, progress, ${milliseconds(sql`created`)} as created from authorization_request
    where hash = ${bytes(hash)} and browser = ${bytes(browser)} and expires > ${at(now)}`)
  return rows[0]
}

/** Adds to what was found out; false where the request has ended. */
export async function addProgress(db: Db, hash: Buffer, progress: JsonObject): Promise<boolean> {
  const rows = await db.query(
    sql`update authorization_request set progress = progress || ${JSON.stringify(progress)}::jsonb
      where hash = ${bytes(hash)} returning hash`,
    { writes: true },
  )
  return rows.length > 0
}

/** Ends a request; false where somebody else has. One of several at once succeeds. */
export async function takeRequest(db: Db, hash: Buffer): Promise<boolean> {
  const rows = await db.query(sql`delete from authorization_request where hash = ${bytes(hash)} returning hash`, {
    writes: true,
  })
  return rows.length > 0
}
