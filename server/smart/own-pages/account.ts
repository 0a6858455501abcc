/** A person's own account: where they are signed in, and what they sign in with. */
import { openBreaks } from '../../store/accounts/break-glass.ts'
import { closeGlass } from '../accounts/break-glass.ts'
import { hasTotp } from '../accounts/second-factor.ts'
import { endOpenSession, openSessions } from '../accounts/sessions.ts'
import { sessionAges } from '../accounts/stored-people.ts'
import type { Handler, SmartReply } from '../exchange.ts'
import { type AccountView, accountPage, browserInWords, type EmergencyView } from '../pages/account-page.ts'
import { languageOf, languages } from '../pages/language.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { dateInWords, momentInWords, nameOf } from '../pages/resource-words.ts'
import type { Smart } from '../smart.ts'
import { accountPath, ownPage, type Visitor } from './own-page.ts'

export function ownAccount(smart: Smart): Handler {
  return ownPage(smart, accountPath, (visitor) => page(visitor), act)
}

async function act(form: URLSearchParams, visitor: Visitor): Promise<PersonPage | SmartReply> {
  const { session, smart, accounts, texts } = visitor
  const wanted = form.get('do')
  if (wanted === 'sign-out-others') {
    const grants = form.get('apps') === '1'
    await accounts.directory.signOut(accounts.database, session.account.number, { grants, except: session.hash })
    smart.checks.forget()
    return page(visitor, { note: grants ? texts.sessionEnd.endedWithApps : texts.account.ended })
  }
  const language = languages.find((one) => one === form.get('mail-language'))
  if (language !== undefined) {
    await accounts.directory.change(accounts.database, session.account.number, { language })
    return page(visitor)
  }
  const emergency = form.get('end-emergency') ?? ''
  if (/^[1-9]\d{0,17}$/.test(emergency) && (await closeGlass(accounts, emergency, session.account.number))) {
    smart.checks.forget()
    return page(visitor, { note: texts.review.ended })
  }
  const one = form.get('sign-out-one')
  if (one !== null && (await endOpenSession(accounts, session.account.number, one, sessionAges))) {
    smart.checks.forget()
    return page(visitor, { note: texts.security.signedOutOne })
  }
  return page(visitor)
}

async function page(visitor: Visitor, more: Partial<AccountView> = {}): Promise<PersonPage> {
  const { session, request, smart, accounts, texts } = visitor
  const { language } = request
  const { number, fhirUser, roles } = session.account
  const sessions = await openSessions(accounts, number, session.hash, sessionAges)
  const account = await accounts.directory.find(accounts.database, number)
  const day = (time: number) => dateInWords(new Date(time).toISOString(), language)
  return accountPage(
    {
      name: session.name,
      email: account?.email,
      emailVerified: account?.emailVerified ?? false,
      mailLanguage: languageOf({ chosen: account?.language ?? language }),
      isNobody: fhirUser === undefined,
      hasOthers: smart.login !== undefined,
      isPatient: roles.includes('patient'),
      hasSecondFactor: await hasTotp(accounts, number),
      emergencies: await emergenciesOf(visitor),
      sessions: sessions.map(({ id, isThis, userAgent, seen, created }) => ({
        ...{ id, isHere: isThis, browser: browserInWords(userAgent) },
        ...{ seen: day(seen), since: day(created) },
      })),
      ...more,
    },
    texts,
  )
}

async function emergenciesOf({ session, request, accounts, texts }: Visitor): Promise<readonly EmergencyView[]> {
  const open = await openBreaks(accounts.database, session.account.number, accounts.now())
  return Promise.all(
    open.map(async ({ number, patient, until }) => {
      const record = await accounts.record.read(`Patient/${patient}`)
      const name = record ? nameOf(record, texts) : patient
      return { number, patient: name, until: momentInWords(until, request.language) }
    }),
  )
}
