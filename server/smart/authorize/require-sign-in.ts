import { OAuthError } from '../oauth-error.ts'
import { signInWithPasskey } from '../own-pages/passkey-sign-in.ts'
import { signInLinks } from '../own-pages/sign-in-links.ts'
import { secondFactorPage } from '../pages/second-factor-page.ts'
import { type SignInView, signInPage } from '../pages/sign-in-page.ts'
import { textsIn } from '../pages/texts.ts'
import { type SignInResult, signInPlace } from '../people.ts'
import type { Smart } from '../smart.ts'
import { type Accepted, type AuthorizeState, goOn, type Step } from './state.ts'

/** The person has signed in: now, where the app wants that. */
export const requireSignIn: Step = {
  name: 'sign-in',
  check: async (state, smart) => {
    const session = await currentSession(state, smart)
    if (!session) {
      if (prompts(state).includes('none')) throw new OAuthError('login_required', 'Nobody is signed in.')
      return { kind: 'page', page: signIn(state, smart, { username: state.parameters.get('login_hint') }) }
    }
    const { launch } = state.progress
    if (launch && launch.account !== session.account.number) {
      throw new OAuthError('access_denied', 'The app was launched by somebody else than is signed in.')
    }
    return goOn(state, { session })
  },
  accept: async (form, state, smart) => {
    const place = signInPlace(state.request)
    const passkey = form.get('passkey')
    if (passkey !== null) return accepted(await signInWithPasskey(passkey, state.request, smart), '', false)
    const ticket = form.get('ticket')
    const otp = form.get('otp')?.trim() ?? ''
    if (ticket !== null) return accepted(await smart.people.confirmCode({ ...place, ticket, otp }), '', otp !== '')
    const username = form.get('username')?.trim() ?? ''
    const result = await smart.people.signIn({ ...place, username, password: form.get('password') ?? '' })
    return accepted(result, username, false)

    function accepted(result: SignInResult, name: string, wrongCode: boolean): Accepted {
      switch (result.kind) {
        case 'signed-in': {
          const { secret, maxAge } = result
          const cookie = { name: 'session', value: secret, ...(maxAge !== undefined && { maxAge }) } as const
          return { kind: 'accepted', progress: {}, cookies: [cookie] }
        }
        case 'otp-wanted':
          return {
            kind: 'page',
            page: secondFactorPage({ ticket: result.ticket, isWrong: wrongCode }, textsIn[state.request.language]),
          }
        case 'later':
          return {
            kind: 'page',
            status: 429,
            page: signIn(state, smart, { username: name, problem: 'wait', seconds: result.seconds }),
          }
        case 'refused':
          return { kind: 'page', page: signIn(state, smart, { username: name, problem: 'wrong' }) }
      }
    }
  },
}

function signIn({ client, request }: AuthorizeState, smart: Smart, more: Partial<SignInView>) {
  return signInPage({ app: client!.name, ...signInLinks(smart), ...more }, textsIn[request.language])
}

async function currentSession(state: AuthorizeState, { people, context }: Smart) {
  const secret = state.request.cookies.get('session')
  const session = secret === undefined ? undefined : await people.session(secret)
  if (!session) return undefined
  const { authTime } = session
  const isAgain = prompts(state).includes('login') || prompts(state).includes('select_account')
  if (isAgain && authTime < state.began) return undefined
  const maxAge = state.parameters.get('max_age')
  const isOld = maxAge !== undefined && context().now() - authTime > Number(maxAge) * 1000 && authTime < state.began
  return isOld ? undefined : session
}

export function prompts({ parameters }: AuthorizeState): readonly string[] {
  return parameters.get('prompt')?.split(' ') ?? []
}
