/** A person's own account: where they are signed in, and what they sign in with. */
import { endSessions } from '../../store/accounts/sessions.ts'
import { hasTotp } from '../accounts/second-factor.ts'
import { endOpenSession, openSessions } from '../accounts/sessions.ts'
import { sessionAges } from '../accounts/stored-people.ts'
import type { Handler, SmartReply } from '../exchange.ts'
import { type AccountView, accountPage, browserInWords } from '../pages/account-page.ts'
import { languageOf, languages } from '../pages/language.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { dateInWords } from '../pages/resource-words.ts'
import { leave } from '../sign-out/leave.ts'
import { signedOut } from '../sign-out/sign-out.ts'
import type { Smart } from '../smart.ts'
import { accountPath, ownPage, type Visitor } from './own-page.ts'

export function ownAccount(smart: Smart): Handler {
  return ownPage(smart, accountPath, (visitor) => page(visitor), act)
}

/** After signing out here no app waits. */
const nowhere = { next: undefined, client: undefined, goesOn: false }

async function act(form: URLSearchParams, visitor: Visitor): Promise<PersonPage | SmartReply> {
  const { session, request, smart, accounts, texts } = visitor
  const wanted = form.get('do')
  if (wanted === 'sign-out') {
    return signedOut(await leave(session, request.cookies.get('session')!, smart), nowhere, request)
  }
  if (wanted === 'sign-out-others') {
    await endSessions(smart.context().store.database, session.account.number, session.hash)
    smart.checks.forget()
    return page(visitor, { note: texts.account.ended })
  }
  const language = languages.find((one) => one === form.get('mail-language'))
  if (language !== undefined) {
    await accounts.directory.change(accounts.database, session.account.number, { language })
    return page(visitor)
  }
  const one = form.get('sign-out-one')
  if (one !== null && (await endOpenSession(accounts, session.account.number, one, sessionAges))) {
    smart.checks.forget()
    return page(visitor, { note: texts.security.signedOutOne })
  }
  return page(visitor)
}

async function page(
  { session, request: { language }, smart, accounts, texts }: Visitor,
  more: Partial<AccountView> = {},
): Promise<PersonPage> {
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
      sessions: sessions.map(({ id, isThis, userAgent, seen, created }) => ({
        ...{ id, isHere: isThis, browser: browserInWords(userAgent) },
        ...{ seen: day(seen), since: day(created) },
      })),
      ...more,
    },
    texts,
  )
}
