/** https://hl7.org/fhir/R4/http.html#update */

import { accessFor } from '../access/access.ts'
import { hidesElements, refuseHidden, withHiddenOf } from '../access/hidden.ts'
import { type Context, contextFor } from '../context.ts'
import { idIssues } from '../fhir/body-fault.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import {
  type Expected,
  type FhirReply,
  type FhirRequest,
  type RequestHeaders,
  versionToMatch,
} from '../fhir/request.ts'
import { taskNeed } from '../fhir/review/critical.ts'
import { currentVersion, putVersion, versionToChange } from '../store/resources.ts'
import { retryContention } from '../store/retry.ts'
import { stampedAt } from '../store/stamp.ts'
import { sawContent } from './audit/note.ts'
import { followCritical } from './critical/follow.ts'
import { withFreshIndex } from './fresh-index.ts'
import { holdResource } from './hold-resource.ts'
import { absent, keyOf } from './read.ts'
import { judgedByChange } from './stays.ts'
import { checkValid, prepareVersion, resourceOf, withIssues, written } from './write.ts'

export async function update(request: FhirRequest, context: Context): Promise<FhirReply> {
  const [type, id] = request.path as [string, string]
  keyOf(context, type, id)
  const resource = resourceOf(request.body, type)
  const faults = idIssues(resource['id'], id, type)
  if (faults.length > 0) throw new OutcomeError(faults)
  const issues = await checkValid(resource, context)
  return withIssues(await updateResource(resource, id, expectedVersion(request.headers), context), issues)
}

/** Stores a valid resource as the next version of `id`, or its first. */
export function updateResource(
  resource: JsonObject,
  id: string,
  expected: Expected | undefined,
  context: Context,
): Promise<FhirReply> {
  const type = resource['resourceType'] as string
  if (hidesElements(context.access, type)) return updateKeeping(resource, { type, id, expected }, context)
  return putResource(resource, { type, id, expected }, context)
}

interface Target {
  readonly type: string
  readonly id: string
  readonly expected: Expected | undefined
}

async function putResource(resource: JsonObject, target: Target, context: Context): Promise<FhirReply> {
  const { store } = context
  if (taskNeed(resource) === undefined) return putAlone(resource, target, context)
  if (store.db !== store.database) return putFollowed(resource, target, context)
  return withFreshIndex(context, (current) =>
    retryContention(() =>
      store.database.transaction((db) => putFollowed(resource, target, { ...current, store: { ...store, db } })),
    ),
  )
}

/** The Task about a critical value is stored with it. */
async function putFollowed(resource: JsonObject, target: Target, inside: Context): Promise<FhirReply> {
  const reply = await putAlone(resource, target, inside)
  await followCritical(resource, target.id, inside)
  return reply
}

function putAlone(resource: JsonObject, { type, id, expected }: Target, context: Context): Promise<FhirReply> {
  if (expected === 'any') return updateExisting(resource, { type, id }, context)
  return withFreshIndex(context, async (current) => {
    const updating = contextFor(current, 'u')
    const version = await judgedByChange(prepareVersion(resource, id, keyOf(current, type, id), current), updating)
    const put = () => putVersion(current.store, current.access, version, expected)
    // Inside a transaction a repetition is for the whole of it.
    const alone = current.store.db === current.store.database
    const result = await (alone ? retryContention(put) : put())
    if ('unseen' in result) throw await unreached({ type, id, expected }, current)
    if ('conflictWith' in result) throw versionConflict(`${type}/${id}`, expected!, result.conflictWith)
    const stored = result.late > 0 ? stampedAt(version, version.ts + result.late) : version
    return written(result.created ? 201 : 200, stored, result.version, current.access)
  })
}

/** Whatever the current version is, there must be one. */
function updateExisting(
  resource: JsonObject,
  target: { readonly type: string; readonly id: string },
  context: Context,
): Promise<FhirReply> {
  const { type, id } = target
  return holdResource(target, context, async (inside) => {
    const current = await currentVersion(inside.store.db, accessFor(inside.access, 'u'), type, keyOf(inside, type, id))
    if (!current) throw await unreached({ type, id, expected: 'any' }, inside)
    return putResource(resource, { type, id, expected: current.version }, inside)
  })
}

/** What the writer may not see of the resource stays as it is. */
function updateKeeping(resource: JsonObject, target: Target, context: Context): Promise<FhirReply> {
  const { type, id, expected } = target
  refuseHidden(context.access, resource)
  return holdResource(target, context, async (inside) => {
    const key = keyOf(inside, type, id)
    const current = await versionToChange(inside.store.db, accessFor(inside.access, 'u'), type, key)
    if (!current) throw await unreached(target, inside)
    sawContent(inside, current.content)
    if (expected !== undefined && expected !== 'any' && expected !== current.version) {
      throw versionConflict(`${type}/${id}`, expected, current.version)
    }
    const whole = withHiddenOf(inside.access, parseStored(current.content), resource)
    return putResource(whole, { type, id, expected: current.version }, inside)
  })
}

/** Of a resource that the caller may not change is told what it may read, and nothing else. */
export async function unreached({ type, id, expected }: Target, context: Context): Promise<OutcomeError> {
  const reference = `${type}/${id}`
  const reading = contextFor(context, 'r')
  const key = keyOf(context, type, id)
  if (context.access.kind === 'grant') {
    const readable = await currentVersion(context.store.db, reading.access, type, key)
    if (readable) {
      sawContent(context, readable.content)
      return new OutcomeError('out-of-reach', { type })
    }
  }
  return expected === undefined || expected === 0
    ? absent(reading, type, id, key)
    : versionConflict(reference, expected, 0)
}

/** The version that `If-Match` demands; 0 where `If-None-Match: *` demands that there is none. */
export function expectedVersion({ ifMatch, ifNoneMatch }: RequestHeaders): Expected | undefined {
  if (ifMatch !== undefined) return versionToMatch(ifMatch)
  if (ifNoneMatch?.trim() === '*') return 0
  return undefined
}

/** `actual` is 0 where there is no current version. */
export function versionConflict(reference: string, expected: Expected, actual: number): OutcomeError {
  if (expected === 0) return new OutcomeError('already-exists', { reference })
  if (actual === 0 || expected === 'any') return new OutcomeError('no-current-version', { reference })
  return new OutcomeError('version-conflict', { reference, expected, actual })
}
