/** https://hl7.org/fhir/R4/http.html#search */
import { reachesAll } from '../access/access.ts'
import { type Context, contextFor } from '../context.ts'
import { type BundleEntry, type BundleLink, bundleText } from '../fhir/bundle.ts'
import { type Issue, operationOutcome } from '../fhir/outcome.ts'
import { type FhirReply, type FhirRequest, preferredHandling } from '../fhir/request.ts'
import { containedCount, containedScope } from '../fhir/search/contained.ts'
import type { Criterion } from '../fhir/search/criterion.ts'
import { type Cursor, cursorText, segmentsOf } from '../fhir/search/order.ts'
import { pageQuery } from '../fhir/search/page.ts'
import { type Compiler, scopeOf } from '../fhir/search/scope.ts'
import { parseSearch, type SearchRequest } from '../fhir/search/search-request.ts'
import { estimateRows, runCount } from '../store/search.ts'
import { countOf } from './count.ts'
import { explainOutcome } from './explain.ts'
import { findIncluded } from './find-included.ts'
import { type FoundMatch, type FoundPage, findPage, idOf } from './find-page.ts'
import { searchableTypes } from './permitted.ts'
import { hintedIssues } from './reindex/hint.ts'
import { searchCompiler } from './search-compiler.ts'

export async function searchType(request: FhirRequest, context: Context): Promise<FhirReply> {
  return search([request.path[0]!], request.path[0]!, request, context)
}

export async function searchSystem(request: FhirRequest, context: Context): Promise<FhirReply> {
  return search(context.definitions.resourceTypes, '', request, context)
}

/** Of several types those that the caller may search, where the query names none. */
function permittedTypes(types: readonly string[], query: string, context: Context): readonly string[] {
  const named = query.split('&').some((pair) => pair.startsWith('_type='))
  return named ? types : searchableTypes(types, types.length === 1, context)
}

/**
 * Searches `types`, of which `_type` may name some. `restrict` adds criteria to those of the query: the members
 * of a compartment. `path` is where links of the Bundle lead.
 */
export async function search(
  types: readonly string[],
  path: string,
  request: FhirRequest,
  given: Context,
  restrict: (type: string) => readonly Criterion[] = () => [],
): Promise<FhirReply> {
  const context = contextFor(given, 's')
  const asked = readSearch(permittedTypes(types, request.query, context), request, context, restrict)
  const compiler = await searchCompiler([...asked.criteria.values()].flat(), context)
  const countOnly = asked.summary === 'count' || asked.count === 0
  const page: FoundPage = countOnly ? { matches: [] } : await findPage(asked, compiler, context)
  const total = await totalOf(asked, countOnly, compiler, context)
  const { included, issues } = await findIncluded(asked, page.matches, compiler, context)
  const outcomes = [...(await hintedIssues(asked.issues, context)), ...issues, ...behindIssues(asked.types, context)]
  if (asked.explain) outcomes.push(...(await explainOutcome(asked, compiler, context)))

  const entries = [
    ...page.matches.map((match) => entryOf(match, 'match', context)),
    ...included.map((match) => entryOf(match, 'include', context)),
    ...(outcomes.length > 0 ? [outcomeEntry(outcomes)] : []),
  ]
  const links = linksOf(path, asked, page, context)
  return { status: 200, content: bundleText({ type: 'searchset', total, links, entries }) }
}

/** What a search cannot find yet. */
function behindIssues(types: readonly string[], { auditBehind }: Context): readonly Issue[] {
  if (auditBehind === undefined || !types.includes('AuditEvent')) return []
  return [{ code: 'audit-behind', params: { since: new Date(auditBehind).toISOString() }, severity: 'warning' }]
}

function readSearch(
  types: readonly string[],
  request: FhirRequest,
  context: Context,
  restrict: (type: string) => readonly Criterion[],
): SearchRequest {
  const { definitions, indexes } = context
  const handling = preferredHandling(request.headers.prefer) ?? context.config.searchHandling
  const asked = parseSearch(types, typesFirst(request.query), { definitions, indexes, handling })
  searchableTypes(asked.types, true, context)
  const criteria = new Map(asked.types.map((type) => [type, [...restrict(type), ...(asked.criteria.get(type) ?? [])]]))
  return { ...asked, criteria }
}

/** Other parameters are read for the types that `_type` names. */
function typesFirst(query: string): string {
  const pairs = query.split('&')
  const isType = (pair: string) => pair.startsWith('_type=')
  return pairs.some(isType) ? [...pairs.filter(isType), ...pairs.filter((pair) => !isType(pair))].join('&') : query
}

async function totalOf(
  request: SearchRequest,
  countOnly: boolean,
  compiler: Compiler,
  context: Context,
): Promise<number | undefined> {
  const mode = countOnly ? 'accurate' : request.total
  if (mode === 'none') return undefined
  const { types, contained, containedType } = request
  // PostgreSQL guesses by all rows there are, also of types that the criteria lead to.
  const guesses =
    mode !== 'accurate' && context.definitions.resourceTypes.every((type) => reachesAll(compiler.access, type))
  const count = guesses ? estimateOf : countOf
  let total = 0
  for (const type of types) {
    const criteria = request.criteria.get(type) ?? []
    if (contained !== 'true') total += await count(type, criteria, compiler, context)
    if (contained === 'false') continue
    const query = containedCount(criteria, containedScope(type, compiler), containedType)
    total += await runCount(context.store.searchDb, query)
  }
  return total
}

/** PostgreSQL's own estimate, for all pages at once. */
async function estimateOf(type: string, criteria: readonly Criterion[], compiler: Compiler, context: Context) {
  const scope = scopeOf(type, compiler)
  const [segment] = segmentsOf([{ code: '_id', descending: false }], scope)
  const statistics = await context.store.statistics.statistics([type], context.now())
  const place = { backwards: false, limit: 2_000_000_000 }
  const { query } = pageQuery(criteria, segment!, scope, place, statistics)
  return Math.round(await estimateRows(context.store.searchDb, query))
}

function entryOf({ type, content, container }: FoundMatch, mode: 'match' | 'include', { base }: Context): BundleEntry {
  const id = idOf(content)
  const fullUrl = container ? `${base}/${container}#${id}` : `${base}/${type}/${id}`
  return { fullUrl, content, search: { mode } }
}

function outcomeEntry(issues: readonly Issue[]): BundleEntry {
  return { content: JSON.stringify(operationOutcome(issues)), search: { mode: 'outcome' } }
}

function linksOf(
  path: string,
  { understood, cursor }: SearchRequest,
  page: FoundPage,
  { base }: Context,
): BundleLink[] {
  const address = path === '' ? base : `${base}/${path}`
  const url = (at?: string) => {
    const pairs = at === undefined ? understood : [...understood, `_cursor=${at}`]
    return pairs.length === 0 ? address : `${address}?${pairs.join('&')}`
  }
  const link = (relation: BundleLink['relation'], place: Cursor | undefined): BundleLink[] =>
    place ? [{ relation, url: url(cursorText(place)) }] : []
  return [
    { relation: 'self', url: url(cursor && encodeURIComponent(cursor)) },
    { relation: 'first', url: url() },
    ...link('next', page.next),
    ...link('previous', page.previous),
  ]
}
