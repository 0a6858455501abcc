/** Which of several resources with one url a canonical means, where packages have versions of their own. */
import { type PackageName, packageText } from '../packages/manifest.ts'
import { compareVersions } from './canonicals.ts'

export interface Candidate {
  /** Empty where it has none. */
  readonly version: string
  /** The package that it comes from; clients stored the others. */
  readonly from?: PackageName
}

/**
 * The one of `version`: its own, else that of its package, else in part, as `4.0` means any 4.0.x. The newest where no
 * version is named, or where several are left.
 */
export function versionMeant<T extends Candidate>(candidates: readonly T[], version?: string): T | undefined {
  if (version === undefined) return newestOf(candidates)
  return (
    newestOf(candidates.filter((one) => one.version === version)) ??
    newestOf(candidates.filter(({ from }) => from?.version === version)) ??
    newestOf(candidates.filter((one) => one.version.startsWith(`${version}.`)))
  )
}

/**
 * Of versions of one package only the newest counts: what is in a package often carries the version of an older one. Of
 * two that are equally new the first.
 */
export function newestOf<T extends Candidate>(candidates: readonly T[]): T | undefined {
  const packages = new Map<string, string>()
  for (const { from } of candidates) {
    const known = from && packages.get(from.name)
    if (from && (known === undefined || compareVersions(from.version, known) > 0)) packages.set(from.name, from.version)
  }
  return candidates
    .filter(({ from }) => from === undefined || packages.get(from.name) === from.version)
    .reduce<T | undefined>(
      (best, one) => (best === undefined || compareVersions(one.version, best.version) > 0 ? one : best),
      undefined,
    )
}

/** Whether it comes from the package of this `name@version`. */
export function isFrom({ from }: Candidate, name: string): boolean {
  return from !== undefined && packageText(from) === name
}
