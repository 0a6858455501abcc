/**
 * Conditional interactions: search criteria in place of an id. The criteria are locked before they are searched, so that
 * of any number of equal requests one creates and the others find. https://hl7.org/fhir/R4/http.html#ccreate
 */

import { accessFor, requireType } from '../access/access.ts'
import { type Context, contextFor } from '../context.ts'
import { checkCriteria } from '../fhir/conditional-criteria.ts'
import type { JsonObject } from '../fhir/json.ts'
import { quotable } from '../fhir/json-value.ts'
import { OutcomeError, operationOutcome } from '../fhir/outcome.ts'
import { type Expected, type FhirReply, type FhirRequest, preferredReturn, versionToMatch } from '../fhir/request.ts'
import { parseSearch } from '../fhir/search/search-request.ts'
import { tooManyDeleted } from '../fhir/transaction/decide.ts'
import { lockCriteria } from '../store/criteria-locks.ts'
import { currentVersion } from '../store/resources.ts'
import { retryContention } from '../store/retry.ts'
import { createResource } from './create.ts'
import { deleteInteraction } from './delete.ts'
import { findPage, idOf } from './find-page.ts'
import { withFreshIndex } from './fresh-index.ts'
import { patchOf, patchResource } from './patch.ts'
import { searchCompiler } from './search-compiler.ts'
import { expectedVersion, updateResource, versionConflict } from './update.ts'
import { checkValid, resourceOf, withIssues } from './write.ts'

export interface Match {
  readonly id: string
  readonly key: bigint
  readonly version: number
}

/** Resources of `type` that match the criteria (a search query), at most `limit`. */
export async function findMatches(
  type: string,
  criteria: string,
  context: Context,
  limit = 2,
): Promise<readonly Match[]> {
  const { definitions, indexes } = context
  const searching = contextFor(context, 's')
  checkCriteria(criteria)
  const request = parseSearch([type], criteria, { definitions, indexes, handling: 'strict' })
  if (!request.criteria.has(type)) throw new OutcomeError('criteria-required')
  const compiler = await searchCompiler(request.criteria.get(type)!, searching)
  // The primary, and inside the transaction: a replica would not know what was just written.
  const inside = { ...searching, store: { ...context.store, searchDb: context.store.db } }
  const page = await findPage({ ...request, count: limit }, compiler, inside)
  return page.matches.map(({ key, content }) => ({ id: idOf(content), key, version: versionOf(content) }))
}

/** The one match, or none; several are refused. */
async function oneMatch(type: string, criteria: string, context: Context): Promise<Match | undefined> {
  const matches = await findMatches(type, criteria, context)
  if (matches.length > 1)
    throw new OutcomeError('multiple-matches', { count: '2 or more', criteria: `${type}?${criteria}` })
  return matches[0]
}

/** Runs `work` in a transaction that holds the criteria's lock; inside a transaction Bundle, in that one. */
export async function lockedTransaction<T>(
  type: string,
  criteria: string,
  context: Context,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const { store } = context
  if (store.db !== store.database) return work(context)
  return withFreshIndex(context, (current) =>
    retryContention(() =>
      store.database.transaction(async (tx) => {
        await lockCriteria(tx, current.indexes.terms, [`${type}?${criteria}`])
        return work({ ...current, store: { ...store, db: tx } })
      }),
    ),
  )
}

/** `If-None-Exist`: 200 with what was found, else what `createIt` makes. */
export async function createUnlessFound(
  type: string,
  criteria: string,
  context: Context,
  createIt: (context: Context) => Promise<FhirReply>,
): Promise<FhirReply> {
  requireType(context.access, type, 's')
  const query = criteria.slice(criteria.indexOf('?') + 1)
  return lockedTransaction(type, query, context, async (inside) => {
    const match = await oneMatch(type, query, inside)
    return match ? found(type, match, inside) : createIt(inside)
  })
}

/** https://hl7.org/fhir/R4/http.html#cond-update */
export async function conditionalUpdate(request: FhirRequest, context: Context): Promise<FhirReply> {
  const type = request.path[0]!
  const resource = resourceOf(request.body, type)
  const issues = await checkValid(resource, context)
  const reply = await lockedTransaction(type, request.query, context, async (inside) => {
    const match = await oneMatch(type, request.query, inside)
    const expected = expectedVersion(request.headers)
    if (!match) demandNothing(`${type}?${request.query}`, expected)
    const given = resource['id']
    if (match) {
      if (given !== undefined && given !== match.id) {
        throw new OutcomeError(
          'wrong-id',
          { actual: quotable(given), expected: match.id },
          { expression: `${type}.id` },
        )
      }
      return updateResource(resource, match.id, expected, inside)
    }
    return typeof given === 'string' ? updateResource(resource, given, 0, inside) : createResource(resource, inside)
  })
  return withIssues(reply, issues)
}

/** Nothing matches the criteria: refused where `If-Match` demands a version of what does. */
function demandNothing(criteria: string, expected: Expected | undefined): void {
  if (expected !== undefined && expected !== 0) throw versionConflict(criteria, expected, 0)
}

/** https://hl7.org/fhir/R4/http.html#cond-patch */
export async function conditionalPatch(request: FhirRequest, context: Context): Promise<FhirReply> {
  const type = request.path[0]!
  const change = patchOf(request)
  const { ifMatch } = request.headers
  const expected = ifMatch === undefined ? undefined : versionToMatch(ifMatch)
  return lockedTransaction(type, request.query, context, async (inside) => {
    const match = await oneMatch(type, request.query, inside)
    if (!match) throw new OutcomeError('no-match', { criteria: `${type}?${request.query}` })
    return patchResource({ type, id: match.id, expected }, change, inside)
  })
}

/**
 * Deletes the one match, or all of them where `CONDITIONAL_DELETE` says so; with `If-Match` all must be at that version.
 * https://hl7.org/fhir/R4/http.html#3.1.0.7.1
 */
export async function conditionalDelete(request: FhirRequest, context: Context): Promise<FhirReply> {
  const type = request.path[0]!
  const limit = tooManyDeleted[context.config.conditionalDelete]
  return lockedTransaction(type, request.query, context, async (inside) => {
    const matches = await findMatches(type, request.query, inside, limit)
    if (matches.length === limit) {
      const criteria = `${type}?${request.query}`
      throw new OutcomeError('multiple-matches', { count: `${limit} or more`, criteria })
    }
    const { ifMatch, prefer } = request.headers
    if (matches.length === 0) demandNothing(`${type}?${request.query}`, expectedVersion(request.headers))
    for (const match of matches) {
      const headers = ifMatch === undefined ? {} : { ifMatch }
      await deleteInteraction({ ...request, path: [type, match.id], headers }, inside)
    }
    return deletedReply(matches.length, prefer)
  })
}

/** No version to tell of, but how many there were, if that is wanted. */
export function deletedReply(count: number, prefer: string | undefined): FhirReply {
  if (preferredReturn(prefer) !== 'OperationOutcome') return { status: 204 }
  const reason =
    count === 0
      ? 'Nothing matches, so that nothing was deleted.'
      : `${count} ${count === 1 ? 'resource was' : 'resources were'} deleted.`
  const outcome = operationOutcome([{ code: 'all-ok', params: { reason } }]) as unknown as JsonObject
  return { status: 200, preferable: true, outcome }
}

async function found(type: string, match: Match, context: Context): Promise<FhirReply> {
  const current = await currentVersion(context.store.db, accessFor(context.access, 's'), type, match.key)
  if (!current) throw new OutcomeError('contention')
  return {
    status: 200,
    content: current.content,
    version: current.version,
    lastModified: current.ts,
    location: `${type}/${match.id}/_history/${current.version}`,
    preferable: true,
  }
}

/** Stored content begins with the type, the id and the version. */
function versionOf(content: string): number {
  return Number(/"versionId":"(\d+)"/.exec(content)![1])
}
