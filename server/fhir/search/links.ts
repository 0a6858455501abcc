/** Conditions on rows by what they point at, and by what points at them. */
import { type Sql, sql } from '../../sql.ts'
import { canonicalLink, canonicalOf, nameOf } from './canonical.ts'
import { targetConstant } from './indexing/references.ts'
import type { SearchPath } from './path.ts'
import type { Scope } from './scope.ts'
import type { IndexedParameter } from './search-index.ts'
import { tableOf } from './table.ts'
import { isPatientColumn } from './types/reference.ts'

/** A statement for a column of rows of another type; each call has its own names for them. */
export type Select = (column: (row: Sql) => Sql) => Sql

/** The row points along the parameter at a row of `type` that `targets` selects, by key or by url. */
export function pointsAt(parameter: IndexedParameter, type: string, targets: Select, scope: Scope): Sql[] {
  const { alias, compiler } = scope
  return pathsTo(parameter, type).flatMap((path) => {
    const found: Sql[] = []
    if (path.types.includes('Reference')) {
      if (isPatientColumn(path, type, scope)) found.push(sql`${alias}.patient in (${targets((r) => sql`${r}.pk`)})`)
      else {
        const constant = targetConstant(path, type, compiler.terms)
        found.push(sql`${alias}.terms && array(${targets((r) => sql`${r}.pk # ${constant}::bigint`)})`)
      }
    }
    const link = canonicalLink(path, compiler.indexes.index(type).canonical, compiler.terms)
    if (link) {
      const canonicals = targets((r) => canonicalOf(sql`unnest(${r}.terms)`, link))
      found.push(sql`${alias}.terms && array(${canonicals})`)
    }
    return found
  })
}

/** A row of `type` that `sources` selects points along the parameter at the row. */
export function pointedAtBy(parameter: IndexedParameter, type: string, sources: Select, scope: Scope): Sql[] {
  const { alias, compiler } = scope
  return pathsTo(parameter, scope.type).flatMap((path) => {
    const found: Sql[] = []
    if (path.types.includes('Reference')) {
      // A term of the pointing row, XORed with the path's constant, is the key of what it points at.
      const constant = targetConstant(path, scope.type, compiler.terms)
      const key = isPatientColumn(path, scope.type, { ...scope, type })
        ? sources((r) => sql`${r}.patient`)
        : sources((r) => sql`unnest(${r}.terms) # ${constant}::bigint`)
      found.push(sql`${alias}.pk in (${key})`)
    }
    const link = canonicalLink(path, compiler.indexes.index(scope.type).canonical, compiler.terms)
    if (link) {
      const names = sources((r) => nameOf(sql`unnest(${r}.terms)`, link))
      found.push(sql`${alias}.pk in (
        select named.pk from ${tableOf(scope.type)} named, unnest(named.terms) name where name in (${names}))`)
    }
    return found
  })
}

function pathsTo({ paths }: IndexedParameter, type: string): SearchPath[] {
  return paths.filter(({ resolveType }) => resolveType === undefined || resolveType === type)
}
