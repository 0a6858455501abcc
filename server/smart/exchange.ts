/** Requests to the authorization server and its replies, whatever carries them. */
import type { Html } from '../http/pages/html.ts'
import { OAuthError } from './oauth-error.ts'
import type { Language } from './pages/language.ts'
import type { SignedIn } from './pages/signed-in.ts'

export interface SmartRequest {
  readonly method: 'GET' | 'POST'
  /** As it was sent: without `?`. */
  readonly query: string
  /** Of a form; empty where there was none. */
  readonly form: string
  /** The body as JSON, where it was that. */
  readonly json?: unknown
  readonly authorization?: string | undefined
  readonly cookies: ReadonlyMap<string, string>
  /** In which the person reads. */
  readonly language: Language
  /** The address that the request came from. */
  readonly address: string
  /** What the browser calls itself. */
  readonly userAgent?: string | undefined
  /** Of the page whose form was sent, where the browser tells. */
  readonly origin?: string | undefined
}

export interface SetCookie {
  readonly name: CookieName
  readonly value: string
  /** Seconds; until the browser ends where it is absent. */
  readonly maxAge?: number
}

/** The session of a person, the browser that a request for authorization began in, the language that was chosen, and what waits for a provider elsewhere. */
export type CookieName = 'session' | 'browser' | 'language' | 'external'

export interface SmartReply {
  readonly status: number
  readonly json?: unknown
  readonly page?: SmartPage
  /** Where the browser goes next. */
  readonly location?: string
  readonly cookies?: readonly SetCookie[]
  readonly headers?: Readonly<Record<string, string>>
  /** Not of a person: it may be kept for so many seconds. */
  readonly maxAge?: number
}

export interface SmartPage {
  readonly title: string
  readonly main: Html
  readonly language: Language
  /** Its path, where it may be shown again. */
  readonly here?: string
  /** Who is signed in, for the top of the page. */
  readonly signedIn?: SignedIn
  /** Scripts of our own, by their URLs. */
  readonly scripts?: readonly string[]
  /** Where its forms may end up, besides our own pages: browsers look at each redirect after a form was sent. */
  readonly formTarget?: string
  /** The origins of what it shows inside. */
  readonly frames?: readonly string[]
}

export type Handler = (request: SmartRequest) => Promise<SmartReply>

export type Parameters = ReadonlyMap<string, string>

/** The parameters of a query or a form; empty ones count as absent. Throws where one is there twice. RFC 6749, 3.1. */
export function parametersOf(text: string): Parameters {
  const { parameters, repeated } = readParameters(text)
  if (repeated.length > 0) throw new OAuthError('invalid_request', `The parameter ${repeated[0]} is there twice.`)
  return parameters
}

/** The first of each parameter, and the names of those that are there again. */
export function readParameters(text: string): {
  readonly parameters: Parameters
  readonly repeated: readonly string[]
} {
  const parameters = new Map<string, string>()
  const names = new Set<string>()
  const repeated: string[] = []
  for (const [name, value] of new URLSearchParams(text)) {
    if (names.has(name)) repeated.push(name.slice(0, 40))
    else if (value !== '') parameters.set(name, value)
    names.add(name)
  }
  return { parameters, repeated }
}

/** The value of a parameter that must be there. */
export function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name)
  if (value === undefined) throw new OAuthError('invalid_request', `The parameter ${name} is missing.`)
  return value
}

/** A URL with further parameters in its query; what is undefined is left out. */
export function withQuery(url: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  const query = new URLSearchParams(given).toString()
  if (query === '') return url
  return `${url}${url.includes('?') ? (/[?&]$/.test(url) ? '' : '&') : '?'}${query}`
}
