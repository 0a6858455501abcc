/** Making an account, and proving its address. */

import { confirmAddress, verifyAddress } from '../accounts/address-change.ts'
import { isLinkUsable } from '../accounts/mailed-link.ts'
import { type Registration, type RegistrationField, register, resendVerification } from '../accounts/registration.ts'
import type { Handler } from '../exchange.ts'
import { faultWords } from '../pages/fault-words.ts'
import { fill } from '../pages/fill.ts'
import { formPage } from '../pages/form-page.ts'
import type { Field, PersonPage } from '../pages/person-layout.ts'
import type { Smart } from '../smart.ts'
import { type Guest, openPage } from './open-page.ts'
import { ownPage, signInPath } from './own-page.ts'

export const registerPath = '/auth/sign-up'
export const verifyPath = '/auth/verify-address'
export const confirmPath = '/auth/confirm-address'

type Faults = Partial<Record<RegistrationField, string>>

const names = ['name', 'username', 'email', 'password'] as const

export function registerAccount(smart: Smart): Handler {
  return openPage(smart, registerPath, (guest) => registerForm(guest, {}, {}), registered)
}

async function registered(form: URLSearchParams, guest: Guest): Promise<PersonPage> {
  const { accounts, network, request, texts } = guest
  const given = Object.fromEntries(names.map((name) => [name, form.get(name) ?? ''])) as unknown as Registration
  const result = await register(accounts, { ...given, language: request.language }, network)
  switch (result.kind) {
    case 'registered': {
      const { sent, sentLead, sentHint } = texts.register
      return formPage({ title: sent, lead: [fill(sentLead, { email: given.email.trim() }), sentHint] }, texts)
    }
    case 'username-taken':
      return registerForm(guest, given, { username: texts.register.taken })
    case 'invalid': {
      const entries = Object.entries(result.faults).map(([name, list]) => [name, faultWords(list, request.language)])
      return registerForm(guest, given, Object.fromEntries(entries) as Faults)
    }
    case 'later':
      return tooMany(registerForm(guest, given, {}, waitText(result.seconds, guest)))
  }
}

/** A page that says how long to wait. https://www.rfc-editor.org/rfc/rfc6585#section-4 */
export function tooMany(page: PersonPage): PersonPage {
  return { ...page, status: 429 }
}

export function waitText(seconds: number, { texts }: Pick<Guest, 'texts'>): string {
  return fill(texts.register.wait, { minutes: Math.ceil(seconds / 60) })
}

/** The password is typed again: it is sent back to nobody. */
function registerForm({ texts }: Guest, given: Partial<Registration>, faults: Faults, problem?: string): PersonPage {
  const { register: words } = texts
  const field = (name: RegistrationField, more: Omit<Field, 'name' | 'error' | 'value' | 'label'>): Field => ({
    name,
    label: words[name],
    error: faults[name],
    ...(name !== 'password' && { value: given[name] }),
    ...more,
  })
  return formPage(
    {
      title: words.title,
      lead: [words.lead],
      problem,
      fields: [
        field('name', { hint: words.nameHint, autocomplete: 'name' }),
        field('email', { type: 'email', hint: words.emailHint, autocomplete: 'email' }),
        field('username', { hint: words.usernameHint, autocomplete: 'username' }),
        field('password', { type: 'password', hint: words.passwordHint, autocomplete: 'new-password' }),
      ],
      submit: words.submit,
      links: [{ href: signInPath, text: words.have }],
    },
    texts,
  )
}

/** Opening the link proves nothing: programs open links, too. */
export function verifyOwnAddress(smart: Smart): Handler {
  return openPage(
    smart,
    verifyPath,
    (guest) => confirmForm('verify-address', guest),
    async (_form, guest) => {
      const { accounts, query, texts } = guest
      const account = await verifyAddress(accounts, query.get('token') ?? '')
      if (account === undefined) return expired(guest)
      const { confirmed, confirmedLead, goOn } = texts.address
      const href = `${signInPath}?next=/auth/invitation`
      return formPage({ title: confirmed, lead: [confirmedLead], links: [{ href, text: goOn, strong: true }] }, texts)
    },
  )
}

export function confirmNewAddress(smart: Smart): Handler {
  return openPage(
    smart,
    confirmPath,
    (guest) => confirmForm('change-address', guest),
    async (_form, guest) => {
      const { accounts, query, texts } = guest
      const account = await confirmAddress(accounts, query.get('token') ?? '')
      if (account === undefined) return expired(guest)
      const { changed, changedLead, goOn } = texts.address
      const links = [{ href: '/auth/account', text: goOn, strong: true }]
      return formPage({ title: changed, lead: [changedLead], links }, texts)
    },
  )
}

async function confirmForm(purpose: 'verify-address' | 'change-address', guest: Guest): Promise<PersonPage> {
  const { accounts, query, texts } = guest
  if (!(await isLinkUsable(accounts, purpose, query.get('token') ?? ''))) return expired(guest)
  const { confirm, confirmLead, submit } = texts.address
  return formPage({ title: confirm, lead: [confirmLead], submit }, texts)
}

function expired({ texts }: Guest): PersonPage {
  const { expired: title, expiredLead, goOn } = texts.address
  return formPage({ title, lead: [expiredLead], links: [{ href: '/auth/account', text: goOn, strong: true }] }, texts)
}

export const resendPath = '/auth/account/resend'

/** For who has signed in before the address was proved. */
export function resendLink(smart: Smart): Handler {
  return ownPage(
    smart,
    resendPath,
    (visitor) => unconfirmed(visitor),
    async (_form, visitor) => {
      const seconds = await resendVerification(visitor.accounts, visitor.session.account.number)
      if (seconds > 0) return tooMany(await unconfirmed(visitor, waitText(seconds, visitor)))
      return unconfirmed(visitor, visitor.texts.address.sentAgain)
    },
  )
}

async function unconfirmed(
  { accounts, session, texts }: Parameters<Parameters<typeof ownPage>[2]>[0],
  note?: string,
): Promise<PersonPage> {
  const account = await accounts.directory.find(accounts.database, session.account.number)
  const { confirm, unconfirmed: words, again, goOn } = texts.address
  const links = [{ href: '/auth/account', text: goOn }]
  if (account?.email === undefined) {
    const { none, noneLead, add } = texts.address
    const adding = { href: '/auth/account/email', text: add, strong: true }
    return formPage({ title: none, lead: [noneLead], links: [adding, ...links] }, texts)
  }
  if (account.emailVerified) {
    return formPage({ title: texts.address.confirmed, links }, texts)
  }
  return formPage({ title: confirm, note, lead: [fill(words, { email: account.email })], submit: again, links }, texts)
}
