/** How much of a patient's record somebody would see, with and without what withholds it. */
import { type Predicate, predicateSql } from '../access/predicate.ts'
import { tableOf } from '../fhir/search/table.ts'
import { join, raw, type Sql, sql } from '../sql.ts'
import type { Db } from './database.ts'

export interface Question {
  readonly type: string
  /** The rows that it is about. */
  readonly of: Predicate
  readonly before: Predicate
  /** Rows of `before`, without those that are withheld. */
  readonly after: Predicate
}

export interface Answer {
  readonly type: string
  /** Rows that are seen before. */
  readonly count: number
  readonly withheld: number
  /** The contents of some that are withheld. */
  readonly examples: readonly string[] | null
}

const most = 3

/** One answer for each question that concerns any row; one statement for all. */
export async function countWithheld(db: Db, questions: readonly Question[]): Promise<readonly Answer[]> {
  if (questions.length === 0) return []
  const rows = await db.query<Answer>(sql`${join(questions.map(countSql), ' union all ')} order by type`)
  return rows.filter(({ count }) => count > 0)
}

function countSql({ type, of, before, after }: Question): Sql {
  const row = raw('r')
  const [about, seen, kept] = [of, before, after].map((one) => predicateSql(one, row)) as [Sql, Sql, Sql]
  return sql`
    select ${type}::text as type, count(*)::int as count, count(*) filter (where (${kept}) is not true)::int as withheld,
      (select array_agg(content) from (
        select content from ${tableOf(type)} r where ${about} and ${seen} and (${kept}) is not true order by pk limit ${most}
      ) e) as examples
    from ${tableOf(type)} r where ${about} and ${seen}`
}
