/**
 * The statement that fetches one page. Its shape is chosen here rather than by PostgreSQL's planner, whose guesses about
 * arrays are what makes other designs slow: walk an index that has the order and filter, or collect the few rows of a
 * rare term and sort them.
 */
import { reachOf, visible } from '../../access/access.ts'
import { ofPatient, type Predicate, pinOf, predicateSql } from '../../access/predicate.ts'
import { all, join, raw, type Sql, sql } from '../../sql.ts'
import { criterionCondition } from './conditions.ts'
import type { Criterion, ParameterCriterion } from './criterion.ts'
import { forms, longestText, systemOfCode, systemsOfCode } from './forms.ts'
import { after, type OrderKey, orderBy, type Segment } from './order.ts'
import type { Scope } from './scope.ts'
import type { PinningCondition } from './types/terms.ts'
import { parseToken } from './types/token.ts'

/** What is known of the data: enough to tell rare terms from frequent ones. */
export interface Statistics {
  rows(type: string): number
  /** The share of rows that have the term; undefined for terms that are too rare to be counted. */
  frequency(type: string, term: bigint): number | undefined
}

export interface PageQuery {
  readonly query: Sql
  /** The plan does not depend on the values: the statement may be prepared. */
  readonly prepared: boolean
  /** Names the shape, for `_explain`. */
  readonly shape: string
}

/** Rows that may be collected and sorted, rather than found in order. */
const fewRows = 2000
/** Codes that may be searched as one ordered scan each. */
const mostBranches = 8

/** The conditions of all criteria on rows of a type. */
export function conditionsOf(criteria: readonly Criterion[], scope: Scope): PinningCondition[] {
  return criteria.map((criterion) => criterionCondition(criterion, scope))
}

/** Rows of `segment` after the cursor's values, one more than `count` to know whether there are more. */
export function pageQuery(
  criteria: readonly Criterion[],
  segment: Segment,
  scope: Scope,
  place: { readonly values?: readonly string[]; readonly backwards: boolean; readonly limit: number },
  statistics: Statistics,
): PageQuery {
  const reach = reachOf(scope.compiler.access, scope.type)
  const code = segment.indexed ? codeCriterion(criteria, scope) : undefined
  const others = criteria.filter((criterion) => criterion !== code?.criterion)
  const conditions = conditionsOf(others, scope)
  if (segment.condition) conditions.push(segment.condition)
  const keyset = place.values ? [after(segment.keys, place.values, place.backwards)] : []
  const patient = conditions.find((condition) => condition.patient !== undefined)?.patient
  // Of rows that are known to be a patient's, most of what would have to be asked is known, too.
  const left = patient === undefined ? reach : ofPatient(reach, patient)
  const isFew = patient === undefined && pinsFew(reach, scope.type, statistics)
  const few = isFew || criteria.some((criterion) => criterion.kind === 'any' && criterion.criteria.length > 1)
  const codes = few ? undefined : code
  const page = { segment, scope, keyset, access: accessCondition(left, scope), ...place }

  if (codes && segment.keys.length === 2 && segment.keys[0]!.cast === 'bigint') {
    const rest = [...conditions, ...codes.recheck]
    return { query: codeBranches(codes.hashes, rest, page), prepared: isPlain(rest), shape: 'code' }
  }
  const every = [
    ...conditions,
    ...(code ? conditionsOf([code.criterion], scope) : []),
    ...(isFew ? [{ ...predicateSql(left, scope.alias), few: true }] : []),
  ]
  const pinned = every.some((condition) => condition.patient !== undefined)
  if (!segment.indexed) return { query: sortedRows(every, page), prepared: false, shape: 'sort' }
  const rare = isRare(every, scope.type, statistics)
  // What other resources decide is often found by an index that need not look at the rows, but not in their order.
  if (!pinned && !rare && !isPlain(every)) return { query: sortedRows(every, page), prepared: false, shape: 'chain' }
  if (pinned || !rare) {
    return { query: walk(every, page), prepared: isPlain(every), shape: pinned ? 'patient' : 'walk' }
  }
  return { query: collected(every, page), prepared: isPlain(every), shape: 'terms' }
}

/** What the caller may see, as a filter: it must not keep a scan from its order. */
function accessCondition(reach: Predicate, { alias }: Scope): Sql {
  const condition = predicateSql(reach, alias)
  return reach.kind === 'all' || reach.kind === 'none' ? condition : sql`(${condition}) is true`
}

/** Most values of which each leaves few rows. */
const mostPins = 20

/** Whether the caller sees few rows, that indexes find: those of some patients, not what everybody may see. */
function pinsFew(reach: Predicate, type: string, statistics: Statistics): boolean {
  const pin = pinOf(reach)
  if (!pin || pin.patients.length + pin.terms.length + pin.keys.length > mostPins) return false
  return pin.terms.every((term) => statistics.frequency(type, term) === undefined)
}

/** The pages of several types merged in one order. */
export function mergedQuery(
  pages: readonly { readonly type: string; readonly query: Sql }[],
  segment: Segment,
  backwards: boolean,
  limit: number,
): Sql {
  const keys = segment.keys.map((key, i) => ({
    ...key,
    sql: sql`u.${raw(`k${i}`)}::${raw(key.cast)}${raw(key.cast === 'text' ? ' collate "C"' : '')}`,
  }))
  const parts = pages.map(({ type, query }) => sql`select ${type} as type, q.* from (${query}) q`)
  return sql`select * from (${join(parts, ' union all ')}) u order by ${orderBy(keys, backwards)} limit ${limit}`
}

/** How many rows match; counting needs no order. */
export function countQuery(criteria: readonly Criterion[], scope: Scope): Sql {
  const codes = codeCriterion(criteria, scope)
  const others = conditionsOf(
    criteria.filter((criterion) => criterion !== codes?.criterion),
    scope,
  )
  const { alias, type, compiler } = scope
  const rest = [...others, visible(compiler.access, type, alias)]
  if (!codes) return sql`select count(*)::float8 as count from ${scope.table} ${alias} where ${all(rest)}`
  const count = countOfCodes(codes, rest, scope)
  if (codes.recheck.length === 0) return sql`select ${count}::float8 as count`
  // Where a code has one system only, the index by codes tells enough, and no row is looked at.
  const rechecked = countOfCodes(codes, [...rest, ...codes.recheck], scope)
  return sql`select (case when ${hasOtherSystems(codes)} then ${rechecked} else ${count} end)::float8 as count`
}

/** The rows that have one of the codes first, and those that have it later: apart, to be read from the index alone. */
function countOfCodes({ hashes }: CodeCriterion, rest: readonly Sql[], { table, alias }: Scope): Sql {
  const list = `{${hashes.join(',')}}`
  return sql`((select count(*) from ${table} ${alias} where ${alias}.code = any(${list}::bigint[]) and ${all(rest)})
    + (select count(*) from ${table} ${alias}
       where ${alias}.pk in (select pk from x_code where code = any(${list}::bigint[]))
         and ${alias}.code <> all(${list}::bigint[]) and ${all(rest)}))`
}

/** Whether one of the codes is known with a system that was not asked for, or may be. */
function hasOtherSystems({ path, queries }: CodeCriterion): Sql {
  const asked = queries.flatMap(({ system, code }) => (system === undefined ? [] : [systemOfCode(code, system)]))
  if (asked.some((value) => value.length > longestText)) return raw('true')
  const starts = queries.flatMap(({ system, code }) => (system === undefined ? [] : [systemsOfCode(code)]))
  return sql`exists (select from text_term, unnest(${starts}::text[]) as start
    where path = ${path}::int and v >= start and v < start || ${'\u{10FFFF}'} and v <> all(${asked}::text[]))`
}

interface Page {
  readonly segment: Segment
  readonly scope: Scope
  readonly keyset: readonly Sql[]
  readonly access: Sql
  readonly backwards: boolean
  readonly limit: number
}

/** One ordered index scan that stops when the page is full; terms only filter. */
function walk(conditions: readonly PinningCondition[], page: Page): Sql {
  const { scope, segment, backwards, limit } = page
  return sql`select ${columns(segment.keys, scope)} from ${scope.table} ${scope.alias}
    where ${all([...conditions.map(filterOnly), ...page.keyset, page.access])}
    order by ${orderBy(segment.keys, backwards)} limit ${limit}`
}

/** `is true` keeps a term condition out of the index, so that the scan stays in order. */
function filterOnly(condition: PinningCondition): Sql {
  return condition.terms ? sql`(${condition}) is true` : condition
}

/** The few rows of a rare term by the terms' index, then sorted. */
function collected(conditions: readonly Sql[], page: Page): Sql {
  const { scope, segment, backwards, limit } = page
  return sql`with found as materialized (
      select pk from ${scope.table} ${scope.alias} where ${all(conditions)})
    select ${columns(segment.keys, scope)} from found f join ${scope.table} ${scope.alias} on ${scope.alias}.pk = f.pk
    where ${all([...page.keyset, page.access])} order by ${orderBy(segment.keys, backwards)} limit ${limit}`
}

/** Sorted by what no index has: keys of all matches first, contents of the page after. */
function sortedRows(conditions: readonly Sql[], page: Page): Sql {
  const { scope, segment, backwards, limit } = page
  const names = segment.keys.map((key, i) => sql`${key.sql} as ${raw(`k${i}`)}`)
  const order = segment.keys.map((key, i) => ({ ...key, sql: raw(`p.k${i}`) }))
  return sql`select ${join(
    order.map((key, i) => sql`${key.sql}::text as ${raw(`k${i}`)}`),
    ', ',
  )}, ${scope.alias}.pk::text as pk, ${scope.alias}.content
    from (select ${scope.alias}.pk, ${join(names, ', ')} from ${scope.table} ${scope.alias}
      where ${all([...conditions, ...page.keyset, page.access])}
      order by ${orderBy(segment.keys, backwards)} limit ${limit}) p
    join ${scope.table} ${scope.alias} on ${scope.alias}.pk = p.pk order by ${orderBy(order, backwards)}`
}

/** For each code the rows that have it first and those that have it later, each in order; merged. */
function codeBranches(hashes: readonly bigint[], rest: readonly PinningCondition[], page: Page): Sql {
  const { scope, segment, backwards, limit } = page
  const { alias } = scope
  const order = orderBy(segment.keys, backwards)
  const conditions = all([...rest.map(filterOnly), ...page.keyset, page.access])
  const patient = rest.find((condition) => condition.patient !== undefined)?.patient
  const branches = hashes.flatMap((hash) => [
    sql`(select ${columns(segment.keys, scope)} from ${scope.table} ${alias}
      where ${alias}.code = ${hash}::bigint and ${conditions} order by ${order} limit ${limit})`,
    sql`(select ${columns(segment.keys, scope)} from x_code x join ${scope.table} ${alias} on ${alias}.pk = x.pk
      where x.code = ${hash}::bigint ${patient === undefined ? raw('') : sql`and x.patient = ${patient}::bigint`}
        and ${conditions} order by ${order} limit ${limit})`,
  ])
  const merged = segment.keys.map(
    (key, i) => sql`u.k${raw(String(i))}::${raw(key.cast)} ${raw(key.descending !== backwards ? 'desc' : 'asc')}`,
  )
  // With several codes a row may be found more than once.
  const distinct =
    hashes.length > 1
      ? sql`distinct on (${join(
          segment.keys.map((k, i) => sql`u.k${raw(String(i))}::${raw(k.cast)}`),
          ', ',
        )})`
      : raw('')
  return sql`select ${distinct} * from (${join(branches, ' union all ')}) u order by ${join(merged, ', ')} limit ${limit}`
}

/** The order's keys as text (for cursors), the key and the content. */
function columns(keys: readonly OrderKey[], { alias }: Scope): Sql {
  const list = keys.map((key, i) => sql`${key.sql}::text as ${raw(`k${i}`)}`)
  return sql`${join(list, ', ')}, ${alias}.pk::text as pk, ${alias}.content`
}

interface CodeCriterion {
  readonly criterion: ParameterCriterion
  readonly hashes: readonly bigint[]
  /** The number of the path, and what is asked of it; codes in lower case. */
  readonly path: number
  readonly queries: readonly { readonly system?: string; readonly code: string }[]
  /** Where a system is given, the whole term decides. */
  readonly recheck: readonly PinningCondition[]
}

/** A criterion on the principal code that an index can serve in order. */
function codeCriterion(criteria: readonly Criterion[], scope: Scope): CodeCriterion | undefined {
  const { code } = scope.compiler.indexes.index(scope.type).principal
  if (!code) return undefined
  for (const criterion of criteria) {
    if (criterion.kind !== 'parameter' || criterion.modifier || criterion.parameter.type !== 'token') continue
    const { paths } = criterion.parameter
    if (paths.length !== 1 || paths[0]!.text !== code.text || criterion.values.length > mostBranches) continue
    const parsed = criterion.values.map((value) => parseToken(value, criterion.name))
    const queries = parsed.flatMap(({ code, ...more }) =>
      code === undefined ? [] : [{ ...more, code: code.toLowerCase() }],
    )
    if (queries.length < parsed.length) continue
    const hashes = queries.map((query) => scope.compiler.terms.term(code.tweak, forms.code(query.code)))
    const recheck = queries.every(({ system }) => system === undefined) ? [] : conditionsOf([criterion], scope)
    return { criterion, hashes: [...new Set(hashes)], path: paths[0]!.number, queries, recheck }
  }
  return undefined
}

/** All conditions are on the row itself: one plan is right for all values. */
function isPlain(conditions: readonly PinningCondition[]): boolean {
  return conditions.every((condition) => !condition.strings.some((text) => text.includes('select')))
}

/** Whether the term conditions leave so few rows that sorting them is cheaper than looking for them in order. */
function isRare(conditions: readonly PinningCondition[], type: string, statistics: Statistics): boolean {
  if (conditions.some((condition) => condition.few)) return true
  const rows = statistics.rows(type)
  let share = 1
  for (const { terms } of conditions) {
    if (terms) share *= terms.reduce((sum, term) => sum + (statistics.frequency(type, term) ?? fewRows / 4 / rows), 0)
  }
  return share < 1 && share * rows <= fewRows
}
