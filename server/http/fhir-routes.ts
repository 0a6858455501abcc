/** FHIR over HTTP: from Fastify's request to a FhirRequest and back. https://hl7.org/fhir/R4/http.html */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Context, latestContext } from '../context.ts'
import { dispatch } from '../dispatch.ts'
import { parseJson } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import type { FhirRequest, Method } from '../fhir/request.ts'
import { sendReply } from './reply.ts'

export async function fhirRoutes(app: FastifyInstance, options: { context: Context }): Promise<void> {
  let latest = options.context
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.all('/fhir', handle)
  app.all('/fhir/*', handle)

  async function handle(request: FastifyRequest, reply: FastifyReply) {
    latest = latestContext(latest)
    const context = latest
    const fhirRequest = fhirRequestOf(request)
    const result = await dispatch(fhirRequest, context)
    return sendReply(result, fhirRequest, reply, context)
  }
}

function fhirRequestOf(request: FastifyRequest): FhirRequest {
  const url = request.raw.url ?? '/'
  const mark = url.indexOf('?')
  const path = (mark < 0 ? url : url.slice(0, mark)).slice('/fhir'.length)
  const { headers } = request
  const body = bodyOf(request)
  return {
    method: request.method as Method,
    path: path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeSegment),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: {
      ...(headers['if-match'] && { ifMatch: headers['if-match'] }),
      ...(headers['if-none-match'] && { ifNoneMatch: headers['if-none-match'] }),
      ...(headers['if-none-exist'] && { ifNoneExist: String(headers['if-none-exist']) }),
      ...(headers['if-modified-since'] && { ifModifiedSince: headers['if-modified-since'] }),
      ...(headers['prefer'] && { prefer: String(headers['prefer']) }),
    },
    ...body,
  }
}

function bodyOf(request: FastifyRequest): Pick<FhirRequest, 'body' | 'contentType' | 'bytes'> {
  const bytes = request.body as Buffer | undefined
  if (!bytes || bytes.length === 0) return {}
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  return { contentType, bytes, body: parseJson(bytes.toString('utf8')) }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new OutcomeError('bad-request', { reason: `The path segment '${segment}' is not valid percent-encoding.` })
  }
}
