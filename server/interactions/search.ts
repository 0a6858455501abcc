/** https://hl7.org/fhir/R4/http.html#search */
import type { Context } from '../context.ts'
import { type BundleEntry, type BundleLink, bundleText } from '../fhir/bundle.ts'
import { type Issue, OutcomeError, operationOutcome } from '../fhir/outcome.ts'
import { type FhirReply, type FhirRequest, preferredHandling } from '../fhir/request.ts'
import { includeQuery, mostIncluded } from '../fhir/search/include.ts'
import { type Cursor, checkCursor, cursorText, parseCursor, segmentsOf } from '../fhir/search/order.ts'
import { countQuery, pageQuery } from '../fhir/search/page.ts'
import type { Compiler, Scope } from '../fhir/search/scope.ts'
import { type Criterion, parseSearch, type SearchRequest } from '../fhir/search/search-request.ts'
import { raw } from '../sql.ts'
import { estimateRows, type FoundRow, runCount, runInclude, runPage } from '../store/search.ts'
import { explainOutcome } from './explain.ts'
import { searchCompiler } from './search-compiler.ts'

/** A page of matches, in order, and what lies before and after it. */
export interface FoundPage {
  readonly matches: readonly FoundMatch[]
  readonly next?: Cursor
  readonly previous?: Cursor
}

export interface FoundMatch {
  readonly type: string
  readonly key: bigint
  readonly content: string
}

export async function searchType(request: FhirRequest, context: Context): Promise<FhirReply> {
  return search([request.path[0]!], request.path[0]!, request, context)
}

export async function searchSystem(request: FhirRequest, context: Context): Promise<FhirReply> {
  return search([], '', request, context)
}

/** Searches `types` (all that `_type` names where empty); `extra` criteria are added to those of the query. */
export async function search(
  types: readonly string[],
  path: string,
  request: FhirRequest,
  context: Context,
  extra: readonly Criterion[] = [],
): Promise<FhirReply> {
  const handling = preferredHandling(request.headers.prefer) ?? context.config.searchHandling
  const { definitions, indexes } = context
  const parsed = parseSearch(types, orderedQuery(request.query), { definitions, indexes, handling })
  const asked = { ...parsed, criteria: [...extra, ...parsed.criteria] }
  if (asked.types.length === 0) {
    throw new OutcomeError('invalid-search', {
      reason: 'Name the types to search with _type, such as _type=Patient,Observation.',
    })
  }
  const compiler = await searchCompiler(asked.criteria, context)
  const countOnly = asked.summary === 'count' || asked.count === 0
  const page = countOnly ? { matches: [] } : await findPage(asked, compiler, context)
  const total = await totalOf(asked, countOnly, compiler, context)
  const { included, issues } = await findIncluded(asked, page.matches, compiler, context)
  const outcomes = [...asked.issues, ...issues]
  if (asked.explain) outcomes.push(...(await explainOutcome(asked, compiler, context)))

  const entries = [
    ...page.matches.map((match) => entryOf(match, 'match', context)),
    ...included.map((match) => entryOf(match, 'include', context)),
    ...(outcomes.length > 0 ? [outcomeEntry(outcomes)] : []),
  ]
  return {
    status: 200,
    content: bundleText({ type: 'searchset', total, links: linksOf(path, asked, page, context), entries }),
  }
}

/** Types first: other parameters are read for them. */
function orderedQuery(query: string): string {
  const types = query.split('&').filter((pair) => pair.startsWith('_type='))
  return types.length === 0
    ? query
    : [...types, ...query.split('&').filter((pair) => !pair.startsWith('_type='))].join('&')
}

/** One page, across the segments of the order and of the types. */
export async function findPage(request: SearchRequest, compiler: Compiler, context: Context): Promise<FoundPage> {
  const cursor = request.cursor === undefined ? undefined : parseCursor(request.cursor)
  const backwards = cursor?.backwards ?? false
  const statistics = await context.store.statistics.statistics(request.types, context.now())
  const segments = request.types.flatMap((type) => {
    const scope: Scope = { type, alias: raw('r'), compiler }
    return segmentsOf(request.sort, scope).map((segment) => ({ scope, segment }))
  })
  if (cursor && cursor.segment >= segments.length) checkCursor([], ['too far'])

  const found: { row: FoundRow; segment: number; type: string }[] = []
  const step = backwards ? -1 : 1
  for (let i = cursor?.segment ?? 0; i >= 0 && i < segments.length && found.length <= request.count; i += step) {
    const { scope, segment } = segments[i]!
    const values = cursor && i === cursor.segment ? cursor.values : undefined
    if (values) checkCursor(segment.keys, values)
    const limit = request.count + 1 - found.length
    const query = pageQuery(
      request.criteria,
      segment,
      scope,
      { ...(values && { values }), backwards, limit },
      statistics,
    )
    for (const row of await runPage(context.store.searchDb, query)) found.push({ row, segment: i, type: scope.type })
  }

  const more = found.length > request.count
  const rows = found.slice(0, request.count)
  if (backwards) rows.reverse()
  const cursorAt = (entry: (typeof found)[number] | undefined, back: boolean): Cursor | undefined =>
    entry && {
      backwards: back,
      segment: entry.segment,
      values: segments[entry.segment]!.segment.keys.map((_, k) => entry.row[`k${k}`]!),
    }
  const next = backwards || more ? cursorAt(rows.at(-1), false) : undefined
  const previous = backwards
    ? more
      ? cursorAt(rows[0], true)
      : undefined
    : cursor
      ? cursorAt(rows[0], true)
      : undefined
  return {
    matches: rows.map(({ row, type }) => ({ type, key: BigInt(row.pk), content: row.content })),
    ...(next && { next }),
    ...(previous && { previous }),
  }
}

async function totalOf(request: SearchRequest, countOnly: boolean, compiler: Compiler, context: Context) {
  const mode = countOnly ? 'accurate' : request.total
  if (mode === 'none') return undefined
  let total = 0
  for (const type of request.types) {
    const query = countQuery(request.criteria, { type, alias: raw('r'), compiler })
    total +=
      mode === 'accurate'
        ? await runCount(context.store.searchDb, query)
        : await estimateTotal(request, type, compiler, context)
  }
  return total
}

async function estimateTotal(
  request: SearchRequest,
  type: string,
  compiler: Compiler,
  context: Context,
): Promise<number> {
  const scope: Scope = { type, alias: raw('r'), compiler }
  const [segment] = segmentsOf([{ code: '_id', descending: false }], scope)
  const place = { backwards: false, limit: 2_000_000_000 }
  const statistics = await context.store.statistics.statistics([type], context.now())
  return Math.round(
    await estimateRows(context.store.searchDb, pageQuery(request.criteria, segment!, scope, place, statistics).query),
  )
}

/** Rounds of includes: `:iterate` follows what the round before added. */
async function findIncluded(
  request: SearchRequest,
  matches: readonly FoundMatch[],
  compiler: Compiler,
  context: Context,
): Promise<{ included: FoundMatch[]; issues: Issue[] }> {
  const included: FoundMatch[] = []
  const issues: Issue[] = []
  const seen = new Set(matches.map((match) => match.key))
  let fresh = matches
  let includes = request.includes
  while (fresh.length > 0 && includes.length > 0) {
    const from = new Map<string, Set<bigint>>()
    for (const { type, key } of fresh) from.set(type, (from.get(type) ?? new Set()).add(key))
    const query = includeQuery(includes, from, compiler)
    const rows = query ? await runInclude(context.store.searchDb, query) : []
    if (rows.length === mostIncluded) issues.push(tooManyIncluded())
    const added: FoundMatch[] = []
    for (const row of rows) {
      const key = BigInt(row.pk)
      if (seen.has(key)) continue
      seen.add(key)
      added.push({ type: row.type, key, content: row.content })
    }
    included.push(...added)
    fresh = added
    includes = request.includes.filter((include) => include.iterate)
  }
  return { included, issues }
}

function tooManyIncluded(): Issue {
  const reason = `More than ${mostIncluded} resources would be included; the rest is left out. Ask for smaller pages.`
  return { code: 'all-ok', params: { reason }, severity: 'warning' }
}

function entryOf({ type, content }: FoundMatch, mode: 'match' | 'include', context: Context): BundleEntry {
  return { fullUrl: `${context.base}/${type}/${idOf(content)}`, content, search: { mode } }
}

/** Stored content begins with the type and the id. */
export function idOf(content: string): string {
  const start = content.indexOf('"id":"') + 6
  return content.slice(start, content.indexOf('"', start))
}

function outcomeEntry(issues: readonly Issue[]): BundleEntry {
  return { content: JSON.stringify(operationOutcome(issues)), search: { mode: 'outcome' } }
}

function linksOf(path: string, request: SearchRequest, page: FoundPage, { base }: Context): BundleLink[] {
  const url = (cursor?: Cursor) => {
    const pairs = cursor ? [...request.understood, `_cursor=${cursorText(cursor)}`] : request.understood
    const address = path === '' ? base : `${base}/${path}`
    return pairs.length === 0 ? address : `${address}?${pairs.join('&')}`
  }
  const self =
    request.cursor === undefined
      ? url()
      : `${url()}${request.understood.length > 0 ? '&' : '?'}_cursor=${encodeURIComponent(request.cursor)}`
  return [
    { relation: 'self', url: self },
    { relation: 'first', url: url() },
    ...(page.next ? [{ relation: 'next' as const, url: url(page.next) }] : []),
    ...(page.previous ? [{ relation: 'previous' as const, url: url(page.previous) }] : []),
  ]
}
