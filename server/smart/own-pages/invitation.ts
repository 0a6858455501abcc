/** Saying whose an account is: by the code of a letter, or by asking the practice. Nothing is guessed. */
import { dateRange } from '../../fhir/date-range.ts'
import { useInvitation } from '../accounts/invitations.ts'
import { type LinkClaim, requestLink } from '../accounts/link-requests.ts'
import { networkOf } from '../accounts/sign-in-delay.ts'
import type { Handler, SmartReply } from '../exchange.ts'
import { formPage } from '../pages/form-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { textsIn } from '../pages/texts.ts'
import type { Smart } from '../smart.ts'
import { ownPage, signInPath, type Visitor } from './own-page.ts'
import { registerPath, resendPath, tooMany, waitText } from './register.ts'

export const invitationPath = '/auth/invitation'
export const askPath = '/auth/ask'
/** Takes the code from behind the # of the letter's link: it is part of no request. */
const script = '/docs/invitation.js'

export function invitation(smart: Smart): Handler {
  const own = ownPage(smart, invitationPath, async (visitor) => codeForm(visitor), used)
  return async (request) => {
    const secret = request.cookies.get('session')
    const session = secret === undefined ? undefined : await smart.people.session(secret)
    return session ? own(request) : landing(textsIn[request.language], request.language)
  }
}

/** The code waits in the browser until the person has signed in. */
function landing(texts: (typeof textsIn)['en'], language: keyof typeof textsIn): SmartReply {
  const { title, landing: lead } = texts.invitation
  const links = [
    { href: `${signInPath}?next=${invitationPath}`, text: texts.signIn.title, strong: true },
    { href: registerPath, text: texts.register.title },
  ]
  const page = formPage({ title, lead: [lead], links, scripts: [script] }, texts)
  return {
    status: 200,
    page: { ...page, main: page.main({ action: '', hidden: {} }), language, here: invitationPath },
  }
}

function codeForm({ texts }: Visitor, faults: { error?: string; problem?: string; code?: string } = {}): PersonPage {
  const { title, lead, code, codeHint, submit, noLetter } = texts.invitation
  const { error, problem, code: value } = faults
  const field = { name: 'code', label: code, hint: codeHint, error, value, autocomplete: 'off', focused: true }
  const links = [{ href: askPath, text: noLetter }]
  return formPage({ title, lead: [lead], problem, fields: [field], submit, links, scripts: [script] }, texts)
}

async function used(form: URLSearchParams, visitor: Visitor): Promise<PersonPage | SmartReply> {
  const { accounts, session, request, texts, smart } = visitor
  const code = form.get('code')?.trim().slice(0, 100) ?? ''
  const result = await useInvitation(accounts, session.account.number, code, networkOf(request.address))
  switch (result.kind) {
    case 'linked': {
      smart.checks.forget()
      const { done, doneLead } = texts.invitation
      const links = [{ href: '/auth/account', text: texts.address.goOn, strong: true }]
      return formPage({ title: done, lead: [doneLead], links, scripts: [script] }, texts)
    }
    case 'unverified':
      return { status: 303, location: resendPath }
    case 'refused':
      return codeForm(visitor, { error: texts.invitation.refused, code })
    case 'other-person':
      return codeForm(visitor, { problem: texts.invitation.otherPerson, code })
    case 'later':
      return tooMany(codeForm(visitor, { problem: waitText(result.seconds, visitor), code }))
  }
}

export function askPractice(smart: Smart): Handler {
  return ownPage(smart, askPath, async (visitor) => askForm(visitor, {}), asked, {
    typed: { name: ({ ask }) => ask.name, birthDate: ({ ask }) => ask.birthDate, note: ({ ask }) => ask.note },
  })
}

interface AskFaults {
  readonly name?: string
  readonly birthDate?: string
  readonly problem?: string
}

async function asked(form: URLSearchParams, visitor: Visitor): Promise<PersonPage | SmartReply> {
  const { accounts, session, texts } = visitor
  const text = (name: string, most: number) => form.get(name)?.trim().replace(/\s+/g, ' ').slice(0, most) ?? ''
  const claim = { name: text('name', 300), birthDate: text('birthDate', 20), note: text('note', 500) }
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(claim.birthDate) && dateRange(claim.birthDate) !== undefined
  const isNamed = claim.name !== '' && claim.name.length <= 200
  if (!isDay || !isNamed) {
    const faults = {
      ...(!isNamed && { name: texts.ask.nameWrong }),
      ...(!isDay && { birthDate: texts.ask.birthDateWrong }),
    }
    return askForm(visitor, claim, faults)
  }
  const result = await requestLink(accounts, session.account.number, claim)
  const links = [{ href: '/auth/account', text: texts.security.back, strong: true }]
  switch (result.kind) {
    case 'waiting':
      return formPage({ title: texts.ask.waiting, lead: [texts.ask.waitingLead], links }, texts)
    case 'linked':
      return formPage({ title: texts.ask.title, lead: [texts.ask.linked], links }, texts)
    case 'unverified':
      return { status: 303, location: resendPath }
    case 'later':
      return tooMany(askForm(visitor, claim, { problem: waitText(result.seconds, visitor) }))
  }
}

function askForm({ texts }: Visitor, given: Partial<LinkClaim>, faults: AskFaults = {}): PersonPage {
  const { ask } = texts
  const fields = [
    { name: 'name', label: ask.name, hint: ask.nameHint, error: faults.name, value: given.name, autocomplete: 'name' },
    {
      ...{ name: 'birthDate', label: ask.birthDate, hint: ask.birthDateHint, error: faults.birthDate },
      ...{ value: given.birthDate, autocomplete: 'bday' },
    },
    { name: 'note', label: ask.note, hint: ask.noteHint, value: given.note, autocomplete: 'off' },
  ]
  return formPage({ title: ask.title, lead: [ask.lead], problem: faults.problem, fields, submit: ask.submit }, texts)
}
