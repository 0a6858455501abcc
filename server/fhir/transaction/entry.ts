/** What an entry of a transaction or batch Bundle asks for. https://hl7.org/fhir/R4/http.html#transaction */

import { idIssues, wrongType } from '../body-fault.ts'
import type { Definitions } from '../definitions.ts'
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../json.ts'
import { type Issue, OutcomeError } from '../outcome.ts'
import { isId } from '../reference.ts'
import type { FhirRequest, Method, RequestHeaders } from '../request.ts'

/** Writes are planned together; all else is carried out as it would be alone. */
export type EntryKind = 'create' | 'update' | 'delete' | 'patch' | 'other'

export interface Entry {
  /** Position in the Bundle. */
  readonly index: number
  readonly kind: EntryKind
  readonly request: FhirRequest
  readonly fullUrl?: string
  /** Of writes: what is written to. */
  readonly type: string
  readonly id?: string
  /** The search that takes the place of an id, or `ifNoneExist` of a create. */
  readonly criteria?: string
  /** Of a delete: all that the criteria find may be deleted, not one alone. */
  readonly several?: boolean
  /** What a create or update stores. */
  readonly resource?: JsonObject
}

export interface EntryOptions {
  readonly definitions: Definitions
  /** This server's own FHIR base URL. */
  readonly base: string
  /** The header `Prefer` of the Bundle's own request. */
  readonly prefer?: string | undefined
  /** Whether a conditional delete may delete several resources; `single` unless told. */
  readonly conditionalDelete?: 'single' | 'multiple'
}

const methods: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

const headerMembers = ['ifMatch', 'ifNoneMatch', 'ifNoneExist', 'ifModifiedSince'] as const

/** Each entry is answered with far more bytes than the least it can be sent in. */
export const mostEntries = 50_000

/** The entries of a Bundle, as they are. */
export function bundleEntries(bundle: JsonObject): readonly JsonValue[] {
  const entries = bundle['entry'] ?? []
  const place = { expression: 'Bundle.entry' }
  if (!Array.isArray(entries))
    throw new OutcomeError('invalid-bundle', { reason: 'Bundle.entry must be a list.' }, place)
  if (entries.length > mostEntries) {
    const reason = `A Bundle may have ${mostEntries} entries, not ${entries.length}. Send it in parts.`
    throw new OutcomeError('invalid-bundle', { reason }, place)
  }
  return entries
}

/** Reads one entry; throws with an expression inside it when it cannot be carried out by any server. */
export function readEntry(value: JsonValue, index: number, options: EntryOptions): Entry {
  const request = isJsonObject(value) ? value['request'] : undefined
  if (!isJsonObject(value) || !isJsonObject(request)) {
    throw invalid('An entry needs a request with method and url.', 'request')
  }
  const method = methods.find((known) => known === request['method'])
  if (!method) throw invalid(`request.method must be one of ${methods.join(', ')}.`, 'request.method')
  const { path, query } = readUrl(request['url'], options.base)
  const kind = kindOf(method, path, query)
  const fullUrl = value['fullUrl']
  const entry: Entry = {
    index,
    kind,
    type: path[0] ?? '',
    request: { method, path, query, headers: readHeaders(request, options.prefer) },
    ...(typeof fullUrl === 'string' && { fullUrl }),
  }
  return completed[kind](entry, value['resource'], options)
}

/** `issues` told of the entry at `index`: expressions begin at the Bundle. */
export function issuesInEntry(issues: readonly Issue[], index: number): Issue[] {
  return issues.map((issue) => ({ ...issue, expression: expressionInEntry(issue.expression, index) }))
}

/** As `issuesInEntry`, for what is thrown; errors that are no outcome come back unchanged. */
export function errorInEntry(error: unknown, index: number): unknown {
  return error instanceof OutcomeError ? new OutcomeError(issuesInEntry(error.issues, index)) : error
}

/** `Patient.name[0]` is `Bundle.entry[3].resource.name[0]`; `entry.request.url` is `Bundle.entry[3].request.url`. */
function expressionInEntry(expression: string | undefined, index: number): string {
  const entry = `Bundle.entry[${index}]`
  if (expression === undefined) return entry
  if (expression.startsWith('Bundle.entry[')) return expression
  const [root, ...rest] = expression.split('.')
  return [root === 'entry' ? entry : `${entry}.resource${root!.replace(/^\w+/, '')}`, ...rest].join('.')
}

function invalid(reason: string, member: string): OutcomeError {
  return new OutcomeError('invalid-bundle', { reason }, { expression: `entry.${member}` })
}

function readUrl(url: JsonValue | undefined, base: string): { path: string[]; query: string } {
  if (typeof url !== 'string') throw invalid('An entry needs request.url.', 'request.url')
  const local = url.startsWith(`${base}/`) ? url.slice(base.length + 1) : url.replace(/^\//, '')
  if (/^[a-z][a-z0-9+.-]*:/i.test(local)) {
    throw invalid(`request.url must be relative to this server's base, as in Patient/1, not '${url}'.`, 'request.url')
  }
  const mark = local.indexOf('?')
  const segments = (mark < 0 ? local : local.slice(0, mark)).split('/').filter((segment) => segment !== '')
  try {
    return { path: segments.map(decodeURIComponent), query: mark < 0 ? '' : local.slice(mark + 1) }
  } catch {
    throw invalid(`request.url is not valid percent-encoding: '${url}'.`, 'request.url')
  }
}

function readHeaders(request: JsonObject, prefer: string | undefined): RequestHeaders {
  const headers: Record<string, string> = {}
  for (const member of headerMembers) {
    const value = request[member]
    if (value === undefined) continue
    if (typeof value !== 'string') throw invalid(`request.${member} must be a text.`, `request.${member}`)
    headers[member] = value
  }
  return prefer === undefined ? headers : { ...headers, prefer }
}

function kindOf(method: Method, path: readonly string[], query: string): EntryKind {
  const operation = path.some((segment) => segment.startsWith('$') || segment === '_search')
  if (operation || method === 'GET' || method === 'HEAD') return 'other'
  if (method === 'POST') return path.length === 1 ? 'create' : 'other'
  if (path.length !== 2 && (path.length !== 1 || query === '')) return 'other'
  return ({ PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const)[method]
}

type Complete = (entry: Entry, resource: JsonValue | undefined, options: EntryOptions) => Entry

const completed: Readonly<Record<EntryKind, Complete>> = {
  create: (entry, value, { definitions }) => {
    checkType(entry.type, definitions)
    const resource = resourceOf(value, entry.type)
    const { ifNoneExist } = entry.request.headers
    return { ...storing(entry, resource), ...(ifNoneExist !== undefined && { criteria: criteriaOf(ifNoneExist) }) }
  },
  update: (entry, value, { definitions }) => {
    const resource = resourceOf(value, entry.type)
    const target = storing(targetOf(entry, definitions), resource)
    const faults = target.id === undefined ? [] : idIssues(resource['id'], target.id, entry.type)
    if (faults.length > 0) throw new OutcomeError(faults)
    return target
  },
  delete: (entry, _value, { definitions, conditionalDelete }) => {
    const target = targetOf(entry, definitions)
    return target.criteria !== undefined && conditionalDelete === 'multiple' ? { ...target, several: true } : target
  },
  patch: (entry, value, { definitions }) => {
    const target = targetOf(entry, definitions)
    return { ...target, request: { ...target.request, ...patchBody(value) } }
  },
  other: (entry, value) =>
    isJsonObject(value) ? { ...entry, request: { ...entry.request, ...fhirBody(value) } } : entry,
}

function storing(entry: Entry, resource: JsonObject): Entry {
  return { ...entry, resource, request: { ...entry.request, ...fhirBody(resource) } }
}

function checkType(type: string, definitions: Definitions): void {
  if (definitions.isResourceType(type)) return
  throw new OutcomeError('unknown-type', { type, nearest: '' }, { expression: 'entry.request.url' })
}

function targetOf(entry: Entry, definitions: Definitions): Entry {
  checkType(entry.type, definitions)
  const id = entry.request.path[1]
  if (id === undefined) return { ...entry, criteria: criteriaOf(entry.request.query) }
  if (!isId(id)) throw new OutcomeError('invalid-id', { id }, { expression: 'entry.request.url' })
  return { ...entry, id }
}

/** Some clients send `ifNoneExist` with the `?` or the type of a URL. */
function criteriaOf(text: string): string {
  const criteria = text.slice(text.indexOf('?') + 1)
  if (criteria === '') throw new OutcomeError('criteria-required', {}, { expression: 'entry.request' })
  return criteria
}

function resourceOf(value: JsonValue | undefined, type: string): JsonObject {
  if (!isJsonObject(value)) throw new OutcomeError('missing-body', { expected: `a ${type}` }, { expression: 'entry' })
  const actual = value['resourceType']
  if (actual === type) return value
  throw wrongType(actual, type, 'entry.resource')
}

function fhirBody(resource: JsonObject): Pick<FhirRequest, 'body' | 'contentType'> {
  return { body: resource, contentType: 'application/fhir+json' }
}

/** A FHIRPath Patch is a Parameters, a JSON Patch a Binary with the document. https://hl7.org/fhir/R4/http.html#patch */
function patchBody(value: JsonValue | undefined): Pick<FhirRequest, 'body' | 'contentType'> {
  const expected = 'a Parameters with a FHIRPath Patch, or a Binary of type application/json-patch+json'
  if (!isJsonObject(value)) throw new OutcomeError('missing-body', { expected }, { expression: 'entry' })
  if (value['resourceType'] === 'Parameters') return fhirBody(value)
  const { resourceType, contentType, data } = value
  const type = typeof contentType === 'string' ? contentType.split(';')[0]!.trim() : ''
  if (resourceType !== 'Binary' || typeof data !== 'string') {
    throw new OutcomeError('invalid-patch', { reason: `It must be ${expected}.` }, { expression: 'entry.resource' })
  }
  return { body: parseJson(Buffer.from(data, 'base64').toString('utf8')), contentType: type }
}
