/** The e-mail address of an account: it counts once a link that was sent there has been used. */
import { secretHash } from '../../store/accounts/codes.ts'
import { revokeMailTokens, useMailToken } from '../../store/accounts/mail-tokens.ts'
import type { Db } from '../../store/database.ts'
import type { AccountRecord } from './account-directory.ts'
import { instantOf } from './account-notice.ts'
import type { AccountPowers } from './account-powers.ts'
import { lifetimes, makeMailToken } from './mailed-link.ts'

/** Sends the link that proves a new account's address. Sent again, the earlier link ends. */
export async function requestVerification(
  powers: AccountPowers,
  db: Db,
  { number: account, language }: Pick<AccountRecord, 'number' | 'language'>,
  address: string,
): Promise<void> {
  const { now, notify, links } = powers
  const token = await makeMailToken(db, 'verify-address', { account, address }, now())
  const parameters = { link: links.verifyAddress(token), time: lifetimes['verify-address'].duration }
  await notify(db, address, { template: 'verify-address', parameters, language })
}

/** Answers the account whose address a link has proved; undefined where the link cannot be used. */
export async function verifyAddress(powers: AccountPowers, token: string): Promise<string | undefined> {
  const { database, directory, now, audit } = powers
  return database.transaction(async (tx) => {
    const used = await useMailToken(tx, secretHash(token), 'verify-address', now())
    if (!used) return undefined
    const { account, address } = used
    const verified = await directory.change(tx, account, { email: address, emailVerified: true })
    if (!verified) return undefined
    await audit(tx, { kind: 'address-verified', account })
    return account
  })
}

/**
 * Sends a link to the new address and tells the old one. The caller has just asked for the password, or for a passkey.
 * Whose the new address is already is told to nobody but its owner.
 */
export async function requestAddressChange(powers: AccountPowers, number: string, address: string): Promise<void> {
  const { database, directory, now, notify, audit, links } = powers
  const account = await directory.find(database, number)
  if (!account) return
  await database.transaction(async (tx) => {
    const owner = await directory.findByEmail(tx, address)
    if (owner && owner.number !== number) {
      await notify(tx, address, {
        template: 'already-registered',
        parameters: { link: links.signIn },
        language: owner.language,
      })
    } else {
      const token = await makeMailToken(tx, 'change-address', { account: number, address }, now())
      const parameters = { link: links.confirmAddress(token), time: lifetimes['change-address'].duration }
      await notify(tx, address, { template: 'confirm-new-address', parameters, language: account.language })
    }
    await tellOld(powers, tx, account, 'address-change-requested')
    await audit(tx, { kind: 'address-change-requested', account: number })
  })
}

/** Makes the address that a link was sent to the account's, and tells both. Answers the account. */
export async function confirmAddress(powers: AccountPowers, token: string): Promise<string | undefined> {
  const { database, directory, now, notify, audit, links } = powers
  return database.transaction(async (tx) => {
    const used = await useMailToken(tx, secretHash(token), 'change-address', now())
    const account = used && (await directory.find(tx, used.account))
    if (!account) return undefined
    if (!(await directory.change(tx, account.number, { email: used.address, emailVerified: true }))) return undefined
    // A link that went to the old address opens the account no more.
    await revokeMailTokens(tx, account.number, ['reset-password', 'verify-address'], now())
    await tellOld(powers, tx, account, 'address-changed')
    const parameters = { when: instantOf(now()), link: links.forgotten }
    await notify(tx, used.address, { template: 'address-changed', parameters, language: account.language })
    await audit(tx, { kind: 'address-changed', account: account.number })
    return account.number
  })
}

async function tellOld(
  { now, notify, links }: AccountPowers,
  tx: Db,
  { email, emailVerified, language }: AccountRecord,
  template: 'address-change-requested' | 'address-changed',
): Promise<void> {
  if (email === undefined || !emailVerified) return
  await notify(tx, email, { template, parameters: { when: instantOf(now()), link: links.forgotten }, language })
}
