/** Staff say whose an account is; defined in profiles/operation-definitions/link-account.json. */
import { requireInviter } from '../access/access.ts'
import type { Context } from '../context.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { checkParameterNames, textParameter } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import type { LinkDecision } from '../interactions/access/account-door.ts'
import type { OperationCall } from './operation.ts'
import { accountsOf, requireReadable } from './patient-invite.ts'

/** Links the account that a Task asks about to a patient; without a patient it is refused. */
export async function linkAccount({ id, parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, ['patient'])
  requireInviter(context.access, '$link-account')
  const accounts = accountsOf(context)
  await requireReadable('Task', id!, context)
  const patient = textParameter(parameters, 'patient')?.replace(/^Patient\//, '')
  if (patient !== undefined) await requireReadable('Patient', patient, context)
  const decided = await accounts.decideLink(`Task/${id}`, patient, context)
  const reason = refusals[decided]
  if (reason !== undefined) throw new OutcomeError('invalid-parameters', { reason })
  const issue = { severity: 'information', code: 'informational', diagnostics: `The request is ${decided}.` }
  return { status: 200, content: JSON.stringify({ resourceType: 'OperationOutcome', issue: [issue] }) }
}

const refusals: Readonly<Partial<Record<LinkDecision, string>>> = {
  'unknown-person': 'The record of this patient is not active.',
  'other-person': 'The account has become somebody else’s meanwhile, or is disabled.',
  gone: 'The Task asks about no account, or it was decided before.',
}
