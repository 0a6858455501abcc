/** Accounts that wait for staff to say whose they are. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, milliseconds } from '../values.ts'

export type LinkState = 'waiting' | 'approved' | 'refused' | 'withdrawn'

/** Times in milliseconds. */
export interface LinkRequest {
  readonly number: string
  readonly account: string
  /** `Task/1`. */
  readonly task: string | null
  readonly created: number
  readonly state: LinkState
  readonly decided: number | null
  readonly decidedBy: string | null
  readonly fhirUser: string | null
}

const columns = sql`number::text, account::text, task, state, decided_by as "decidedBy", fhir_user as "fhirUser",
  ${milliseconds(sql`created`)} as created, ${milliseconds(sql`decided`)} as decided`

/** Answers the request of the account that waits: this one, or an earlier one. */
export async function addLinkRequest(db: Db, account: string, now: number): Promise<LinkRequest> {
  const rows = await db.query<LinkRequest>(
    sql`insert into link_request (account, created) values (${account}::bigint, ${at(now)})
      on conflict (account) where state = 'waiting' do update set account = excluded.account returning ${columns}`,
    { writes: true },
  )
  return rows[0]!
}

export async function noteTask(db: Db, number: string, task: string): Promise<void> {
  await db.query(sql`update link_request set task = ${task} where number = ${number}::bigint`, { writes: true })
}

export async function findLinkRequest(db: Db, number: string): Promise<LinkRequest | undefined> {
  const rows = await db.query<LinkRequest>(sql`select ${columns} from link_request where number = ${number}::bigint`)
  return rows[0]
}

/** The request that a Task, `Task/1`, asks about. */
export async function requestOfTask(db: Db, task: string): Promise<LinkRequest | undefined> {
  const rows = await db.query<LinkRequest>(sql`select ${columns} from link_request where task = ${task}`)
  return rows[0]
}

/** The request of an account that waits. */
export async function waitingRequest(db: Db, account: string): Promise<LinkRequest | undefined> {
  const rows = await db.query<LinkRequest>(sql`
    select ${columns} from link_request where account = ${account}::bigint and state = 'waiting'`)
  return rows[0]
}

/** The oldest first. */
export async function waitingRequests(db: Db, most: number): Promise<readonly LinkRequest[]> {
  return db.query<LinkRequest>(sql`
    select ${columns} from link_request where state = 'waiting' order by link_request.number limit ${most}`)
}

export interface LinkDecision {
  readonly state: Exclude<LinkState, 'waiting'>
  readonly by: string
  /** Where it is approved. */
  readonly fhirUser?: string
}

/** The request that was decided; undefined where it was decided before, or there is none. One of several at once succeeds. */
export async function decideLinkRequest(
  db: Db,
  number: string,
  { state, by, fhirUser }: LinkDecision,
  now: number,
): Promise<LinkRequest | undefined> {
  const rows = await db.query<LinkRequest>(
    sql`update link_request set state = ${state}, decided = ${at(now)}, decided_by = ${by}, fhir_user = ${fhirUser ?? null}
      where number = ${number}::bigint and state = 'waiting' returning ${columns}`,
    { writes: true },
  )
  return rows[0]
}
