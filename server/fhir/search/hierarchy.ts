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

/**
 * Selects `pk`: the keys themselves and those of what is above or below them along `parent`, however far. `union` takes
 * each resource once: it ends where resources are part of one another in a circle.
 */
export function relatives(
  type: string,
  parent: SearchPath,
  keys: readonly bigint[],
  direction: Direction,
  compiler: Compiler,
): Sql {
  const table = tableOf(type)
  const constant = targetConstant(parent, type, compiler.terms)
  const seen = (row: string) => visible(compiler.access, type, raw(row))
  const step =
    direction === 'below'
      ? sql`select part.pk from relative join ${table} part on part.terms && array[relative.pk # ${constant}::bigint]
          where ${seen('part')}`
      : // Other terms than that of the reference lead to nothing that is stored.
        sql`select whole.pk from relative join ${table} part on part.pk = relative.pk
          cross join unnest(part.terms) term join ${table} whole on whole.pk = term # ${constant}::bigint
          where ${seen('part')} and ${seen('whole')}`
  return sql`with recursive relative (pk) as (
    select unnest(${arrayText(keys)}::bigint[]) union ${step})
    select pk from relative`
}
