/** Another password, by a link in a mail. */
import { newToken } from '../../store/accounts/codes.ts'
import { isLinkUsable } from '../accounts/mailed-link.ts'
import { requestPasswordReset, resetPassword } from '../accounts/password-change.ts'
import type { Handler } from '../exchange.ts'
import { faultWords } from '../pages/fault-words.ts'
import { formPage } from '../pages/form-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import type { Smart } from '../smart.ts'
import { type Guest, openPage } from './open-page.ts'
import { signInPath } from './own-page.ts'

export const forgottenPath = '/auth/forgotten'
export const resetPath = '/auth/reset-password'

/** The answer is the same for all, and is there before anything is looked up: it tells nothing of who has an account. */
export function forgottenPassword(smart: Smart): Handler {
  return openPage(
    smart,
    forgottenPath,
    ({ texts }) => {
      const { title, lead, login, submit } = texts.forgotten
      const field = { name: 'username', label: login, autocomplete: 'username', focused: true }
      return formPage({ title, lead: [lead], fields: [field], submit }, texts)
    },
    async (form, { accounts, network, texts }) => {
      const login = form.get('username')?.trim().slice(0, 320) ?? ''
      const { background } = smart.context()
      if (login !== '') {
        background.start(`new password ${newToken()}`, () => requestPasswordReset(accounts, login, network))
      }
      const { sent, sentLead, sentHint } = texts.forgotten
      return formPage({ title: sent, lead: [sentLead, sentHint] }, texts)
    },
  )
}

export function chooseNewPassword(smart: Smart): Handler {
  return openPage(
    smart,
    resetPath,
    async (guest) => {
      const isUsable = await isLinkUsable(guest.accounts, 'reset-password', tokenOf(guest))
      return isUsable ? passwordForm(guest) : expired(guest)
    },
    async (form, guest) => {
      const { accounts, network, request, texts } = guest
      const result = await resetPassword(accounts, tokenOf(guest), form.get('password') ?? '', network)
      if (result.kind === 'weak') return passwordForm(guest, faultWords(result.faults, request.language))
      if (result.kind !== 'changed') return expired(guest)
      const { done, doneLead } = texts.forgotten
      const links = [{ href: signInPath, text: texts.signIn.title, strong: true }]
      return formPage({ title: done, lead: [doneLead], links }, texts)
    },
  )
}

function tokenOf({ query }: Guest): string {
  return query.get('token') ?? ''
}

function passwordForm({ texts }: Guest, error?: string): PersonPage {
  const { choose, password, save } = texts.forgotten
  const hint = texts.register.passwordHint
  const field = { name: 'password', label: password, type: 'password', hint, error, autocomplete: 'new-password' }
  return formPage({ title: choose, fields: [field], submit: save }, texts)
}

function expired({ texts }: Guest): PersonPage {
  const { expired: title, expiredLead } = texts.address
  const links = [{ href: forgottenPath, text: texts.forgotten.again, strong: true }]
  return formPage({ title, lead: [expiredLead], links }, texts)
}
