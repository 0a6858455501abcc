/** https://hl7.org/fhir/R4/resource-operation-meta-delete.html */
import type { Context } from '../context.ts'
import { removeMeta } from '../fhir/meta.ts'
import type { FhirReply } from '../fhir/request.ts'
import { changeMeta } from './change-meta.ts'
import type { OperationCall } from './operation.ts'

/** Removes profiles, tags and security labels: a new version, unless the resource has none of them. */
export function metaDelete(call: OperationCall, context: Context): Promise<FhirReply> {
  return changeMeta(call, context, removeMeta)
}
