/** What apps keep for themselves. https://hl7.org/fhir/smart-app-launch/STU2.2/app-state.html */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, bytes, milliseconds } from '../values.ts'

/** Whose state it is, what it is and whom it is about: that stays as it is. */
export interface StateKey {
  /** Null where several clients share the code. */
  readonly client: string | null
  readonly system: string
  readonly code: string
  /** `Patient/1`; null for what is kept for all people. */
  readonly subject: string | null
}

export interface AppState extends StateKey {
  readonly id: string
  readonly version: number
  readonly sealed: Buffer
  /** Milliseconds. */
  readonly updated: number
}

const columns = sql`id::text as id, client, system, code, subject, version, sealed, ${milliseconds(sql`updated`)} as updated`

/** The same key at another time. */
const sameKey = ({ client, system, code, subject }: StateKey) => sql`client is not distinct from ${client}
  and system = ${system} and code = ${code} and subject is not distinct from ${subject}`

/** Those of a key, the oldest first. */
export function findStates(db: Db, key: StateKey): Promise<AppState[]> {
  return db.query<AppState>(sql`select ${columns} from app_state where ${sameKey(key)} order by id`)
}

export async function findState(db: Db, id: string): Promise<AppState | undefined> {
  const rows = await db.query<AppState>(sql`select ${columns} from app_state where id = ${id}::uuid`)
  return rows[0]
}

/** Undefined where there are `most` of the key already. */
export async function addState(
  db: Db,
  key: StateKey,
  { id, sealed, now, most }: { id: string; sealed: Buffer; now: number; most: number },
): Promise<AppState | undefined> {
  const { client, system, code, subject } = key
  const rows = await db.query<AppState>(
    sql`insert into app_state (id, client, system, code, subject, sealed, updated)
      select ${id}::uuid, ${client}, ${system}, ${code}, ${subject}, ${bytes(sealed)}, ${at(now)}
      where (select count(*) from app_state where ${sameKey(key)}) < ${most}
      returning ${columns}`,
    { writes: true },
  )
  return rows[0]
}

/** Undefined where the state has another version or another key, or is not there. */
export async function changeState(
  db: Db,
  { id, version, key }: { id: string; version: number; key: StateKey },
  { sealed, now }: { sealed: Buffer; now: number },
): Promise<AppState | undefined> {
  const rows = await db.query<AppState>(
    sql`update app_state set sealed = ${bytes(sealed)}, version = version + 1, updated = ${at(now)}
      where id = ${id}::uuid and version = ${version} and ${sameKey(key)} returning ${columns}`,
    { writes: true },
  )
  return rows[0]
}

/** False where the state has another version or is not there. */
export async function removeState(db: Db, { id, version }: { id: string; version: number }): Promise<boolean> {
  const rows = await db.query(sql`delete from app_state where id = ${id}::uuid and version = ${version} returning id`, {
    writes: true,
  })
  return rows.length > 0
}
