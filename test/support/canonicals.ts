/** Conformance resources in memory, for tests. */
import { type Canonicals, compareVersions, parseCanonical } from '../../server/fhir/conformance/canonicals.ts'
import type { JsonObject } from '../../server/fhir/json.ts'

/** Looks in each in turn. */
export function firstOf(...sources: readonly Canonicals[]): Canonicals {
  return {
    find: (type, canonical) => {
      for (const source of sources) {
        const found = source.find(type, canonical)
        if (found) return found
      }
      return undefined
    },
  }
}

/** Over resources that are in memory. */
export function canonicalsOf(resources: Iterable<JsonObject>): Canonicals {
  const byUrl = new Map<string, JsonObject[]>()
  for (const resource of resources) {
    const { resourceType, url } = resource
    if (typeof url !== 'string') continue
    const key = `${resourceType} ${url}`
    byUrl.set(key, [...(byUrl.get(key) ?? []), resource])
  }
  return {
    find: (type, canonical) => {
      const { url, version } = parseCanonical(canonical)
      const known = byUrl.get(`${type} ${url}`)
      return known && pickVersion(known, (resource) => resource['version'] as string | undefined, version)
    },
  }
}

/**
 * The one of `version`, else the newest. A version may be named in part: `4.0` means any 4.0.x.
 * https://hl7.org/fhir/R4/resource.html#canonical
 */
function pickVersion<T>(
  candidates: readonly T[],
  versionOf: (candidate: T) => string | undefined,
  version?: string,
): T | undefined {
  const newest = (some: readonly T[]) =>
    some.reduce<T | undefined>(
      (best, one) =>
        best === undefined || compareVersions(versionOf(one) ?? '', versionOf(best) ?? '') > 0 ? one : best,
      undefined,
    )
  if (version === undefined) return newest(candidates)
  const exact = candidates.find((candidate) => versionOf(candidate) === version)
  return exact ?? newest(candidates.filter((candidate) => versionOf(candidate)?.startsWith(`${version}.`)))
}
