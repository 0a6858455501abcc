/** POST of a Bundle to the base: a transaction or a batch. https://hl7.org/fhir/R4/http.html#transaction */

import type { Context } from '../context.ts'
import { quotable } from '../fhir/json-value.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import type { FhirReply, FhirRequest } from '../fhir/request.ts'
import { batch } from './batch.ts'
import { transaction } from './transaction.ts'
import { resourceOf } from './write.ts'

const byType = { transaction, batch } as const

export async function bundle(request: FhirRequest, context: Context): Promise<FhirReply> {
  const resource = resourceOf(request.body, 'Bundle')
  const type = resource['type']
  if (type !== 'transaction' && type !== 'batch') {
    const reason = `A Bundle sent to the base must be a transaction or a batch, not '${quotable(type)}'.`
    throw new OutcomeError('invalid-bundle', { reason }, { expression: 'Bundle.type' })
  }
  return byType[type](resource, request, context)
}
