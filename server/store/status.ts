/** How the database fares: for health checks and for the people who run it. */
import { sql } from '../sql.ts'
import type { Db } from './database.ts'

/** Resolves when the database answers, rejects when it does not. */
export async function ping(db: Db): Promise<void> {
  await db.query(sql`select 1`)
}

/**
 * About how many resources there are of each type that has any, most first: PostgreSQL's own running estimate, which
 * costs the same however many there are. Counts what is stored, whoever may see it.
 */
export async function estimatedCounts(db: Db): Promise<readonly { readonly type: string; readonly count: number }[]> {
  const rows = await db.query<{ type: string; count: string }>(sql`
    select t.name as type, greatest(s.n_live_tup, 0) as count
    from resource_type t join pg_stat_user_tables s on s.relname = 'r_' || lower(t.name)
    where s.n_live_tup > 0 order by 2 desc, 1`)
  return rows.map(({ type, count }) => ({ type, count: Number(count) }))
}
