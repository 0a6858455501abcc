/** Changing one's own password and address. */
import { requestAddressChange } from '../accounts/address-change.ts'
import { changePassword } from '../accounts/password-change.ts'
import { secondsToWait } from '../accounts/rate-limit.ts'
import type { Handler, SmartReply } from '../exchange.ts'
import { faultWords } from '../pages/fault-words.ts'
import { fill } from '../pages/fill.ts'
import { formPage } from '../pages/form-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import type { Smart } from '../smart.ts'
import { forgottenPath } from './forgotten.ts'
import { accountPath, ownPage, signInPath, type Visitor } from './own-page.ts'
import { passwordFault, passwordFields } from './own-password.ts'
import { tooMany, waitText } from './register.ts'

export const passwordPath = '/auth/account/password'
export const emailPath = '/auth/account/email'

/** Afterwards all sessions have ended, this one too. */
export function ownPassword(smart: Smart): Handler {
  return ownPage(smart, passwordPath, (visitor) => passwordForm(visitor), passwordSent)
}

async function passwordSent(form: URLSearchParams, visitor: Visitor): Promise<PersonPage | SmartReply> {
  const { accounts, session, request, texts } = visitor
  const { number } = session.account
  const seconds = await secondsToWait(accounts, 'password-check', number)
  if (seconds > 0) return tooMany(await passwordForm(visitor, { current: waitText(seconds, visitor) }))
  const given = { old: form.get('current') ?? '', password: form.get('password') ?? '' }
  const result = await changePassword(accounts, number, given)
  if (result.kind === 'weak') return passwordForm(visitor, { password: faultWords(result.faults, request.language) })
  if (result.kind !== 'changed') return passwordForm(visitor, { current: texts.security.wrongPassword })
  const { done, doneLead } = texts.forgotten
  const links = [{ href: signInPath, text: texts.signIn.title, strong: true }]
  return formPage({ title: done, lead: [doneLead], links }, texts)
}

interface PasswordFaults {
  readonly current?: string | undefined
  readonly password?: string | undefined
}

async function passwordForm({ texts, accounts, session }: Visitor, faults: PasswordFaults = {}): Promise<PersonPage> {
  const { security, register } = texts
  const account = await accounts.directory.find(accounts.database, session.account.number)
  const links = [{ href: accountPath, text: security.back }]
  if (account?.password === undefined) {
    // Who has none proves by mail that they may have one.
    const first = { href: forgottenPath, text: texts.forgotten.title, strong: true }
    return formPage({ title: security.changePassword, links: [first, ...links] }, texts)
  }
  const fields = [
    {
      ...{ name: 'current', label: security.oldPassword, type: 'password', error: faults.current },
      autocomplete: 'current-password',
    },
    {
      ...{ name: 'password', label: security.newPassword, type: 'password', error: faults.password },
      ...{ hint: register.passwordHint, autocomplete: 'new-password' },
    },
  ]
  const lead = [security.passwordLead]
  return formPage({ title: security.changePassword, lead, fields, submit: security.save, links }, texts)
}

export function ownAddress(smart: Smart): Handler {
  return ownPage(smart, emailPath, (visitor) => addressForm(visitor), addressSent, {
    typed: { email: ({ security }) => security.newEmail },
  })
}

interface AddressGiven {
  readonly email?: string
  readonly emailFault?: string | undefined
  readonly passwordFault?: string | undefined
}

async function addressSent(form: URLSearchParams, visitor: Visitor): Promise<PersonPage> {
  const { accounts, session, texts } = visitor
  const email = form.get('email')?.trim().slice(0, 320) ?? ''
  const { number } = session.account
  if (!accounts.isAddress(email)) return addressForm(visitor, { email, emailFault: texts.security.emailWrong })
  // What was kept while the person signed in again has no password.
  const hasPassword = (await passwordFields(visitor)).length > 0
  if (hasPassword && !form.has('current')) return addressForm(visitor, { email })
  const fault = await passwordFault(form, visitor)
  if (fault !== undefined) return addressForm(visitor, { email, passwordFault: fault })
  const seconds = await secondsToWait(accounts, 'change-address', number)
  if (seconds > 0) return tooMany(await addressForm(visitor, { email, emailFault: waitText(seconds, visitor) }))
  await requestAddressChange(accounts, number, email)
  const links = [{ href: accountPath, text: texts.security.back, strong: true }]
  const lead = [fill(texts.security.emailSent, { email })]
  return formPage({ title: texts.forgotten.sent, lead, links }, texts)
}

async function addressForm(visitor: Visitor, given: AddressGiven = {}): Promise<PersonPage> {
  const { security } = visitor.texts
  const { email: value, emailFault, passwordFault: fault } = given
  const field = { label: security.newEmail, type: 'email', error: emailFault, value, autocomplete: 'email' }
  const fields = [{ name: 'email', ...field }, ...(await passwordFields(visitor, fault))]
  // Who has no password is told above the form.
  const problem = fields.length === 1 ? fault : undefined
  const links = [{ href: accountPath, text: security.back }]
  const lead = [security.emailLead]
  return formPage({ title: security.changeEmail, lead, problem, fields, submit: security.save, links }, visitor.texts)
}
