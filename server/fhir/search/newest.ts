/** The statement behind `$results`: the newest rows, and the last two of each principal code. */
import { visible } from '../../access/access.ts'
import { all, raw, type Sql, sql } from '../../sql.ts'
import type { Criterion } from './criterion.ts'
import { conditionsOf } from './page.ts'
import type { Scope } from './scope.ts'

export interface NewestPage {
  /** So many, and all that share the time of the last one. */
  readonly count: number
  /** Rows before that time, in milliseconds; and then none for the sake of their code. */
  readonly before: number | undefined
}

/** Each row has its time `d0`, whether it is one of the `newest`, and how many rows there are `of_code`. */
export function newestQuery(criteria: readonly Criterion[], scope: Scope, { count, before }: NewestPage): Sql {
  const { alias, table, type, compiler } = scope
  const earlier = before === undefined ? raw('true') : sql`d0 < ${before}::bigint`
  const lastOfCode = raw(before === undefined ? 'or of_code_place <= 2' : '')
  return sql`select l.pk::text as pk, l.d0::text as d0, l.place <= ${count}::int as newest, l.of_code, ${alias}.content from (
      select pk, d0, of_code, of_code_place, rank() over (order by d0 desc) as place from (
        select ${alias}.pk, ${alias}.d0, (count(*) over code)::int as of_code,
          row_number() over (code order by ${alias}.d0 desc, ${alias}.pk desc) as of_code_place
        from ${table} ${alias}
        where ${all([...conditionsOf(criteria, scope), visible(compiler.access, type, alias)])}
        window code as (partition by ${alias}.code)) known
      where ${earlier}) l
    join ${table} ${alias} on ${alias}.pk = l.pk
    where l.place <= ${count}::int ${lastOfCode} order by l.d0 desc, l.pk desc`
}
