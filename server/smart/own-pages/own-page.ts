/** Pages for people who are signed in, about themselves; others sign in first. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Accounts, placed } from '../accounts/open-accounts.ts'
import { termsToAccept } from '../accounts/terms.ts'
import type { Handler, SmartReply, SmartRequest } from '../exchange.ts'
import { withQuery } from '../exchange.ts'
import { withFormRefused } from '../pages/not-ours.ts'
import { helpPath, type PersonPage } from '../pages/person-layout.ts'
import { sessionEndOf, stayPath } from '../pages/session-end.ts'
import { type Texts, textsIn } from '../pages/texts.ts'
import type { Session } from '../people.ts'
import type { Smart } from '../smart.ts'
import { discardKept, dropKept, type KeptFields, keepForm, keptPage, ownerField, ownerToken } from './kept-form.ts'

export interface Visitor {
  readonly session: Session
  readonly request: SmartRequest
  readonly texts: Texts
  readonly smart: Smart
  readonly accounts: Accounts
}

export const signInPath = '/auth/sign-in'
export const accountPath = '/auth/account'
export const termsPath = '/auth/terms'

/** Pages for those, too, who have not accepted the terms of use. */
const ungated: ReadonlySet<string> = new Set([termsPath, '/auth/logout', helpPath, stayPath])

/** Where the person goes on: never to another host. */
export function localPath(path: string | null): string {
  return path !== null && /^\/(?![/\\])[\w/.-]*(?:\?request=[\w-]{43})?$/.test(path) ? path : accountPath
}

/**
 * A page at `path`. What `show` makes is drawn; what `act` is told by a form of the page is done before. `keeps` is what of the
 * form is kept where the session has ended.
 */
export function ownPage(
  smart: Smart,
  path: string,
  show: (visitor: Visitor) => Promise<PersonPage | SmartReply>,
  act?: (form: URLSearchParams, visitor: Visitor) => Promise<PersonPage | SmartReply>,
  keeps?: KeptFields,
): Handler {
  return async (request) => {
    const secret = request.cookies.get('session')
    const session = secret === undefined ? undefined : await smart.people.session(secret)
    const form = new URLSearchParams(request.form)
    const isSent = request.method === 'POST' && act !== undefined
    const keep = async () => (isSent ? keepForm(form, request, path, keeps, smart) : undefined)
    if (!session) {
      const ended = isSent ? ((await keep()) === undefined ? 'unsent' : 'kept') : undefined
      return { status: 303, location: withQuery(signInPath, { next: path, ended }) }
    }
    if (!ungated.has(path) && (await termsToAccept(smart.accounts, session.account.number))) {
      await keep()
      return { status: 303, location: withQuery(termsPath, { next: path }) }
    }
    const visitor = {
      session,
      request,
      texts: textsIn[request.language],
      smart,
      accounts: placed(smart.accounts, request.address),
    }
    const draw = (made: PersonPage | SmartReply) => drawn(made, path, visitor, keeps !== undefined)
    if (isSent && isFromUs(form, visitor)) {
      if (keeps) await dropKept(visitor, path)
      return form.get('do') === discardKept ? { status: 303, location: path } : draw(await act(form, visitor))
    }
    // A form of a session before this one: it is for its person to send again.
    const isKept = (await keep()) === session.account.number
    if (isKept) return { status: 303, location: path }
    const kept = keeps && !isSent ? await keptPage(visitor, path, keeps) : undefined
    const shown = kept ?? (await show(visitor))
    return draw(isSent && 'main' in shown ? withFormRefused(shown, visitor.texts) : shown)
  }
}

function drawn(made: PersonPage | SmartReply, path: string, visitor: Visitor, isKept: boolean): SmartReply {
  if (!('main' in made)) return made
  const { request, session, smart, accounts } = visitor
  const here = request.query === '' ? path : `${path}?${request.query}`
  const csrf = csrfOf(session)
  const hidden = { csrf, ...(isKept && { [ownerField]: ownerToken(session, path, smart) }) }
  const main = made.main({ action: here, hidden })
  const end = session.end && sessionEndOf(session.end, accounts.now(), request.language)
  const signedIn = { name: session.name, roles: session.account.roles, csrf, end }
  return { status: made.status ?? 200, page: { ...made, main, language: request.language, here, signedIn } }
}

/** A form of one of our own pages, shown in this session. */
function isFromUs(form: URLSearchParams, { request, session, smart }: Visitor): boolean {
  if (request.origin !== undefined && request.origin !== smart.urls.issuer) return false
  const sent = Buffer.from(form.get('csrf') ?? '')
  const expected = Buffer.from(csrfOf(session))
  return sent.length === expected.length && timingSafeEqual(sent, expected)
}

/** What forms of this session carry. */
export function csrfOf({ hash }: Session): string {
  return createHmac('sha256', hash).update('form').digest('base64url')
}
