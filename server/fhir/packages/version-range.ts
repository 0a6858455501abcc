/** Which version of a package is meant. https://hl7.org/fhir/packages.html#2.1.10.6 */
import { compareVersions } from '../conformance/canonicals.ts'
import { UnsuitablePackageError } from './package-error.ts'

/** Builds that are not released: what they contain changes from day to day. */
const unreleased: ReadonlySet<string> = new Set(['current', 'dev'])

/** One version, and no range of them. */
export function isExactVersion(wanted: string): boolean {
  return wanted !== 'latest' && !unreleased.has(wanted) && !/(?:^|\.)[x*](?:\.|$)/i.test(wanted) && /^\d/.test(wanted)
}

/**
 * The version that `wanted` means: itself, the newest of a range such as `4.0.x`, or what the registry calls `latest`.
 * Undefined where none of `available` is it.
 */
export function chooseVersion(
  wanted: string,
  available: readonly string[],
  tags: Readonly<Record<string, string>> = {},
): string | undefined {
  if (unreleased.has(wanted)) {
    throw new UnsuitablePackageError(
      `'${wanted}' is a build that changes from day to day: name a version that was released.`,
    )
  }
  if (wanted === 'latest') {
    const tagged = tags['latest']
    return tagged !== undefined && available.includes(tagged) ? tagged : newest(available)
  }
  if (isExactVersion(wanted)) return available.find((version) => version === wanted)
  const range = rangePattern(wanted)
  if (!range)
    throw new UnsuitablePackageError(`'${wanted.slice(0, 80)}' is no version: name one, or a range such as 4.0.x.`)
  return newest(available.filter((version) => range.test(version)))
}

/** `4.0.x`, `4.x`, `*`: what stands for x is a number, so that no pre-release is among them. */
function rangePattern(wanted: string): RegExp | undefined {
  const parts = wanted.split('.')
  if (!parts.every((part) => /^(?:\d+|[x*])$/i.test(part))) return undefined
  const fixed = parts.slice(
    0,
    parts.findIndex((part) => /^[x*]$/i.test(part)),
  )
  return new RegExp(`^${fixed.map((part) => `${part}\\.`).join('')}\\d+(?:\\.\\d+)*$`)
}

/** Releases go before pre-releases. */
function newest(versions: readonly string[]): string | undefined {
  const released = versions.filter((version) => !version.includes('-'))
  const some = released.length > 0 ? released : versions
  return some.reduce<string | undefined>(
    (best, version) => (best === undefined || compareVersions(version, best) > 0 ? version : best),
    undefined,
  )
}
