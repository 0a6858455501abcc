/** Which release of a code system is the later one: versions of some do not begin with the year. */
import { compareVersions } from '../conformance/canonicals.ts'

/** Positive where `a` is later than `b`. */
export function compareReleases(url: string, a: string, b: string): number {
  const sortable = Object.hasOwn(dates, url) ? dates[url]! : (version: string) => version
  return compareVersions(sortable(a), sortable(b))
}

const dates: Readonly<Record<string, (version: string) => string>> = {
  // http://snomed.info/sct/900000000000207008/version/20250101
  'http://snomed.info/sct': (version) => version.slice(version.lastIndexOf('/') + 1),
  // 01062025
  'http://www.nlm.nih.gov/research/umls/rxnorm': (version) => `${version.slice(4)}${version.slice(0, 4)}`,
}
