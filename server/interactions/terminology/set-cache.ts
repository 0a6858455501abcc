/** Sets of concepts of a release, as many as fit; a release never changes. */
import type { Ranges } from '../../fhir/terminology/ranges.ts'

export interface SetCache {
  get(key: string): Ranges | undefined
  set(key: string, ranges: Ranges): void
  weights: Uint8Array | undefined
}

/** Bytes for each release. */
const mostBytes = 24_000_000
const overhead = 200

export function setCache(): SetCache {
  const sets = new Map<string, Ranges>()
  let bytes = 0
  return {
    weights: undefined,
    get: (key) => {
      const found = sets.get(key)
      if (found) {
        sets.delete(key)
        sets.set(key, found)
      }
      return found
    },
    set: (key, ranges) => {
      bytes += ranges.byteLength + overhead - (sets.has(key) ? sets.get(key)!.byteLength + overhead : 0)
      sets.delete(key)
      sets.set(key, ranges)
      // The last one stays, whatever its size: it was asked for.
      for (const [oldest, { byteLength }] of sets) {
        if (bytes <= mostBytes || sets.size === 1) break
        sets.delete(oldest)
        bytes -= byteLength + overhead
      }
    },
  }
}
