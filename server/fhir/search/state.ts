/** Whether what matches is as it was, told by one text. */
import { visible } from '../../access/access.ts'
import { all, type Sql, sql } from '../../sql.ts'
import type { Criterion } from './criterion.ts'
import { conditionsOf } from './page.ts'
import type { Scope } from './scope.ts'

/** Another `state` whenever something was added, changed or taken away. Rows are looked at, their contents are not. */
export function stateQuery(criteria: readonly Criterion[], scope: Scope): Sql {
  const { alias, type, compiler, table } = scope
  const conditions = [...conditionsOf(criteria, scope), visible(compiler.access, type, alias)]
  return sql`select concat_ws('/', count(*), max(${alias}.ts), sum(${alias}.version)) as state
    from ${table} ${alias} where ${all(conditions)}`
}
