/** `_filter` as a condition: an item of the parameter's values passes the test. https://hl7.org/fhir/R4/search_filter.html#ops */
import { visible } from '../../access/access.ts'
import { refuseHiddenParameter } from '../../access/hidden.ts'
import { all, any, join, raw, type Sql, sql } from '../../sql.ts'
import type { DateRange } from '../date-range.ts'
import { OutcomeError } from '../outcome.ts'
import { idCondition, lastUpdatedCondition, parameterCondition } from './conditions.ts'
import type { Filter, FilterPath } from './filter-grammar.ts'
import { parseFilter } from './filter-grammar.ts'
import { findParameter } from './find-parameter.ts'
import { pointsAt } from './links.ts'
import type { SearchPath } from './path.ts'
import { type Scope, scopeOf } from './scope.ts'
import type { IndexedParameter } from './search-index.ts'
import { tableOf } from './table.ts'
import { parseDate } from './types/date.ts'
import { likeLiteral } from './types/string.ts'
import { checkBooleans } from './types/token.ts'
import { normalize } from './values.ts'

export function filterCondition(text: string, scope: Scope): Sql {
  return conditionOf(parseFilter(text), scope)
}

function conditionOf(filter: Filter, scope: Scope): Sql {
  if (filter.kind === 'not') return sql`not coalesce(${conditionOf(filter.filter, scope)}, false)`
  if (filter.kind !== 'test') {
    const parts = filter.parts.map((part) => conditionOf(part, scope))
    return filter.kind === 'and' ? all(parts) : any(parts)
  }
  const { path, operator, value } = filter
  if (operator === 'pr' && value !== 'true' && value !== 'false') {
    throw new OutcomeError('invalid-search', { reason: "In _filter, 'pr' takes true or false." })
  }
  // `pr false` and `ni` speak of all values at the end of the path: they negate the whole.
  const negated = operator === 'ni' || (operator === 'pr' && value === 'false')
  const positive = operator === 'ni' ? 'in' : operator
  const condition = walk(path, positive, value, scope)
  return negated ? sql`not coalesce(${condition}, false)` : condition
}

function walk(path: FilterPath, operator: string, value: string, scope: Scope): Sql {
  const { compiler } = scope
  if (path.code === '_id' && !path.rest) return idTest(operator, value, scope)
  if (path.code === '_lastUpdated' && !path.rest) return lastUpdatedTest(operator, value, scope)
  const parameter = findParameter(path.code, scope.type, compiler)
  refuseHiddenParameter(compiler.access, scope.type, parameter)
  const { rest, where } = path
  if (!rest) return testCondition(parameter, operator, value, scope)
  const targets = parameter.targets.filter((type) => compiler.indexes.index(type).parameters.has(rest.code))
  if (parameter.type !== 'reference' || targets.length === 0) {
    throw new OutcomeError('invalid-chain', {
      chain: `${path.code}.${rest.code}`,
      reason: 'no target has that parameter.',
    })
  }
  return any(
    onEach(targets, (type) => {
      const inner = scopeOf(type, compiler, compiler.nextAlias())
      const conditions = [walk(rest, operator, value, inner), ...(where ? [conditionOf(where, inner)] : [])]
      const found = (column: Sql) => sql`select ${column} from ${tableOf(type)} ${inner.alias}
        where ${all(conditions)} and ${visible(compiler.access, type, inner.alias)}`
      return pointsAt(parameter, type, (column) => found(column(inner.alias)), scope)
    }),
  )
}

/** What is no value on one of several targets may be one on another. */
function onEach(targets: readonly string[], conditionsOn: (type: string) => Sql[]): Sql[] {
  let refusal: unknown
  const conditions = targets.map((type) => {
    try {
      return conditionsOn(type)
    } catch (error) {
      if (!(error instanceof OutcomeError) || error.issues[0]!.code !== 'invalid-search-value') throw error
      refusal = error
      return undefined
    }
  })
  if (refusal !== undefined && conditions.every((condition) => condition === undefined)) throw refusal
  return conditions.flatMap((condition) => condition ?? [])
}

function idTest(operator: string, value: string, scope: Scope): Sql {
  if (operator === 'pr') return raw('true')
  if (operator !== 'eq' && operator !== 'ne') throw wrongOperator(operator, '_id', 'token')
  return idCondition([escapeValue(value)], operator === 'ne' ? 'not' : undefined, scope)
}

/** When a resource was stored is in a column of its own. */
function lastUpdatedTest(operator: string, value: string, scope: Scope): Sql {
  if (operator === 'pr') return raw('true')
  const ts = sql`${scope.alias}.ts`
  if (operator === 'po' || operator === 'co') {
    const { range } = parseDate(value, '_lastUpdated')
    return overlaps[operator](ts, sql`(${ts} + 1)`, range)
  }
  if (!prefixed[operator]) throw wrongOperator(operator, '_lastUpdated', 'date')
  return lastUpdatedCondition([operator + value], scope)
}

type Test = (parameter: IndexedParameter, value: string, scope: Scope) => Sql

const asParameter =
  (prefix = '', modifier?: string): Test =>
  (parameter, value, scope) =>
    parameterCondition(
      parameter,
      [prefix + escapeValue(value)],
      modifier,
      `${parameter.code}${modifier ? `:${modifier}` : ''}`,
      scope,
    )

const prefixed = Object.fromEntries(
  ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'].map((p) => [p, asParameter(p)]),
)

/** The stored period overlaps the value's, or contains it. */
const overlaps = {
  po: (low: Sql, high: Sql, q: DateRange) => sql`(${low} < ${q.high} and ${high} > ${q.low})`,
  co: (low: Sql, high: Sql, q: DateRange) => sql`(${low} <= ${q.low} and ${high} >= ${q.high})`,
}

const tests: Readonly<Record<string, Readonly<Record<string, Test>>>> = {
  number: prefixed,
  quantity: { ...prefixed, eq: asParameter('eq') },
  date: {
    ...prefixed,
    po: dateTest('po'),
    co: dateTest('co'),
  },
  string: {
    eq: stringTest((text) => sql`v = ${text}`),
    ne: stringTest((text) => sql`v <> ${text}`),
    co: stringTest((text) => sql`v like ${`%${likeLiteral(text)}%`}`),
    sw: stringTest((text) => sql`v like ${`${likeLiteral(text)}%`}`),
    ew: stringTest((text) => sql`v like ${`%${likeLiteral(text)}`}`),
  },
  token: {
    eq: (parameter, value, scope) => asParameter()(parameter, expandNamespace(value), scope),
    ne: (parameter, value, scope) => otherToken(parameter, expandNamespace(value), scope),
    in: asParameter('', 'in'),
    ss: asParameter('', 'above'),
    sb: asParameter('', 'below'),
  },
  uri: {
    eq: asParameter(),
    ne: (parameter, value, { alias }) => sql`${alias}.terms && array(
      select term from text_term where path = any(${numbersOf(parameter)}::int[]) and v <> ${value})`,
  },
  reference: { re: asParameter() },
}

function testCondition(parameter: IndexedParameter, operator: string, value: string, scope: Scope): Sql {
  if (operator === 'pr') return parameterCondition(parameter, ['false'], 'missing', parameter.code, scope)
  const test = tests[parameter.type]?.[operator]
  if (!test) {
    throw wrongOperator(operator, parameter.code, parameter.type)
  }
  if (parameter.type === 'token' && (operator === 'eq' || operator === 'ne')) {
    checkBooleans(parameter.paths, [escapeValue(value)], parameter.code)
  }
  return test(parameter, value, scope)
}

function wrongOperator(operator: string, code: string, type: string): OutcomeError {
  const reason = `In _filter, '${operator}' does not apply to '${code}', a ${type} parameter.`
  return new OutcomeError('invalid-search', { reason })
}

/** Filter values are not escaped; a bar in them separates as in parameters. */
function escapeValue(value: string): string {
  return value.replace(/[\\,$]/g, '\\$&')
}

function numbersOf(parameter: IndexedParameter): number[] {
  return parameter.paths.map((path) => path.number)
}

function stringTest(compare: (text: string) => Sql): Test {
  return (parameter, value, { alias }) =>
    sql`${alias}.pk in (select pk from x_string where path = any(${numbersOf(parameter)}::int[]) and ${compare(normalize(value))})`
}

function dateTest(operator: 'po' | 'co'): Test {
  const compare = overlaps[operator]
  return (parameter, value, { alias, type, compiler }) => {
    const { range } = parseDate(value, parameter.code)
    const principal = compiler.indexes.index(type).principal.date
    const inRow = parameter.paths.some((path) => principal.some((p) => p.text === path.text))
    const aside = sql`${alias}.pk in (select pk from x_date where path = any(${numbersOf(parameter)}::int[])
      and ${compare(raw('d0'), raw('d1'), range)})`
    return inRow ? any([compare(sql`${alias}.d0`, sql`${alias}.d1`, range), aside]) : aside
  }
}

/** Short names of systems that the filter syntax knows. */
const namespaces: Readonly<Record<string, string>> = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  ucum: 'http://unitsofmeasure.org',
}

function expandNamespace(value: string): string {
  const bar = value.indexOf('|')
  const system = value.slice(0, Math.max(bar, 0))
  return namespaces[system] ? namespaces[system] + value.slice(bar) : value
}

/** Some token differs from the one given: terms cannot tell, the contents can. */
function otherToken(parameter: IndexedParameter, value: string, scope: Scope): Sql {
  const bar = value.indexOf('|')
  const system = bar < 0 ? undefined : value.slice(0, bar)
  const code = value.slice(bar + 1)
  const tokens = parameter.paths.flatMap((path) => tokensIn(path, scope.alias))
  if (tokens.length === 0) return raw('false')
  const same = [
    ...(code === ''
      ? []
      : [
          sql`(case when t.exact then t.code else lower(t.code) end) = case when t.exact then ${code} else lower(${code}) end`,
        ]),
    ...(system === undefined ? [] : [sql`coalesce(t.system, '') = ${system}`]),
  ]
  return sql`exists (select from (${join(tokens, ' union all ')}) t where not coalesce(${all(same)}, false))`
}

const tokenShapes: Readonly<Record<string, readonly [path: string, system: string, code: string, exact: boolean]>> = {
  CodeableConcept: ['.coding', 'system', 'code', false],
  Coding: ['', 'system', 'code', false],
  Identifier: ['', 'system', 'value', true],
  ContactPoint: ['', '', 'value', false],
}

function tokensIn(path: SearchPath, alias: Sql): Sql[] {
  return path.jsonPaths.flatMap(({ path: place, type }) => {
    const shape = tokenShapes[type]
    if (!shape) {
      // A predicate is one value; a path may lead to a list.
      const each = place.startsWith('$') ? `${place}[*]` : place
      return sql`select null::text as system, v #>> '{}' as code, false as exact
        from jsonb_path_query(${alias}.content::jsonb, ${each}::jsonpath) v`
    }
    const [suffix, system, code, exact] = shape
    // A concept that is only text differs from every code.
    const places = suffix === '' ? [`${place}[*]`] : [`${place}${suffix}[*]`, `${place}[*] ? (!exists(@${suffix}))`]
    return places.map(
      (at) => sql`select ${system === '' ? raw('null::text') : sql`v ->> ${system}`} as system, v ->> ${code} as code,
        ${raw(String(exact))} as exact from jsonb_path_query(${alias}.content::jsonb, ${at}::jsonpath) v`,
    )
  })
}
