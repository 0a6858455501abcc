/** Signing in by password and second factor. https://pages.nist.gov/800-63-4/sp800-63b.html */
import type { Sealer } from '../../sealing.ts'
import { changeAccount, findAccountByLogin, noteLanguage, type StoredAccount } from '../../store/accounts/accounts.ts'
import { newToken, secretHash } from '../../store/accounts/codes.ts'
import { addSession, endSession } from '../../store/accounts/sessions.ts'
import {
  addFailure,
  failuresOf,
  forgetFailures,
  isKnownNetwork,
  noteNetwork,
  delayKey as storeDelay,
} from '../../store/accounts/sign-in-failures.ts'
import type { Database } from '../../store/database.ts'
import type { CodeAttempt, SignInAttempt, SignInPlace, SignInResult } from '../people.ts'
import type { Audit } from './account-event.ts'
import { checkPassword } from './password.ts'
import { hasTotp, useSecondFactor } from './second-factor.ts'
import { type DelayKind, delayAfter, delayKey, failureAge, networkAge, networkOf } from './sign-in-delay.ts'
import { accountOfTicket, ticketFor } from './sign-in-ticket.ts'
import { attemptsToTell } from './tell-of-attempts.ts'

export interface SignInPowers {
  readonly database: Database
  readonly sealer: Sealer
  readonly now: () => number
  readonly audit: Audit
  /** Called when somebody has failed often to sign in to an account: it does not keep the answer waiting. */
  readonly onAttempts?: (account: string) => void
}

/**
 * Who knows the password. Whether there is such an account cannot be told: neither by the answer nor by how long it takes.
 */
export async function signInByPassword(attempt: SignInAttempt, powers: SignInPowers): Promise<SignInResult> {
  const { database } = powers
  const login = attempt.username.slice(0, 320)
  const account = await findAccountByLogin(database, login)
  const keys = await countedKeys(login, account, attempt, powers)
  const seconds = await secondsToWait(keys, powers)
  if (seconds > 0) return { kind: 'later', seconds }

  const usable = account?.state === 'active' ? account : undefined
  const { right, rehashed } = await checkPassword(attempt.password, usable?.password ?? undefined)
  if (!right || !usable) {
    await noteFailure(keys, powers, account?.number, attempt.address)
    return { kind: 'refused' }
  }
  if (rehashed !== undefined) await changeAccount(database, usable.number, { password: rehashed })
  if (await hasTotp(powers, usable.number))
    return { kind: 'otp-wanted', ticket: await ticketFor(usable.number, powers) }
  await forgetFailures(
    database,
    keys.map(({ key }) => key),
  )
  return begin(usable.number, ['pwd'], attempt, powers)
}

/** Who has the second factor, too. */
export async function signInByCode(attempt: CodeAttempt, powers: SignInPowers): Promise<SignInResult> {
  const { database } = powers
  const account = await accountOfTicket(attempt.ticket, powers)
  if (account === undefined) return { kind: 'refused' }
  const keys = [{ kind: 'code', key: delayKey('code', account) }] as const
  const seconds = await secondsToWait(keys, powers)
  if (seconds > 0) return { kind: 'later', seconds }
  const factor = attempt.otp === '' ? undefined : await useSecondFactor(powers, account, attempt.otp)
  if (!factor) {
    await noteFailure(keys, powers, account, attempt.address)
    return { kind: 'otp-wanted', ticket: attempt.ticket }
  }
  await forgetFailures(
    database,
    keys.map(({ key }) => key),
  )
  return begin(account, ['pwd', 'otp', 'mfa'], attempt, powers)
}

/** A session of its own for each sign-in: one that somebody else knows is worth nothing. */
export async function begin(
  account: string,
  methods: readonly string[],
  { address, userAgent, before, language }: SignInPlace,
  { database, now, audit }: Pick<SignInPowers, 'database' | 'now' | 'audit'>,
): Promise<SignInResult> {
  const secret = newToken()
  const network = networkOf(address)
  await database.transaction(async (tx) => {
    if (before !== undefined) await endSession(tx, secretHash(before))
    const place = { address: network, userAgent: userAgent?.slice(0, 400) ?? null }
    await addSession(tx, { hash: secretHash(secret), account, created: now(), methods, ...place })
    await noteNetwork(tx, account, network, now())
    if (language !== undefined) await noteLanguage(tx, account, language)
    await audit(tx, { kind: 'signed-in', account, address, detail: methods.join(' ') })
  })
  return { kind: 'signed-in', secret }
}

interface Counted {
  readonly kind: DelayKind
  readonly key: Buffer
}

async function countedKeys(
  login: string,
  account: StoredAccount | undefined,
  { address }: SignInPlace,
  { database, now }: SignInPowers,
): Promise<readonly Counted[]> {
  const network = networkOf(address)
  const isKnown = account && (await isKnownNetwork(database, account.number, network, now() - networkAge))
  if (isKnown) return [{ kind: 'known', key: delayKey('known', account.number, network) }]
  // The user name and the address of one account are counted together.
  const name = account === undefined ? login.toLowerCase() : `#${account.number}`
  return [
    { kind: 'login', key: delayKey('login', name) },
    { kind: 'network', key: delayKey('network', network) },
  ]
}

async function secondsToWait(keys: readonly Counted[], { database, now }: SignInPowers): Promise<number> {
  const found = await failuresOf(
    database,
    keys.map(({ key }) => key),
    now() - failureAge,
  )
  const next = Math.max(0, ...found.map((one) => one.next))
  return Math.max(0, Math.ceil((next - now()) / 1000))
}

async function noteFailure(
  keys: readonly Counted[],
  { database, now, audit, onAttempts }: SignInPowers,
  account: string | undefined,
  address: string,
): Promise<void> {
  const at = now()
  let longest = 0
  for (const { kind, key } of keys) {
    const failures = await addFailure(database, key, { since: at - failureAge, now: at })
    // Codes are asked of those who know the password, and networks are shared by many.
    const isOfAccount = kind === 'login' || kind === 'known'
    if (isOfAccount && account !== undefined && failures === attemptsToTell) onAttempts?.(account)
    const delay = delayAfter(kind, failures)
    if (delay > 0) await storeDelay(database, key, at + delay)
    longest = Math.max(longest, delay)
  }
  const kind = longest > 0 ? 'sign-in-delayed' : 'sign-in-refused'
  await audit(database, { kind, address, ...(account !== undefined && { account }) })
}
