/** Pages for people who are signed in, about themselves; others sign in first. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Handler, SmartReply, SmartRequest } from '../exchange.ts'
import { withQuery } from '../exchange.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { type Texts, textsIn } from '../pages/texts.ts'
import type { Session } from '../people.ts'
import type { Smart } from '../smart.ts'

export interface Visitor {
  readonly session: Session
  readonly request: SmartRequest
  readonly texts: Texts
  readonly smart: Smart
}

export const signInPath = '/auth/sign-in'

/** A page at `path`. What `show` makes is drawn; what `act` is told by a form of the page is done before. */
export function ownPage(
  smart: Smart,
  path: string,
  show: (visitor: Visitor) => Promise<PersonPage | SmartReply>,
  act?: (form: URLSearchParams, visitor: Visitor) => Promise<PersonPage | SmartReply>,
): Handler {
  return async (request) => {
    const secret = request.cookies.get('session')
    const session = secret === undefined ? undefined : await smart.people.session(secret)
    if (!session) return { status: 303, location: withQuery(signInPath, { next: path }) }
    const visitor = { session, request, texts: textsIn[request.language], smart }
    const form = new URLSearchParams(request.form)
    const isOurs = request.method === 'POST' && isFromUs(form, visitor)
    return drawn(isOurs && act ? await act(form, visitor) : await show(visitor), path, visitor)
  }
}

function drawn(made: PersonPage | SmartReply, path: string, { request, session }: Visitor): SmartReply {
  if ('status' in made) return made
  const main = made.main({ action: path, hidden: { csrf: csrfOf(session) } })
  return { status: 200, page: { ...made, main, language: request.language, here: path } }
}

/** A form of one of our own pages, shown in this session. */
function isFromUs(form: URLSearchParams, { request, session, smart }: Visitor): boolean {
  if (request.origin !== undefined && request.origin !== smart.urls.issuer) return false
  const sent = Buffer.from(form.get('csrf') ?? '')
  const expected = Buffer.from(csrfOf(session))
  return sent.length === expected.length && timingSafeEqual(sent, expected)
}

function csrfOf({ hash }: Session): string {
  return createHmac('sha256', hash).update('form').digest('base64url')
}
