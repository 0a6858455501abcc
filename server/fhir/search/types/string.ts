/** https://hl7.org/fhir/R4/search.html#string */
import { any, type Sql, sql } from '../../../sql.ts'
import { unescapeValue } from '../escapes.ts'
import { forms } from '../forms.ts'
import type { SearchPath } from '../path.ts'
import type { Scope } from '../scope.ts'
import { normalize } from '../values.ts'
import { hasAnyTerm } from './terms.ts'

/** Stored strings end here: longer queries look for their beginning. */
const longest = 500

export function stringCondition(
  paths: readonly SearchPath[],
  values: readonly string[],
  modifier: string | undefined,
  scope: Scope,
): Sql {
  if (modifier === 'exact') {
    const { terms } = scope.compiler
    return hasAnyTerm(
      scope,
      values.flatMap((value) => paths.map((p) => terms.term(p.tweak, forms.string(unescapeValue(value))))),
    )
  }
  const matches = values.map((value) => {
    const text = normalize(unescapeValue(value)).slice(0, longest)
    return modifier === 'contains' ? sql`v like ${`%${likeLiteral(text)}%`}` : startsWith(text)
  })
  const numbers = paths.map((path) => path.number)
  return sql`${scope.alias}.pk in (select pk from x_string where path = any(${numbers}::int[]) and ${any(matches)})`
}

/** A range of the index: everything from the text up to the text and the last character there is. */
function startsWith(text: string): Sql {
  return sql`(v >= ${text} and v < ${`${text}\u{10FFFF}`})`
}

/** Text as a literal inside a LIKE pattern. */
export function likeLiteral(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
