/** https://hl7.org/fhir/R4/search.html#uri */
import { type Sql, sql } from '../../../sql.ts'
import { unescapeValue } from '../escapes.ts'
import { forms } from '../forms.ts'
import type { SearchPath } from '../path.ts'
import type { Scope } from '../scope.ts'
import { hasAnyTerm } from './terms.ts'

export function uriCondition(
  paths: readonly SearchPath[],
  values: readonly string[],
  modifier: string | undefined,
  scope: Scope,
): Sql {
  const uris = values.map(unescapeValue)
  if (modifier === 'below') return belowCondition(paths, uris, scope)
  const wanted = modifier === 'above' ? uris.flatMap(ancestors) : uris
  const { terms } = scope.compiler
  return hasAnyTerm(
    scope,
    wanted.flatMap((uri) => paths.map((path) => terms.term(path.tweak, forms.uri(uri)))),
  )
}

/** The uri itself and everything under it, by segments. */
function belowCondition(paths: readonly SearchPath[], uris: readonly string[], scope: Scope): Sql {
  const numbers = paths.map((path) => path.number)
  return sql`${scope.alias}.terms && array(
    select term from text_term, unnest(${uris}::text[]) as top
    where path = any(${numbers}::int[]) and (v = top or starts_with(v, rtrim(top, '/') || '/')))`
}

/** The uri and what is above it: `http://a/b/c` is below `http://a/b` and `http://a/b/`. */
function ancestors(uri: string): string[] {
  const found = [uri]
  for (let slash = uri.lastIndexOf('/'); slash > 0; slash = uri.lastIndexOf('/', slash - 1)) {
    found.push(uri.slice(0, slash), uri.slice(0, slash + 1))
  }
  return found
}
