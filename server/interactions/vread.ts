/** https://hl7.org/fhir/R4/http.html#vread */
import type { Context } from '../context.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import type { FhirReply, FhirRequest } from '../fhir/request.ts'
import { versionByNumber } from '../store/resources.ts'
import { keyOf } from './read.ts'

export async function vread(request: FhirRequest, context: Context): Promise<FhirReply> {
  const [type, id, , version] = request.path as [string, string, string, string]
  const key = keyOf(context, type, id)
  const reference = `${type}/${id}`
  const found = /^[1-9]\d{0,8}$/.test(version)
    ? await versionByNumber(context.store.db, context.access, type, key, Number(version))
    : undefined
  if (!found) throw new OutcomeError('version-not-found', { reference, version })
  if (found.content === null) throw new OutcomeError('resource-deleted', { reference })
  return { status: 200, content: found.content, version: found.version, lastModified: found.ts }
}
