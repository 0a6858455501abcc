/** https://hl7.org/fhir/R4/http.html#read */
import type { Context } from '../context.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { isId } from '../fhir/reference.ts'
import type { FhirReply, FhirRequest } from '../fhir/request.ts'
import { currentVersion, deletedVersion } from '../store/resources.ts'

export async function read(request: FhirRequest, context: Context): Promise<FhirReply> {
  const [type, id] = request.path as [string, string]
  const key = keyOf(context, type, id)
  const found = await currentVersion(context.store.db, context.access, type, key)
  if (!found) throw await absent(context, type, id, key)
  if (notModified(request, found.version, found.ts)) {
    return { status: 304, version: found.version, lastModified: found.ts }
  }
  return { status: 200, content: found.content, version: found.version, lastModified: found.ts }
}

/** The key of `type/id`; refuses what is no id. */
export function keyOf(context: Context, type: string, id: string): bigint {
  if (!isId(id)) throw new OutcomeError('invalid-id', { id })
  return context.indexes.terms.key(type, id)
}

/** 410 for what was deleted, 404 for what never was. */
export async function absent(context: Context, type: string, id: string, key: bigint): Promise<OutcomeError> {
  const deleted = await deletedVersion(context.store.db, context.access, type, key)
  const code = deleted === undefined ? 'resource-not-found' : 'resource-deleted'
  return new OutcomeError(code, { reference: `${type}/${id}` })
}

/** Conditional read. https://hl7.org/fhir/R4/http.html#cread */
function notModified(request: FhirRequest, version: number, ts: number): boolean {
  const { ifNoneMatch, ifModifiedSince } = request.headers
  if (ifNoneMatch !== undefined) {
    return ifNoneMatch.split(',').some((tag) => ['*', `W/"${version}"`, `"${version}"`].includes(tag.trim()))
  }
  if (ifModifiedSince === undefined) return false
  const since = Date.parse(ifModifiedSince)
  // HTTP dates have whole seconds.
  return !Number.isNaN(since) && Math.floor(ts / 1000) * 1000 <= since
}
