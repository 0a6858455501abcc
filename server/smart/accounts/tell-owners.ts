/** Telling people that something of their account was changed, so that they notice what they have not done themselves. */
import type { Db } from '../../store/database.ts'
import type { AccountRecord } from './account-directory.ts'
import { type AccountChange, instantOf } from './account-notice.ts'
import type { AccountPowers } from './account-powers.ts'

/** To proved addresses alone, and to each once. `what` goes through foreign hands: it says nothing of a record. */
export async function tellOwners(
  { notify, now, links }: AccountPowers,
  tx: Db,
  accounts: readonly AccountRecord[],
  what: AccountChange,
): Promise<void> {
  const proved = accounts.flatMap(({ email, emailVerified, language }) =>
    email !== undefined && emailVerified ? [[email, language] as const] : [],
  )
  for (const [email, language] of new Map(proved)) {
    const parameters = { what, when: instantOf(now()), link: links.account }
    await notify(tx, email, { template: 'details-changed', parameters, language })
  }
}
