/** The sets of concepts that this process keeps of each imported release. */
import type { Release } from '../../store/terminology/releases.ts'
import type { TerminologyCache } from './cache.ts'
import { type SetCache, setCache } from './set-cache.ts'

export function setsFor({ sets, releases }: TerminologyCache, number: number): SetCache {
  const known = sets.get(number)
  if (known) return known
  const current = new Set([...(releases?.values() ?? [])].flat().map((release) => release.number))
  for (const old of sets.keys()) if (!current.has(old)) sets.delete(old)
  const made = setCache()
  sets.set(number, made)
  return made
}

/** The number of the release that was imported last; of what statements compare. */
export function newestRelease(releases: ReadonlyMap<string, readonly Release[]>): number {
  return Math.max(...[...releases.values()].flat().map(({ number }) => number))
}
