/** From a FhirReply to HTTP: status, headers, and the body in the form that was asked for. */
import type { FastifyReply } from 'fastify'
import type { Context } from '../context.ts'
import type { Definitions } from '../fhir/definitions.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { operationOutcome } from '../fhir/outcome.ts'
import { etag, type FhirReply, type FhirRequest, preferredReturn } from '../fhir/request.ts'
import { selectElements, summarize } from '../fhir/summary.ts'
import { toXml } from '../fhir/xml-write.ts'
import { sendNative } from './binary.ts'
import { sendText } from './compression.ts'
import type { Presentation } from './presentation.ts'

export interface Asked {
  readonly request: FhirRequest
  /** The interaction's code. */
  readonly interaction: string
  readonly presentation: Presentation
}

/** Large bodies are compressed by another thread first. */
export type SentReply = FastifyReply | Promise<FastifyReply>

export function sendReply(result: FhirReply, asked: Asked, reply: FastifyReply, context: Context): SentReply {
  const { request, presentation, interaction } = asked
  reply.code(result.status)
  if (result.version !== undefined) reply.header('etag', etag(result.version))
  if (result.lastModified !== undefined) reply.header('last-modified', new Date(result.lastModified).toUTCString())
  if (result.location !== undefined) reply.header('location', `${context.base}/${result.location}`)
  if (result.contentLocation !== undefined)
    reply.header('content-location', `${context.base}/${result.contentLocation}`)
  if (result.status === 304 || result.status === 204) return reply.send()

  const content = result.preferable ? preferredContent(result, request, reply) : (result.content ?? outcomeText(result))
  if (content === undefined) return reply.send()
  if (content === result.content) {
    const place = versionPlace(result, request, interaction)
    if (place !== undefined) reply.header('content-location', `${context.base}/${place}`)
  }
  if (presentation.native && isRead(interaction)) {
    const sent = sendNative(content, reply.request.headers.accept, reply)
    if (sent) return sent
  }
  if (result.contentType !== undefined) return sendText(reply.header('content-type', result.contentType), content)
  reply.header('content-type', presentation.contentType)
  return sendText(reply, present(content, presentation, context.definitions))
}

/** A stored resource in the form that was asked for. */
export function present(content: string, presentation: Presentation, definitions: Definitions): string {
  if (presentation.plain) return content
  const { summary, elements } = presentation
  let resource = parseStored(content)
  if (summary && summary !== 'count') resource = summarize(resource, summary, definitions)
  if (elements) resource = selectElements(resource, elements, definitions)
  return write(resource, presentation, definitions)
}

/** A resource that the server made itself, such as an OperationOutcome, which is never shortened. */
export function write(
  resource: JsonObject,
  { format, pretty }: Pick<Presentation, 'format' | 'pretty'>,
  definitions: Definitions,
): string {
  return format === 'xml' ? toXml(resource, definitions, pretty) : JSON.stringify(resource, null, pretty ? 2 : 0)
}

/** The body of a write, as `Prefer: return` says. https://hl7.org/fhir/R4/http.html#ops */
function preferredContent(result: FhirReply, request: FhirRequest, reply: FastifyReply): string | undefined {
  const { prefer } = request.headers
  if (prefer === undefined) return result.content
  const preference = preferredReturn(prefer)
  if (prefer.includes('return=')) reply.header('preference-applied', `return=${preference}`)
  if (preference === 'minimal') return undefined
  if (preference === 'representation') return result.content
  return outcomeText(result) ?? JSON.stringify(operationOutcome([{ code: 'all-ok', params: { reason: done(result) } }]))
}

function outcomeText(result: FhirReply): string | undefined {
  return result.outcome && JSON.stringify(result.outcome)
}

function done({ location, version }: FhirReply): string {
  const [reference] = location?.split('/_history/') ?? []
  return reference === undefined ? 'Done.' : `${reference} is stored as version ${version}.`
}

function isRead(interaction: string): boolean {
  return interaction === 'read' || interaction === 'vread'
}

/** Where the very version that is sent can be read again. */
function versionPlace(
  { location, version }: FhirReply,
  { path }: FhirRequest,
  interaction: string,
): string | undefined {
  if (location !== undefined) return location
  return isRead(interaction) && version !== undefined ? `${path[0]}/${path[1]}/_history/${version}` : undefined
}
