/** Browsers that somebody is signed in on: only what the secrets of their cookies hash to is kept. */
import { type Sql, sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, bytes, milliseconds } from '../values.ts'

export interface StoredSession {
  readonly hash: Buffer
  readonly account: string
  /** Times in milliseconds. */
  readonly created: number
  readonly seen: number
  /** RFC 8176. */
  readonly methods: readonly string[]
  readonly address: string
  readonly userAgent: string | null
}

/** What a session must be younger than, in milliseconds: since it was used, and since it began. */
export interface SessionAges {
  readonly idle: number
  readonly absolute: number
}

const columns = sql`hash, account::text, ${milliseconds(sql`created`)} as created, ${milliseconds(sql`seen`)} as seen,
  methods, address, user_agent as "userAgent"`

export async function addSession(db: Db, session: Omit<StoredSession, 'seen'>): Promise<void> {
  const { hash, account, created, methods, address, userAgent } = session
  await db.query(
    sql`insert into session (hash, account, created, seen, methods, address, user_agent)
      values (${bytes(hash)}, ${account}::bigint, ${at(created)}, ${at(created)}, ${methods}::text[], ${address}, ${userAgent})`,
    { writes: true },
  )
}

export async function findSession(
  db: Db,
  hash: Buffer,
  { idle, absolute }: SessionAges,
  now: number,
): Promise<StoredSession | undefined> {
  const rows = await db.query<StoredSession>(sql`
    select ${columns} from session
    where hash = ${bytes(hash)} and seen > ${at(now - idle)} and created > ${at(now - absolute)}`)
  return rows[0]
}

/** The sessions of an account that go on, the newest first. */
export async function sessionsOf(
  db: Db,
  account: string,
  { idle, absolute }: SessionAges,
  now: number,
): Promise<readonly StoredSession[]> {
  return db.query<StoredSession>(sql`
    select ${columns} from session
    where account = ${account}::bigint and seen > ${at(now - idle)} and created > ${at(now - absolute)}
    order by seen desc`)
}

export async function noteSeen(db: Db, hash: Buffer, now: number): Promise<void> {
  await db.query(sql`update session set seen = ${at(now)} where hash = ${bytes(hash)}`, { writes: true })
}

/** The person was recognized in further ways. */
export async function addMethods(db: Db, hash: Buffer, methods: readonly string[]): Promise<void> {
  await db.query(
    sql`update session set methods = array(select distinct unnest(methods || ${methods}::text[]))
      where hash = ${bytes(hash)}`,
    { writes: true },
  )
}

/** What was granted in sessions that `which` removes ends with them; apps with offline_access go on. */
function ending(which: Sql): Sql {
  return sql`with gone as (delete from session where ${which} returning hash)
    update grant_ set ended = now() where session in (select hash from gone) and ended is null
      and not 'offline_access' = any(string_to_array(scopes, ' '))`
}

/** Signs out. */
export async function endSession(db: Db, hash: Buffer): Promise<void> {
  await db.query(ending(sql`hash = ${bytes(hash)}`), { writes: true })
}

/** Signs out of all sessions of an account, but for `except`. */
export async function endSessions(db: Db, account: string, except?: Buffer): Promise<void> {
  const others = except ? sql`hash <> ${bytes(except)}` : sql`true`
  await db.query(ending(sql`account = ${account}::bigint and ${others}`), { writes: true })
}

/** Removes what has ended by itself: what was granted meanwhile lasts as long as its tokens. */
export async function tidySessions(db: Db, { idle, absolute }: SessionAges, now: number): Promise<void> {
  await db.query(sql`delete from session where seen < ${at(now - idle)} or created < ${at(now - absolute)}`, {
    writes: true,
  })
}
