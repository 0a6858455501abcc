/** What FHIR requests ask of the accounts: whoever keeps them gives these functions. */
import type { CallerAccount } from '../../access/caller.ts'
import type { Context } from '../../context.ts'
import type { FhirReply } from '../../fhir/request.ts'
import type { OperationCall } from '../../operations/operation.ts'

export interface AccountDoor {
  /** Makes a letter with a code; that the caller may is checked before. */
  invite(call: OperationCall, context: Context): Promise<FhirReply>
  /** Ends an invitation of the patient; false where it was used or revoked before, or there is none. */
  revokeInvitation(invitation: PatientInvitation, context: Context): Promise<boolean>
  /** Says whose the account is that a Task asks about; undefined: nobody can tell. */
  decideLink(task: string, patient: string | undefined, context: Context): Promise<LinkDecision>
  /** Opens the record of a patient in an emergency; answers why not, where it stays closed. */
  breakGlass(account: CallerAccount, patient: string, reason: string): Promise<GlassRefusal | undefined>
}

export interface PatientInvitation {
  /** The id of the Patient. */
  readonly patient: string
  readonly number: string
}

export type LinkDecision = 'approved' | 'refused' | 'unknown-person' | 'other-person' | 'gone'

export type GlassRefusal = 'role' | 'unknown-patient' | 'reason-too-short' | 'reason-too-long'
