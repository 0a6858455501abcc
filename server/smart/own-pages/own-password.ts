/** Asking for the password once more, before something is changed that would let others in. */
import { verifyPassword } from '../accounts/password.ts'
import { secondsToWait } from '../accounts/rate-limit.ts'
import { formPage } from '../pages/form-page.ts'
import type { Field, PersonPage } from '../pages/person-layout.ts'
import type { Visitor } from './own-page.ts'
import { waitText } from './register.ts'

/** Milliseconds for which signing in counts as much as typing the password, for those who have none. */
const recent = 10 * 60_000

/** Whether the person has signed in a moment ago. */
export function isRecent({ accounts, session }: Pick<Visitor, 'accounts' | 'session'>): boolean {
  return accounts.now() - session.authTime < recent
}

/** What is wrong with the password; undefined where it is right. */
export async function passwordFault(form: URLSearchParams, visitor: Visitor): Promise<string | undefined> {
  const { accounts, session, texts } = visitor
  const { number } = session.account
  const account = await accounts.directory.find(accounts.database, number)
  if (account?.password === undefined) {
    return isRecent(visitor) ? undefined : texts.signIn.ended
  }
  const seconds = await secondsToWait(accounts, 'password-check', number)
  if (seconds > 0) return waitText(seconds, visitor)
  const isRight = await verifyPassword(form.get('current') ?? '', account.password)
  return isRight ? undefined : texts.security.wrongPassword
}

/** Its field, where the account has a password. */
export async function passwordFields({ accounts, session, texts }: Visitor, error?: string): Promise<readonly Field[]> {
  const account = await accounts.directory.find(accounts.database, session.account.number)
  if (account?.password === undefined) return []
  const { yourPassword, yourPasswordHint } = texts.security
  const type = { type: 'password', autocomplete: 'current-password' }
  return [{ name: 'current', label: yourPassword, hint: yourPasswordHint, error, ...type }]
}

export interface Removal {
  readonly title: string
  /** What is taken away. */
  readonly lead: string
  readonly submit: string
  /** What the form sends again. */
  readonly hidden: Readonly<Record<string, string>>
  readonly back: string
}

/** The page that asks for the password before a way in is taken away; undefined where that was proved just now. */
export async function unproved(
  form: URLSearchParams,
  visitor: Visitor,
  { title, lead, submit, hidden, back }: Removal,
): Promise<PersonPage | undefined> {
  if (isRecent(visitor)) return undefined
  const isAsked = !form.has('current') && (await passwordFields(visitor)).length > 0
  const fault = isAsked ? undefined : await passwordFault(form, visitor)
  if (!isAsked && fault === undefined) return undefined
  const fields = await passwordFields(visitor, fault)
  const problem = fields.length === 0 ? fault : undefined
  const links = [{ href: back, text: visitor.texts.back }]
  return formPage({ title, lead: [lead], problem, fields, submit, hidden, links }, visitor.texts)
}
