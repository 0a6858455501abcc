/** Signing in by another OpenID provider, and linking what one is called there. */
import { timingSafeEqual } from 'node:crypto'
import { identitiesOf } from '../../store/accounts/identities.ts'
import { passkeysOf } from '../../store/accounts/passkeys.ts'
import { linkIdentity, signInByIdentity, unlinkIdentity } from '../accounts/external-identity.ts'
import { begin } from '../accounts/sign-in.ts'
import { type Handler, type SetCookie, type SmartReply, type SmartRequest, withQuery } from '../exchange.ts'
import { externalPage } from '../pages/external-page.ts'
import { fill } from '../pages/fill.ts'
import { formPage } from '../pages/form-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { dateInWords } from '../pages/resource-words.ts'
import { type Session, signInPlace } from '../people.ts'
import type { Smart } from '../smart.ts'
import { type Guest, guestOf } from './open-page.ts'
import { accountPath, csrfOf, localPath, ownPage, signInPath, type Visitor } from './own-page.ts'
import { isRecent, passwordFault, passwordFields } from './own-password.ts'

export const externalPath = '/auth/external'
export const beginExternalPath = '/auth/external/begin'
export const ownExternalPath = '/auth/account/external'

/** What waits in a cookie while the person is at the provider. */
interface Waiting {
  readonly cookie: string
  readonly next: string
  /** The account that is to be linked; absent where somebody signs in. */
  readonly link?: string
}

const purpose = 'external page'

/** That the password was typed. */
interface Proof {
  readonly account: string
  /** Milliseconds. */
  readonly until: number
}

const proofPurpose = 'external link'
const proofAge = 5 * 60_000
const over: SetCookie = { name: 'external', value: 'none', maxAge: 0 }

/** What people call the provider. */
export function providerName(issuer: string): string {
  return new URL(issuer).host
}

/** To the provider. A link that links accounts is of our own page: else somebody could link theirs to another's account. */
export function beginExternal(smart: Smart): Handler {
  return async (request) => {
    const guest = guestOf(request, smart)
    const { query } = guest
    const { login } = smart
    if (!login) return notHere(guest)
    const session = await sessionOf(request, smart)
    const token = query.get('link')
    const isLink = token !== null
    if (isLink && !(session && isOurs(token, session))) return { status: 303, location: signInPath }
    if (isLink && !isProved(session!, query.get('proof'), guest)) return { status: 303, location: ownExternalPath }
    const begun = await login.begin().catch(() => undefined)
    if (!begun) return told(guest, guest.texts.external.failed)
    const { url, cookie } = begun
    const waiting: Waiting = {
      cookie,
      next: localPath(query.get('next')),
      ...(isLink && session && { link: session.account.number }),
    }
    const sealed = smart.context().sealer.seal(JSON.stringify(waiting), purpose)
    const value = sealed.toString('base64url')
    return { status: 303, location: url, cookies: [{ name: 'external', value, maxAge: 900 }] }
  }
}

/** Who finds a browser open is not to add a way in of their own: the person has just signed in, or typed the password. */
function isProved(session: Session, proof: string | null, { smart, accounts }: Guest): boolean {
  if (isRecent({ accounts, session })) return true
  try {
    const text = smart.context().sealer.open(Buffer.from(proof ?? '', 'base64url'), proofPurpose)
    const { account, until } = JSON.parse(text) as Proof
    return account === session.account.number && accounts.now() < until
  } catch {
    return false
  }
}

/** From the provider. */
export function external(smart: Smart): Handler {
  return async (request) => {
    const guest = guestOf(request, smart)
    const { texts } = guest
    const waiting = waitingOf(request, smart)
    const address = new URL(`${externalPath}?${request.query}`, smart.urls.issuer)
    const identity = waiting && (await smart.login?.finish(address, waiting.cookie))
    if (!waiting || !identity) return told(guest, texts.external.failed)
    if (waiting.link !== undefined) return linked(waiting.link, identity, guest)

    const result = await signInByIdentity(guest.accounts, identity)
    if (result.kind === 'unknown') return told(guest, texts.external.unknown)
    if (result.kind === 'disabled') return told(guest, texts.external.disabled)
    smart.checks.forget()
    const begun = await begin(result.account, result.methods, signInPlace(request), guest.accounts)
    if (begun.kind !== 'signed-in') return told(guest, texts.external.failed)
    return { status: 303, location: waiting.next, cookies: [{ name: 'session', value: begun.secret }, over] }
  }
}

async function linked(
  account: string,
  identity: Parameters<typeof linkIdentity>[2],
  guest: Guest,
): Promise<SmartReply> {
  const { smart, accounts, request, texts } = guest
  const session = await sessionOf(request, smart)
  if (session?.account.number !== account) return told(guest, texts.external.failed)
  const isNew = await linkIdentity(accounts, account, identity)
  const name = providerName(identity.issuer)
  return told(guest, isNew ? fill(texts.external.linked, { name }) : texts.external.taken, ownExternalPath)
}

function told(guest: Guest, words: string, href = signInPath): SmartReply {
  const { request, texts } = guest
  const text = href === signInPath ? texts.signIn.title : texts.address.goOn
  const page = formPage({ title: texts.external.title, lead: [words], links: [{ href, text, strong: true }] }, texts)
  const main = page.main({ action: '', hidden: {} })
  return { status: 200, page: { ...page, main, language: request.language }, cookies: [over] }
}

function notHere(guest: Guest): SmartReply {
  return { ...told(guest, guest.texts.external.failed), status: 404 }
}

function waitingOf(request: SmartRequest, smart: Smart): Waiting | undefined {
  try {
    const sealed = Buffer.from(request.cookies.get('external') ?? '', 'base64url')
    return JSON.parse(smart.context().sealer.open(sealed, purpose)) as Waiting
  } catch {
    return undefined
  }
}

async function sessionOf(request: SmartRequest, smart: Smart): Promise<Session | undefined> {
  const secret = request.cookies.get('session')
  return secret === undefined ? undefined : smart.people.session(secret)
}

function isOurs(token: string, session: Session): boolean {
  const [sent, expected] = [Buffer.from(token), Buffer.from(csrfOf(session))]
  return sent.length === expected.length && timingSafeEqual(sent, expected)
}

/** What one is called elsewhere. */
export function ownExternal(smart: Smart): Handler {
  return ownPage(
    smart,
    ownExternalPath,
    (visitor) => page(visitor),
    async (form, visitor) => {
      const { accounts, session, texts } = visitor
      const { number } = session.account
      if (form.get('do') === 'link') return proved(form, visitor)
      const found = await identitiesOf(accounts.database, number)
      const chosen = found.find(({ issuer, subject }) => `${issuer} ${subject}` === form.get('unlink'))
      if (!chosen) return page(visitor)
      const account = await accounts.directory.find(accounts.database, number)
      const keys = await passkeysOf(accounts.database, number)
      const isOnly = account?.password === undefined && keys.length === 0 && found.length === 1
      if (isOnly) return page(visitor, texts.external.needsPassword)
      await unlinkIdentity(accounts, number, chosen)
      return page(visitor, texts.external.unlinked)
    },
  )
}

/** The password was asked for: where it is right the way to the provider is open for some minutes. */
async function proved(form: URLSearchParams, visitor: Visitor): Promise<PersonPage> {
  const { smart, accounts, session, texts } = visitor
  const fault = await passwordFault(form, visitor)
  if (fault !== undefined) return page(visitor, undefined, fault)
  const proof: Proof = { account: session.account.number, until: accounts.now() + proofAge }
  const sealed = smart.context().sealer.seal(JSON.stringify(proof), proofPurpose).toString('base64url')
  const href = withQuery(beginExternalPath, { link: csrfOf(session), proof: sealed, next: ownExternalPath })
  const name = providerName(smart.context().config.oidcIssuer!)
  const links = [{ href, text: fill(texts.external.link, { name }), strong: true }]
  return formPage({ title: texts.external.title, links }, texts)
}

async function page(visitor: Visitor, note?: string, fault?: string): Promise<PersonPage> {
  const { smart, accounts, session, request, texts } = visitor
  const { oidcIssuer } = smart.context().config
  const found = await identitiesOf(accounts.database, session.account.number)
  const identities = found.map(({ issuer, subject, created }) => ({
    id: `${issuer} ${subject}`,
    name: providerName(issuer),
    since: dateInWords(new Date(created).toISOString(), request.language),
  }))
  const fields = isRecent(visitor) ? undefined : await passwordFields(visitor, fault)
  const link =
    oidcIssuer === undefined ? undefined : { name: providerName(oidcIssuer), path: beginExternalPath, fields }
  // Who has no password is told above the form.
  const problem = fields?.length === 0 ? fault : undefined
  return externalPage({ identities, link, note: note ?? problem, back: accountPath }, texts)
}
