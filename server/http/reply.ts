/** From a FhirReply to HTTP: status, headers, and the body in the form that was asked for. */
import type { FastifyReply } from 'fastify'
import type { Context } from '../context.ts'
import { etag, type FhirReply, type FhirRequest, preferredReturn } from '../fhir/request.ts'

export function sendReply(
  result: FhirReply,
  request: FhirRequest,
  reply: FastifyReply,
  context: Context,
): FastifyReply {
  reply.code(result.status)
  if (result.version !== undefined) reply.header('etag', etag(result.version))
  if (result.lastModified !== undefined) reply.header('last-modified', new Date(result.lastModified).toUTCString())
  if (result.location !== undefined) reply.header('location', `${context.base}/${result.location}`)
  if (result.contentLocation !== undefined)
    reply.header('content-location', `${context.base}/${result.contentLocation}`)
  if (result.content === undefined || result.status === 304) return reply.send()
  if (result.preferable && preferredReturn(request.headers.prefer) === 'minimal') return reply.send()
  return reply.header('content-type', 'application/fhir+json; charset=utf-8').send(result.content)
}
