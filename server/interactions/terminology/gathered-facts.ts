/** What terminology is looked up in during one request: sent along, imported, published, stored. */
import type { Config } from '../../config.ts'
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { codeTable } from '../../fhir/terminology/code-table.ts'
import { type Facts, splitCanonical, type TerminologyType } from '../../fhir/terminology/facts.ts'
import { isoCodeSystem } from '../../fhir/terminology/iso-codes.ts'
import { chooseVersion } from '../../fhir/terminology/newest.ts'
import { Needed, type System } from '../../fhir/terminology/system.ts'
import { currentReleases, type Release } from '../../store/terminology/releases.ts'
import { recentlyFound, remembered, takeReleases } from './cache.ts'
import { constraintInMemory } from './constraint.ts'
import { newestRelease, setsFor } from './release-caches.ts'
import { findStored, type UriSearch } from './stored-resources.ts'
import { type StoredSystem, storedSystem } from './stored-system.ts'

/** Milliseconds after which what is used all the time is looked for again before it is asked for. */
const refreshedAfter = remembered / 2

/**
 * Looks again for what has been asked of memory lately, before it is too old: between many resources that are checked one
 * after the other, none of which waits then.
 */
export async function refreshLooks(context: Context): Promise<void> {
  const { terminologyCache: cache, store } = context
  const at = context.now()
  const isOld = (known: { readonly at: number } | undefined) => !known || at - known.at > refreshedAfter
  const old = [...cache.searches.used.entries()].filter(([key]) => isOld(recentlyFound(cache, key, at)))
  if (old.length > 0) {
    const searches = old.map(([, search]) => search)
    const found = await findStored(searches, context)
    for (const [i, [key]] of old.entries()) cache.searches.found.set(key, { at, resources: found[i]! })
  }
  if (!isOld({ at: cache.lookedUp })) return
  cache.lookedUp = at
  takeReleases(cache, await currentReleases(store.db))
}

export interface GatheredFacts extends Facts {
  /**
   * Whether something was asked for that is still to be fetched. Resources that are are taken to be absent meanwhile,
   * so that what else will be needed shows, too: what a rule makes of that does not count.
   */
  isOpen(): boolean
  /** The time of the oldest look-up that was made use of, `Infinity` without one: what it found may be otherwise by now. */
  oldestLook(): number
  /** The same of supplements; undefined where they were passed over, since they would have had to be fetched. */
  oldestTexts(): number | undefined
  /** Fetches what was asked for in vain. */
  fetch(): Promise<void>
}

/** `sent`: resources of the request itself, which go before all others. `memoryOnly`: nothing will be fetched. */
export function gatherFacts(
  context: Context,
  sent: readonly JsonObject[] = [],
  { memoryOnly = false }: { readonly memoryOnly?: boolean } = {},
): GatheredFacts {
  const { canonicals, terminologyCache: cache } = context
  const stored = new Map<string, readonly JsonObject[]>()
  const wanted = new Map<string, UriSearch>()
  const releases = new Map<number, StoredSystem>()
  let releasesWanted = cache.releases === undefined
  let searched = false
  let oldestLook = Number.POSITIVE_INFINITY
  let oldestTexts: number | undefined = Number.POSITIVE_INFINITY
  let stage = {}

  const search = (one: UriSearch): readonly JsonObject[] => {
    const key = keyOf(one)
    const known = stored.get(key)
    if (known) return known
    if (!memoryOnly) {
      wanted.set(key, one)
      return []
    }
    const recent = recentlyFound(cache, key, context.now())
    cache.searches.used.set(key, one)
    if (!recent) throw new Needed()
    oldestLook = Math.min(oldestLook, recent.at)
    return recent.resources
  }
  const sentBy = (type: TerminologyType, url: string) =>
    sent.filter((resource) => resource['resourceType'] === type && resource['url'] === url)
  const resource = (type: TerminologyType, canonical: string): JsonObject | undefined => {
    const { url, version } = splitCanonical(canonical)
    return (
      chooseVersion(sentBy(type, url), version) ??
      canonicals.find(type, canonical) ??
      chooseVersion(search({ type, parameter: 'url', uri: url }), version)
    )
  }
  const imported = (url: string, version: string | undefined): System | undefined => {
    if (cache.releases === undefined) {
      releasesWanted = true
      throw new Needed()
    }
    const release = releaseOf(cache.releases.get(url) ?? [], version, context.config)
    if (!release) return undefined
    let system = releases.get(release.number)
    if (!system) {
      const reader = { db: context.store.db, release: release.number, newest: newestRelease(cache.releases) }
      system = storedSystem(release, reader, setsFor(cache, release.number))
      releases.set(release.number, system)
    }
    return system
  }

  return {
    resource,
    system: (url, version) => {
      const own = chooseVersion(sentBy('CodeSystem', url), version)
      const found = own ? undefined : imported(url, version)
      if (found) return found
      const canonical = version === undefined ? url : `${url}|${version}`
      const codeSystem =
        own ?? (version === undefined ? isoCodeSystem(url) : undefined) ?? resource('CodeSystem', canonical)
      // A release may have come since the last look.
      if (!codeSystem && !searched) {
        const isRecent = context.now() - cache.lookedUp < remembered
        if (memoryOnly && !isRecent) throw new Needed()
        oldestLook = Math.min(oldestLook, cache.lookedUp)
        releasesWanted = !memoryOnly
      }
      return codeSystem && hasConcepts(codeSystem) ? codeTable(codeSystem) : undefined
    },
    supplements: (url) => {
      const one: UriSearch = { type: 'CodeSystem', parameter: 'supplements', uri: url }
      const key = keyOf(one)
      const recent = recentlyFound(cache, key, context.now())
      if (memoryOnly) {
        cache.searches.used.set(key, one)
        oldestTexts = recent && oldestTexts && Math.min(oldestTexts, recent.at)
        // They only add texts: what is in a value set can be told without.
        if (!recent) return []
      }
      const own = sent.filter((sentOne) => splitCanonical(String(sentOne['supplements'] ?? '')).url === url)
      return [...own, ...(recent?.resources ?? search(one))].map(codeTable)
    },
    conceptMaps: (uris) => {
      const found = uris.flatMap((uri) =>
        (['source-system', 'target-system'] as const).flatMap((parameter) =>
          search({ type: 'ConceptMap', parameter, uri }),
        ),
      )
      const own = sent.filter((one) => one['resourceType'] === 'ConceptMap')
      return [...new Set([...own, ...canonicals.all('ConceptMap'), ...found])]
    },
    constraint: (system, expression) => {
      const stored = releases.values().find((one) => one === system)
      return stored ? stored.constraint(expression) : constraintInMemory(system, expression)
    },
    get stage() {
      return stage
    },
    oldestLook: () => oldestLook,
    oldestTexts: () => oldestTexts,
    isOpen: () => wanted.size > 0 || releasesWanted,
    fetch: async () => {
      const searches = [...wanted]
      const at = context.now()
      stage = {}
      wanted.clear()
      const looksAnew = releasesWanted
      releasesWanted = false
      const [found, current] = await Promise.all([
        findStored(
          searches.map(([, one]) => one),
          context,
        ),
        looksAnew ? currentReleases(context.store.db) : undefined,
        ...releases.values().map((system) => system.fetch()),
      ])
      searches.forEach(([key], i) => {
        stored.set(key, found[i]!)
        cache.searches.found.set(key, { at, resources: found[i]! })
      })
      if (current) {
        cache.lookedUp = at
        takeReleases(cache, current)
        searched = true
      }
    },
  }
}

function keyOf({ type, parameter, uri }: UriSearch): string {
  return `${type} ${parameter} ${uri}`
}

/** A system whose concepts are told, and not only its name. */
function hasConcepts({ content }: JsonObject): boolean {
  return content !== 'not-present' && content !== 'supplement'
}

/** An edition without a date stands for its release; without a version the edition that is set, or else the latest. */
function releaseOf(
  releases: readonly Release[],
  version: string | undefined,
  { snomedEdition }: Config,
): Release | undefined {
  const of = (wanted: string) =>
    releases.find((one) => one.version === wanted || one.version.startsWith(`${wanted}/version/`))
  if (version !== undefined) return of(version)
  return (snomedEdition === undefined ? undefined : of(`http://snomed.info/sct/${snomedEdition}`)) ?? releases[0]
}
