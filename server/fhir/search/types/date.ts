/** https://hl7.org/fhir/R4/search.html#date */
import { any, type Sql, sql } from '../../../sql.ts'
import { type DateRange, dateRange } from '../../date-range.ts'
import { OutcomeError } from '../../outcome.ts'
import { unescapeValue } from '../escapes.ts'
import type { SearchPath } from '../path.ts'
import type { Scope } from '../scope.ts'

export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap'

/** `ge2020` to its prefix and the rest; `eq` where there is none. */
export function splitPrefix(text: string): [Prefix, string] {
  const match = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(.*)$/s.exec(text)
  return match ? [match[1] as Prefix, match[2]!] : ['eq', text]
}

export function dateCondition(
  paths: readonly SearchPath[],
  values: readonly string[],
  name: string,
  scope: Scope,
): Sql {
  const queries = values.map((value) => parseDate(value, name))
  const principal = scope.compiler.indexes.index(scope.type).principal.date.map((path) => path.text)
  const isPrincipal = paths.length === principal.length && paths.every((path) => principal.includes(path.text))
  const { alias } = scope
  if (isPrincipal) {
    return any(queries.map((q) => rangeCondition(q, sql`${alias}.d0`, sql`${alias}.d1`, scope.compiler.now)))
  }
  const inRow = paths.filter((path) => principal.includes(path.text))
  const aside = paths.filter((path) => !principal.includes(path.text)).map((path) => path.number)
  const conditions: Sql[] = []
  if (inRow.length > 0) {
    conditions.push(...queries.map((q) => rangeCondition(q, sql`${alias}.d0`, sql`${alias}.d1`, scope.compiler.now)))
  }
  if (aside.length > 0) {
    const matches = any(queries.map((q) => rangeCondition(q, sql`d0`, sql`d1`, scope.compiler.now)))
    conditions.push(sql`${alias}.pk in (select pk from x_date where path = any(${aside}::int[]) and ${matches})`)
  }
  return any(conditions)
}

export interface DateQuery {
  readonly prefix: Prefix
  readonly range: DateRange
}

export function parseDate(text: string, name: string): DateQuery {
  const [prefix, rest] = splitPrefix(unescapeValue(text))
  const range = dateRange(rest)
  if (!range) {
    const expected =
      'It takes a date such as 2024, 2024-05, 2024-05-17 or 2024-05-17T08:00:00Z, after a prefix such as ge.'
    throw new OutcomeError('invalid-search-value', { name, value: text, type: 'date', expected })
  }
  return { prefix, range }
}

/** The stored range [low, high) against the query's; `high` is null where there is no date. */
export function rangeCondition({ prefix, range }: DateQuery, low: Sql, high: Sql, now: number): Sql {
  const { low: from, high: to } = range
  const inside = sql`(${low} >= ${from} and ${low} < ${to} and ${high} <= ${to})`
  switch (prefix) {
    case 'eq':
      return inside
    case 'ne':
      return sql`(not ${inside} and ${high} is not null)`
    case 'gt':
      return sql`${high} > ${to}`
    case 'lt':
      return sql`(${low} < ${from} and ${high} is not null)`
    case 'ge':
      return sql`(${high} > ${to} or ${inside})`
    case 'le':
      return sql`((${low} < ${from} and ${high} is not null) or ${inside})`
    case 'sa':
      return sql`(${low} >= ${to} and ${high} is not null)`
    case 'eb':
      return sql`${high} <= ${from}`
    case 'ap': {
      // 10 % of the distance from now on either side.
      const margin = Math.floor(Math.abs(now - from) * 0.1)
      return sql`(${low} < ${to + margin} and ${high} > ${from - margin})`
    }
  }
}
