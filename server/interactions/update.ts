/** https://hl7.org/fhir/R4/http.html#update */

import type { Context } from '../context.ts'
import type { JsonObject } from '../fhir/json.ts'
import { quotable } from '../fhir/json-value.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { type FhirReply, type FhirRequest, type RequestHeaders, versionOfEtag } from '../fhir/request.ts'
import { putVersion } from '../store/resources.ts'
import { retryContention } from '../store/retry.ts'
import { stampedAt } from '../store/stamp.ts'
import { withFreshIndex } from './fresh-index.ts'
import { keyOf } from './read.ts'
import { checkStructure, prepareVersion, resourceOf, written } from './write.ts'

export async function update(request: FhirRequest, context: Context): Promise<FhirReply> {
  const [type, id] = request.path as [string, string]
  keyOf(context, type, id)
  const resource = resourceOf(request.body, type)
  if (resource['id'] !== id) {
    throw new OutcomeError('wrong-id', { actual: quotable(resource['id']), expected: id }, { expression: `${type}.id` })
  }
  checkStructure(resource, context)
  return updateResource(resource, id, expectedVersion(request.headers), context)
}

/** Stores a valid resource as the next version of `id`, or its first. */
export function updateResource(
  resource: JsonObject,
  id: string,
  expected: number | undefined,
  context: Context,
): Promise<FhirReply> {
  const type = resource['resourceType'] as string
  return withFreshIndex(context, async (current) => {
    const version = prepareVersion(resource, id, keyOf(current, type, id), current)
    const put = () => putVersion(current.store, version, expected)
    // Inside a transaction a repetition is for the whole of it.
    const alone = current.store.db === current.store.database
    const result = await (alone ? retryContention(put) : put())
    if ('conflictWith' in result) throw versionConflict(`${type}/${id}`, expected!, result.conflictWith)
    const stored = result.late > 0 ? stampedAt(version, version.ts + result.late) : version
    return written(result.created ? 201 : 200, stored, result.version)
  })
}

/** The version that `If-Match` demands; 0 where `If-None-Match: *` demands that there is none. */
export function expectedVersion({ ifMatch, ifNoneMatch }: RequestHeaders): number | undefined {
  if (ifMatch !== undefined) return versionOfEtag(ifMatch, 'If-Match')
  if (ifNoneMatch?.trim() === '*') return 0
  return undefined
}

export function versionConflict(reference: string, expected: number, actual: number): OutcomeError {
  if (expected === 0) return new OutcomeError('already-exists', { reference })
  return new OutcomeError('version-conflict', { reference, expected, actual })
}
