/** What a process keeps of terminology between requests. */
import type { JsonObject } from '../../fhir/json.ts'
import type { CodeVerdict } from '../../fhir/terminology/terminology.ts'
import type { Release } from '../../store/terminology/releases.ts'
import { createExternalMemory, type ExternalMemory } from './external/memory.ts'
import type { SetCache } from './set-cache.ts'
import type { UriSearch } from './stored-resources.ts'

interface KnownVerdict {
  readonly verdict: CodeVerdict
  /**
   * The time of the oldest look-up that it rests on. `Infinity` for what published definitions and releases tell: as long
   * as no release comes or goes, it stays so.
   */
  readonly asOf: number
}

export interface TerminologyCache {
  /** Stored resources by type, key and version: a version never changes. */
  readonly resources: Bounded<JsonObject>
  /** Imported code systems by url, as of the last look; undefined before it. */
  releases: ReadonlyMap<string, readonly Release[]> | undefined
  /** Sets of concepts by the number of their release. */
  readonly sets: Map<number, SetCache>
  /** When `releases` was looked up, in milliseconds. */
  lookedUp: number
  readonly verdicts: Map<string, KnownVerdict>
  readonly searches: RememberedSearches
  readonly external: ExternalMemory
}

const mostResources = 2000
const mostUsed = 200

export function createTerminologyCache(): TerminologyCache {
  return {
    resources: bounded(mostResources),
    releases: undefined,
    sets: new Map(),
    lookedUp: 0,
    verdicts: new Map(),
    searches: { found: bounded(mostResources), from: 0, used: bounded(mostUsed) },
    external: createExternalMemory(),
  }
}

/** The releases as they are now. */
export function takeReleases(cache: TerminologyCache, releases: ReadonlyMap<string, readonly Release[]>): void {
  const numbers = (of: TerminologyCache['releases']) =>
    [...(of?.values() ?? [])]
      .flat()
      .map(({ number }) => number)
      .join()
  if (cache.releases && numbers(cache.releases) === numbers(releases)) return
  cache.releases = releases
  cache.verdicts.clear()
}

/** The verdict under a key; undefined where it is not known, or rests on what was looked up too long ago. */
export function recallVerdict({ verdicts, searches }: TerminologyCache, key: string, now: number) {
  const known = verdicts.get(key)
  return known && (known.asOf === Number.POSITIVE_INFINITY || isRecent(searches, known.asOf, now))
    ? known.verdict
    : undefined
}

export function rememberVerdict({ verdicts }: TerminologyCache, key: string, verdict: CodeVerdict, asOf: number): void {
  if (verdicts.size >= mostVerdicts) verdicts.clear()
  verdicts.set(key, { verdict, asOf })
}

const mostVerdicts = 50_000

/** What searches for stored resources found. */
export interface RememberedSearches {
  readonly found: Bounded<FoundResources>
  /** What was found before this time, in milliseconds, does not count. */
  from: number
  /** Those that were made use of lately. */
  readonly used: Bounded<UriSearch>
}

export interface FoundResources {
  /** The time of looking. */
  readonly at: number
  readonly resources: readonly JsonObject[]
}

/**
 * Milliseconds for which a process may answer without what another one has just stored or imported: what every resource
 * asks for, and what is hardly ever there, is not looked for each time.
 */
export const remembered = 2000

/** What was found a moment ago; undefined where that is too long ago. */
export function recentlyFound({ searches }: TerminologyCache, key: string, now: number): FoundResources | undefined {
  const known = searches.found.get(key)
  return known && isRecent(searches, known.at, now) ? known : undefined
}

function isRecent({ from }: TerminologyCache['searches'], at: number, now: number): boolean {
  return now >= from && at >= from && now - at < remembered
}

const searched: ReadonlySet<string> = new Set(['CodeSystem', 'ValueSet', 'ConceptMap'])

/** A resource of `type` is being written by this process: until that is committed for certain, nothing is remembered. */
export function forgetSearches({ searches }: TerminologyCache, type: string, now: number): void {
  if (searched.has(type)) searches.from = now + remembered
}

export interface Bounded<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  entries(): Iterable<readonly [string, V]>
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
    entries: () => entries.entries(),
  }
}
