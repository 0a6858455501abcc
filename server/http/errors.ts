/**
 * Whatever is thrown becomes an OperationOutcome in the format that the client asked for; what is not an outcome is a
 * bug, logged under the id that is sent.
 */
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import type { JsonObject } from '../fhir/json.ts'
import { didYouMean } from '../fhir/nearest.ts'
import { OutcomeError, operationOutcome } from '../fhir/outcome.ts'
import { addChallenge } from './bearer.ts'
import { sendText } from './compression.ts'
import { fallbackPresentation } from './presentation.ts'
import { write } from './reply.ts'

export type ErrorHandler = (
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
) => FastifyReply | Promise<FastifyReply>

export function errorHandler({ definitions }: Context): ErrorHandler {
  return (error, request, reply) => {
    const outcome = outcomeOf(error as FastifyError, request)
    const presentation = request.presentation ?? fallbackPresentation(request.headers.accept)
    const resource = operationOutcome(outcome.issues) as unknown as JsonObject
    const [issue] = outcome.issues
    if (issue?.code === 'method-not-allowed') reply.header('allow', allowHeader(String(issue.params?.['allowed'])))
    if (outcome.status === 401 || outcome.status === 403) addChallenge(reply, outcome)
    if (outcome.status === 503) reply.header('retry-after', '1')
    for (const name of bodyHeaders) reply.removeHeader(name)
    reply.code(outcome.status).header('content-type', presentation.contentType)
    return sendText(reply, write(resource, presentation, definitions))
  }
}

/** What can be got can be asked about. */
function allowHeader(allowed: string): string {
  const methods = allowed.split(', ')
  const more = ['OPTIONS', ...(methods.includes('GET') ? ['HEAD'] : [])].filter((method) => !methods.includes(method))
  return [...methods, ...more].join(', ')
}

/** Headers of a reply that was begun before something failed. */
const bodyHeaders = ['etag', 'last-modified', 'location', 'content-location', 'content-disposition']

/** Faults that the framework finds. https://fastify.dev/docs/latest/Reference/Errors/ */
const frameworkFaults: Readonly<Record<string, (error: FastifyError, request: FastifyRequest) => OutcomeError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: (_error, request) =>
    new OutcomeError('body-too-large', { limit: request.routeOptions.bodyLimit }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (_error, request) =>
    new OutcomeError('unsupported-media-type', {
      type: request.headers['content-type'] ?? '',
      expected: 'application/fhir+json or application/fhir+xml',
    }),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new OutcomeError('bad-request', { reason: 'The body is not as long as Content-Length says.' }),
  FST_ERR_BAD_URL: () => new OutcomeError('bad-request', { reason: 'The URL is not valid percent-encoding.' }),
}

function outcomeOf(error: FastifyError, request: FastifyRequest): OutcomeError {
  if (error instanceof OutcomeError) {
    if (error.status >= 500) request.log.warn({ request: request.id, outcome: error.message }, 'request failed')
    return error
  }
  const fault = Object.hasOwn(frameworkFaults, error.code ?? '') ? frameworkFaults[error.code] : undefined
  if (fault) return fault(error, request)
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new OutcomeError('bad-request', { reason: error.message })
  }
  request.log.error({ request: request.id, err: error }, 'internal error')
  return new OutcomeError('internal', { id: request.id })
}

/** No route: a method that HTTP knows and FHIR does not, or a path outside of everything. */
export function notFound(request: FastifyRequest): OutcomeError {
  const path = request.raw.url?.split('?', 1)[0] ?? ''
  const allowed = /^\/fhir(\/|$)/.test(path) ? 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' : 'GET, HEAD, OPTIONS'
  if (!allowed.split(', ').includes(request.method)) {
    return new OutcomeError('method-not-allowed', { method: request.method, allowed })
  }
  const known = ['/fhir', '/auth', '/docs', '/healthz', '/readyz', '/metrics']
  return new OutcomeError('unknown-path', { path: path.slice(1) + didYouMean(path, known) })
}

const parserFaults: Readonly<Record<string, OutcomeError>> = {
  HPE_HEADER_OVERFLOW: new OutcomeError('headers-too-large'),
  ERR_HTTP_REQUEST_TIMEOUT: new OutcomeError('request-timeout'),
}
const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

/** What is no HTTP gets an answer all the same, and then the connection ends. https://nodejs.org/api/http.html#event-clienterror */
export function handleClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const outcome =
    parserFaults[error.code ?? ''] ?? new OutcomeError('bad-request', { reason: 'The request is not valid HTTP/1.1.' })
  const body = JSON.stringify(operationOutcome(outcome.issues))
  socket.end(
    [
      `HTTP/1.1 ${outcome.status} ${phrases[outcome.status]}`,
      'Content-Type: application/fhir+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'X-Content-Type-Options: nosniff',
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
