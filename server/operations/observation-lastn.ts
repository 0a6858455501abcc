/** The last observations of each code, in pages. https://hl7.org/fhir/R4/observation-operation-lastn.html */
import { type Context, contextFor } from '../context.ts'
import { type BundleEntry, bundleText } from '../fhir/bundle.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { type Page, pageLinks, pageOf, parseCursor } from '../fhir/page-link.ts'
import { numberParameter, parameterList, textParameter, textParameters } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import { resultParameters } from '../fhir/search/find-parameter.ts'
import { lastnQuery } from '../fhir/search/lastn.ts'
import { greatestCount } from '../fhir/search/result-parameters.ts'
import { scopeOf } from '../fhir/search/scope.ts'
import { parseSearch, type SearchRequest } from '../fhir/search/search-request.ts'
import { findIncluded } from '../interactions/find-included.ts'
import { type FoundMatch, idOf } from '../interactions/find-page.ts'
import { searchCompiler } from '../interactions/search-compiler.ts'
import { type LastnRow, runLastn } from '../store/search.ts'
import type { OperationCall } from './operation.ts'

const type = 'Observation'

export async function lastn({ parameters }: OperationCall, given: Context): Promise<FhirReply> {
  const context = contextFor(given, 's')
  const names = [...new Set(parameterList(parameters).map((parameter) => String(parameter['name'])))]
  refuseOrder(names)
  const most = numberParameter(parameters, 'max', 1, 1000) ?? 1
  const cursor = cursorOf(textParameter(parameters, '_cursor'))
  const query = names
    .filter((name) => name !== '_cursor')
    .flatMap((name) => textParameters(parameters, name).map((text) => `${name}=${encodeURIComponent(text)}`))
  const request = requestOf(query, context)
  const count = names.includes('_count') ? request.count : greatestCount
  const criteria = request.criteria.get(type) ?? []

  const compiler = await searchCompiler(criteria, context)
  const backwards = cursor?.towards === 'previous'
  const place = { most, after: cursor?.position, backwards, limit: count + 1 }
  const rows = await runLastn(
    context.store.searchDb,
    compiler.access,
    type,
    lastnQuery(criteria, scopeOf(type, compiler), place),
  )
  const page = pageOf(rows, count, cursor)
  const matches = page.rows.map(({ pk, content }): FoundMatch => ({ type, key: BigInt(pk), content }))
  const { included } = await findIncluded(request, matches, compiler, context)
  const entries = [
    ...matches.map((match) => entryOf(match, 'match', context)),
    ...included.map((match) => entryOf(match, 'include', context)),
  ]
  const links = linksOf(query.join('&'), page, cursor, context)
  // Beyond the last row nothing tells how many there are.
  const total = rows[0]?.total ?? (cursor ? undefined : 0)
  return { status: 200, content: bundleText({ type: 'searchset', total, links, entries }) }
}

/** What shapes a page, and not which observations are the last ones. */
const shaping: ReadonlySet<string> = new Set(['_count', '_maxresults', '_include', '_revinclude', '_cursor', '_format'])

/** The operation has its own order; its observations are whole resources of one type. */
function refuseOrder(names: readonly string[]): void {
  const other = names.find((name) => {
    const code = name.split(':', 1)[0]!
    return (resultParameters as readonly string[]).includes(code) && !shaping.has(code)
  })
  if (other === undefined) return
  const reason = `$lastn takes criteria, max, _count, _include and _revinclude, not '${other}'. Leave it out.`
  throw new OutcomeError('invalid-parameters', { reason })
}

function cursorOf(text: string | undefined) {
  const cursor = text === undefined ? undefined : parseCursor(text, 2)
  if (cursor || text === undefined) return cursor
  throw new OutcomeError('invalid-parameters', {
    reason: 'Follow the links of a page as they are: _cursor is not one.',
  })
}

function requestOf(query: readonly string[], { definitions, indexes }: Context): SearchRequest {
  const search = query.filter((text) => !text.startsWith('max=')).join('&')
  const request = parseSearch([type], search, { definitions, indexes, handling: 'strict' })
  if ((request.criteria.get(type) ?? []).some(({ name }) => /^(patient|subject)\b/.test(name))) return request
  throw new OutcomeError('invalid-parameters', {
    reason: 'Name the patient or subject whose observations are wanted.',
  })
}

function entryOf(match: FoundMatch, mode: 'match' | 'include', { base }: Context): BundleEntry {
  return { fullUrl: `${base}/${match.type}/${idOf(match.content)}`, content: match.content, search: { mode } }
}

function linksOf(query: string, page: Page<LastnRow>, cursor: ReturnType<typeof cursorOf>, { base }: Context) {
  const positionOf = ({ d0, pk }: LastnRow) => [BigInt(d0), BigInt(pk)]
  return pageLinks(`${base}/${type}/$lastn`, query, page, cursor, positionOf)
}
