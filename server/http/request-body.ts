/** From the bytes of a request to a resource, a patch or a form. https://hl7.org/fhir/R4/http.html#mime-type */
import { isUtf8 } from 'node:buffer'
import { notUtf8 } from '../fhir/body-fault.ts'
import type { Definitions } from '../fhir/definitions.ts'
import { isJsonObject, type JsonValue, parseJson } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { fromXml } from '../fhir/xml-read.ts'
import { formatNames, isOtherVersion, type MediaType, parseMediaType } from './content-types.ts'

export interface SentBody {
  readonly method: string
  readonly path: readonly string[]
  readonly bytes: Buffer | undefined
  /** The value of Content-Type. */
  readonly contentType: string | undefined
  /** The value of X-Security-Context: who may see a Binary. */
  readonly securityContext: string | undefined
}

export interface ReadBody {
  readonly body?: JsonValue
  /** `application/fhir+json`, `application/fhir+xml`, `application/json-patch+json` or `application/graphql`. */
  readonly contentType?: string
  /** The criteria of a POST search. */
  readonly form?: string
  /** The body as a text. */
  readonly text?: () => string
}

type Kind = 'json' | 'xml' | 'json-patch' | 'form' | 'graphql'

const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...formatNames.filter(({ type }) => type !== 'text/html').map(({ type, format }) => [type, format] as const),
  ['application/json-patch+json', 'json-patch'],
  ['application/x-www-form-urlencoded', 'form'],
  ['application/graphql', 'graphql'],
])

const bodyMethods = new Set(['POST', 'PUT', 'PATCH'])

/** Throws 415 for a type that the request does not take, 400 for a body that is not what its type says. */
export function readBody(sent: SentBody, definitions: Definitions): ReadBody {
  const { bytes, method } = sent
  if (!bytes || bytes.length === 0 || !bodyMethods.has(method)) return {}
  if (isBinaryWrite(sent)) return readBinary(sent, bytes, definitions)
  const read = parseBody(kindOf(sent, bytes), textOf(bytes), method, definitions)
  return { ...read, text: () => textOf(bytes) }
}

function parseBody(kind: Kind, text: string, method: string, definitions: Definitions): ReadBody {
  if (text.trim() === '') return {}
  if (kind === 'form') return { form: text.trim() }
  if (kind === 'graphql') return { contentType: 'application/graphql', body: text }
  if (kind === 'xml') return { contentType: 'application/fhir+xml', body: fromXml(text, definitions) }
  const body = parseJson(text)
  // Only a JSON Patch is an array, so one that was sent as plain JSON cannot be mistaken.
  const isPatch = kind === 'json-patch' || (method === 'PATCH' && Array.isArray(body))
  return { contentType: isPatch ? 'application/json-patch+json' : 'application/fhir+json', body }
}

function kindOf(sent: SentBody, bytes: Buffer): Kind {
  const expected = expectedKinds(sent)
  if (sent.contentType === undefined) {
    const guessed = guess(bytes, expected)
    if (guessed) return guessed
    throw unsupported('no media type', expected)
  }
  const media = parseMediaType(sent.contentType)
  const kind = media && kinds.get(media.type)
  if (!kind || !expected.has(kind) || !isReadable(media)) throw unsupported(sent.contentType, expected)
  return kind
}

function expectedKinds({ method, path }: SentBody): ReadonlyMap<Kind, string> {
  if (method === 'PATCH') return patchKinds
  return kindsByEnd.get(path.at(-1) ?? '') ?? resourceKinds
}

const resourceKinds = new Map<Kind, string>([
  ['json', 'application/fhir+json'],
  ['xml', 'application/fhir+xml'],
])
const patchKinds = new Map<Kind, string>([['json-patch', 'application/json-patch+json'], ...resourceKinds])
const kindsByEnd: ReadonlyMap<string, ReadonlyMap<Kind, string>> = new Map([
  ['_search', new Map<Kind, string>([['form', 'application/x-www-form-urlencoded']])],
  ['$graphql', new Map<Kind, string>([...resourceKinds, ['graphql', 'application/graphql']])],
])

function unsupported(type: string, expected: ReadonlyMap<Kind, string>): OutcomeError {
  const names = [...expected.values()]
  const last = names.pop()
  const list = names.length > 0 ? `${names.join(', ')} or ${last}` : last!
  return new OutcomeError('unsupported-media-type', { type, expected: `${list}, encoded as UTF-8` })
}

/** A client that names no type still sends something that can only be one of the formats, or a form. */
function guess(bytes: Buffer, expected: ReadonlyMap<Kind, string>): Kind | undefined {
  const start = bytes.toString('latin1', 0, 64).replace(/^ï»¿/, '').trimStart()[0] ?? ''
  const kind: Kind = start === '{' || start === '[' ? 'json' : start === '<' ? 'xml' : 'form'
  return expected.has(kind) ? kind : undefined
}

function isReadable(media: MediaType): boolean {
  const charset = media.parameters.get('charset')
  return (charset === undefined || ['utf-8', 'utf8', 'us-ascii'].includes(charset)) && !isOtherVersion(media)
}

/** The text without the mark that some editors put before it. */
function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw notUtf8(bytes)
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return bytes.toString('utf8', marked ? 3 : 0)
}

function isBinaryWrite({ method, path }: SentBody): boolean {
  return path[0] === 'Binary' && ((method === 'POST' && path.length === 1) || (method === 'PUT' && path.length <= 2))
}

/** Any bytes are the content of a Binary, except a Binary resource itself. https://hl7.org/fhir/R4/binary.html#rest */
function readBinary(sent: SentBody, bytes: Buffer, definitions: Definitions): ReadBody {
  const { contentType = 'application/octet-stream', securityContext } = sent
  const resource = binaryResource(contentType, bytes, definitions)
  if (resource) return resource
  const id = sent.path[1]
  const body = {
    resourceType: 'Binary',
    ...(id !== undefined && { id }),
    contentType,
    ...(securityContext !== undefined && { securityContext: { reference: securityContext } }),
    data: bytes.toString('base64'),
  }
  return { contentType: 'application/fhir+json', body }
}

function binaryResource(contentType: string, bytes: Buffer, definitions: Definitions): ReadBody | undefined {
  const media = parseMediaType(contentType)
  const kind = media && kinds.get(media.type)
  if (!kind || (kind !== 'json' && kind !== 'xml')) return undefined
  try {
    const read = parseBody(kind, textOf(bytes), 'POST', definitions)
    return isJsonObject(read.body) && read.body['resourceType'] === 'Binary' ? read : undefined
  } catch (error) {
    // What says that it is FHIR and is not even that format is a mistake; other JSON or XML is content.
    if (media.type.startsWith('application/fhir+')) throw error
    return undefined
  }
}
