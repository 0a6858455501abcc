/** A mail to somebody whose password others try to guess: not more than one a day, whatever they do. */
import type { AccountPowers } from './account-powers.ts'
import { secondsToWait } from './rate-limit.ts'

/** Failures in a row after which it is told: more than people make who mistype. */
export const attemptsToTell = 10

export async function tellOfAttempts(
  {
    database,
    directory,
    notify,
    links,
    now,
  }: Pick<AccountPowers, 'database' | 'directory' | 'notify' | 'links' | 'now'>,
  number: string,
): Promise<void> {
  const account = await directory.find(database, number)
  if (account?.email === undefined || !account.emailVerified || account.state !== 'active') return
  if ((await secondsToWait({ database, now }, 'attempts-mail', number)) > 0) return
  const { email, language } = account
  await notify(database, email, { template: 'sign-in-attempts', parameters: { link: links.account }, language })
}
