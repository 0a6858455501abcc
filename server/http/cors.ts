/**
 * What pages of other origins may ask: what apps need, and no page or form of people. Apps authenticate by a header of their
 * own, so that no answer ever depends on a cookie. https://fetch.spec.whatwg.org/#http-cors-protocol
 */
import type { FastifyReply } from 'fastify'

interface AppPath {
  /** All below it, too, where it ends with a slash. */
  readonly path: string
  readonly methods: string
  /** May be kept by browsers: what one tab was told without asking for it must serve another origin's, too. */
  readonly isKept?: true
}

const document = { methods: 'GET, HEAD, OPTIONS', isKept: true } as const
const endpoint = { methods: 'POST, OPTIONS' } as const
const api = { methods: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' } as const

/** Everything else is for people, and for pages of our own. */
export const appPaths: readonly AppPath[] = [
  { path: '/fhir/.well-known/smart-configuration', ...document },
  { path: '/.well-known/openid-configuration', ...document },
  { path: '/.well-known/oauth-authorization-server', ...document },
  { path: '/auth/jwks', ...document },
  { path: '/auth/brands.json', ...document },
  { path: '/auth/smart-style.json', ...document },
  { path: '/auth/token', ...endpoint },
  { path: '/auth/introspect', ...endpoint },
  { path: '/auth/revoke', ...endpoint },
  { path: '/auth/register', ...endpoint },
  { path: '/fhir', ...api },
  { path: '/fhir/', ...api },
]

/** What is answered on all other paths. */
const ownMethods = 'GET, HEAD, POST, OPTIONS'

const exact = new Map(appPaths.filter(({ path }) => !path.endsWith('/')).map((row) => [row.path, row]))
const folders = appPaths.filter(({ path }) => path.endsWith('/'))

/** The row of a URL; undefined where no other origin may ask. */
export function appPathOf(url: string): AppPath | undefined {
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  return exact.get(path.endsWith('/') ? path.slice(0, -1) : path) ?? folders.find((row) => path.startsWith(row.path))
}

/** Headers that scripts may read besides those that Fetch lets them read anyway. */
const readableHeaders = [
  ...['ETag', 'Location', 'Content-Location', 'Last-Modified', 'Preference-Applied', 'Retry-After', 'Allow', 'Link'],
  ...['WWW-Authenticate', 'Content-Disposition', 'Expires', 'Warning', 'X-Progress'],
  ...['X-Request-Id', 'X-Correlation-Id', 'X-Security-Context'],
].join(', ')

/** Lets pages of any origin read the reply, where apps may ask. */
export function allowOrigins(url: string, origin: string | undefined, reply: FastifyReply): void {
  const row = appPathOf(url)
  if (!row || (origin === undefined && !row.isKept)) return
  reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', readableHeaders)
}

export interface Preflight {
  readonly method: string | undefined
  readonly headers: string | undefined
}

/** Answers OPTIONS, and with it what a browser asks before it lets a page of another origin send something. */
export function answerOptions(url: string, { method, headers }: Preflight, reply: FastifyReply): void {
  const row = appPathOf(url)
  reply.code(204).header('allow', row?.methods ?? ownMethods)
  if (row && method !== undefined) {
    reply.header('access-control-allow-methods', row.methods).header('access-control-max-age', '86400')
    if (headers !== undefined && /^[\w-]+(?:\s*,\s*[\w-]+)*$/.test(headers)) {
      reply.header('access-control-allow-headers', headers)
    }
  }
  reply.send()
}
