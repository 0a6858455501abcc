/** Installs and removes packages: each in one transaction, with the search parameters that come or go with it. */
import type { Context } from '../context.ts'
import type { Issue } from '../fhir/outcome.ts'
import { type Manifest, type PackageName, packageText } from '../fhir/packages/manifest.ts'
import { PackageError } from '../fhir/packages/package-error.ts'
import { registerParameters } from '../interactions/reindex/register.ts'
import type { Transaction } from '../store/database.ts'
import {
  installedPackages,
  nextConformance,
  type PackageResourceRow,
  type PackageRow,
  packageContents,
  removePackages,
  requestPackage,
  storePackage,
} from '../store/packages.ts'
import { changeIndex } from '../store/search-parameters.ts'
import { packagesInForce } from './conformance-source.ts'
import type { OpenedPackage } from './open-package.ts'
import type { ResourceFile } from './resource-file.ts'

export interface Changed {
  /** `name@version` of what was installed or removed; nothing where all was there already. */
  readonly names: readonly string[]
  /** Search parameters that cannot be used. */
  readonly refused: readonly Issue[]
  /** The job that indexes for the search parameters that came or went. */
  readonly job?: string
}

/** `packages` in the order of installation, the one that was asked for last. `report` is told what share is stored. */
export async function installPackages(
  packages: readonly OpenedPackage[],
  context: Context,
  report: (share: number) => void = () => {},
): Promise<Changed> {
  const all = packages.reduce((sum, { resources }) => sum + resources.places.length, 0)
  const changed = await changeIndex(context.store.database, async (tx) => {
    const present = await installedPackages(tx)
    const names: string[] = []
    let before = 0
    for (const [i, opened] of packages.entries()) {
      const requested = i === packages.length - 1
      if (await isPresent(opened, present, requested, tx)) continue
      await storePackage(tx, rowOf(opened, requested), rowsOf(opened.resources), (stored) =>
        report((before + stored) / Math.max(all, 1)),
      )
      before += opened.resources.places.length
      names.push(packageText(opened.manifest))
    }
    if (names.length === 0) return { names, refused: [] }
    const urls = new Set(
      packages.flatMap(({ resources }) =>
        resources.places.filter(({ type }) => type === 'SearchParameter').map(({ url }) => url),
      ),
    )
    await nextConformance(tx)
    return { names, ...(await registerParameters(urls, tx, context)) }
  })
  await settle(context)
  return changed
}

/** Removes a package, and what is there only because it depended on it. */
export async function uninstallPackage(name: PackageName, context: Context): Promise<Changed> {
  const changed = await changeIndex(context.store.database, async (tx) => {
    const present = await installedPackages(tx)
    const found = present.find((row) => row.name === name.name && row.version === name.version)
    if (!found) throw new PackageError(notInstalledText(name, present))
    const gone = unneeded(found, present)
    const numbers = new Set(gone.map(({ number }) => number))
    const parameters = await packageContents(tx, 'SearchParameter')
    const urls = new Set(parameters.filter((row) => numbers.has(row.package)).map(({ url }) => url))
    await removePackages(tx, [...numbers])
    await nextConformance(tx)
    return { names: gone.map(packageText), ...(await registerParameters(urls, tx, context)) }
  })
  await settle(context)
  return changed
}

/** Whoever goes on with this context's sources sees what is committed. */
async function settle({ indexSource, conformance }: Context): Promise<void> {
  await Promise.all([indexSource.refresh(), conformance.refresh()])
}

async function isPresent(
  { manifest, integrity }: OpenedPackage,
  present: readonly PackageRow[],
  requested: boolean,
  tx: Transaction,
): Promise<boolean> {
  const known = present.find((row) => row.name === manifest.name && row.version === manifest.version)
  if (!known) return false
  if (known.integrity !== integrity) {
    const text = packageText(manifest)
    throw new PackageError(`Another archive is installed as ${text}: remove it first (candela package remove ${text}).`)
  }
  if (requested && !known.requested) await requestPackage(tx, known.number)
  return true
}

function rowOf(opened: OpenedPackage, requested: boolean): Omit<PackageRow, 'number'> {
  const { manifest, integrity, resources, problems } = opened
  const { name, version } = manifest
  const texts = { manifest: JSON.stringify(manifest), problems: JSON.stringify(problems) }
  return { name, version, integrity, digest: resources.digest, requested, ...texts }
}

function* rowsOf(resources: ResourceFile): Generator<PackageResourceRow> {
  for (const place of resources.places) {
    const { type, url, version, file } = place
    yield { type, url, version, file, content: resources.text(place) }
  }
}

/** The package, those that need each other with it, and those that nobody asked for and nothing that stays depends on. */
function unneeded(removed: PackageRow, present: readonly PackageRow[]): readonly PackageRow[] {
  const inForce = packagesInForce(present, new Map())
  const needsOf = new Map(inForce.map((one) => [packageText(one), one.dependencies]))
  const circle = present.filter((row) => row === removed || needEachOther(row, removed, needsOf))
  const others = present.filter((row) => !circle.includes(row))
  const names = circle.map(packageText)
  const dependents = others.filter((row) => needsOf.get(packageText(row))!.some((need) => names.includes(need)))
  // Of a circle, the one that was asked for takes the others with it.
  const asked = removed.requested ? [] : circle.filter(({ requested }) => requested)
  const blocking = [...dependents, ...asked].map(packageText)
  if (blocking.length > 0) {
    const [them, text] = [blocking.length > 1 ? 'them' : 'that', blocking.join(', ')]
    throw new PackageError(`${packageText(removed)} is needed by ${text}: remove ${them} first.`)
  }
  const needed = withNeeds(others.filter(({ requested }) => requested).map(packageText), needsOf)
  return [removed, ...present.filter((row) => row !== removed && !needed.has(packageText(row)))]
}

type NeedsOf = ReadonlyMap<string, readonly string[]>

function needEachOther(one: PackageRow, other: PackageRow, needsOf: NeedsOf): boolean {
  const needs = (from: PackageRow, to: PackageRow) => withNeeds([packageText(from)], needsOf).has(packageText(to))
  return needs(one, other) && needs(other, one)
}

/** The packages and all that they need. */
function withNeeds(names: readonly string[], needsOf: NeedsOf): ReadonlySet<string> {
  const needed = new Set(names)
  for (const name of needed) for (const need of needsOf.get(name) ?? []) needed.add(need)
  return needed
}

function notInstalledText(name: PackageName, present: readonly PackageRow[]): string {
  const versions = present.filter((row) => row.name === name.name).map(({ version }) => version)
  const names = versions.length > 0 ? versions.map((version) => `${name.name}@${version}`) : present.map(packageText)
  const has = names.length === 0 ? 'No package is.' : `Installed: ${names.join(', ')}.`
  return `${packageText(name)} is not installed. ${has}`
}

/** The manifest of an installed package. */
export function manifestOf({ manifest }: PackageRow): Manifest {
  return JSON.parse(manifest) as Manifest
}
