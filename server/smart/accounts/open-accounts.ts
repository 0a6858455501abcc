/** Puts together what the functions of this folder take. */
import type { Context } from '../../context.ts'
import { removeUnverified } from '../../store/accounts/account-lists.ts'
import { tidyKeptForms } from '../../store/accounts/kept-forms.ts'
import { tidyMailTokens } from '../../store/accounts/mail-tokens.ts'
import { tidyChallenges } from '../../store/accounts/passkeys.ts'
import { tidyRateLimits } from '../../store/accounts/rate-limits.ts'
import type { Db } from '../../store/database.ts'
import type { Audit } from './account-event.ts'
import type { Notify } from './account-notice.ts'
import { accountLinks, type RecordPowers } from './account-powers.ts'
import { breaksGlass } from './break-glass.ts'
import { fhirRecord } from './fhir-record.ts'
import { type PasskeyPowers, relyingParty } from './passkeys.ts'
import { unverifiedAge } from './registration.ts'
import { storedDirectory } from './stored-directory.ts'

export interface AccountsGiven {
  /** Of now. */
  readonly context: () => Context
  readonly notify: Notify
  /** Whether a mail can be sent there. */
  readonly isAddress: (text: string) => boolean
  readonly audit: Audit
  /** Ends what apps were granted by an account. */
  readonly revokeGrants: (db: Db, account: string) => Promise<unknown>
  /** Whose accounts they are, as passkeys show it. */
  readonly name: string
}

export type Accounts = RecordPowers & PasskeyPowers

export function openAccounts({ context, notify, isAddress, audit, revokeGrants, name }: AccountsGiven): Accounts {
  const { config, store, now } = context()
  return {
    database: store.database,
    directory: storedDirectory({ now, revokeGrants }),
    now,
    notify,
    audit,
    isAddress,
    links: accountLinks(config.publicUrl),
    record: fhirRecord(context),
    breaksGlass: breaksGlass(context),
    ageOfConsent: config.ageOfConsent,
    relyingParty: relyingParty(config.publicUrl, name),
  }
}

/** The same for a request from a network address, which is told with what is noted. */
export function placed(accounts: Accounts, address: string | undefined): Accounts {
  if (address === undefined) return accounts
  return { ...accounts, audit: (db, event) => accounts.audit(db, { address, ...event }) }
}

/** Milliseconds for which it can be looked up that a link was sent. */
const kept = 30 * 24 * 3_600_000

/** Removes what counts no more; to be done now and then. */
export async function tidyAccounts({ database, now }: Pick<Accounts, 'database' | 'now'>): Promise<void> {
  const time = now()
  await tidyMailTokens(database, time - kept)
  await tidyChallenges(database, time)
  await tidyRateLimits(database, time)
  await tidyKeptForms(database, time)
  await removeUnverified(database, time - unverifiedAge)
}
