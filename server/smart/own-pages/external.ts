/** Signing in by another OpenID provider, and coming back from it to link what one is called there. */
import { timingSafeEqual } from 'node:crypto'
import { linkIdentity, signInByIdentity } from '../accounts/external-identity.ts'
import { begin } from '../accounts/sign-in.ts'
import type { Handler, SetCookie, SmartReply, SmartRequest } from '../exchange.ts'
import { fill } from '../pages/fill.ts'
import { formPage } from '../pages/form-page.ts'
import { type Session, signInPlace } from '../people.ts'
import type { Smart } from '../smart.ts'
import { isProved } from './external-proof.ts'
import { type Guest, guestOf } from './open-page.ts'
import { csrfOf, localPath, signInPath } from './own-page.ts'

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
    if (isLink && !isProved(session!, query.get('proof') ?? '', guest))
      return { status: 303, location: ownExternalPath }
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
