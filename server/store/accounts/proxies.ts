/** Who may act for which patient, from when to when. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at } from '../values.ts'

export interface NewProxy {
  /** The number of the account. */
  readonly account: string
  /** The id of the Patient. */
  readonly patient: string
  /** The id of the RelatedPerson. */
  readonly relatedPerson: string
  /** Times in milliseconds; without an end where it is absent. */
  readonly starts: number
  readonly ends?: number
  /** Who said so. */
  readonly by: string
}

export async function addProxy(db: Db, proxy: NewProxy, now: number): Promise<void> {
  const { account, patient, relatedPerson, starts, ends, by } = proxy
  const end = ends === undefined ? sql`null` : at(ends)
  await db.query(
    sql`insert into proxy (account, patient, related_person, starts, ends, created, created_by)
      values (${account}::bigint, ${patient}, ${relatedPerson}, ${at(starts)}, ${end}, ${at(now)}, ${by})`,
    { writes: true },
  )
}

/** Ids of the patients for whom an account may act at a time. */
export async function proxiedPatients(db: Db, account: string, now: number): Promise<readonly string[]> {
  const rows = await db.query<{ patient: string }>(sql`
    select patient from proxy
    where account = ${account}::bigint and revoked is null and starts <= ${at(now)} and (ends is null or ends > ${at(now)})
    order by number`)
  return rows.map(({ patient }) => patient)
}
