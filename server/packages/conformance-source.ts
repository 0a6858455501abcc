/** The conformance resources as this process knows them: loaded again when this process, or another, has changed them. */
import { openAccess } from '../access/access.ts'
import type { CanonicalList } from '../fhir/conformance/canonicals.ts'
import {
  type CanonicalsInForce,
  type ConformanceSource,
  canonicalsInForce,
  type PackageInForce,
  type ResourcePlace,
  storedPlace,
} from '../fhir/conformance/in-force.ts'
import type { Manifest } from '../fhir/packages/manifest.ts'
import { isBaseSpecification } from '../fhir/packages/manifest.ts'
import { chooseVersion } from '../fhir/packages/version-range.ts'
import type { Db } from '../store/database.ts'
import {
  conformanceGeneration,
  installedPackages,
  type PackageRow,
  packageResources,
  type StoredProfile,
  storedProfiles,
} from '../store/packages.ts'
import { remember } from '../store/remembered.ts'
import { contentsByKey } from '../store/search.ts'
import { fileName, openResourceFile, type ResourceFile, writeResourceFile } from './resource-file.ts'

export interface SourceOptions {
  readonly db: Db
  readonly base: CanonicalList
  /** This project's own package. */
  readonly own: PackageInForce
  /** Where files of resources are kept. */
  readonly folders: readonly string[]
  readonly now: () => number
}

export function openConformanceSource(options: SourceOptions): Promise<ConformanceSource> {
  const { db, now } = options
  const isCurrent = async ({ generation }: CanonicalsInForce) => (await conformanceGeneration(db)) === generation
  return remember({ load: createLoader(options), isCurrent, now })
}

/** Keeps what it has read: packages by their digest, profiles by their version. */
function createLoader({ db, base, own, folders }: SourceOptions): () => Promise<CanonicalsInForce> {
  let files = new Map<string, readonly ResourcePlace[]>()
  let profiles = new Map<string, ResourcePlace | undefined>()
  return async () => {
    const { generation, profiles: listed } = await storedProfiles(db)
    const rows = await installedPackages(db)
    const open = new Map<string, readonly ResourcePlace[]>()
    for (const row of rows) open.set(row.digest, files.get(row.digest) ?? placesOf(await packageFile(row, db, folders)))
    files = open
    profiles = await readProfiles(listed, profiles, db)
    const stored = [...profiles.values()].filter((place) => place !== undefined)
    return canonicalsInForce({ generation, base, packages: [own, ...packagesInForce(rows, open)], stored })
  }
}

export function placesOf(file: ResourceFile): readonly ResourcePlace[] {
  return file.places.map((place) => {
    const { type, url, version } = place
    return { type, url, version, read: () => file.resource(place) }
  })
}

/** The packages with what they depend on as it is installed. */
export function packagesInForce(
  rows: readonly Pick<PackageRow, 'name' | 'version' | 'manifest' | 'digest'>[],
  places: ReadonlyMap<string, readonly ResourcePlace[]>,
): PackageInForce[] {
  const versions = Map.groupBy(rows, ({ name }) => name)
  return rows.map(({ name, version, manifest, digest }) => {
    const { dependencies } = JSON.parse(manifest) as Manifest
    const resolved = Object.entries(dependencies).flatMap(([dependency, wanted]) => {
      if (isBaseSpecification(dependency)) return []
      const installed = (versions.get(dependency) ?? []).map((row) => row.version)
      const chosen = chosenVersion(wanted, installed)
      return chosen === undefined ? [] : [`${dependency}@${chosen}`]
    })
    return { name, version, dependencies: resolved, places: places.get(digest)! }
  })
}

/** A version that nobody can choose, such as `current`, is whatever is installed. */
function chosenVersion(wanted: string, installed: readonly string[]): string | undefined {
  try {
    return chooseVersion(wanted, installed)
  } catch {
    return chooseVersion('latest', installed)
  }
}

/** The package's file on this machine, made of the database's rows where there is none yet. */
async function packageFile({ number, digest }: PackageRow, db: Db, folders: readonly string[]): Promise<ResourceFile> {
  const known = openResourceFile(folders, fileName(digest))
  if (known) return known
  const writer = writeResourceFile(folders)
  try {
    for await (const { content, ...place } of packageResources(db, number)) writer.add(place, content)
  } catch (error) {
    writer.abandon()
    throw error
  }
  const file = writer.finish()
  // It was removed meanwhile: the next look will show that.
  if (file.digest !== digest) throw new Error('The resources of a package are not those that were installed.')
  return file
}

async function readProfiles(
  listed: readonly StoredProfile[],
  known: ReadonlyMap<string, ResourcePlace | undefined>,
  db: Db,
): Promise<Map<string, ResourcePlace | undefined>> {
  const keyOf = ({ pk, version }: StoredProfile) => `${pk}/${version}`
  const missing = listed.filter((profile) => !known.has(keyOf(profile)))
  const keys = missing.map(({ pk }) => ({ type: 'StructureDefinition', key: BigInt(pk) }))
  const contents = missing.length === 0 ? new Map<bigint, string>() : await contentsByKey(db, openAccess, keys)
  return new Map(
    listed.map((profile) => {
      const content = contents.get(BigInt(profile.pk))
      return [keyOf(profile), known.get(keyOf(profile)) ?? (content === undefined ? undefined : storedPlace(content))]
    }),
  )
}
