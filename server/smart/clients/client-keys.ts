/** The public keys of clients: as they were registered, or from where they publish them. RFC 7517. */
import type { JWK } from 'jose'
import { isJsonObject } from '../../fhir/json.ts'
import type { ClientRecord } from '../../store/smart/clients.ts'
import { ForeignFetchError, type ForeignReply } from '../foreign-fetch.ts'

export interface KeySource {
  /** The key of that id; undefined where the client has none. */
  find(client: Pick<ClientRecord, 'jwks' | 'jwksUri'>, kid: string): Promise<JWK | undefined>
}

export interface KeySourceOptions {
  readonly fetch: (address: string) => Promise<ForeignReply>
  readonly now: () => number
}

interface Fetched {
  readonly keys: readonly JWK[]
  readonly at: number
  readonly until: number
}

/** Milliseconds: an unknown key is looked for again, but nobody makes us ask more often than this. */
const soonest = 2000
const usual = 300_000
const longest = 3_600_000
const mostAddresses = 500
const mostKeys = 50

export function keySource({ fetch, now }: KeySourceOptions): KeySource {
  const known = new Map<string, Fetched>()
  const asking = new Map<string, Promise<Fetched>>()
  const failed = new Map<string, { readonly error: unknown; readonly at: number }>()
  const ask = async (address: string): Promise<Fetched> => {
    const { body, cacheControl } = await fetch(address)
    const fetched = { keys: keysOf(parsed(body)), at: now(), until: now() + lifetime(cacheControl) }
    known.delete(address)
    if (known.size >= mostAddresses) known.delete(known.keys().next().value!)
    known.set(address, fetched)
    return fetched
  }
  const note = (address: string, error: unknown) => {
    failed.delete(address)
    if (failed.size >= mostAddresses) failed.delete(failed.keys().next().value!)
    failed.set(address, { error, at: now() })
    throw error
  }
  const askOnce = (address: string): Promise<Fetched> => {
    // Where nothing can be had, not everybody who names the client has us ask again.
    const failure = failed.get(address)
    if (failure && now() - failure.at < soonest) return Promise.reject(failure.error)
    const under =
      asking.get(address) ??
      ask(address)
        .catch((error) => note(address, error))
        .finally(() => asking.delete(address))
    asking.set(address, under)
    return under
  }
  return {
    find: async ({ jwks, jwksUri }, kid) => {
      if (jwksUri === null) return keysOf(jwks).find((key) => key.kid === kid)
      const kept = known.get(jwksUri)
      const fresh = kept && now() < kept.until ? kept : await askOnce(jwksUri)
      const found = fresh.keys.find((key) => key.kid === kid)
      // A client that has changed its keys is known by them at once.
      if (found || now() - fresh.at < soonest) return found
      return (await askOnce(jwksUri)).keys.find((key) => key.kid === kid)
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ForeignFetchError('What is at jwks_uri is no JSON.')
  }
}

/** The keys of a set that can verify something: none that is private or a shared secret. */
export function keysOf(set: unknown): readonly JWK[] {
  const keys = isJsonObject(set) && Array.isArray(set['keys']) ? (set['keys'] as unknown[]) : []
  return keys
    .slice(0, mostKeys)
    .filter((key): key is JWK & { readonly kid: string } => isJsonObject(key) && isVerifying(key as JWK))
}

const verifyingTypes: Readonly<Record<string, readonly string[]>> = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'] }

function isVerifying(key: JWK): boolean {
  const members = Object.hasOwn(verifyingTypes, String(key.kty)) ? verifyingTypes[String(key.kty)] : undefined
  const isWhole = members?.every((name) => typeof (key as Record<string, unknown>)[name] === 'string')
  return Boolean(isWhole) && typeof key.kid === 'string' && !('d' in key) && (key.use ?? 'sig') === 'sig'
}

/** As `Cache-Control` says, within what is reasonable. RFC 9111. */
function lifetime(cacheControl: string | undefined): number {
  if (cacheControl === undefined) return usual
  if (/\bno-(?:store|cache)\b/i.test(cacheControl)) return 0
  const [, seconds] = /\bmax-age=(\d{1,9})/i.exec(cacheControl) ?? []
  return seconds === undefined ? usual : Math.min(Number(seconds) * 1000, longest)
}
