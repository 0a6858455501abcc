/** For whom one acts, and who acts for oneself. */
import { findAccount } from '../../store/accounts/accounts.ts'
import { type GrantedProxy, proxiesForPatient, proxiesOfAccount } from '../../store/accounts/granted-proxies.ts'
import { isProxyNow, revokeProxy } from '../accounts/proxy-access.ts'
import { birthday } from '../accounts/proxy-period.ts'
import type { Handler } from '../exchange.ts'
import { fill } from '../pages/fill.ts'
import { type PeopleView, type ProxyView, peoplePage } from '../pages/people-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { dateInWords, nameOf } from '../pages/resource-words.ts'
import type { Smart } from '../smart.ts'
import { ownPage, type Visitor } from './own-page.ts'

export const peoplePath = '/auth/people'

export function ownPeople(smart: Smart): Handler {
  return ownPage(
    smart,
    peoplePath,
    (visitor) => page(visitor),
    async (form, visitor) => {
      const { accounts, session, texts } = visitor
      const { own, others, mayEnd } = await proxies(visitor)
      const stoppable = [...own, ...(mayEnd ? others : [])]
      const chosen = stoppable.find(({ number }) => number === form.get('stop'))
      const isStopped = chosen && (await revokeProxy(accounts, chosen.number, session.account.number))
      if (isStopped) smart.checks.forget()
      return page(visitor, isStopped ? texts.people.stopped : undefined)
    },
  )
}

interface Proxies {
  readonly own: readonly GrantedProxy[]
  readonly others: readonly GrantedProxy[]
  /** Whether those who act for oneself may be stopped: children do not stop their guardians. */
  readonly mayEnd: boolean
}

async function proxies({ accounts, session }: Visitor): Promise<Proxies> {
  const { number, fhirUser = '' } = session.account
  const own = await proxiesOfAccount(accounts.database, number)
  if (!fhirUser.startsWith('Patient/')) return { own, others: [], mayEnd: false }
  const others = await proxiesForPatient(accounts.database, fhirUser.slice('Patient/'.length))
  const patient = await accounts.record.read(fhirUser)
  return { own, others, mayEnd: patient !== undefined && birthday(patient, accounts.ageOfConsent) <= accounts.now() }
}

async function page(visitor: Visitor, note?: string): Promise<PersonPage> {
  const { accounts, texts } = visitor
  const { own, others, mayEnd } = await proxies(visitor)
  const forOthers = await Promise.all(
    own.map(async (proxy) => {
      const patient = await accounts.record.read(`Patient/${proxy.patient}`)
      const name = patient ? nameOf(patient, texts) : proxy.patient
      return viewOf(proxy, name, `${texts.people.stop}: ${name}`, visitor)
    }),
  )
  const forOneself = await Promise.all(
    others.map(async (proxy) => {
      const name = (await findAccount(accounts.database, proxy.account))?.name ?? proxy.account
      return viewOf(proxy, name, mayEnd ? `${texts.people.stop}: ${name}` : undefined, visitor)
    }),
  )
  const view: PeopleView = { forOthers, forOneself, note, age: accounts.ageOfConsent }
  return peoplePage(view, texts)
}

function viewOf(
  proxy: GrantedProxy,
  name: string,
  stop: string | undefined,
  { accounts, request: { language }, texts }: Visitor,
): ProxyView {
  const day = (time: number) => dateInWords(new Date(time).toISOString(), language)
  const { starts, ends, revoked } = proxy
  const now = accounts.now()
  const over = revoked ?? (ends !== null && ends <= now ? ends : undefined)
  const period =
    over !== undefined
      ? [fill(texts.people.over, { date: day(over) })]
      : [
          fill(texts.people.from, { date: day(starts) }),
          ends === null ? texts.people.noEnd : fill(texts.people.until, { date: day(ends) }),
          isProxyNow(proxy, now) ? '' : texts.people.notYet,
        ]
  const facts = period.filter((fact) => fact !== '').join(' · ')
  return { number: proxy.number, name, facts, stop: over === undefined ? stop : undefined }
}
