/** How often something was done in a while. What is lost in a crash is forgiven. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, bytes, milliseconds } from '../values.ts'

export interface Counted {
  /** This time included. */
  readonly count: number
  /** When counting begins anew, in milliseconds. */
  readonly ends: number
}

/** Counts one more, in a while that is `period` milliseconds from its first. */
export async function countUse(db: Db, key: Buffer, period: number, now: number): Promise<Counted> {
  const rows = await db.query<Counted>(
    sql`insert into rate_limit as known (key, count, ends) values (${bytes(key)}, 1, ${at(now + period)})
      on conflict (key) do update set
        count = case when known.ends > ${at(now)} then known.count + 1 else 1 end,
        ends = case when known.ends > ${at(now)} then known.ends else excluded.ends end
      returning count, ${milliseconds(sql`ends`)} as ends`,
    { writes: true },
  )
  return rows[0]!
}

/** Removes what counts no more. */
export async function tidyRateLimits(db: Db, now: number): Promise<void> {
  await db.query(sql`delete from rate_limit where ends < ${at(now)}`, { writes: true })
}
