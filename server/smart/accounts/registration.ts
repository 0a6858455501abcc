/**
 * Making an account oneself. It is nobody's until an invitation or the practice says whose it is, and counts for nothing
 * until its address is proved. Whether an address has an account already is told to its owner alone, by mail.
 */
import type { Db } from '../../store/database.ts'
import type { AccountRecord } from './account-directory.ts'
import type { AccountPowers } from './account-powers.ts'
import { requestVerification } from './address-change.ts'
import { hashPassword } from './password.ts'
import { passwordFaults } from './password-rules.ts'
import { secondsToWait } from './rate-limit.ts'

export interface Registration {
  readonly username: string
  /** How the person is addressed. */
  readonly name: string
  readonly email: string
  readonly password: string
  /** In which the person reads. */
  readonly language?: string
}

export type RegistrationField = 'username' | 'name' | 'email' | 'password'

export type RegistrationResult =
  /** A mail is on its way, whether or not the address has an account already. The person may sign in. */
  | { readonly kind: 'registered'; readonly account: string }
  | { readonly kind: 'username-taken' }
  /** Sentences that say what to change, by field. */
  | { readonly kind: 'invalid'; readonly faults: Readonly<Partial<Record<RegistrationField, readonly string[]>>> }
  | { readonly kind: 'later'; readonly seconds: number }

/** Milliseconds after which an account whose address nobody has proved is removed. */
export const unverifiedAge = 7 * 24 * 3_600_000

/** `network` is where it is asked from, as `networkOf` has it. */
export async function register(
  powers: AccountPowers,
  registration: Registration,
  network: string,
): Promise<RegistrationResult> {
  const { database, directory, audit } = powers
  const given = {
    ...registration,
    username: registration.username.normalize('NFKC').trim(),
    name: registration.name.normalize('NFC').trim().replace(/\s+/g, ' '),
    email: registration.email.trim(),
  }
  const faults = registrationFaults(given, powers.isAddress)
  if (Object.keys(faults).length > 0) return { kind: 'invalid', faults }
  const seconds = await secondsToWait(powers, 'register', network)
  if (seconds > 0) return { kind: 'later', seconds }

  const { username, name, email } = given
  const password = await hashPassword(given.password)
  const language = given.language === undefined ? {} : { language: given.language }
  const facts = { emailVerified: false, roles: [], state: 'active' } as const
  const account = { username, name, email, password, ...facts, ...language }
  return database.transaction(async (tx) => {
    const number = await directory.create(tx, account)
    if (number === undefined) return { kind: 'username-taken' }
    await sendVerification(powers, tx, { number, ...language }, email)
    await audit(tx, { kind: 'registered', account: number })
    return { kind: 'registered', account: number }
  })
}

/** Sends the link once more; answers the seconds to wait where it was sent too often. */
export async function resendVerification(powers: AccountPowers, number: string): Promise<number> {
  const { database, directory } = powers
  const account = await directory.find(database, number)
  if (account?.email === undefined || account.emailVerified) return 0
  const { email } = account
  const seconds = await secondsToWait(powers, 'resend-mail', number)
  if (seconds > 0) return seconds
  await database.transaction((tx) => sendVerification(powers, tx, account, email))
  return 0
}

/** What is wrong with what was typed, but for the rate and the user name being taken. */
export function registrationFaults(
  { username, name, email, password }: Registration,
  isAddress: (text: string) => boolean,
): Readonly<Partial<Record<RegistrationField, readonly string[]>>> {
  const weak = passwordFaults(password, { username, email, names: name.split(' ') })
  return {
    ...(!usernames.test(username) && { username: [usernameRule] }),
    ...((name === '' || name.length > 200) && {
      name: ['Say how you want to be addressed, in at most 200 characters.'],
    }),
    ...(!isAddress(email) && { email: ['This is not an e-mail address.'] }),
    ...(weak.length > 0 && { password: weak }),
  }
}

/** No @ and no spaces: an address can never be taken for a user name. */
const usernames = /^[\p{L}\p{N}][\p{L}\p{N}._-]{2,63}$/u
const usernameRule = 'Use 3 to 64 letters, digits, dots, dashes and underscores, a letter or a digit first.'

/** The account is there in either case: what comes after tells no more than this does. */
async function sendVerification(
  powers: AccountPowers,
  tx: Db,
  account: Pick<AccountRecord, 'number' | 'language'>,
  email: string,
): Promise<void> {
  const { directory, notify, links } = powers
  const owner = await directory.findByEmail(tx, email)
  if (owner) {
    const { language } = owner
    await notify(tx, email, { template: 'already-registered', parameters: { link: links.signIn }, language })
  } else await requestVerification(powers, tx, account, email)
}
