/** A Binary as its content, in its own media type. https://hl7.org/fhir/R4/binary.html#rest */
import type { FastifyReply } from 'fastify'
import { isJsonObject, parseStored } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { negotiate, parseMediaType, takes } from './content-types.ts'

/** Shown by browsers without running anything; whatever is not listed is offered for saving. */
const passiveTypes =
  /^(?:image\/(?:avif|bmp|gif|jpeg|png|webp)|(?:audio|video)\/[\w.+-]+|text\/plain|application\/pdf)$/

/**
 * Sends the content of a stored Binary; undefined where the client wants the resource instead. Throws 406 where it
 * takes neither.
 */
export function sendNative(content: string, accept: string | undefined, reply: FastifyReply): FastifyReply | undefined {
  const binary = parseStored(content)
  const stored = String(binary['contentType'] ?? '')
  const contentType = isHeaderValue(stored) ? stored : 'application/octet-stream'
  const type = parseMediaType(contentType)!.type
  if (!takes(accept, type)) {
    if (negotiate(accept)) return undefined
    throw new OutcomeError('not-acceptable', { accept: accept ?? '' })
  }

  const context = isJsonObject(binary['securityContext']) ? binary['securityContext']['reference'] : undefined
  if (typeof context === 'string' && /^[\x21-\x7e]+$/.test(context)) reply.header('x-security-context', context)
  if (!passiveTypes.test(type)) reply.header('content-disposition', 'attachment')
  // Browsers refuse to show a PDF in a sandbox; their viewers give it no access to this origin.
  const sandbox = type === 'application/pdf' ? '' : '; sandbox'
  reply.header(
    'content-security-policy',
    `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'${sandbox}`,
  )
  return reply.header('content-type', contentType).send(Buffer.from(String(binary['data'] ?? ''), 'base64'))
}

/** A media type that was checked by nobody must not break out of its header. */
function isHeaderValue(text: string): boolean {
  return parseMediaType(text) !== undefined && !text.includes('*') && /^[\x20-\x7e]+$/.test(text)
}
