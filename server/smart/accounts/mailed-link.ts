/** Links that are sent by mail, and used once. */
import { newToken, secretHash } from '../../store/accounts/codes.ts'
import { addMailToken, findMailToken, type MailPurpose, type MailToken } from '../../store/accounts/mail-tokens.ts'
import type { Db } from '../../store/database.ts'
import type { AccountPowers } from './account-powers.ts'

interface Lifetime {
  readonly milliseconds: number
  /** The same as the notice is told of it: ISO 8601. */
  readonly duration: 'PT24H' | 'PT30M'
  /**
   * Earlier links for the same purpose end. Not those for a new password: anybody may ask for them, and would end the link
   * that the owner has just been sent.
   */
  readonly replaces: boolean
}

const hour = 3_600_000

export const lifetimes: Readonly<Record<MailPurpose, Lifetime>> = {
  'verify-address': { milliseconds: 24 * hour, duration: 'PT24H', replaces: true },
  'change-address': { milliseconds: 24 * hour, duration: 'PT24H', replaces: true },
  'reset-password': { milliseconds: hour / 2, duration: 'PT30M', replaces: false },
}

/** A new token for a link to `address`. */
export async function makeMailToken(
  db: Db,
  purpose: MailPurpose,
  { account, address }: MailToken,
  now: number,
): Promise<string> {
  const token = newToken()
  const { milliseconds, replaces } = lifetimes[purpose]
  const expires = now + milliseconds
  await addMailToken(db, { hash: secretHash(token), purpose, account, address, created: now, expires }, replaces)
  return token
}

/** Whether the page of a link may show its form. Opening a link uses nothing up: programs open links too. */
export async function isLinkUsable(
  { database, now }: Pick<AccountPowers, 'database' | 'now'>,
  purpose: MailPurpose,
  token: string,
): Promise<boolean> {
  return (await findMailToken(database, secretHash(token), purpose, now())) !== undefined
}
