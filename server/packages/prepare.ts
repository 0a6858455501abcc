/** From what was asked for to the packages that are to be installed. */
import type { Context } from '../context.ts'
import { PackageError } from '../fhir/packages/package-error.ts'
import { installedPackages } from '../store/packages.ts'
import { archiveCache, packageFolder } from './archive-cache.ts'
import { canonicalsAfter, withSnapshotProblems } from './canonicals-after.ts'
import { openRegistry } from './registry.ts'
import { type ResolvedPackages, resolvePackages, type Wanted } from './resolve.ts'

export interface PrepareOptions {
  /** Goes on where dependencies cannot be had. */
  readonly withoutMissing?: boolean
  readonly report?: (share: number, note: string) => void
}

/** The packages that are installed already are not among what they depend on. */
export async function prepare(
  wanted: Wanted,
  context: Context,
  { withoutMissing = false, report = () => {} }: PrepareOptions = {},
): Promise<ResolvedPackages> {
  const { config, definitions, store } = context
  const folder = packageFolder(config)
  const registry = openRegistry({
    url: config.packageRegistry,
    cache: archiveCache(folder),
    onBytes: ({ name }, done, all) => report(all === undefined ? 0 : done / all, `fetching ${name}`),
  })
  const present = await installedPackages(store.database)
  const resolved = await resolvePackages(wanted, {
    registry,
    definitions,
    folders: [folder],
    installed: present,
  })
  if (resolved.missing.length > 0 && !withoutMissing) {
    const lines = resolved.missing.map(
      ({ name, version, neededBy, reason }) => `${name}@${version} (needed by ${neededBy}): ${reason}`,
    )
    throw new PackageError(
      `Nothing was installed, because of what is missing:\n${lines.join('\n')}\nWith --without-missing the rest is installed.`,
    )
  }
  const after = canonicalsAfter(resolved.packages, context.conformance.current, present)
  return { ...resolved, packages: resolved.packages.map((opened) => withSnapshotProblems(opened, after)) }
}
