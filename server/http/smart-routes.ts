/** The authorization server over HTTP: from Fastify's request to a SmartRequest and back. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { OutcomeError } from '../fhir/outcome.ts'
import type { CookieName, SetCookie, SmartReply, SmartRequest } from '../smart/exchange.ts'
import { OAuthError } from '../smart/oauth-error.ts'
import { errorPage } from '../smart/pages/error-page.ts'
import { type Language, languageOf } from '../smart/pages/language.ts'
import { personDocument } from '../smart/pages/person-layout.ts'
import type { Smart } from '../smart/smart.ts'
import { tidyAuthorization } from '../store/smart/tidy.ts'
import { sendText } from './compression.ts'
import { pagePolicy } from './pages/page-routes.ts'
import { type Route, routes } from './smart-route-table.ts'

/** Bytes: more than any request here needs. */
const bodyLimit = 128 * 1024

export async function smartRoutes(app: FastifyInstance, { smart }: { smart: Smart }): Promise<void> {
  const { config } = smart.context()
  const site: Site = { cookies: cookieNames(config.publicUrl), practice: config.practiceName }
  const { cookies } = site
  const stopTidying = tidyNowAndThen(smart, app)
  app.addHook('onClose', stopTidying)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body))
  for (const route of routes) {
    const handler = route.make(smart)
    app.route({
      method: route.method,
      url: route.path,
      bodyLimit,
      handler: async (request, reply) => {
        const result = await handler(smartRequest(request, route, cookies))
        return send(result, reply, site)
      },
      errorHandler: (error, request, reply) => {
        const fault = oauthFault(error, request)
        if (!route.page) return sendError(fault, request, reply)
        const language = languageWanted(request, sentCookies(request.headers.cookie, cookies))
        return send(errorPage(fault, language), reply, site)
      },
    })
  }
  // What is asked in another way is told so in the language of OAuth, too.
  for (const path of new Set(routes.filter(({ path }) => path.startsWith('/auth/')).map(({ path }) => path))) {
    const allowed = routes.filter((route) => route.path === path).map(({ method }) => method)
    const others = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).filter((one) => !allowed.includes(one as 'GET'))
    app.route({
      method: others,
      url: path,
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        reply.header('allow', [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', '))
        const fault = new OAuthError('invalid_request', `${request.method} is not allowed here.`)
        return reply.code(405).send({ error: fault.code, error_description: fault.message })
      },
    })
  }
}

/** What has expired is removed by whichever process comes by. */
function tidyNowAndThen({ context, tidy }: Smart, app: FastifyInstance): () => Promise<void> {
  let tidying: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    tidying = tidyAuthorization(context().store.database.aside, context().now())
      .then(tidy)
      .catch((error) => app.log.warn({ err: error }, 'what has expired could not be removed'))
  }, 600_000)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await tidying
  }
}

type CookieNames = Readonly<Record<CookieName, string>> & { readonly secure: boolean }

/** Browsers share cookies among the ports of a host: another server on this machine has others. */
function cookieNames(origin: string): CookieNames {
  const { protocol, port } = new URL(origin)
  const secure = protocol === 'https:'
  const name = (text: string) => `${secure ? '__Host-' : ''}candela_${text}${port === '' ? '' : `_${port}`}`
  return {
    session: name('session'),
    browser: name('browser'),
    language: name('language'),
    external: name('external'),
    secure,
  }
}

function smartRequest(request: FastifyRequest, { method, body }: Route, cookies: CookieNames): SmartRequest {
  const url = request.raw.url!
  const mark = url.indexOf('?')
  const { authorization, origin, 'user-agent': userAgent } = request.headers
  const content = method === 'POST' && body ? bodyOf(request, body) : ''
  const sent = sentCookies(request.headers.cookie, cookies)
  const query = mark < 0 ? '' : url.slice(mark + 1)
  // No text of ours has it, and the database refuses it.
  if (/%00|\\u0000|\x00/.test(query + content)) throw new OAuthError('invalid_request', 'The request contains U+0000.')
  return {
    method,
    query,
    form: body === 'form' ? content : '',
    ...(body === 'json' && { json: jsonOf(content) }),
    authorization,
    cookies: sent,
    language: languageWanted(request, sent),
    address: request.ip,
    userAgent,
    origin,
  }
}

const mediaTypes = { form: 'application/x-www-form-urlencoded', json: 'application/json' } as const

function languageWanted({ headers, raw }: FastifyRequest, cookies: ReadonlyMap<CookieName, string>): Language {
  const query = new URLSearchParams(raw.url!.split('?')[1] ?? '')
  return languageOf({
    chosen: cookies.get('language'),
    uiLocales: query.get('ui_locales') ?? undefined,
    acceptLanguage: headers['accept-language'],
  })
}

function bodyOf({ headers, body }: FastifyRequest, kind: 'form' | 'json'): string {
  const type = (headers['content-type'] ?? '').split(';', 1).join('').trim().toLowerCase()
  if (type !== mediaTypes[kind]) throw new OAuthError('invalid_request', `The body must be ${mediaTypes[kind]}.`)
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new OAuthError('invalid_request', 'The body must not be compressed.')
  }
  return (body as Buffer | undefined)?.toString('utf8') ?? ''
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text, (name, value: unknown) => {
      // The database has no texts with half a character.
      if (!name.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) throw new Error()
      return value
    })
  } catch {
    throw new OAuthError('invalid_request', 'The body is no JSON.')
  }
}

/** Characters. */
const longest: Readonly<Record<CookieName, number>> = { session: 200, browser: 200, language: 200, external: 3000 }

function sentCookies(header: string | undefined, names: CookieNames): ReadonlyMap<CookieName, string> {
  const sent = new Map<CookieName, string>()
  for (const part of header?.split(';') ?? []) {
    const [name = '', value = ''] = part.trim().split('=')
    for (const known of ['session', 'browser', 'language', 'external'] as const) {
      if (name === names[known] && value.length <= longest[known] && /^[\w-]+$/.test(value)) sent.set(known, value)
    }
  }
  return sent
}

interface Site {
  readonly cookies: CookieNames
  /** Whose pages they are. */
  readonly practice: string
}

function send(result: SmartReply, reply: FastifyReply, { cookies, practice }: Site) {
  reply.code(result.status).header('pragma', 'no-cache')
  if (result.maxAge !== undefined) {
    reply.header('cache-control', `public, max-age=${result.maxAge}`).removeHeader('pragma')
  }
  for (const cookie of result.cookies ?? []) reply.header('set-cookie', cookieText(cookie, cookies))
  if (result.headers) reply.headers(result.headers)
  if (result.location !== undefined) return reply.header('location', result.location).send()
  if (result.page) {
    const { formTarget, frames, ...page } = result.page
    reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy(formTarget, frames),
      // Without any referrer browsers do not tell where a form was sent from.
      'referrer-policy': 'same-origin',
    })
    return sendText(reply, personDocument({ ...page, practice, styles: ['/docs/style.css', '/docs/person.css'] }))
  }
  if (result.json === undefined) return reply.send()
  return sendText(reply.header('content-type', 'application/json; charset=utf-8'), JSON.stringify(result.json))
}

/** Only for us, never for scripts, never sent along by pages of others but when somebody follows a link. */
function cookieText({ name, value, maxAge }: SetCookie, names: CookieNames): string {
  const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`
  return `${names[name]}=${value}; Path=/; HttpOnly; SameSite=Lax${names.secure ? '; Secure' : ''}${age}`
}

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
function sendError(fault: OAuthError, request: FastifyRequest, reply: FastifyReply) {
  if (fault.status === 401) {
    const scheme =
      fault.code === 'invalid_token' ? 'Bearer realm="oauth", error="invalid_token"' : 'Basic realm="oauth"'
    if (request.headers.authorization !== undefined || fault.code === 'invalid_token')
      reply.header('www-authenticate', scheme)
  }
  if (fault.status === 503) reply.header('retry-after', '1')
  return reply
    .code(fault.status)
    .header('pragma', 'no-cache')
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify({ error: fault.code, error_description: fault.message }))
}

function oauthFault(error: Error, request: FastifyRequest): OAuthError {
  if (error instanceof OAuthError) return error
  if (error instanceof OutcomeError && error.status < 500) return new OAuthError('invalid_request', error.message)
  if (error instanceof OutcomeError && error.status === 503) {
    return new OAuthError('temporarily_unavailable', 'The server is busy. Try again.')
  }
  const { statusCode } = error as FastifyError
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new OAuthError(
      'invalid_request',
      statusCode === 413 ? 'The body is too large.' : 'The request cannot be read.',
    )
  }
  request.log.error({ request: request.id, err: error }, 'internal error')
  return new OAuthError('server_error', `Something went wrong. It is logged under ${request.id}.`)
}
