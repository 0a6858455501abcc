/** Launches of apps from inside: what the handle in the launch URL stands for. */
import type { JsonObject } from '../../fhir/json.ts'
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, bytes } from '../values.ts'

export interface Launch {
  /** Who launched the app: nobody else can go on with it. */
  readonly account: string
  readonly client: string | null
  readonly patient: string | null
  readonly encounter: string | null
  /** Further parameters of the token response. */
  readonly context: JsonObject
}

export interface NewLaunch extends Launch {
  readonly hash: Buffer
  readonly created: number
  readonly expires: number
}

export async function addLaunch(db: Db, launch: NewLaunch): Promise<void> {
  const { hash, account, client, patient, encounter, context, created, expires } = launch
  await db.query(
    sql`insert into launch (hash, account, client, patient, encounter, context, created, expires)
      values (${bytes(hash)}, ${account}::bigint, ${client}, ${patient}, ${encounter}, ${JSON.stringify(context)}::jsonb,
        ${at(created)}, ${at(expires)})`,
    { writes: true },
  )
}

/** Uses a handle up. One of several at once succeeds. */
export async function takeLaunch(db: Db, hash: Buffer, now: number): Promise<Launch | undefined> {
  const rows = await db.query<Launch>(
    sql`update launch set used = ${at(now)} where hash = ${bytes(hash)} and used is null and expires > ${at(now)}
      returning account, client, patient, encounter, context`,
    { writes: true },
  )
  return rows[0]
}
