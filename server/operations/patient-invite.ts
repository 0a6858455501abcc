/** Inviting people to have an account; defined in profiles/operation-definitions/invite.json and revoke-invitation.json. */
import { accessFor, requireInviter } from '../access/access.ts'
import type { Context } from '../context.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { checkParameterNames, textParameter } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import type { AccountDoor } from '../interactions/access/account-door.ts'
import { absent, keyOf } from '../interactions/read.ts'
import { currentVersion } from '../store/resources.ts'
import type { OperationCall } from './operation.ts'

/** A code for the patient, or for somebody who acts for the patient, with the letter that it is handed over in. */
export async function invitePatient(call: OperationCall, context: Context): Promise<FhirReply> {
  requireInviter(context.access, '$invite')
  const accounts = accountsOf(context)
  await requireReadable('Patient', call.id!, context)
  return accounts.invite(call, context)
}

/** Ends an invitation that was not used. */
export async function revokeInvitation({ id, parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, ['invitation'])
  requireInviter(context.access, '$revoke-invitation')
  const accounts = accountsOf(context)
  await requireReadable('Patient', id!, context)
  const number = textParameter(parameters, 'invitation')
  const isNumber = number !== undefined && /^[1-9]\d{0,17}$/.test(number)
  if (!isNumber || !(await accounts.revokeInvitation({ patient: id!, number }, context))) {
    throw new OutcomeError('invalid-parameters', { reason: 'The patient has no such invitation that can be used.' })
  }
  const issue = { severity: 'information', code: 'informational', diagnostics: `Invitation ${number} is revoked.` }
  return { status: 200, content: JSON.stringify({ resourceType: 'OperationOutcome', issue: [issue] }) }
}

/** The accounts, for who keeps them. */
export function accountsOf({ accounts }: Context): AccountDoor {
  if (!accounts) throw new OutcomeError('not-supported', { reason: 'There are no accounts while AUTH is none.' })
  return accounts
}

/** Throws as reading it does, where the caller may not. */
export async function requireReadable(type: string, id: string, context: Context): Promise<void> {
  const { access, store } = context
  const key = keyOf(context, type, id)
  if (!(await currentVersion(store.db, accessFor(access, 'r'), type, key))) throw await absent(context, type, id, key)
}
