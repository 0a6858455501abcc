/** https://hl7.org/fhir/R4/search.html#number and #quantity */
import { all, any, raw, type Sql, sql } from '../../../sql.ts'
import { OutcomeError } from '../../outcome.ts'
import { convert, type NumberRange, numberRange, ucumSystem, unitScale } from '../../quantity.ts'
import { unescapedSplit, unescapeValue } from '../escapes.ts'
import type { SearchPath } from '../path.ts'
import type { Scope } from '../scope.ts'
import { arrayText } from '../table.ts'
import { type Prefix, splitPrefix } from './date.ts'

/** A number to compare with: in any unit, or one for each stored unit that it can be converted to. */
export interface NumberQuery {
  readonly prefix: Prefix
  /** Undefined: stored values compare whatever their unit. */
  readonly units?: readonly bigint[]
  readonly range: NumberRange
}

export function numberCondition(
  paths: readonly SearchPath[],
  values: readonly string[],
  name: string,
  scope: Scope,
): Sql {
  const queries = values.flatMap((value) => parseNumber(value, name, scope))
  const { number: principal } = scope.compiler.indexes.index(scope.type).principal
  const { alias } = scope
  const conditions: Sql[] = []
  if (paths.some((path) => path.text === principal?.text)) {
    const value = sql`${alias}.number`
    conditions.push(
      ...queries.map((query) => all([...unitCondition(query, sql`${alias}.unit`), compare(query, value, value)])),
    )
  }
  conditions.push(sql`${alias}.pk in (select pk from x_number where path = any(${paths.map((p) => p.number)}::int[])
    and ${sideCondition(queries)})`)
  return any(conditions)
}

/** The condition on a row of the side table. */
export function sideCondition(queries: readonly NumberQuery[]): Sql {
  return any(
    queries.map((query) => all([...unitCondition(query, raw('unit')), compare(query, raw('low'), raw('high'))])),
  )
}

/** `gt5.4|http://unitsofmeasure.org|mg`: one query for each stored unit that `mg` converts to. */
export function parseNumber(text: string, name: string, scope: Scope): NumberQuery[] {
  const [numeral = '', system, code, ...more] = unescapedSplit(text, '|').map(unescapeValue)
  const [prefix, rest] = splitPrefix(numeral)
  const range = numberRange(rest)
  if (!range || more.length > 0) {
    const expected =
      'It takes a number such as 5.40 or 1e2, after a prefix such as gt; quantities as number|system|code.'
    throw new OutcomeError('invalid-search-value', { name, value: text, type: 'number', expected })
  }
  if (!system && !code) return [{ prefix, range }]
  const { units } = scope.compiler
  if (!system)
    return [{ prefix, range, units: units.filter((u) => u.code === code || u.text === code).map((u) => u.unit) }]
  if (!code) return [{ prefix, range, units: units.filter((u) => u.system === system).map((u) => u.unit) }]

  const same = units.filter((u) => u.system === system && u.code === code).map((u) => u.unit)
  return [{ prefix, range, units: same }, ...convertedQueries(prefix, range, system, code, scope)]
}

function convertedQueries(
  prefix: Prefix,
  range: NumberRange,
  system: string,
  code: string,
  scope: Scope,
): NumberQuery[] {
  const scale = system === ucumSystem ? unitScale(code) : undefined
  if (!scale) return []
  return scope.compiler.units.flatMap((unit) => {
    const other = unit.system === ucumSystem && unit.code !== code ? unitScale(unit.code) : undefined
    if (other?.dimension !== scale.dimension) return []
    const converted = {
      value: convert(range.value, scale, other),
      low: convert(range.low, scale, other),
      high: convert(range.high, scale, other),
    }
    return [{ prefix, range: converted, units: [unit.unit] }]
  })
}

function unitCondition({ units }: NumberQuery, column: Sql): Sql[] {
  return units === undefined ? [] : [sql`${column} = any(${arrayText(units)}::bigint[])`]
}

/** The stored numbers [low, high] against the query's; null columns never match. */
function compare({ prefix, range }: NumberQuery, low: Sql, high: Sql): Sql {
  const { value, low: from, high: to } = range
  const inside = sql`(${low} >= ${from}::float8 and ${high} < ${to}::float8)`
  switch (prefix) {
    case 'eq':
      return inside
    case 'ne':
      return sql`not ${inside}`
    case 'gt':
      return sql`${high} > ${value}::float8`
    case 'lt':
      return sql`${low} < ${value}::float8`
    case 'ge':
      return sql`${high} >= ${value}::float8`
    case 'le':
      return sql`${low} <= ${value}::float8`
    case 'sa':
      return sql`${low} > ${value}::float8`
    case 'eb':
      return sql`${high} < ${value}::float8`
    case 'ap': {
      const margin = Math.abs(value) * 0.1
      return sql`(${low} <= ${value + margin}::float8 and ${high} >= ${value - margin}::float8)`
    }
  }
}
