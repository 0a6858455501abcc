/** Somebody as seen by a consent: what they would reach, were they to ask now. */

import type { GrantAccess } from '../access/access.ts'
import type { Caller } from '../access/caller.ts'
import { grantAccess } from '../access/grant.ts'
import type { Context } from '../context.ts'
import type { JsonObject } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { complexParameter, textParameter } from '../fhir/parameters.ts'
import type { AccessInForce } from '../interactions/access/access-source.ts'
import { membershipsOf } from '../interactions/access/memberships.ts'

/** The parameters by which a recipient is named. */
export const recipientNames = ['recipient', 'client', 'role', 'purpose'] as const

export interface Recipient {
  readonly caller: Caller
  /** The reference to an organization, where everybody of it is meant. */
  readonly organization?: string
}

/**
 * A person by `recipient` (their role is `practitioner` unless `role` says otherwise), everybody of an Organization, or a
 * backend service by `client`.
 */
export function recipientOf(parameters: JsonObject, { policies }: AccessInForce): Recipient {
  const client = textParameter(parameters, 'client')
  const reference = complexParameter(parameters, 'recipient', 'Reference')?.['reference']
  const role = textParameter(parameters, 'role') ?? 'practitioner'
  const purpose = textParameter(parameters, 'purpose')
  if ((client === undefined) === (reference === undefined)) {
    throw invalid("Name who would receive it: 'recipient', such as Practitioner/1 or Organization/1, or 'client'.")
  }
  if (client !== undefined) {
    return { caller: { client, grant: '', scopes: ['system/*.rs'] } }
  }
  if (!/^(Practitioner|RelatedPerson|Organization)\/[A-Za-z0-9.-]{1,64}$/.test(String(reference))) {
    throw invalid("'recipient' is a Practitioner, a RelatedPerson or an Organization, such as Practitioner/1.")
  }
  if (!policies.has(role) || role === 'patient') throw invalid(`There is no role '${role}' of staff.`)
  const isPerson = !String(reference).startsWith('Organization/')
  return {
    caller: {
      ...{ client: 'candela', grant: '', scopes: ['user/*.rs'] },
      ...(purpose !== undefined && { purposeOfUse: purpose }),
      account: { number: '0', roles: [role], patients: [], ...(isPerson && { fhirUser: String(reference) }) },
    },
    ...(!isPerson && { organization: String(reference) }),
  }
}

/** What a recipient reaches while this is in force, as one who is part of what they are part of now. */
export async function recipientAccess(
  { caller, organization }: Recipient,
  inForce: AccessInForce,
  context: Context,
): Promise<GrantAccess> {
  const { definitions, indexes, base, roles, now } = context
  const memberships = organization ? [organization] : await membershipsOf(caller, inForce.consents, context)
  // Another object each time: what one rehearsal finds out is not for the next.
  return grantAccess({ ...caller }, { definitions, indexes, base, ...roles, ...inForce, memberships, now: now() })
}

/** Those who may know what others see: patients about their own record, and staff to whom searches are explained. */
export function requireExplanations({ access }: Context, patient: string | undefined): void {
  if (access.kind === 'open' || access.explains) return
  const { account } = access.caller
  const isOwn = patient !== undefined && (account?.patients.includes(patient) ?? false)
  const isOfApp = access.caller.patient === undefined || access.caller.patient === patient
  if (isOwn && isOfApp) return
  throw new OutcomeError('role-forbids', {
    roles: account?.roles.join(', ') || 'none',
    action: 'explain what others see of',
    type: 'this record',
  })
}

export function invalid(reason: string): OutcomeError {
  return new OutcomeError('invalid-parameters', { reason })
}
