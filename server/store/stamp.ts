/** The time of a version, in its content. */
import { instant } from '../fhir/date-range.ts'
import type { NewVersion } from './store.ts'

const before = '","lastUpdated":"'
const length = instant(0).length

/** What follows the version's number in the content: lastUpdated, and everything after it. */
export function tailAt(ts: number, rest: string): string {
  return `${before}${instant(ts)}${rest}`
}

/** The same version at another time. */
export function stampedAt(version: NewVersion, ts: number): NewVersion {
  if (version.ts === ts) return version
  return { ...version, ts, tail: tailAt(ts, version.tail.slice(before.length + length)) }
}
