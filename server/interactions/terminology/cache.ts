/** What a process keeps of terminology between requests. */
import type { JsonObject } from '../../fhir/json.ts'
import type { Release } from '../../store/terminology/releases.ts'
import type { SetCache } from './set-cache.ts'

export interface TerminologyCache {
  /** Stored resources by type, key and version: a version never changes. */
  readonly resources: Bounded<JsonObject>
  /** Imported code systems by url, as of the last look; undefined before it. */
  releases: ReadonlyMap<string, readonly Release[]> | undefined
  /** Sets of concepts by the number of their release. */
  readonly sets: Map<number, SetCache>
  /** When `releases` was looked up, in milliseconds. */
  lookedUp: number
  /** Stored supplements by the url of what they add to, with the time of looking; not looked at before `from`. */
  readonly supplements: { readonly found: Bounded<KnownSupplements>; from: number }
  /** What an external terminology server said. */
  readonly external: Bounded<{ readonly until: number; readonly reply: JsonObject | undefined }>
}

const mostResources = 2000
const mostExternal = 10_000

export function createTerminologyCache(): TerminologyCache {
  return {
    resources: bounded(mostResources),
    releases: undefined,
    sets: new Map(),
    lookedUp: 0,
    supplements: { found: bounded(mostResources), from: 0 },
    external: bounded(mostExternal),
  }
}

export interface KnownSupplements {
  readonly at: number
  readonly resources: readonly JsonObject[]
}

/**
 * Milliseconds for which another process may answer without a supplement that was just stored: they are looked for in
 * every answer, and hardly ever there.
 */
const remembered = 2000

export function knownSupplements({ supplements }: TerminologyCache, url: string, now: number) {
  if (now < supplements.from) return undefined
  const known = supplements.found.get(url)
  return known && known.at >= supplements.from && now - known.at < remembered ? known.resources : undefined
}

/** A code system is being written by this process: until that is committed for certain, nothing is remembered. */
export function forgetSupplements({ supplements }: TerminologyCache, now: number): void {
  supplements.from = now + remembered
}

export interface Bounded<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
}

/** A map that forgets what was used longest ago. */
export function bounded<V>(most: number): Bounded<V> {
  const entries = new Map<string, V>()
  return {
    get: (key) => {
      const value = entries.get(key)
      if (value !== undefined) {
        entries.delete(key)
        entries.set(key, value)
      }
      return value
    },
    set: (key, value) => {
      entries.delete(key)
      entries.set(key, value)
      const [oldest] = entries.keys()
      if (entries.size > most && oldest !== undefined) entries.delete(oldest)
    },
  }
}
