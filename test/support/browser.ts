/** Goes through the pages of the authorization server as a browser without scripts does: cookies, forms, redirects. */

import { callback, fhirBase, origin, pkce, type SmartServer } from './smart-server.ts'
import type { TestReply } from './test-server.ts'

export interface Browser {
  readonly cookies: Map<string, string>
  get(url: string): Promise<TestReply>
  post(url: string, form: Record<string, string> | URLSearchParams): Promise<TestReply>
  /** Sends the form of the page that has a field or button of that name, and follows redirects on this server. */
  submit(page: TestReply, fields: Fields): Promise<TestReply>
}

/** What is filled in; several values where boxes of one name are ticked. */
export type Fields = Record<string, string | readonly string[]>

export function browser(server: SmartServer): Browser {
  const cookies = new Map<string, string>()
  const send = async (method: 'GET' | 'POST', url: string, payload?: string): Promise<TestReply> => {
    const response = await server.app.inject({
      method,
      url,
      headers: {
        accept: 'text/html',
        ...(cookies.size > 0 && { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
        ...(payload !== undefined && { 'content-type': 'application/x-www-form-urlencoded', origin }),
      },
      ...(payload !== undefined && { payload }),
    })
    for (const { name, value } of response.cookies) cookies.set(name, value)
    const { location } = response.headers
    if (typeof location === 'string' && location.startsWith('/')) return send('GET', location)
    const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]))
    const text = response.rawPayload.toString('utf8')
    return { status: response.statusCode, headers, text, bytes: response.rawPayload, json: {} }
  }
  const self: Browser = {
    cookies,
    get: (url) => send('GET', url),
    post: (url, form) => send('POST', url, new URLSearchParams(form).toString()),
    submit: (page, fields) => {
      const [name] = Object.keys(fields)
      const forms = [...page.text.matchAll(/<form [^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)]
      const found = forms.find(([, , content]) => content!.includes(`name="${name}"`))
      if (!found)
        throw new Error(`No form with '${name}' on: ${page.status} ${page.text.replace(/^.*<main/s, '').slice(0, 500)}`)
      const hidden = [...found[2]!.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
        ([, key, value]) => [key!, value!] as const,
      )
      return self.post(found[1]!, formOf({ ...Object.fromEntries(hidden), ...fields }))
    },
  }
  return self
}

function formOf(fields: Fields): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) form.append(name, value)
  return form
}

export interface Launched {
  /** Where the app was sent back to. */
  readonly parameters: URLSearchParams
  readonly verifier: string
}

/** The parameters of an authorization request, right in every way. */
export function authorizeParameters(given: Record<string, string | undefined> = {}): {
  readonly query: URLSearchParams
  readonly verifier: string
} {
  const { verifier, challenge } = pkce()
  const usual = {
    response_type: 'code',
    client_id: 'public',
    redirect_uri: callback,
    scope: 'openid fhirUser launch/patient offline_access patient/Patient.rs patient/Observation.rs',
    state: 'state-of-the-app',
    aud: fhirBase,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  const all = Object.entries({ ...usual, ...given }).filter(([, value]) => value !== undefined)
  return { query: new URLSearchParams(all as [string, string][]), verifier }
}

/** Signs in and allows everything. */
export async function launchApp(
  server: SmartServer,
  given: Record<string, string | undefined> = {},
  { username = 'patient', fields = {} as Fields, user = browser(server) } = {},
): Promise<Launched & { readonly user: Browser }> {
  const { query, verifier } = authorizeParameters(given)
  let page = await user.get(`/auth/authorize?${query}`)
  if (page.text.includes('name="password"')) page = await user.submit(page, { username, password: 'right' })
  if (page.text.includes('name="search"')) page = await user.submit(page, { search: 'Person' })
  if (page.text.includes('name="patient"')) page = await user.submit(page, { patient: fields['patient'] ?? 'p1' })
  if (page.text.includes('name="decision"'))
    page = await user.submit(page, { decision: 'allow', ...without(fields, 'patient') })
  const { location } = page.headers
  if (location === undefined)
    throw new Error(`No redirect: ${page.status} ${page.text.replace(/^.*<main/s, '').slice(0, 500)}`)
  return { parameters: new URL(location).searchParams, verifier, user }
}

function without(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name))
}

/** The token response for a code. */
export function exchange(
  server: SmartServer,
  { parameters, verifier }: Launched,
  more: Record<string, string | undefined> = {},
  headers: Record<string, string> = {},
): Promise<TestReply> {
  const usual = {
    grant_type: 'authorization_code',
    code: parameters.get('code') ?? '',
    redirect_uri: callback,
    code_verifier: verifier,
    client_id: 'public',
  }
  const form = Object.entries({ ...usual, ...more }).filter(([, value]) => value !== undefined) as [string, string][]
  return server.post('/auth/token', Object.fromEntries(form), headers)
}
