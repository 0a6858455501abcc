/** https://hl7.org/fhir/R4/resource-operation-meta-add.html */
import type { Context } from '../context.ts'
import { addMeta } from '../fhir/meta.ts'
import type { FhirReply } from '../fhir/request.ts'
import { changeMeta } from './change-meta.ts'
import type { OperationCall } from './operation.ts'

/** Adds profiles, tags and security labels: a new version, unless the resource has them all. */
export function metaAdd(call: OperationCall, context: Context): Promise<FhirReply> {
  return changeMeta(call, context, addMeta)
}
