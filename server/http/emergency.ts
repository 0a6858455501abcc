/** Opening the record of a patient in an emergency: the header `X-Break-Glass` says why. */
import type { Context } from '../context.ts'
import { patientsNamed } from '../fhir/audit/patients.ts'
import { OutcomeError } from '../fhir/outcome.ts'

export const emergencyHeader = 'x-break-glass'

export interface AskedUrl {
  readonly path: readonly string[]
  readonly query: string
}

/** From now on, for a while, the person of the caller sees the record of the patient whom the request names. */
export async function openInEmergency(header: string, { path, query }: AskedUrl, context: Context): Promise<void> {
  const { access, accounts } = context
  const account = access.kind === 'grant' ? access.caller.account : undefined
  if (!account || !accounts) throw invalid('Only people open records in an emergency: use a token of one.')
  const [patient, ...others] = patientsNamed(`${path.join('/')}?${query}`)
  if (patient === undefined || others.length > 0) {
    throw invalid('X-Break-Glass opens the record of one patient: name it, as in Patient/1 or with patient=1.')
  }
  switch (await accounts.breakGlass(account, patient, decoded(header))) {
    case 'role': {
      const params = {
        roles: account.roles.join(', '),
        action: 'open in an emergency the record of a',
        type: 'Patient',
      }
      throw new OutcomeError('role-forbids', params)
    }
    case 'reason-too-short':
      throw invalid('X-Break-Glass says in at least 10 characters why the record must be opened.')
    case 'reason-too-long':
      throw invalid('X-Break-Glass says in at most 2000 characters why the record must be opened.')
    case 'unknown-patient':
      throw invalid('X-Break-Glass: there is no such patient.')
  }
}

/** Headers are ASCII: other characters are percent-encoded UTF-8. */
function decoded(header: string): string {
  try {
    return decodeURIComponent(header)
  } catch {
    return header
  }
}

function invalid(reason: string): OutcomeError {
  return new OutcomeError('invalid-parameters', { reason })
}
