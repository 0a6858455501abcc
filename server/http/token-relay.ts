/**
 * Exchanges codes for tokens where an EHR lets no public client in: the app sends what it would send to the token endpoint,
 * and this adds the client's secret. It keeps nothing, and speaks with the configured endpoints alone.
 */
import type { FastifyInstance } from 'fastify'
import { type AppIssuer, relayPath } from './app-issuers.ts'

const grantTypes: ReadonlySet<string> = new Set(['authorization_code', 'refresh_token'])
/** What apps send; anything else is theirs to keep. */
const passed = ['grant_type', 'code', 'redirect_uri', 'code_verifier', 'refresh_token', 'scope']
const longestBody = 64 * 1024

export async function tokenRelay(
  app: FastifyInstance,
  { issuers, origin }: { readonly issuers: readonly AppIssuer[]; readonly origin: string },
): Promise<void> {
  const options = { parseAs: 'string', bodyLimit: longestBody } as const
  app.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, body, done) => done(null, body))
  issuers.forEach(({ secrets, tokenEndpoint }, number) => {
    if (!secrets || tokenEndpoint === undefined) return
    app.post(relayPath(number), async (request, reply) => {
      const form = new URLSearchParams(String(request.body ?? ''))
      const client = form.get('client_id') ?? ''
      const secret = Object.hasOwn(secrets, client) ? secrets[client] : undefined
      const isOwn = request.headers.origin === undefined || request.headers.origin === origin
      if (!isOwn || secret === undefined || !grantTypes.has(form.get('grant_type') ?? '')) {
        return reply.code(400).send({ error: 'invalid_request' })
      }
      const { status, text } = await exchange(tokenEndpoint, `${client}:${secret}`, form)
      return reply.code(status).header('content-type', 'application/json').header('pragma', 'no-cache').send(text)
    })
  })
}

async function exchange(endpoint: string, credentials: string, form: URLSearchParams) {
  const body = new URLSearchParams([...form].filter(([name]) => passed.includes(name)))
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}`, accept: 'application/json' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(15_000),
    })
    return { status: response.status, text: (await response.text()).slice(0, longestBody) }
  } catch {
    return { status: 502, text: JSON.stringify({ error: 'temporarily_unavailable' }) }
  }
}
