/** A package with all that it depends on, in the order in which it is to be installed. */
import { isBaseSpecification, isR4, type PackageName, packageText } from '../fhir/packages/manifest.ts'
import { PackageError, UnsuitablePackageError } from '../fhir/packages/package-error.ts'
import { chooseVersion } from '../fhir/packages/version-range.ts'
import { type OpenedPackage, type OpenOptions, openPackage } from './open-package.ts'
import { MissingPackageError, type Registry } from './registry.ts'

export type Wanted = PackageName | { readonly archive: Buffer }

export interface ResolveOptions extends OpenOptions {
  readonly registry: Registry
  /** What is installed is not fetched. */
  readonly installed: readonly PackageName[]
}

/** A dependency that cannot be had. */
export interface MissingDependency extends PackageName {
  /** `name@version` of the package that depends on it. */
  readonly neededBy: string
  readonly reason: string
}

export interface ResolvedPackages {
  /** What others depend on comes first; the one that was wanted is the last. */
  readonly packages: readonly OpenedPackage[]
  readonly missing: readonly MissingDependency[]
}

/** More than any package needs. */
const mostPackages = 100

export async function resolvePackages(wanted: Wanted, options: ResolveOptions): Promise<ResolvedPackages> {
  const first =
    'archive' in wanted
      ? await openPackage(wanted.archive, options)
      : await openFetched(wanted.name, wanted.version, options)
  const opened = new Map([[packageText(first.manifest), first]])
  const needs = new Map<string, string[]>()
  const missing: MissingDependency[] = []
  // Grows while it is gone through; a package that is there already ends a circle.
  for (const [name, { manifest }] of opened) {
    needs.set(name, [])
    for (const [dependency, version] of Object.entries(manifest.dependencies)) {
      const found = await dependencyOf({ name: dependency, version }, name, opened, options)
      if (found === 'present') continue
      if ('reason' in found) {
        missing.push(found)
        continue
      }
      const key = packageText(found.manifest)
      if (!opened.has(key)) opened.set(key, found)
      needs.get(name)!.push(key)
      if (opened.size > mostPackages) throw new PackageError(`${name} needs more than ${mostPackages} packages.`)
    }
  }
  return { packages: inOrder(packageText(first.manifest), needs).map((name) => opened.get(name)!), missing }
}

async function dependencyOf(
  { name, version: wanted }: PackageName,
  neededBy: string,
  opened: ReadonlyMap<string, OpenedPackage>,
  options: ResolveOptions,
): Promise<OpenedPackage | MissingDependency | 'present'> {
  const missing = (reason: string) => ({ name, version: wanted, neededBy, reason })
  if (isBaseSpecification(name)) {
    if (isR4(wanted) || wanted === 'latest') return 'present'
    throw new PackageError(`${neededBy} builds on ${name}@${wanted}: this server has FHIR 4.0.1.`)
  }
  const known = [...opened.values()].filter(({ manifest }) => manifest.name === name)
  try {
    const here = chooseVersion(
      wanted,
      known.map(({ manifest }) => manifest.version),
    )
    if (here !== undefined) return opened.get(packageText({ name, version: here }))!
    const installed = options.installed.filter((one) => one.name === name).map(({ version }) => version)
    if (chooseVersion(wanted, installed) !== undefined) return 'present'
    return await openFetched(name, wanted, options)
  } catch (error) {
    const unusable = error instanceof MissingPackageError || error instanceof UnsuitablePackageError
    if (unusable) return missing(error.message)
    throw error
  }
}

async function openFetched(wanted: string, version: string, options: ResolveOptions): Promise<OpenedPackage> {
  const { archive, ...fetched } = await options.registry.fetch(wanted, version)
  const opened = await openPackage(archive, options)
  const [asked, found] = [packageText(fetched), packageText(opened.manifest)]
  if (asked !== found) throw new PackageError(`The registry answers for ${asked} with another package, ${found}.`)
  return opened
}

/** What a package needs comes before it; in a circle the one that was wanted comes last. */
function inOrder(first: string, needs: ReadonlyMap<string, readonly string[]>): string[] {
  const order: string[] = []
  const seen = new Set<string>()
  const visit = (name: string) => {
    if (seen.has(name)) return
    seen.add(name)
    for (const need of needs.get(name) ?? []) visit(need)
    order.push(name)
  }
  visit(first)
  return order
}
