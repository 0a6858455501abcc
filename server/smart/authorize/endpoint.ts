/** Runs the list of checks for a request, and for what the person answers on its pages. */
import type { JsonObject } from '../../fhir/json.ts'
import { newToken, secretHash } from '../../store/accounts/codes.ts'
import { addProgress, addRequest, findRequest, takeRequest } from '../../store/smart/authorization-requests.ts'
import {
  type Handler,
  readParameters,
  type SetCookie,
  type SmartReply,
  type SmartRequest,
  withQuery,
} from '../exchange.ts'
import { lifetimes } from '../grants/lifetimes.ts'
import { OAuthError } from '../oauth-error.ts'
import { errorPage } from '../pages/error-page.ts'
import { formTarget } from '../pages/form-target.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import type { Smart } from '../smart.ts'
import { steps } from './authorize.ts'
import type { AuthorizeState, Progress } from './state.ts'

const nextPath = '/auth/authorize/next'

/** https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1 */
export function authorizeGet(smart: Smart): Handler {
  return (request) => begin(request, request.query, smart)
}

export function authorizePost(smart: Smart): Handler {
  return (request) => begin(request, [request.query, request.form].filter((part) => part !== '').join('&'), smart)
}

/** A request that was begun goes on, after something was answered. */
export function authorizeNext(smart: Smart): Handler {
  return async (request) => {
    const state = await stored(request, new URLSearchParams(request.query).get('request'), smart)
    return state ? run(state, smart) : ended(request)
  }
}

/** What the person answers. */
export function authorizeForm(smart: Smart): Handler {
  return async (request) => {
    const form = new URLSearchParams(request.form)
    if (request.origin !== undefined && request.origin !== smart.urls.issuer) return ended(request)
    const state = await stored(request, form.get('request'), smart)
    return state ? answer(form, state, smart) : ended(request)
  }
}

function begin(request: SmartRequest, text: string, smart: Smart): Promise<SmartReply> {
  const { parameters, repeated } = readParameters(text)
  return run({ parameters, repeated, request, began: smart.context().now(), progress: {} }, smart)
}

async function stored(request: SmartRequest, handle: string | null, smart: Smart): Promise<AuthorizeState | undefined> {
  const browser = request.cookies.get('browser')
  if (handle === null || browser === undefined) return undefined
  const { store, now } = smart.context()
  const key = { hash: secretHash(handle), browser: secretHash(browser) }
  const found = await findRequest(store.database, key, now())
  if (!found) return undefined
  const parameters = new Map(Object.entries(found.parameters as Record<string, string>))
  return { parameters, repeated: [], request, handle, began: found.created, progress: found.progress as Progress }
}

/** From the first check to the last, or to a page. */
async function run(first: AuthorizeState, smart: Smart): Promise<SmartReply> {
  let state = first
  try {
    for (const step of steps) {
      const result = await step.check(state, smart)
      if (result.kind === 'redirect') return redirect(result.location, state)
      if (result.kind === 'page') return ask(result.page, result.status, step.name, state, smart)
      state = result.state
    }
    throw new Error('The last step ends the request.')
  } catch (error) {
    return refuse(error, state, smart)
  }
}

/** All checks before the one that asked are made again: the person may have signed out meanwhile. */
async function answer(form: URLSearchParams, first: AuthorizeState, smart: Smart): Promise<SmartReply> {
  let state = first
  try {
    for (const step of steps) {
      if (step.name === form.get('step') && step.accept) {
        const accepted = await step.accept(form, state, smart)
        if (accepted.kind === 'page') return ask(accepted.page, accepted.status, step.name, state, smart)
        if (accepted.kind === 'elsewhere') return { status: 303, location: accepted.location }
        return goNext(state, accepted.progress, accepted.cookies, smart)
      }
      const result = await step.check(state, smart)
      if (result.kind === 'page') return ask(result.page, result.status, step.name, state, smart)
      if (result.kind === 'redirect') break
      state = result.state
    }
    return ended(state.request)
  } catch (error) {
    return refuse(error, state, smart)
  }
}

async function goNext(
  { handle, request }: AuthorizeState,
  progress: Progress,
  cookies: readonly SetCookie[] | undefined,
  smart: Smart,
): Promise<SmartReply> {
  const { store } = smart.context()
  if (!(await addProgress(store.database, secretHash(handle!), { ...progress } as JsonObject))) return ended(request)
  return { status: 303, location: nextLocation(handle!), ...(cookies && { cookies }) }
}

/** Shows a page; the request is kept until it is answered. */
async function ask(
  page: PersonPage,
  status: number | undefined,
  step: string,
  state: AuthorizeState,
  smart: Smart,
): Promise<SmartReply> {
  const { handle, cookies } =
    state.handle === undefined ? await keep(state, smart) : { handle: state.handle, cookies: [] }
  // What was sent by a form, or can be used once, is not to be sent again when the page is shown again.
  const isOnce = state.handle === undefined && (state.request.method === 'POST' || state.parameters.has('launch'))
  if (isOnce) return { status: 303, location: nextLocation(handle), cookies }
  return {
    status: status ?? page.status ?? 200,
    page: {
      ...page,
      main: page.main({ action: nextPath, hidden: { request: handle, step } }),
      language: state.request.language,
      here: nextLocation(handle),
      formTarget: formTarget(state.redirectUri!),
    },
    cookies,
  }
}

/** What steps look at. Whatever else is sent is ignored, as RFC 6749, 3.1 has it: strangers could else store what they like. */
const keptParameters: ReadonlySet<string> = new Set([
  ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce', 'aud', 'resource'],
  ...['code_challenge', 'code_challenge_method', 'launch', 'prompt', 'max_age', 'login_hint', 'id_token_hint'],
])

async function keep(state: AuthorizeState, smart: Smart) {
  const { store, now } = smart.context()
  const handle = newToken()
  const known = state.request.cookies.get('browser')
  const browser = known ?? newToken()
  await addRequest(store.database, {
    hash: secretHash(handle),
    browser: secretHash(browser),
    parameters: Object.fromEntries([...state.parameters].filter(([name]) => keptParameters.has(name))),
    progress: { ...state.progress } as unknown as JsonObject,
    created: state.began,
    expires: now() + lifetimes.request,
  })
  const cookies: SetCookie[] = known === undefined ? [{ name: 'browser', value: browser }] : []
  return { handle, cookies }
}

function nextLocation(handle: string): string {
  return withQuery(nextPath, { request: handle })
}

/** To the client where it is known for certain where that is, else to the person. RFC 6749, 4.1.2.1. */
async function refuse(error: unknown, state: AuthorizeState, smart: Smart): Promise<SmartReply> {
  if (!(error instanceof OAuthError)) throw error
  if (state.handle !== undefined) await takeRequest(smart.context().store.database, secretHash(state.handle))
  const { redirectUri, parameters } = state
  if (redirectUri === undefined) return errorPage(error, state.request.language)
  const facts = { error: error.code, error_description: error.message }
  const states = state.repeated.includes('state') ? {} : { state: parameters.get('state') }
  const location = withQuery(redirectUri, { ...facts, ...states, iss: smart.urls.issuer })
  return mayReturn(state) ? redirect(location, state) : errorPage(error, state.request.language, location)
}

/**
 * Whoever registers a client could else have browsers sent anywhere by an address of ours: where nobody knows the client, the
 * person has signed in and answered. RFC 9700, 4.11.2.
 */
function mayReturn({ client, session, handle, request }: AuthorizeState): boolean {
  return client!.approved || (session !== undefined && handle !== undefined && request.method === 'POST')
}

/** After a form, the next request is a GET: RFC 9700, 4.12. */
function redirect(location: string, { request }: AuthorizeState): SmartReply {
  return { status: request.method === 'POST' ? 303 : 302, location }
}

function ended({ language }: SmartRequest): SmartReply {
  return errorPage(
    new OAuthError(
      'invalid_request',
      'This page is out of date, or was opened in another browser. Start again from the app.',
    ),
    language,
  )
}
