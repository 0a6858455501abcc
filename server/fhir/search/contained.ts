/** `_contained`: searching the resources inside others. https://hl7.org/fhir/R4/search.html#contained */
import { reachesType, visible } from '../../access/access.ts'
import { hidesElements } from '../../access/hidden.ts'
import { all, any, raw, type Sql, sql } from '../../sql.ts'
import type { Criterion } from './criterion.ts'
import { after, type OrderKey, orderBy } from './order.ts'
import { conditionsOf } from './page.ts'
import type { Compiler, Scope } from './scope.ts'
import { tableOf } from './table.ts'

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
  const keyset = place.values ? [after(keys, place.values, place.backwards)] : []
  const columns =
    show === 'container'
      ? sql`distinct r.container_type::text as k0, r.container::text as k1, r.container_type, r.container`
      : sql`r.pk::text as k0, r.container_type, r.container, r.id, r.content, r.pk`
  return sql`select * from (select ${columns} from contained r
      where ${all([...matchConditions(criteria, scope), ...keyset])}) r
    order by ${orderBy(keys, place.backwards)} limit ${place.limit}`
}

/** How many contained resources match, or how many containers have one that does. */
export function containedCount(criteria: readonly Criterion[], scope: Scope, show: 'container' | 'contained'): Sql {
  const counted = show === 'container' ? sql`distinct (r.container_type, r.container)` : raw('*')
  return sql`select count(${counted})::float8 as count from contained r where ${all(matchConditions(criteria, scope))}`
}

function matchConditions(criteria: readonly Criterion[], scope: Scope): Sql[] {
  const { type, alias, compiler } = scope
  return [
    sql`r.type = ${compiler.typeNumbers.get(type)}`,
    ...conditionsOf(criteria, scope),
    containerVisible(alias, compiler),
  ]
}

/** What is contained is seen by those who see its container, if nothing of that is hidden from them. */
function containerVisible(alias: Sql, { access, definitions, typeNumbers }: Compiler): Sql {
  if (access.kind === 'open') return raw('true')
  const types = definitions.resourceTypes.filter((type) => reachesType(access, type) && !hidesElements(access, type))
  return any(
    types.map((type) => {
      const container = raw('seen_container')
      return sql`(${alias}.container_type = ${typeNumbers.get(type)} and exists (
        select from ${tableOf(type)} ${container} where ${container}.pk = ${alias}.container
          and ${visible(access, type, container)}))`
    }),
  )
}
