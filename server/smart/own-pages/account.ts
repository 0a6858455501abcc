/** A person's own account: where they are signed in, and what they sign in with. */
import QRCode from 'qrcode'
import { endSessions, sessionsOf } from '../../store/accounts/sessions.ts'
import { unrecorded } from '../accounts/account-event.ts'
import { beginTotp, confirmTotp, hasTotp, pendingTotp, type SecondFactorPowers } from '../accounts/second-factor.ts'
import { sessionAges } from '../accounts/stored-people.ts'
import type { Handler, SmartReply } from '../exchange.ts'
import { type AccountView, accountPage, browserInWords } from '../pages/account-page.ts'
import { backupCodesPage, enrolPage } from '../pages/enrol-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { dateInWords } from '../pages/resource-words.ts'
import { leave } from '../sign-out/leave.ts'
import { signedOut } from '../sign-out/sign-out.ts'
import type { Smart } from '../smart.ts'
import { ownPage, type Visitor } from './own-page.ts'

export const accountPath = '/auth/account'
/** What authenticator apps call this. */
const issuer = 'Candela'

export const secondFactorPath = '/auth/account/second-factor'

export function ownAccount(smart: Smart): Handler {
  return ownPage(smart, accountPath, (visitor) => page(visitor), act)
}

/** After signing out here no app waits. */
const nowhere = { next: undefined, client: undefined }

async function act(form: URLSearchParams, visitor: Visitor): Promise<PersonPage | SmartReply> {
  const { session, request, smart } = visitor
  const wanted = form.get('do')
  if (wanted === 'sign-out') {
    return signedOut(await leave(session, request.cookies.get('session')!, smart), nowhere, request)
  }
  if (wanted === 'sign-out-others') {
    await endSessions(smart.context().store.database, session.account.number, session.hash)
    return page(visitor, { ended: true })
  }
  if (wanted === 'second-factor') return { status: 303, location: secondFactorPath }
  return page(visitor)
}

async function page(
  { session, request: { language }, smart, texts }: Visitor,
  more: Partial<AccountView> = {},
): Promise<PersonPage> {
  const { store, now } = smart.context()
  const { number } = session.account
  const sessions = await sessionsOf(store.database, number, sessionAges, now())
  const day = (time: number) => dateInWords(new Date(time).toISOString(), language)
  return accountPage(
    {
      name: session.name,
      hasSecondFactor: await hasTotp(store, number),
      sessions: sessions.map(({ hash, userAgent, seen, created }) => ({
        isHere: hash.equals(session.hash),
        browser: browserInWords(userAgent),
        seen: day(seen),
        since: day(created),
      })),
      ...more,
    },
    texts,
  )
}

/** A new key each time that the page is opened; the same while a code of it is mistyped. */
export function secondFactor(smart: Smart): Handler {
  return ownPage(
    smart,
    secondFactorPath,
    (visitor) => enrol(visitor, false),
    async (form, visitor) => {
      const { session, smart: own, texts } = visitor
      const codes = await confirmTotp(powersOf(own), session.account.number, form.get('otp')?.trim() ?? '')
      return codes ? backupCodesPage(codes, texts) : enrol(visitor, true)
    },
  )
}

async function enrol({ session, smart, texts }: Visitor, isWrong: boolean): Promise<PersonPage> {
  const { account, name } = session
  const owner = { number: account.number, label: name }
  const pending = isWrong ? await pendingTotp(powersOf(smart), owner, issuer) : undefined
  const { secret, uri } = pending ?? (await beginTotp(powersOf(smart), owner, issuer))
  const svg = await QRCode.toString(uri, { type: 'svg', margin: 1 })
  return enrolPage({ picture: { html: svg }, secret, isWrong }, texts)
}

function powersOf({ context }: Smart): SecondFactorPowers {
  const { store, sealer, now } = context()
  return { database: store.database, sealer, now, audit: unrecorded }
}
