/** Headers of every reply: what keeps browsers from doing more with it than showing it, request ids, other origins. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { allowOrigins, answerOptions } from './cors.ts'
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
    allowOrigins(request.raw.url!, headers.origin, reply)
    if (request.method !== 'OPTIONS') return done()
    const preflight = {
      method: headers['access-control-request-method'],
      headers: headers['access-control-request-headers'],
    }
    answerOptions(request.raw.url!, preflight, reply)
  })
}

function echoCorrelation({ headers }: FastifyRequest, reply: FastifyReply): void {
  const given = headers['x-correlation-id']
  if (typeof given === 'string' && wellFormedId.test(given)) reply.header('x-correlation-id', given)
}
