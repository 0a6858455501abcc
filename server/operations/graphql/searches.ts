/** Searches at the root, and for what refers to a resource. https://hl7.org/fhir/R4/graphql.html#reverse */

import { requireType } from '../../access/access.ts'
import { contextFor } from '../../context.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import { nearest } from '../../fhir/nearest.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { type Cursor, cursorText } from '../../fhir/search/order.ts'
import { aliasSource, type Compiler } from '../../fhir/search/scope.ts'
import { parseSearch, type SearchRequest } from '../../fhir/search/search-request.ts'
import { sawContent } from '../../interactions/audit/note.ts'
import { findPage } from '../../interactions/find-page.ts'
import { searchCompiler } from '../../interactions/search-compiler.ts'
import { selectValues } from './elements.ts'
import { type Execution, resourceUnits } from './execution.ts'
import { type Arguments, argumentName, refersTo, type SearchField, searchQuery } from './search-arguments.ts'

/** A search that was understood and can be run. */
export interface SearchPlan {
  readonly type: string
  /** The criteria as a query, for the cursors of its pages. */
  readonly query: string
  readonly request: SearchRequest
  readonly compiler: Compiler
}

export interface FoundResources {
  readonly resources: readonly JsonObject[]
  readonly next?: string
  readonly previous?: string
}

/** Undefined where nothing can refer to the resource: it is contained in another. */
export async function planSearch(
  { type, reverse }: SearchField,
  given: Arguments,
  source: JsonObject | undefined,
  execution: Execution,
): Promise<SearchPlan | undefined> {
  const criteria = searchQuery(type, given, execution.context.indexes)
  if (!reverse) return plan(type, criteria, criteria, undefined, execution)
  if (execution.containers.has(source!)) return undefined
  const reference = referenceQuery(type, given['_reference'] as string, source!, execution)
  return plan(type, criteria, criteria === '' ? reference : `${criteria}&${reference}`, undefined, execution)
}

/** The search that a cursor was made for, at its page. */
export function planPage(
  type: string,
  query: string,
  cursor: string | undefined,
  execution: Execution,
): Promise<SearchPlan> {
  return plan(type, query, query, cursor, execution)
}

/** At most `count` resources, in order, and the cursors of the pages around them. */
export async function runSearch(plan: SearchPlan, count: number, execution: Execution): Promise<FoundResources> {
  const { request, compiler } = plan
  const page = await findPage({ ...request, count }, compiler, execution.context)
  for (const { content } of page.matches) sawContent(execution.context, content)
  execution.spend(page.matches.reduce((sum, { content }) => sum + resourceUnits(content), 0))
  const text = (cursor: Cursor | undefined) => cursor && cursorText(cursor)
  const next = text(page.next)
  const previous = text(page.previous)
  const resources = page.matches.map(({ content }) => parseStored(content))
  resources.forEach(execution.loader.remember)
  return {
    resources,
    ...(next !== undefined && { next }),
    ...(previous !== undefined && { previous }),
  }
}

/** Applies the `fhirpath` of a search to what it found. */
export function selectResources(
  resources: readonly JsonObject[],
  { fhirpath }: Arguments,
  execution: Execution,
): readonly unknown[] {
  return selectValues(resources, { fhirpath }, { type: undefined, container: undefined }, execution)
}

/**
 * `criteria` are the part that searches for several resources have in common: what compiling them needs from the database
 * is looked up once.
 */
async function plan(
  type: string,
  criteria: string,
  query: string,
  cursor: string | undefined,
  execution: Execution,
): Promise<SearchPlan> {
  const { memory } = execution
  const context = contextFor(execution.context, 's')
  requireType(context.access, type, 's')
  const { definitions, indexes } = context
  const text = cursor === undefined ? query : `${query}&_cursor=${cursor}`
  const request = parseSearch([type], text, { definitions, indexes, handling: 'strict' })
  if (request.types.join() !== type || request.contained !== 'false') {
    throw new OutcomeError('invalid-search', { reason: `This is no search for ${type} alone.` })
  }
  const known = `compiler ${type}?${criteria}`
  const compiler =
    (memory.get(known) as Promise<Compiler> | undefined) ?? searchCompiler(request.criteria.get(type) ?? [], context)
  memory.set(known, compiler)
  // Names of its own make statements that differ in nothing but values.
  return { type, query, request, compiler: { ...(await compiler), nextAlias: aliasSource() } }
}

/** `subject=Patient/1` for `_reference: subject` in a patient. */
function referenceQuery(type: string, name: string, source: JsonObject, { context }: Execution): string {
  const target = source['resourceType'] as string
  const parameters = [...context.indexes.index(type).parameters.values()].filter((p) => refersTo(p, target))
  const parameter = parameters.find(({ code }) => argumentName(code) === argumentName(name))
  if (!parameter) {
    const names = parameters.map(({ code }) => argumentName(code))
    const near = nearest(name, names)
    const expected = `It takes a search parameter of ${type} for references to a ${target}: ${names.join(', ')}.`
    const hint = near ? `${expected} Did you mean '${near}'?` : expected
    throw new OutcomeError('invalid-search-value', { name: '_reference', value: name, type: 'code', expected: hint })
  }
  return `${encodeURIComponent(parameter.code)}=${encodeURIComponent(`${target}/${source['id']}`)}`
}
