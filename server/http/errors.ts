/** Whatever is thrown becomes an OperationOutcome; what is not an outcome is a bug, logged under the id that is sent. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { type Issue, OutcomeError, operationOutcome } from '../fhir/outcome.ts'

export function handleError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const outcome = outcomeOf(error as FastifyError, request)
  return reply
    .code(outcome.status)
    .header('content-type', 'application/fhir+json; charset=utf-8')
    .send(JSON.stringify(operationOutcome(outcome.issues)))
}

function outcomeOf(error: FastifyError, request: FastifyRequest): { status: number; issues: readonly Issue[] } {
  if (error instanceof OutcomeError) return error
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new OutcomeError('body-too-large', { limit: request.routeOptions.bodyLimit })
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new OutcomeError('bad-request', { reason: error.message })
  }
  request.log.error({ err: error }, 'internal error')
  return new OutcomeError('internal', { id: request.id })
}
