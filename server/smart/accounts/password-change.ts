/** Choosing another password, by the old one or by a link in a mail. */
import { secretHash } from '../../store/accounts/codes.ts'
import { findMailToken, revokeMailTokens, useMailToken } from '../../store/accounts/mail-tokens.ts'
import { isKnownNetwork } from '../../store/accounts/sign-in-failures.ts'
import type { Db } from '../../store/database.ts'
import type { AccountRecord } from './account-directory.ts'
import type { AccountEventKind } from './account-event.ts'
import { instantOf } from './account-notice.ts'
import type { AccountPowers } from './account-powers.ts'
import { lifetimes, makeMailToken } from './mailed-link.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { passwordFaults } from './password-rules.ts'
import { secondsToWait } from './rate-limit.ts'

export type PasswordChange =
  | { readonly kind: 'changed'; readonly account: string }
  /** The old password is not right. */
  | { readonly kind: 'wrong-password' }
  /** The link was used, is too old, or is none. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'weak'; readonly faults: readonly string[] }

/**
 * Sends a link to whoever has this user name or address, where their address is verified. Callers answer before this ends,
 * and always the same: whether there is such an account is told to nobody. Nor can anybody keep its owner from being sent
 * a link: how often others ask elsewhere does not count where the account has signed in from.
 */
export async function requestPasswordReset(powers: AccountPowers, login: string, network: string): Promise<void> {
  const { database, directory, now, notify, audit, links } = powers
  if (await isAskedTooOften(powers, login, network)) return
  const account = await directory.findByLogin(database, login)
  if (account?.email === undefined || !account.emailVerified || account.state !== 'active') return
  const { number, email, language } = account
  const isKnown = await isKnownNetwork(database, number, network, now() - knownFor)
  if (!isKnown && (await secondsToWait(powers, 'forgotten-mail', number)) > 0) return
  await database.transaction(async (tx) => {
    const token = await makeMailToken(tx, 'reset-password', { account: number, address: email }, now())
    const parameters = { link: links.resetPassword(token), time: lifetimes['reset-password'].duration }
    await notify(tx, email, { template: 'reset-password', parameters, language })
    await audit(tx, { kind: 'password-reset-requested', account: number })
  })
}

async function isAskedTooOften(powers: AccountPowers, login: string, network: string): Promise<boolean> {
  const here = await secondsToWait(powers, 'forgotten-here', login.toLowerCase(), network)
  const all = await secondsToWait(powers, 'forgotten-network', network)
  return here > 0 || all > 0
}

/** Milliseconds for which a network counts as one that the account signs in from. */
const knownFor = 180 * 24 * 3_600_000

/** Sets the password of the account that a link was sent to. A weak password leaves the link usable. */
export async function resetPassword(powers: AccountPowers, token: string, password: string): Promise<PasswordChange> {
  const { database, directory, now } = powers
  const hash = secretHash(token)
  const found = await findMailToken(database, hash, 'reset-password', now())
  const account = found && (await directory.find(database, found.account))
  if (account?.state !== 'active') return { kind: 'expired' }
  const faults = passwordFaults(password, account)
  if (faults.length > 0) return { kind: 'weak', faults }

  const stored = await hashPassword(password)
  return database.transaction(async (tx) => {
    if (!(await useMailToken(tx, hash, 'reset-password', now()))) return { kind: 'expired' }
    await storePassword(powers, tx, account, stored, 'password-reset')
    return { kind: 'changed', account: account.number }
  })
}

/** Sets the password of who knows the old one. */
export async function changePassword(
  powers: AccountPowers,
  number: string,
  { old, password }: { readonly old: string; readonly password: string },
): Promise<PasswordChange> {
  const { database, directory } = powers
  const account = await directory.find(database, number)
  if (!(await verifyPassword(old, account?.password)) || !account) return { kind: 'wrong-password' }
  const faults = passwordFaults(password, account)
  if (faults.length > 0) return { kind: 'weak', faults }

  const stored = await hashPassword(password)
  await database.transaction((tx) => storePassword(powers, tx, account, stored, 'password-changed'))
  return { kind: 'changed', account: number }
}

/** Whoever was signed in with the old password is not any more, and no older link sets another one. */
async function storePassword(
  { directory, now, notify, audit, links }: AccountPowers,
  tx: Db,
  { number, email, emailVerified, language }: AccountRecord,
  password: string,
  kind: AccountEventKind,
): Promise<void> {
  await directory.change(tx, number, { password })
  await directory.signOut(tx, number, { grants: true })
  await revokeMailTokens(tx, number, ['reset-password', 'change-address'], now())
  await audit(tx, { kind, account: number })
  if (email === undefined || !emailVerified) return
  const parameters = { when: instantOf(now()), link: links.forgotten }
  await notify(tx, email, { template: 'password-changed', parameters, language })
}
