/** The statement behind `$lastn`: the newest rows of each principal code. */
import { visible } from '../../access/access.ts'
import { all, type Sql, sql } from '../../sql.ts'
import type { Criterion } from './criterion.ts'
import { conditionsOf } from './page.ts'
import type { Scope } from './scope.ts'

/** Observations of one time count as one: all of them come where the last place is shared. */
export function lastnQuery(criteria: readonly Criterion[], scope: Scope, most: number): Sql {
  const { alias, table, type, compiler } = scope
  return sql`select pk::text as pk, content from (
      select ${alias}.pk, ${alias}.d0, ${alias}.content,
        rank() over (partition by ${alias}.code order by ${alias}.d0 desc) as place
      from ${table} ${alias}
      where ${all([...conditionsOf(criteria, scope), visible(compiler.access, type, alias)])}) last
    where place <= ${most} order by d0 desc, pk desc limit 1000`
}
