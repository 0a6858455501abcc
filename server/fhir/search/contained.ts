/** `_contained`: searching the resources inside others. https://hl7.org/fhir/R4/search.html#contained */
import { visible } from '../../access/access.ts'
import { all, raw, type Sql, sql } from '../../sql.ts'
import type { Criterion } from './criterion.ts'
import { after, type OrderKey, orderBy } from './order.ts'
import { conditionsOf } from './page.ts'
import type { Compiler, Scope } from './scope.ts'

/** Rows of the table of contained resources. */
export function containedScope(type: string, compiler: Compiler): Scope {
  return { type, alias: raw('r'), compiler, table: raw('contained'), contained: true }
}

const containerKeys: readonly OrderKey[] = [
  { sql: raw('r.container_type'), descending: false, cast: 'int' },
  { sql: raw('r.container'), descending: false, cast: 'bigint' },
]
const containedKeys: readonly OrderKey[] = [{ sql: raw('r.pk'), descending: false, cast: 'bigint' }]

/** What pages of contained resources are ordered by: each container once, or each contained resource. */
export function keysOfContained(show: 'container' | 'contained'): readonly OrderKey[] {
  return show === 'container' ? containerKeys : containedKeys
}

/** Rows: k0…, container, container_type, and for contained resources their id and content. */
export function containedQuery(
  criteria: readonly Criterion[],
  scope: Scope,
  show: 'container' | 'contained',
  place: { readonly values?: readonly string[]; readonly backwards: boolean; readonly limit: number },
): Sql {
  const keys = keysOfContained(show)
  const conditions = [
    sql`r.type = ${scope.compiler.typeNumbers.get(scope.type)}`,
    ...conditionsOf(criteria, scope),
    visible(scope.compiler.access, scope.type, scope.alias),
    ...(place.values ? [after(keys, place.values, place.backwards)] : []),
  ]
  const columns =
    show === 'container'
      ? sql`distinct r.container_type::text as k0, r.container::text as k1, r.container_type, r.container`
      : sql`r.pk::text as k0, r.container_type, r.container, r.id, r.content, r.pk`
  return sql`select * from (select ${columns} from contained r where ${all(conditions)}) r
    order by ${orderBy(keys, place.backwards)} limit ${place.limit}`
}
