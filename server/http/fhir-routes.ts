/** FHIR over HTTP: from Fastify's request to a FhirRequest and back. https://hl7.org/fhir/R4/http.html */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Context, latestContext } from '../context.ts'
import { carryOutInteraction, dispatch, findInteraction } from '../dispatch.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { type FhirRequest, type Method, preferredHandling, type RequestHeaders } from '../fhir/request.ts'
import { locateIssues } from '../fhir/validation/positions.ts'
import type { Interaction } from '../interactions/interactions.ts'
import { withReindexHint } from '../interactions/reindex/hint.ts'
import { appState, appStateSegment } from '../smart/app-state/app-state.ts'
import type { TokenChecks } from '../smart/check-token.ts'
import { bearerContexts, isPublic } from './bearer.ts'
import { decompress } from './compression.ts'
import { type AskedUrl, emergencyHeader, openInEmergency } from './emergency.ts'
import { type Presentation, presentationOf } from './presentation.ts'
import { sendReply } from './reply.ts'
import { type ReadBody, readBody, type SentBody } from './request-body.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** How the reply is to look, once that is known. */
    presentation: Presentation | undefined
    /** The code of the FHIR interaction, once it is known. */
    interaction: string | undefined
  }
}

export interface FhirRoutesOptions {
  readonly context: Context
  /** Absent where nobody has to say who they are. */
  readonly checks?: TokenChecks | undefined
}

export async function fhirRoutes(app: FastifyInstance, options: FhirRoutesOptions): Promise<void> {
  const bearer = options.checks && bearerContexts(options.checks)
  const warn: Context['warn'] = (message, facts) => app.log.warn(facts, message)
  let latest: Context = { ...options.context, reportBug: bugLog(app), warn }
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  if (bearer) app.addHook('onRequest', refuseBodies)
  app.all('/fhir', handle)
  app.all('/fhir/*', handle)

  /** Of those who have no token not even the body is read. */
  function refuseBodies({ method, headers }: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void) {
    if (method === 'GET' || method === 'HEAD') return done()
    Promise.resolve()
      .then(() => bearer!(headers.authorization, latest))
      .then(() => done(), done)
  }

  async function handle(request: FastifyRequest, reply: FastifyReply) {
    latest = latestContext(latest)
    const url = splitUrl(request.raw.url!)
    const headers = requestHeaders(request)
    const wishes = {
      accept: request.headers.accept,
      lenient: (preferredHandling(headers.prefer) ?? latest.config.searchHandling) === 'lenient',
      binary: url.path[0] === 'Binary',
    }
    request.presentation = presentationOf({ ...wishes, query: url.query })
    const found = bearer === undefined || isPublic(url.path) ? latest : bearer(request.headers.authorization, latest)
    const known = found instanceof Promise ? await found : found
    const isEmergency = request.headers[emergencyHeader] !== undefined && known.access.kind === 'grant'
    const context = isEmergency ? await opened(request, url, known) : known
    const { form, ...body } = request.body ? readBody(await sentBody(request, url.path), context.definitions) : noBody
    const query = form === undefined ? url.query : [url.query, form].filter((part) => part !== '').join('&')
    if (form !== undefined) request.presentation = presentationOf({ ...wishes, query })

    const fhirRequest = {
      method: request.method as Method,
      path: url.path,
      query,
      headers,
      ...body,
      from: context.audit ? { address: request.ip, id: request.id } : undefined,
    }
    const { code, handler } = handlerOf(fhirRequest, context)
    request.interaction = code
    if (!wishes.lenient) checkSummary(request.presentation, code)
    const result = await withReindexHint(context, (current) => handler(fhirRequest, current)).catch((error) => {
      throw located(error, fhirRequest, context)
    })
    const sent = { request: fhirRequest, interaction: code, presentation: request.presentation }
    return sendReply(result, sent, reply, context)
  }

  /** The caller once the record is open. */
  async function opened(request: FastifyRequest, url: AskedUrl, context: Context): Promise<Context> {
    await openInEmergency(String(request.headers[emergencyHeader]), url, context)
    return bearer!(request.headers.authorization, latest)
  }
}

function bugLog(app: FastifyInstance): Context['reportBug'] {
  return (error) => {
    const id = randomUUID()
    app.log.error({ request: id, err: error }, 'internal error')
    return id
  }
}

/** A refusal with the lines and columns of what is wrong, where the body is the resource that is meant. */
function located(error: unknown, { method, text, path }: FhirRequest, { definitions }: Context): unknown {
  const isWrite = (method === 'POST' || method === 'PUT') && !path.at(-1)?.startsWith('$')
  if (!(error instanceof OutcomeError) || !isWrite || !text || ![400, 422].includes(error.status)) return error
  return new OutcomeError(locateIssues(error.issues, text(), definitions))
}

const noBody: ReadBody = {}

const operation = { code: 'operation', handler: dispatch }

/** Operations have a table of their own, in which `dispatch` finds them; for counting they are one interaction. */
function handlerOf(request: FhirRequest, { definitions }: Context): Pick<Interaction, 'code' | 'handler'> {
  if (request.path[0] === appStateSegment) return { code: 'app-state', handler: appState }
  if (request.path.at(-1)?.startsWith('$')) return operation
  const interaction = findInteraction(request, definitions)
  return { code: interaction.code, handler: (asked, context) => carryOutInteraction(interaction, asked, context) }
}

/** Path segments below the base, decoded, and the query as it was sent. */
function splitUrl(url: string): AskedUrl {
  const mark = url.indexOf('?')
  const path = (mark < 0 ? url : url.slice(0, mark)).slice('/fhir'.length)
  const segments = path.split('/').filter((segment) => segment !== '')
  return {
    path: path.includes('%') ? segments.map(decodeSegment) : segments,
    query: mark < 0 ? '' : url.slice(mark + 1),
  }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new OutcomeError('bad-request', { reason: `The path segment '${segment}' is not valid percent-encoding.` })
  }
}

function requestHeaders({ headers }: FastifyRequest): RequestHeaders {
  return {
    ...(headers['if-match'] && { ifMatch: headers['if-match'] }),
    ...(headers['if-none-match'] && { ifNoneMatch: headers['if-none-match'] }),
    ...(headers['if-none-exist'] && { ifNoneExist: String(headers['if-none-exist']) }),
    ...(headers['if-modified-since'] && { ifModifiedSince: headers['if-modified-since'] }),
    ...(headers['prefer'] && { prefer: String(headers['prefer']) }),
  }
}

async function sentBody(request: FastifyRequest, path: readonly string[]): Promise<SentBody> {
  const { headers, method } = request
  const encoding = headers['content-encoding']
  const bytes = request.body as Buffer | undefined
  return {
    method,
    path,
    bytes: bytes && encoding !== undefined ? await decompress(bytes, encoding, request.routeOptions.bodyLimit) : bytes,
    contentType: headers['content-type'],
    securityContext: headers['x-security-context'] as string | undefined,
  }
}

/** Only a search has something to count. https://hl7.org/fhir/R4/search.html#summary */
function checkSummary({ summary }: Presentation, interaction: string): void {
  if (summary !== 'count' || !['read', 'vread'].includes(interaction)) return
  const expected = 'A single resource is not counted: it takes true, text, data or false.'
  throw new OutcomeError('invalid-search-value', { name: '_summary', value: summary, type: 'code', expected })
}
