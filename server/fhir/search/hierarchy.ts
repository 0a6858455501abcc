/** Types whose resources are part of one another. https://hl7.org/fhir/R4/search.html#recursive */
import { visible } from '../../access/access.ts'
import { raw, type Sql, sql } from '../../sql.ts'
import { targetConstant } from './indexing/references.ts'
import type { SearchPath } from './path.ts'
import type { Compiler } from './scope.ts'
import type { IndexedParameter } from './search-index.ts'
import type { SearchIndexes } from './search-indexes.ts'
import { arrayText, tableOf } from './table.ts'

/** From a resource to those that it is part of, or to those that are part of it. */
export type Direction = 'above' | 'below'

/** The codes that R4 gives to a parameter for what a resource is part of. */
const parentCodes = ['partof', 'part-of', 'parent'] as const

/** The path from a resource of `type` to one of the same type that it is part of; none where there is no hierarchy. */
export function parentPath(type: string, indexes: Pick<SearchIndexes, 'index'>): SearchPath | undefined {
  const { standard } = indexes.index(type)
  return parentCodes
    .flatMap((code) => standard.get(code) ?? [])
    .filter((parameter) => parameter.type === 'reference' && parameter.targets.includes(type))
    .flatMap((parameter) => parameter.paths)
    .find((path) => path.types.includes('Reference'))
}

/** Whether the parameter may point into a hierarchy. */
export function pointsIntoHierarchy({ targets }: IndexedParameter, indexes: Pick<SearchIndexes, 'index'>): boolean {
  return targets.some((type) => parentPath(type, indexes) !== undefined)
}

/** Selects `pk`: the keys themselves and those of what is above or below them along `parent`, however far. */
export function relatives(
  type: string,
  parent: SearchPath,
  keys: readonly bigint[],
  direction: Direction,
  compiler: Compiler,
): Sql {
  const constant = targetConstant(parent, type, compiler.terms)
  const seen = (row: string) => visible(compiler.access, type, raw(row))
  return related[direction](arrayText(keys), constant, tableOf(type), seen)
}

type Related = (keys: string, constant: bigint, table: Sql, seen: (row: string) => Sql) => Sql

/** Both take each resource once: they end where resources are part of one another in a circle. */
const related: Readonly<Record<Direction, Related>> = {
  // Other terms than that of the reference lead to nothing that is stored.
  above: (keys, constant, table, seen) => sql`with recursive relative (pk) as (
    select unnest(${keys}::bigint[])
    union
    select whole.pk from relative join ${table} part on part.pk = relative.pk
      cross join unnest(part.terms) term join ${table} whole on whole.pk = term # ${constant}::bigint
      where ${seen('part')} and ${seen('whole')})
    select pk from relative`,
  // One look into the index for each level, rather than for each resource.
  below: (keys, constant, table, seen) => sql`with recursive level (keys, found) as (
    select ${keys}::bigint[], ${keys}::bigint[]
    union all
    select next.keys, level.found || next.keys from level cross join lateral (
      select array(select part.pk from ${table} part
        where part.terms && array(select key # ${constant}::bigint from unnest(level.keys) key) and ${seen('part')}
          and part.pk not in (select unnest(level.found))) as keys) next
      where cardinality(next.keys) > 0)
    select unnest(keys) as pk from level`,
}
