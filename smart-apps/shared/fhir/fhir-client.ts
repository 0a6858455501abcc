/** A FHIR server as an app sees it: reads, searches page by page, operations, in JSON that keeps the digits of numbers. */
import type { JsonObject, JsonValue } from '../../../server/fhir/json.ts'
import { fromBase64 } from './base64.ts'
import { errorOf, FhirError, unreachable } from './fhir-error.ts'

export interface FhirClient {
  /** A resource, or the answer of an operation. `path` is below the base, or an absolute address. */
  get(path: string, signal?: AbortSignal): Promise<JsonObject>
  /** The pages of a search, each when it is asked for. */
  pages(path: string, signal?: AbortSignal): AsyncGenerator<readonly JsonObject[]>
  post(path: string, body: JsonObject, signal?: AbortSignal): Promise<JsonObject>
  /** The bytes of a Binary, or of what else has bytes there. */
  bytes(path: string, signal?: AbortSignal): Promise<Blob>
  /** Whether an address is of this server: no other is given the token. */
  isOwn(address: string): boolean
}

export interface FhirClientOptions {
  /** Without a slash at its end. */
  readonly base: string
  readonly fetch: typeof fetch
  /** Waits so many milliseconds, unless it is no longer wanted. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

const mostAttempts = 4
/** A server that wants longer is told of: people do not wait longer without a word. */
const longestWait = 20_000
/** A search that does not end is cut. */
const mostPages = 1000

export function createFhirClient({ base, fetch, wait = waitFor }: FhirClientOptions): FhirClient {
  const isOwn = (address: string) =>
    URL.canParse(address, `${base}/`) && new URL(address, `${base}/`).origin === new URL(base).origin
  const ask = async (path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Response> => {
    const headers = { accept: 'application/fhir+json', ...init.headers }
    const url = new URL(path, `${base}/`)
    if (!isOwn(url.href)) throw new FhirError(0, 'The server refers to another one.')
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(url, { ...init, headers, ...(signal && { signal }) }).catch((error: unknown) => {
        // `fetch` itself fails with a TypeError; what else fails is known better where it comes from.
        if (signal?.aborted || !(error instanceof TypeError)) throw error
        return unreachable(error)
      })
      if (response instanceof Response && response.ok) return response
      const delay = attempt < mostAttempts ? delayBefore(response, attempt, init.method) : undefined
      if (delay === undefined) throw response instanceof Response ? await errorOf(response) : response
      await wait(delay, signal)
    }
  }
  const get = async (path: string, signal?: AbortSignal) => readJson(await ask(path, {}, signal))
  return {
    get,
    isOwn,
    post: async (path, body, signal) => {
      const headers = { 'content-type': 'application/fhir+json' }
      return readJson(await ask(path, { method: 'POST', headers, body: JSON.stringify(body) }, signal))
    },
    bytes: async (path, signal) => {
      const response = await ask(path, {}, signal)
      const isJson = /^application\/(?:fhir\+)?json/.test(response.headers.get('content-type') ?? '')
      return isJson ? blobOf(await readJson(response)) : response.blob()
    },
    pages: async function* (path, signal) {
      const seen = new Set<string>()
      for (let next: string | undefined = path; next !== undefined && !seen.has(next) && seen.size < mostPages; ) {
        seen.add(next)
        const bundle: JsonObject = await get(next, signal)
        yield resourcesIn(bundle)
        next = nextLink(bundle)
      }
    },
  }
}

/** Milliseconds to wait before trying again; undefined where that would not help. */
function delayBefore(response: Response | FhirError, attempt: number, method = 'GET'): number | undefined {
  const { status } = response
  const isBusy = status === 429 || status === 503
  // What may have been done is not done again.
  const isLost = method === 'GET' && (status === 0 || status === 502 || status === 504)
  if (!isBusy && !isLost) return undefined
  const told = response instanceof Response ? retryAfter(response.headers.get('retry-after')) : undefined
  const delay = told ?? 500 * 2 ** attempt
  return delay <= longestWait ? delay : undefined
}

/** Seconds, or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : Math.max(0, time - Date.now())
}

/** Servers answer a Binary as a resource where they are asked for JSON; some send the bytes nevertheless. */
function blobOf({ data, contentType }: JsonObject): Blob {
  if (typeof data !== 'string') throw new FhirError(0, 'There is no content.')
  return fromBase64(data, typeof contentType === 'string' ? contentType : '')
}

async function readJson(response: Response): Promise<JsonObject> {
  const text = await response.text()
  try {
    return parseExactly(text) as JsonObject
  } catch {
    throw new FhirError(response.status, '', response.headers.get('x-request-id') ?? undefined)
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

/** `1.00` stays `1.00` where the browser can do that. */
export function parseExactly(text: string): JsonValue {
  if (typeof JSON.rawJSON !== 'function') return JSON.parse(text)
  const keep: Reviver = (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value
  return JSON.parse(text, keep as Parameters<typeof JSON.parse>[1])
}

/** The matches of a page and what was included. */
function resourcesIn(bundle: JsonObject): readonly JsonObject[] {
  const entries = Array.isArray(bundle['entry']) ? (bundle['entry'] as readonly { resource?: JsonObject }[]) : []
  return entries.flatMap(({ resource }) =>
    resource && resource['resourceType'] !== 'OperationOutcome' ? [resource] : [],
  )
}

function nextLink(bundle: JsonObject): string | undefined {
  const links = Array.isArray(bundle['link']) ? (bundle['link'] as readonly { relation?: string; url?: string }[]) : []
  return links.find(({ relation }) => relation === 'next')?.url
}

function waitFor(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  signal?.addEventListener('abort', () => {
    clearTimeout(timer)
    reject(signal.reason)
  })
  return promise
}
