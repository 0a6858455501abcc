/** Terms of use, by version, and who has accepted which. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, milliseconds } from '../values.ts'

/** Times in milliseconds. */
export interface Terms {
  readonly version: string
  readonly title: string
  /** Paragraphs, divided by empty lines. */
  readonly content: string
  readonly effective: number
}

const columns = sql`version, title, content, ${milliseconds(sql`effective`)} as effective`

/** False where there is that version: what was accepted does not change. */
export async function addTerms(db: Db, { version, title, content, effective }: Terms, now: number): Promise<boolean> {
  const rows = await db.query(
    sql`insert into terms_of_use (version, title, content, published, effective)
      values (${version}, ${title}, ${content}, ${at(now)}, ${at(effective)}) on conflict do nothing returning version`,
    { writes: true },
  )
  return rows.length > 0
}

/** The version that counts at a time; undefined where there are none yet. */
export async function currentTerms(db: Db, now: number): Promise<Terms | undefined> {
  const rows = await db.query<Terms>(sql`
    select ${columns} from terms_of_use where terms_of_use.effective <= ${at(now)}
    order by terms_of_use.effective desc, published desc limit 1`)
  return rows[0]
}

export async function findTerms(db: Db, version: string): Promise<Terms | undefined> {
  const rows = await db.query<Terms>(sql`select ${columns} from terms_of_use where version = ${version}`)
  return rows[0]
}

export interface TermsAcceptance {
  readonly version: string
  readonly accepted: number
  /** `Consent/1`. */
  readonly consent: string | null
}

/** Every acceptance of an account, the newest first. */
export async function acceptancesOf(db: Db, account: string): Promise<readonly TermsAcceptance[]> {
  return db.query<TermsAcceptance>(sql`
    select version, ${milliseconds(sql`accepted`)} as accepted, consent from terms_acceptance
    where account = ${account}::bigint order by terms_acceptance.accepted desc`)
}

/** False where it was accepted before. */
export async function addAcceptance(db: Db, account: string, version: string, now: number): Promise<boolean> {
  const rows = await db.query(
    sql`insert into terms_acceptance (account, version, accepted) values (${account}::bigint, ${version}, ${at(now)})
      on conflict do nothing returning version`,
    { writes: true },
  )
  return rows.length > 0
}

export async function noteConsent(db: Db, account: string, version: string, consent: string): Promise<void> {
  await db.query(
    sql`update terms_acceptance set consent = ${consent} where account = ${account}::bigint and version = ${version}`,
    { writes: true },
  )
}
