/** https://hl7.org/fhir/R4/http.html#delete */
import { accessFor } from '../access/access.ts'
import type { Context } from '../context.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import type { FhirReply, FhirRequest } from '../fhir/request.ts'
import { currentVersion, deletedVersion, deleteVersion } from '../store/resources.ts'
import { writeRecord } from './audit/note.ts'
import { changing } from './changing.ts'
import { keyOf } from './read.ts'
import { expectedVersion, versionConflict } from './update.ts'

/**
 * 204 whether it was there or had been deleted before, where `If-Match` does not demand a version; 404 for what never
 * was. https://www.rfc-editor.org/rfc/rfc9110#section-13.2.1
 */
export async function deleteInteraction(request: FhirRequest, context: Context): Promise<FhirReply> {
  const [type, id] = request.path as [string, string]
  const key = keyOf(context, type, id)
  changing(type, context)
  const expected = expectedVersion(request.headers)
  const version = expected === 'any' ? undefined : expected
  const access = accessFor(context.access, 'd')
  const audit = writeRecord(context, `${type}/${id}`, 'delete', [])
  const result = await deleteVersion(context.store, access, type, key, version, context.now(), audit)
  if (result && 'conflictWith' in result) throw versionConflict(`${type}/${id}`, expected!, result.conflictWith)
  if (result) return { status: 204, version: result.version }

  if (access.kind === 'grant') {
    const readable = await currentVersion(context.store.db, access.for('r'), type, key)
    if (readable) throw new OutcomeError('out-of-reach', { type })
  }
  const deleted = await deletedVersion(context.store.db, access, type, key)
  if (deleted === undefined) throw new OutcomeError('resource-not-found', { reference: `${type}/${id}` })
  // A precondition is told of only where the request would succeed without it: what never was stays 404.
  if (expected !== undefined && expected !== 0) throw versionConflict(`${type}/${id}`, expected, 0)
  return { status: 204, version: deleted }
}
