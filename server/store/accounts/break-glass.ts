/** Access in an emergency: to one patient, for a while, and reviewed afterwards. */
import { type Sql, sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, milliseconds } from '../values.ts'

export interface NewBreak {
  /** The number of the account. */
  readonly account: string
  /** The id of the Patient. */
  readonly patient: string
  readonly reason: string
  readonly until: number
}

/** Times in milliseconds. */
export interface GlassBreak extends NewBreak {
  readonly number: string
  readonly started: number
  readonly ended: number | null
  readonly reviewed: number | null
  readonly reviewedBy: string | null
  readonly finding: string | null
}

const columns = sql`number::text, account::text, patient, reason, reviewed_by as "reviewedBy", finding,
  ${milliseconds(sql`started`)} as started, ${milliseconds(sql`until`)} as until, ${milliseconds(sql`ended`)} as ended,
  ${milliseconds(sql`reviewed`)} as reviewed`

/** Answers the number of the entry. */
export async function addBreak(db: Db, { account, patient, reason, until }: NewBreak, now: number): Promise<string> {
  const rows = await db.query<{ number: string }>(
    sql`insert into break_glass (account, patient, reason, started, until)
      values (${account}::bigint, ${patient}, ${reason}, ${at(now)}, ${at(until)}) returning number::text`,
    { writes: true },
  )
  return rows[0]!.number
}

/** Those of an account that go on. */
export function openBreaks(db: Db, account: string, now: number): Promise<readonly GlassBreak[]> {
  return listed(
    db,
    sql`account = ${account}::bigint and ended is null and started <= ${at(now)} and until > ${at(now)}`,
  )
}

/** Those that nobody has reviewed yet. */
export function unreviewedBreaks(db: Db): Promise<readonly GlassBreak[]> {
  return listed(db, sql`reviewed is null`)
}

/** All to one patient. */
export function breaksToPatient(db: Db, patient: string): Promise<readonly GlassBreak[]> {
  return listed(db, sql`patient = ${patient}`)
}

/** Ends what goes on before its time; undefined where it does not. */
export async function endBreak(db: Db, number: string, account: string, now: number): Promise<GlassBreak | undefined> {
  const rows = await db.query<GlassBreak>(
    sql`update break_glass set ended = ${at(now)}
      where number = ${number}::bigint and account = ${account}::bigint and ended is null and until > ${at(now)}
      returning ${columns}`,
    { writes: true },
  )
  return rows[0]
}

/** Undefined where it was reviewed before, it is the reviewer's own, or there is none. */
export async function reviewBreak(
  db: Db,
  number: string,
  { by, finding }: { readonly by: string; readonly finding: string },
  now: number,
): Promise<GlassBreak | undefined> {
  const rows = await db.query<GlassBreak>(
    sql`update break_glass set reviewed = ${at(now)}, reviewed_by = ${by}, finding = ${finding}
      where number = ${number}::bigint and reviewed is null and account::text <> ${by} returning ${columns}`,
    { writes: true },
  )
  return rows[0]
}

function listed(db: Db, condition: Sql): Promise<readonly GlassBreak[]> {
  return db.query<GlassBreak>(sql`select ${columns} from break_glass where ${condition} order by break_glass.number`)
}
