/** Headers of every reply: what keeps browsers from doing more with it than showing it, request ids, other origins. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CheckCaller } from './own-machine.ts'

/** For replies that are no pages: nothing may be loaded or run. Pages set their own policy and may be kept. */
export const apiHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
} as const

const wellFormedId = /^[\w.:@/+=-]{1,128}$/

/** Unlike those of other processes and earlier starts. */
const processName = randomBytes(6).toString('base64url')
let requests = 0

/** The client's `X-Request-Id` where it can be used, else one of our own. https://hl7.org/fhir/R4/http.html#custom */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && wellFormedId.test(given) ? given : `${processName}-${++requests}`
}

/** One hook for all of them: each hook costs every request. */
export function addHeaders(
  app: FastifyInstance,
  { secure, checkCaller }: { secure: boolean; checkCaller: CheckCaller | undefined },
): void {
  const fixed = { ...apiHeaders, ...(secure && { 'strict-transport-security': 'max-age=31536000' }) }
  app.addHook('onRequest', (request, reply, done) => {
    const { headers } = request
    reply.headers(fixed)
    if (headers['x-request-id'] !== undefined) reply.header('x-request-id', request.id)
    if (headers['x-correlation-id'] !== undefined) echoCorrelation(request, reply)
    const refusal = checkCaller?.(headers)
    if (refusal) return done(refusal)
    if (headers.origin !== undefined) allowOrigins(reply)
    if (request.method === 'OPTIONS') answerOptions(request, reply)
    else done()
  })
}

function echoCorrelation({ headers }: FastifyRequest, reply: FastifyReply): void {
  const given = headers['x-correlation-id']
  if (typeof given === 'string' && wellFormedId.test(given)) reply.header('x-correlation-id', given)
}

const readableHeaders = [
  ...['ETag', 'Location', 'Content-Location', 'Last-Modified', 'Preference-Applied', 'Retry-After', 'Allow'],
  ...['X-Request-Id', 'X-Correlation-Id', 'X-Security-Context', 'Content-Disposition'],
].join(', ')

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

/** Apps of any origin may use the interface: they authenticate by a header of their own, never by a cookie. */
function allowOrigins(reply: FastifyReply): void {
  reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', readableHeaders)
}

/** Also answers the browser's question before a request of another origin. https://fetch.spec.whatwg.org/#cors-preflight-fetch */
function answerOptions({ headers }: FastifyRequest, reply: FastifyReply): void {
  reply.code(204).header('allow', methods)
  const wanted = headers['access-control-request-headers']
  if (headers['access-control-request-method'] !== undefined) {
    reply.header('access-control-allow-methods', methods).header('access-control-max-age', '86400')
    if (wanted !== undefined && /^[\w-]+(?:\s*,\s*[\w-]+)*$/.test(wanted)) {
      reply.header('access-control-allow-headers', wanted)
    }
  }
  reply.send()
}
