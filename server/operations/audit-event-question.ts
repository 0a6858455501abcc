/** A patient questions an access; defined in profiles/operation-definitions/question.json. */
import { accessFor, openAccess } from '../access/access.ts'
import type { Context } from '../context.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { checkParameterNames, textParameter } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import { createResource } from '../interactions/create.ts'
import { absent, keyOf } from '../interactions/read.ts'
import { checkValid } from '../interactions/write.ts'
import { currentVersion } from '../store/resources.ts'
import type { OperationCall } from './operation.ts'

const mostReason = 2000

/** Opens a Task for the staff about an AuditEvent that the caller may read: no right to write tasks is needed. */
export async function question({ id, parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, ['reason'])
  const reason = textParameter(parameters, 'reason')
  if (reason === undefined || reason.trim() === '' || reason.length > mostReason) {
    throw new OutcomeError('invalid-parameters', {
      reason: `Say in 'reason', in up to ${mostReason} characters, what is in doubt.`,
    })
  }
  const { access, store } = context
  const key = keyOf(context, 'AuditEvent', id!)
  const found = await currentVersion(store.db, accessFor(access, 'r'), 'AuditEvent', key)
  if (!found) throw await absent(context, 'AuditEvent', id!, key)
  const task = taskOf(id!, parseStored(found.content), reason, context)
  await checkValid(task, context)
  // The server writes it for them; what is noted names who asked.
  return createResource(task, { ...context, access: openAccess })
}

function taskOf(id: string, event: JsonObject, reason: string, { access, now }: Context): JsonObject {
  const requester = access.kind === 'grant' ? access.caller.account?.fhirUser : undefined
  const patient = patientOf(event)
  const time = new Date(now()).toISOString()
  return {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    priority: 'urgent',
    code: { coding: [{ system: 'urn:candela:task', code: 'question-access' }], text: 'Question this access' },
    description: reason,
    focus: { reference: `AuditEvent/${id}` },
    ...(patient !== undefined && { for: { reference: patient } }),
    authoredOn: time,
    lastModified: time,
    ...(requester !== undefined && { requester: { reference: requester } }),
  }
}

/** Whose access is in doubt. */
function patientOf({ entity }: JsonObject): string | undefined {
  const entities = Array.isArray(entity) ? (entity as { readonly what?: { readonly reference?: string } }[]) : []
  const references = entities.map(({ what }) => what?.reference)
  return references.find((reference) => reference !== undefined && /^Patient\/[^/]+$/.test(reference))
}
