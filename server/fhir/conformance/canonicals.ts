/** Conformance resources by canonical. https://hl7.org/fhir/R4/references.html#canonical */
import type { JsonObject } from '../json.ts'

/** Synchronous: everything that is compiled from profiles is built from it. */
export interface Canonicals {
  /** `url` or `url|version`; the newest version where none is named; undefined where unknown. `type` narrows (`StructureDefinition`). */
  find(type: string, canonical: string): JsonObject | undefined
}

/** Canonicals that can also be listed. */
export interface CanonicalList extends Canonicals {
  all(type: string): readonly JsonObject[]
}

/** `url|version` in its parts; a fragment belongs to neither. */
export function parseCanonical(canonical: string): { readonly url: string; readonly version?: string } {
  const whole = canonical.split('#', 1)[0]!
  const bar = whole.lastIndexOf('|')
  return bar < 0 ? { url: whole } : { url: whole.slice(0, bar), version: whole.slice(bar + 1) }
}

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
      return known && pickVersion(known, version)
    },
  }
}

/** Below 0 where `a` is older. By number, part by part; a pre-release (`6.0.0-ballot`) is older than its release. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [splitVersion(a), splitVersion(b)]
  for (let i = 0; i < Math.max(left.numbers.length, right.numbers.length); i++) {
    const order = comparePart(left.numbers[i] ?? '0', right.numbers[i] ?? '0')
    if (order !== 0) return order
  }
  if (left.label === right.label) return 0
  if (left.label === undefined) return 1
  return right.label === undefined ? -1 : comparePart(left.label, right.label)
}

/**
 * The one of `version`, else the newest. A version may be named in part: `4.0` means any 4.0.x.
 * https://hl7.org/fhir/R4/resource.html#canonical
 */
function pickVersion(candidates: readonly JsonObject[], version: string | undefined): JsonObject | undefined {
  const exact = candidates.find((candidate) => version !== undefined && versionOf(candidate) === version)
  const meant =
    version === undefined ? candidates : candidates.filter((one) => versionOf(one).startsWith(`${version}.`))
  return exact ?? meant.toSorted((a, b) => compareVersions(versionOf(b), versionOf(a)))[0]
}

function versionOf({ version }: JsonObject): string {
  return typeof version === 'string' ? version : ''
}

function splitVersion(version: string): { numbers: string[]; label?: string } {
  const plain = version.split('+', 1)[0]!
  const dash = plain.indexOf('-')
  if (dash < 0) return { numbers: plain.split('.') }
  // A date is no pre-release.
  if (/^\d{4}-\d\d/.test(plain)) return { numbers: plain.split('-') }
  return { numbers: plain.slice(0, dash).split('.'), label: plain.slice(dash + 1) }
}

function comparePart(a: string, b: string): number {
  const numeric = /^\d+$/
  if (numeric.test(a) && numeric.test(b)) return Number(a) - Number(b)
  return a < b ? -1 : a > b ? 1 : 0
}
