/** The statement behind `$lastn`: the newest rows of each principal code. */
import { visible } from '../../access/access.ts'
import { all, raw, type Sql, sql } from '../../sql.ts'
import type { Criterion } from './criterion.ts'
import { conditionsOf } from './page.ts'
import type { Scope } from './scope.ts'

/** Which of them: so many of each code; from where, and in which direction. */
export interface LastnPage {
  readonly most: number
  /** Date and key of the row before the first one wanted. */
  readonly after: readonly bigint[] | undefined
  readonly backwards: boolean
  readonly limit: number
}

/** Observations of one time count as one: all of them come where the last place is shared. Each row has the `total`. */
export function lastnQuery(criteria: readonly Criterion[], scope: Scope, page: LastnPage): Sql {
  const { alias, table, type, compiler } = scope
  const { most, after, backwards, limit } = page
  const [date, key] = after ?? []
  const beyond = sql`(l.d0, l.pk) ${raw(backwards ? '>' : '<')} (${date}::bigint, ${key}::bigint)`
  const order = raw(backwards ? 'l.d0, l.pk' : 'l.d0 desc, l.pk desc')
  return sql`select l.pk::text as pk, l.d0::text as d0, l.total, ${alias}.content from (
      select pk, d0, count(*) over ()::float8 as total from (
        select ${alias}.pk, ${alias}.d0, rank() over (partition by ${alias}.code order by ${alias}.d0 desc) as place
        from ${table} ${alias}
        where ${all([...conditionsOf(criteria, scope), visible(compiler.access, type, alias)])}) ranked
      where place <= ${most}) l
    join ${table} ${alias} on ${alias}.pk = l.pk
    where ${after ? beyond : raw('true')} order by ${order} limit ${limit}`
}
