/** Who reviews results. */
import type { Access } from '../../access/access.ts'
import { OutcomeError } from '../../fhir/outcome.ts'

/** `Practitioner/1` of the caller; who takes notice must be known. */
export function personOf(access: Access): string {
  const person = access.kind === 'grant' ? access.caller.account?.fhirUser : undefined
  if (person !== undefined) return person
  const reason = 'Results are reviewed by people who have signed in and have a record here.'
  throw new OutcomeError('invalid-parameters', { reason })
}
