/** Runs compiled searches, and looks up what compiling them needs. */

import { type Access, visible } from '../access/access.ts'
import { shown } from '../access/hidden.ts'
import { codesOfSystem } from '../fhir/search/forms.ts'
import type { PageQuery } from '../fhir/search/page.ts'
import type { KnownUnit } from '../fhir/search/scope.ts'
import { arrayText, tableOf } from '../fhir/search/table.ts'
import { raw, type Sql, sql } from '../sql.ts'
import type { Db } from './database.ts'
import { mostPageText } from './text-limit.ts'

export interface FoundRow {
  readonly pk: string
  readonly content: string
  /** Given where several types are searched at once. */
  readonly type?: string
  /** The values that the row is ordered by: k0, k1, … */
  readonly [key: `k${number}`]: string
}

/** `type`: of the rows, where they do not tell it. */
export async function runPage(
  db: Db,
  access: Access,
  type: string | undefined,
  { query, prepared }: PageQuery,
): Promise<FoundRow[]> {
  const rows = await db.query<FoundRow>(query, { prepared, mostText: mostPageText })
  return shownRows(rows, access, type)
}

/** The rows with their contents as the caller may see them. */
function shownRows<Row extends { readonly content?: string; readonly type?: string }>(
  rows: Row[],
  access: Access,
  type: string | undefined,
): Row[] {
  if (access.kind === 'open' || !access.hidesSomething) return rows
  return rows.map((row) =>
    row.content === undefined ? row : { ...row, content: shown(access, row.type ?? type!, row.content) },
  )
}

export interface LastnRow {
  readonly pk: string
  readonly d0: string
  readonly content: string
  /** How many rows there are on all pages. */
  readonly total: number
}

export async function runLastn(db: Db, access: Access, type: string, query: Sql): Promise<LastnRow[]> {
  return shownRows(await db.query<LastnRow>(query, { prepared: false, mostText: mostPageText }), access, type)
}

export interface NewestRow {
  readonly pk: string
  readonly d0: string
  readonly newest: boolean
  /** How many rows have the same principal code. */
  readonly of_code: number
  readonly content: string
}

export async function runNewest(db: Db, access: Access, type: string, query: Sql): Promise<NewestRow[]> {
  return shownRows(await db.query<NewestRow>(query, { prepared: false, mostText: mostPageText }), access, type)
}

export interface ContainedFound {
  readonly container: string
  readonly container_type: number
  readonly content?: string
  readonly [key: `k${number}`]: string
}

/** `type`: of the contained resources. */
export async function runContained(db: Db, access: Access, type: string, query: Sql): Promise<ContainedFound[]> {
  return shownRows(await db.query<ContainedFound>(query, { prepared: false, mostText: mostPageText }), access, type)
}

/** Contents of resources by key; those that the caller may not see are left out. */
export async function contentsByKey(
  db: Db,
  access: Access,
  resources: readonly { readonly type: string; readonly key: bigint }[],
): Promise<Map<bigint, string>> {
  const keys = new Map<string, bigint[]>()
  for (const { type, key } of resources) keys.set(type, [...(keys.get(type) ?? []), key])
  const contents = new Map<bigint, string>()
  for (const [type, list] of keys) {
    const query = sql`
      select pk::text, content from ${tableOf(type)} r
      where pk = any(${arrayText(list)}::bigint[]) and ${visible(access, type, raw('r'))}`
    const rows = await db.query<{ pk: string; content: string }>(query, { mostText: mostPageText })
    for (const row of rows) contents.set(BigInt(row.pk), shown(access, type, row.content))
  }
  return contents
}

export async function runCount(db: Db, query: Sql): Promise<number> {
  const [row] = await db.query<{ count: number }>(query, { prepared: false })
  return row!.count
}

export async function runState(db: Db, query: Sql): Promise<string> {
  const [row] = await db.query<{ state: string }>(query, { prepared: false })
  return row!.state
}

export interface IncludedRow {
  readonly type: string
  readonly pk: string
  readonly content: string
}

export async function runInclude(db: Db, access: Access, query: Sql): Promise<IncludedRow[]> {
  return shownRows(await db.query<IncludedRow>(query, { prepared: false, mostText: mostPageText }), access, undefined)
}

/** Stored units that values in `codes` (UCUM, with these dimensions) or spelled like them may be compared with. */
export async function knownUnits(
  db: Db,
  codes: readonly string[],
  dimensions: readonly string[],
): Promise<KnownUnit[]> {
  const rows = await db.query<Omit<KnownUnit, 'unit'> & { unit: string }>(sql`
    select unit::text, system, code, text from unit
    where code = any(${codes}::text[]) or text = any(${codes}::text[]) or system = any(${codes}::text[])
      or dimension = any(${dimensions}::text[])`)
  return rows.map((row) => ({ ...row, unit: BigInt(row.unit) }))
}

/**
 * The codes of some systems that any resource has, in small letters; `most` at most. The paths of the dictionary are few:
 * each is found from the one before.
 */
export async function codesInUse(
  db: Db,
  systems: readonly string[],
  most: number,
): Promise<{ readonly system: string; readonly code: string }[]> {
  const rows = await db.query<{ system: string; code: string }>(sql`
    with recursive paths as (
      select min(path) as path from text_term
      union all
      select (select min(path) from text_term where path > paths.path) from paths where paths.path is not null
    )
    select distinct asked.system, substr(t.v, length(asked.start) + 1) as code
    from paths, unnest(${systems}::text[], ${systems.map(codesOfSystem)}::text[]) as asked (system, start),
      lateral (
        select v from text_term where path = paths.path and v >= asked.start and v < asked.start || ${'\u{10FFFF}'}
      ) t
    limit ${most}`)
  return rows
}

/** Contents of resources that have a term, newest first. */
export async function contentsWithTerm(
  db: Db,
  access: Access,
  type: string,
  term: bigint,
  most: number,
): Promise<string[]> {
  const rows = await db.query<{ content: string }>(sql`
    select content from ${tableOf(type)} r where terms && ${arrayText([term])}::bigint[] and ${visible(access, type, raw('r'))}
    order by pk desc limit ${most}`)
  return rows.map((row) => shown(access, type, row.content))
}

/** PostgreSQL's own estimate of how many rows a statement yields. */
export async function estimateRows(db: Db, query: Sql): Promise<number> {
  const plan = await explain(db, query)
  return plan['Plan Rows'] as number
}

export type Plan = Record<string, unknown>

/** The plan of a statement; with `analyze` it is run and its rows and buffers counted. */
export async function explain(db: Db, query: Sql, analyze = false): Promise<Plan> {
  const options = analyze ? sql`explain (analyze, buffers, format json) ` : sql`explain (format json) `
  const rows = await db.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(sql`${options}${query}`, { prepared: false })
  return rows[0]!['QUERY PLAN'][0].Plan
}
