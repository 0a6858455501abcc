/** Signing in for oneself, without an app that waits. */
import type { Handler, SmartReply, SmartRequest } from '../exchange.ts'
import { withFormRefused } from '../pages/not-ours.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { secondFactorPage } from '../pages/second-factor-page.ts'
import { type SignInView, signInPage } from '../pages/sign-in-page.ts'
import { textsIn } from '../pages/texts.ts'
import { type SignInResult, signInPlace } from '../people.ts'
import type { Smart } from '../smart.ts'
import { localPath, signInPath } from './own-page.ts'
import { signInWithPasskey } from './passkey-sign-in.ts'
import { signInLinks } from './sign-in-links.ts'

export function showSignIn(smart: Smart): Handler {
  return async (request) => {
    const next = localPath(new URLSearchParams(request.query).get('next'))
    const secret = request.cookies.get('session')
    if (secret !== undefined && (await smart.people.session(secret))) return { status: 303, location: next }
    const ended = endings.get(new URLSearchParams(request.query).get('ended') ?? '')
    return drawn(
      signIn(request, smart, { ...(ended && { note: textsIn[request.language].sessionEnd[ended] }) }),
      next,
      request,
    )
  }
}

/** What became of a form that was sent when the session had ended. */
const endings = new Map([
  ['unsent', 'signedOut'],
  ['kept', 'kept'],
] as const) as ReadonlyMap<string, 'signedOut' | 'kept'>

export function acceptSignIn(smart: Smart): Handler {
  return async (request) => {
    const form = new URLSearchParams(request.form)
    const next = localPath(form.get('next'))
    if (request.origin !== undefined && request.origin !== smart.urls.issuer) {
      return drawn(withFormRefused(signIn(request, smart, {}), textsIn[request.language]), next, request)
    }
    const place = signInPlace(request)
    const passkey = form.get('passkey')
    if (passkey !== null)
      return answered(await signInWithPasskey(passkey, request, smart), '', false, next, request, smart)
    const ticket = form.get('ticket')
    const otp = form.get('otp')?.trim() ?? ''
    const username = form.get('username')?.trim() ?? ''
    const result =
      ticket === null
        ? await smart.people.signIn({ ...place, username, password: form.get('password') ?? '' })
        : await smart.people.confirmCode({ ...place, ticket, otp })
    return answered(result, username, otp !== '', next, request, smart)
  }
}

function answered(
  result: SignInResult,
  username: string,
  isWrong: boolean,
  next: string,
  request: SmartRequest,
  smart: Smart,
): SmartReply {
  switch (result.kind) {
    case 'signed-in': {
      const { secret, maxAge } = result
      return {
        status: 303,
        location: next,
        cookies: [{ name: 'session', value: secret, ...(maxAge !== undefined && { maxAge }) }],
      }
    }
    case 'otp-wanted':
      return drawn(secondFactorPage({ ticket: result.ticket, isWrong }, textsIn[request.language]), next, request)
    case 'later':
      return {
        ...drawn(signIn(request, smart, { username, problem: 'wait', seconds: result.seconds }), next, request),
        status: 429,
      }
    case 'refused':
      return drawn(signIn(request, smart, { username, problem: 'wrong' }), next, request)
  }
}

function signIn({ language }: SmartRequest, smart: Smart, view: Partial<SignInView>): PersonPage {
  return signInPage({ ...signInLinks(smart), ...view }, textsIn[language])
}

function drawn(page: PersonPage, next: string, { language }: SmartRequest): SmartReply {
  const main = page.main({ action: signInPath, hidden: { next } })
  return { status: page.status ?? 200, page: { ...page, main, language, here: signInPath } }
}
