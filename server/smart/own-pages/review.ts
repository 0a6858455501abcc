/** Emergency access is reviewed by somebody else than who used it. */
import { type GlassBreak, unreviewedBreaks } from '../../store/accounts/break-glass.ts'
import { reviewers, reviewGlass } from '../accounts/break-glass.ts'
import { needsSecondFactor } from '../accounts/mfa-rule.ts'
import type { Handler, SmartReply } from '../exchange.ts'
import { fill } from '../pages/fill.ts'
import { formPage } from '../pages/form-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { momentInWords, nameOf } from '../pages/resource-words.ts'
import { type ReviewEntry, reviewPage } from '../pages/review-page.ts'
import type { Smart } from '../smart.ts'
import { accountPath, ownPage, type Visitor } from './own-page.ts'
import { secondFactorPath } from './second-factor.ts'

export const reviewPath = '/auth/emergency-access'

export function emergencyReview(smart: Smart): Handler {
  return ownPage(smart, reviewPath, (visitor) => page(visitor), reviewed, {
    typed: { finding: ({ review }) => review.finding },
    hidden: ['entry'],
    about: aboutEntry,
  })
}

async function reviewed(form: URLSearchParams, visitor: Visitor): Promise<PersonPage | SmartReply> {
  const { session, accounts, texts } = visitor
  const { number, roles } = session.account
  const entry = form.get('entry') ?? ''
  const finding = form.get('finding')?.trim().slice(0, 2000) ?? ''
  const isReviewer = roles.includes(reviewers) && isStrong(visitor)
  if (!isReviewer) return page(visitor)
  if (finding === '' || !/^[1-9]\d{0,17}$/.test(entry)) return page(visitor, undefined, 422)
  const isKept = await reviewGlass(accounts, entry, { by: number, finding })
  return isKept ? page(visitor, texts.review.done) : page(visitor, texts.review.refused, 409)
}

async function page(visitor: Visitor, note?: string, status = 200): Promise<PersonPage | SmartReply> {
  const { session, accounts, texts } = visitor
  const { review, security } = texts
  if (!session.account.roles.includes(reviewers)) {
    const links = [{ href: accountPath, text: security.back, strong: true }]
    return { ...formPage({ title: review.title, lead: [review.notYours], links }, texts), status: 403 }
  }
  if (!isStrong(visitor)) return { status: 303, location: secondFactorPath }
  const breaks = await unreviewedBreaks(accounts.database)
  const entries = await Promise.all(breaks.map((one) => entryOf(one, visitor)))
  return { ...reviewPage({ entries, note }, texts), status }
}

async function aboutEntry(fields: ReadonlyMap<string, string>, visitor: Visitor): Promise<string | undefined> {
  const breaks = visitor.session.account.roles.includes(reviewers)
    ? await unreviewedBreaks(visitor.accounts.database)
    : []
  const found = breaks.find(({ number }) => number === fields.get('entry'))
  const entry = found && (await entryOf(found, visitor))
  return entry && `${fill(visitor.texts.review.patient, { name: entry.patient })}. ${entry.by}`
}

function isStrong({ session, smart }: Visitor): boolean {
  const { mfaRoles } = smart.context().config
  return !needsSecondFactor({ roles: session.account.roles, methods: session.methods, mfaRoles })
}

async function entryOf(
  { number, account, patient, reason, started, until, ended }: GlassBreak,
  { accounts, session, request: { language }, texts }: Visitor,
): Promise<ReviewEntry> {
  const who = await accounts.directory.find(accounts.database, account)
  const record = await accounts.record.read(`Patient/${patient}`)
  const moment = (time: number) => momentInWords(time, language)
  const times = { date: moment(started), until: moment(Math.min(until, ended ?? until)) }
  return {
    number,
    by: fill(texts.review.by, { name: who?.name ?? account, ...times }),
    patient: record ? nameOf(record, texts) : patient,
    reason,
    isOwn: account === session.account.number,
  }
}
