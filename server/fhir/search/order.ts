/** The order of results, and the place of a page in it. https://hl7.org/fhir/R4/search.html#sort */
import { refuseHiddenParameter } from '../../access/hidden.ts'
import { all, any, join, raw, type Sql, sql } from '../../sql.ts'
import { OutcomeError } from '../outcome.ts'
import { noDate } from './index-row.ts'
import type { SortKey } from './result-parameters.ts'
import type { Scope } from './scope.ts'
import type { IndexedParameter } from './search-index.ts'

/** One expression that rows are ordered by; never null. */
export interface OrderKey {
  readonly sql: Sql
  readonly descending: boolean
  readonly cast: 'bigint' | 'float8' | 'text' | 'int'
}

/** Results come segment by segment: an index keeps the order inside each. */
export interface Segment {
  readonly condition?: Sql
  readonly keys: readonly OrderKey[]
  /** An index of the type's table has this order. */
  readonly indexed: boolean
}

/** The segments of a type's results in the order asked for; by principal date, newest first, when none is asked. */
export function segmentsOf(sort: readonly SortKey[], scope: Scope): readonly Segment[] {
  const { alias } = scope
  const pk = (descending: boolean): OrderKey => ({ sql: sql`${alias}.pk`, descending, cast: 'bigint' })
  const d0: Sql = sql`${alias}.d0`
  const newest: Segment = { keys: [{ sql: d0, descending: true, cast: 'bigint' }, pk(true)], indexed: true }
  if (sort.length === 0) return [newest]

  const [{ code, descending }] = sort as [SortKey]
  if (sort.length === 1 && code === '_lastUpdated') {
    return [{ keys: [{ sql: sql`${alias}.ts`, descending, cast: 'bigint' }, pk(descending)], indexed: true }]
  }
  if (sort.length === 1 && isPrincipalDate(code, scope)) {
    if (descending) return [newest]
    return [
      {
        condition: sql`${d0} > ${raw(String(noDate))}`,
        keys: [{ sql: d0, descending: false, cast: 'bigint' }, pk(false)],
        indexed: true,
      },
      { condition: sql`${d0} = ${raw(String(noDate))}`, keys: [pk(false)], indexed: false },
    ]
  }
  return [sortedSegment(sort, scope)]
}

/** One segment whose keys are the same for every type: what a search over several types is merged by. */
export function sortedSegment(sort: readonly SortKey[], scope: Scope): Segment {
  const { alias, type, compiler } = scope
  const keys = sort.flatMap((key) => keysOf(key, compiler.indexes.index(type).parameters.get(key.code), scope))
  return { keys: [...keys, { sql: sql`${alias}.pk`, descending: false, cast: 'bigint' }], indexed: false }
}

export function orderBy(keys: readonly OrderKey[], backwards: boolean): Sql {
  return join(
    keys.map((key) => sql`${key.sql} ${raw(key.descending !== backwards ? 'desc' : 'asc')}`),
    ', ',
  )
}

/** The rows after (or, backwards, before) the row whose keys are `values`. */
export function after(keys: readonly OrderKey[], values: readonly string[], backwards: boolean): Sql {
  const typed = keys.map((key, i) => sql`${values[i]}::${raw(key.cast)}`)
  const down = keys.map((key) => key.descending !== backwards)
  if (down.every((d) => d === down[0])) {
    return sql`(${join(
      keys.map((key) => key.sql),
      ', ',
    )}) ${raw(down[0] ? '<' : '>')} (${join(typed, ', ')})`
  }
  return any(
    keys.map((key, i) => {
      const equal = keys.slice(0, i).map((before, k) => sql`${before.sql} = ${typed[k]}`)
      return all([...equal, sql`${key.sql} ${raw(down[i] ? '<' : '>')} ${typed[i]}`])
    }),
  )
}

/** A page's place: its direction, the segment, and the keys of the row it starts after. */
export interface Cursor {
  readonly backwards: boolean
  readonly segment: number
  readonly values: readonly string[]
}

export function cursorText(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.backwards ? 1 : 0, cursor.segment, ...cursor.values])).toString('base64url')
}

export function parseCursor(text: string): Cursor {
  try {
    const [backwards, segment, ...values] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    if (typeof segment !== 'number' || !Number.isInteger(segment) || segment < 0) throw new Error()
    if (!values.every((value) => typeof value === 'string')) throw new Error()
    return { backwards: backwards === 1, segment, values: values as string[] }
  } catch {
    throw new OutcomeError('invalid-search', { reason: 'The page link is damaged. Start from the first page.' })
  }
}

/** The values a cursor holds must fit the order that it is used with. */
export function checkCursor(keys: readonly OrderKey[], values: readonly string[]): void {
  const fits = keys.length === values.length && keys.every((key, i) => castable(values[i]!, key.cast))
  if (!fits) throw new OutcomeError('invalid-search', { reason: 'The page link does not belong to this search.' })
}

function castable(value: string, cast: OrderKey['cast']): boolean {
  if (cast === 'text') return !value.includes('\u0000')
  if (cast === 'float8') return value === 'Infinity' || value === '-Infinity' || Number.isFinite(Number(value || 'x'))
  return /^-?\d{1,19}$/.test(value) && (cast === 'int' || BigInt.asIntN(64, BigInt(value)) === BigInt(value))
}

function isPrincipalDate(code: string, { type, compiler }: Scope): boolean {
  const index = compiler.indexes.index(type)
  const paths = index.parameters.get(code)?.paths ?? []
  const { date } = index.principal
  return (
    date.length > 0 && paths.length === date.length && paths.every((path) => date.some((d) => d.text === path.text))
  )
}

/** Resources without a value come last in either direction: a flag goes before the value. */
function keysOf({ code, descending }: SortKey, parameter: IndexedParameter | undefined, scope: Scope): OrderKey[] {
  const { alias } = scope
  if (code === '_lastUpdated') return [{ sql: sql`${alias}.ts`, descending, cast: 'bigint' }]
  if (code === '_id')
    return [{ sql: sql`(split_part(${alias}.content, '"', 8) collate "C")`, descending, cast: 'text' }]
  refuseHiddenParameter(scope.compiler.access, scope.type, parameter!)
  const { value, cast, none } = sortValue(parameter!, descending, scope)
  return [
    { sql: sql`(${value} is null)::int`, descending: false, cast: 'int' },
    { sql: sql`coalesce(${value}, ${raw(none)})`, descending, cast },
  ]
}

interface SortValue {
  readonly value: Sql
  readonly cast: OrderKey['cast']
  /** Stands for no value; the flag before it decides. */
  readonly none: string
}

function sortValue(parameter: IndexedParameter, descending: boolean, scope: Scope): SortValue {
  const { alias, type, compiler } = scope
  const { principal } = compiler.indexes.index(type)
  const pick = raw(descending ? 'max' : 'min')
  const numbers = parameter.paths.map((path) => path.number)
  const aside = (table: string, column: string) =>
    sql`(select ${pick}(${raw(column)}) from ${raw(table)} x where x.pk = ${alias}.pk and x.path = any(${numbers}::int[]))`
  switch (parameter.type) {
    case 'date': {
      const inRow = parameter.paths.some((path) => principal.date.some((d) => d.text === path.text))
      const side = aside('x_date', 'd0')
      const own = sql`nullif(${alias}.d0, ${raw(String(noDate))})`
      return { value: inRow ? sql`coalesce(${own}, ${side})` : side, cast: 'bigint', none: '0' }
    }
    case 'number':
    case 'quantity': {
      const inRow = parameter.paths.some((path) => path.text === principal.number?.text)
      const side = aside('x_number', descending ? 'high' : 'low')
      return { value: inRow ? sql`coalesce(${alias}.number, ${side})` : side, cast: 'float8', none: `'0'::float8` }
    }
    case 'string':
      return { value: aside('x_string', 'v'), cast: 'text', none: `''` }
    default:
      return { value: contentValue(parameter, pick, alias), cast: 'text', none: `''` }
  }
}

/** Tokens, references and uris are only hashed in the index: their texts are read from the content. */
function contentValue({ paths, type }: IndexedParameter, pick: Sql, alias: Sql): Sql {
  const text = type === 'token' ? sql`lower(v #>> '{}')` : sql`v #>> '{}'`
  const texts = paths.flatMap((path) => path.jsonPaths.flatMap((p) => leafPaths(p.path, p.type)))
  const computed = paths.filter((path) => path.computed).map((path) => path.number)
  const target = paths.every((path) => path.resolveType) ? paths[0]?.resolveType : undefined
  const only = target ? sql` where v #>> '{}' ~ ${`(^|/)${target}/`}` : raw('')
  const values = texts.map(
    (path) =>
      sql`select ${text} collate "C" as t from jsonb_path_query(${alias}.content::jsonb, ${path}::jsonpath) v${only}`,
  )
  if (computed.length > 0) {
    values.push(sql`select x.v as t from x_string x where x.pk = ${alias}.pk and x.path = any(${computed}::int[])`)
  }
  if (values.length === 0) return raw('null::text')
  return sql`(select ${pick}(t) from (${join(values, ' union all ')}) leaves)`
}

const leaves: Readonly<Record<string, readonly string[]>> = {
  CodeableConcept: ['.coding.code'],
  Coding: ['.code'],
  Identifier: ['.value'],
  ContactPoint: ['.value'],
  Money: ['.currency'],
  Reference: ['.reference'],
}

function leafPaths(path: string, type: string): string[] {
  // A predicate, in parentheses, has one value and no members.
  if (path.startsWith('(')) return [path]
  // Objects without such a text, such as Attachments, have no place in the order.
  const found = leaves[type] ?? (/^[a-z]/.test(type) ? [''] : [])
  return found.map((leaf) => `${path}${leaf}[*]`)
}
