/** What FHIR requests may ask of the accounts. */
import type { Context } from '../../context.ts'
import type { AccountDoor } from '../../interactions/access/account-door.ts'
import { requestOfTask } from '../../store/accounts/link-requests.ts'
import { breakGlass } from './break-glass.ts'
import { revokeInvitation } from './invitations.ts'
import { inviteOperation } from './invite-operation.ts'
import { decideLink } from './link-requests.ts'
import { type Accounts, placed } from './open-accounts.ts'

/** `sender` is whose practice it is; `forget` is called when what somebody may do has changed. */
export function accountDoor(accounts: Accounts, sender: string, forget: () => void): AccountDoor {
  return {
    invite: (call, context) => inviteOperation(call, placedBy(context), { by: byOf(context), sender }),
    revokeInvitation: (invitation, context) => revokeInvitation(placedBy(context), invitation, byOf(context)),
    decideLink: async (task, patient, context) => {
      const request = await requestOfTask(accounts.database, task)
      if (!request) return 'gone'
      const person = patient === undefined ? {} : { fhirUser: `Patient/${patient}` }
      return decideLink(placedBy(context), request.number, { by: byOf(context), ...person })
    },
    breakGlass: async ({ number }, patient, reason) => {
      const result = await breakGlass(accounts, { account: number, patient, reason })
      if (result.kind === 'refused') return result.reason
      forget()
      return undefined
    },
  }

  function placedBy({ origin }: Context): Accounts {
    return placed(accounts, origin?.address)
  }
}

/** The number of the account that asks, or the id of the client where no person does. */
function byOf({ access }: Context): string {
  if (access.kind === 'open') return 'server'
  return access.caller.account?.number ?? access.client
}
