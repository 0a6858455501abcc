/** What somebody tells the patient about a result: a Communication, which is held as long as the result is. */
import { requireType } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { referenceIn } from '../../fhir/results/reading.ts'
import { hasLabel, reviewSystem, withLabel } from '../../fhir/review/labels.ts'
import { createResource } from '../../interactions/create.ts'
import { checkValid } from '../../interactions/write.ts'
import type { ReviewedResult } from './reviewed-result.ts'

export async function commentResult(
  result: ReviewedResult,
  comment: { readonly text: string; readonly sender: string },
  context: Context,
): Promise<void> {
  requireType(context.access, 'Communication', 'c')
  const patient = referenceIn(result.resource['subject'])
  if (!patient?.startsWith('Patient/')) {
    throw new OutcomeError('invalid-parameters', { reason: 'The result is of no patient who could be told.' })
  }
  const made = communicationOf(result, patient, comment, new Date(context.now()).toISOString())
  const communication = hasLabel(result.resource, 'held') ? withLabel(made, 'held') : made
  await checkValid(communication, context)
  await createResource(communication, context)
}

function communicationOf(
  { type, id }: ReviewedResult,
  patient: string,
  { text, sender }: { readonly text: string; readonly sender: string },
  sent: string,
): JsonObject {
  return {
    resourceType: 'Communication',
    status: 'completed',
    category: [{ coding: [{ system: reviewSystem, code: 'comment' }] }],
    subject: { reference: patient },
    about: [{ reference: `${type}/${id}` }],
    sent,
    recipient: [{ reference: patient }],
    sender: { reference: sender },
    payload: [{ contentString: text }],
  }
}
