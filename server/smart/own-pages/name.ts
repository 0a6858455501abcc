/** How one wants to be addressed. */
import { changeName, nameOfAccount } from '../accounts/name-change.ts'
import { secondsToWait } from '../accounts/rate-limit.ts'
import type { Handler, SmartReply } from '../exchange.ts'
import { formPage } from '../pages/form-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import type { Smart } from '../smart.ts'
import { accountPath, ownPage, type Visitor } from './own-page.ts'
import { tooMany, waitText } from './register.ts'

export const namePath = '/auth/account/name'

export function ownName(smart: Smart): Handler {
  return ownPage(smart, namePath, async (visitor) => nameForm(visitor, visitor.session.name), changed, {
    typed: { name: ({ security }) => security.name },
  })
}

async function changed(form: URLSearchParams, visitor: Visitor): Promise<PersonPage | SmartReply> {
  const { accounts, session, texts } = visitor
  const { number } = session.account
  const typed = form.get('name')?.slice(0, 1000) ?? ''
  const name = nameOfAccount(typed)
  if (name === undefined) return nameForm(visitor, typed, texts.ask.nameWrong)
  const seconds = await secondsToWait(accounts, 'change-name', number)
  if (seconds > 0) return tooMany(nameForm(visitor, typed, waitText(seconds, visitor)))
  await changeName(accounts, number, name)
  return { status: 303, location: accountPath }
}

function nameForm({ texts }: Visitor, value: string, error?: string): PersonPage {
  const { changeName: title, name: label, nameLead, save, back } = texts.security
  const field = { name: 'name', label, value, error, autocomplete: 'name' }
  const links = [{ href: accountPath, text: back }]
  return formPage({ title, lead: [nameLead], fields: [field], submit: save, links }, texts)
}
