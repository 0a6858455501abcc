/** A FHIR server as an app sees it: reads, searches page by page, operations, in JSON that keeps the digits of numbers. */
import type { JsonObject, JsonValue } from '../../../server/fhir/json.ts'
import { errorOf, FhirError, unreachable } from './fhir-error.ts'

export interface FhirClient {
  /** A resource, or the answer of an operation. `path` is below the base, or an absolute address. */
  get(path: string, signal?: AbortSignal): Promise<JsonObject>
  /** The pages of a search, each when it is asked for. */
  pages(path: string, signal?: AbortSignal): AsyncGenerator<readonly JsonObject[]>
  post(path: string, body: JsonObject, signal?: AbortSignal): Promise<JsonObject>
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
  const ask = async (path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<JsonObject> => {
    const headers = { accept: 'application/fhir+json', ...init.headers }
    const url = new URL(path, `${base}/`)
    if (url.origin !== new URL(base).origin) throw new FhirError(0, 'The server refers to another one.')
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(url, { ...init, headers, ...(signal && { signal }) }).catch((error: unknown) => {
        // `fetch` itself fails with a TypeError; what else fails is known better where it comes from.
        if (signal?.aborted || !(error instanceof TypeError)) throw error
        return unreachable(error)
      })
      if (response instanceof Response && response.ok) return readJson(response)
      const delay = attempt < mostAttempts ? delayBefore(response, attempt, init.method) : undefined
      if (delay === undefined) throw response instanceof Response ? await errorOf(response) : response
      await wait(delay, signal)
    }
  }
  const get = (path: string, signal?: AbortSignal) => ask(path, {}, signal)
  return {
    get,
    post: (path, body, signal) =>
      ask(
        path,
        { method: 'POST', headers: { 'content-type': 'application/fhir+json' }, body: JSON.stringify(body) },
        signal,
      ),
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
