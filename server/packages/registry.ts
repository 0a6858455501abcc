/** A FHIR package registry, which speaks as npm's do. https://confluence.hl7.org/display/FHIR/FHIR+Package+Registry+User+Documentation */
import { createHash } from 'node:crypto'
import { isJsonObject, type JsonObject, parseJson } from '../fhir/json.ts'
import { isPackageVersion, type PackageName, packageText } from '../fhir/packages/manifest.ts'
import { PackageError } from '../fhir/packages/package-error.ts'
import { chooseVersion, isExactVersion } from '../fhir/packages/version-range.ts'
import type { ArchiveCache } from './archive-cache.ts'
import { type DownloadOptions, download, NotFoundError, shown, UnreachableError } from './download.ts'

export interface FetchedPackage extends PackageName {
  readonly archive: Buffer
}

export interface Registry {
  /** The package in the version that `wanted` means. Throws `MissingPackageError` where nobody has it. */
  fetch(name: string, wanted: string): Promise<FetchedPackage>
}

/** Why a package cannot be had. */
export class MissingPackageError extends PackageError {}

export interface RegistryOptions {
  readonly url: string
  readonly cache: ArchiveCache
  readonly limits?: Pick<DownloadOptions, 'timeout' | 'idle'> & { readonly archive?: number }
  readonly onBytes?: (name: PackageName, done: number, all: number | undefined) => void
}

const mostListing = 50_000_000
const mostArchive = 300_000_000

export function openRegistry({ url, cache, limits = {}, onBytes }: RegistryOptions): Registry {
  const home = new URL(url.endsWith('/') ? url : `${url}/`)
  const { archive: mostBytes = mostArchive, ...times } = limits

  const listing = async (name: string): Promise<JsonObject> => {
    const place = new URL(name.split('/').map(encodeURIComponent).join('%2F'), home)
    const bytes = await download(place, { home, accept: 'application/json', mostBytes: mostListing, ...times })
    const found = parseListing(bytes)
    if (!found) throw new PackageError(`${shown(place)} does not answer as a package registry does.`)
    return found
  }
  const fetchArchive = async (name: PackageName, listed: JsonObject): Promise<Buffer> => {
    const dist = isJsonObject(listed['dist']) ? listed['dist'] : {}
    const tarball = dist['tarball']
    const place = typeof tarball === 'string' && URL.canParse(tarball, home) ? new URL(tarball, home) : undefined
    if (!place) throw new PackageError(`The registry does not tell where ${packageText(name)} is.`)
    const onPiece = onBytes && ((done: number, all: number | undefined) => onBytes(name, done, all))
    const accept = 'application/gzip, application/octet-stream'
    const archive = await download(place, { home, accept, mostBytes, ...times, ...(onPiece && { onBytes: onPiece }) })
    checkIntegrity(archive, dist, name)
    cache.put(name, archive)
    return archive
  }
  const kept = (name: string, version: string | undefined): FetchedPackage | undefined => {
    const archive = version === undefined ? undefined : cache.get({ name, version })
    return archive && { name, version: version!, archive }
  }

  return {
    fetch: async (name, wanted) => {
      // Also refuses what is no version.
      const known = kept(name, chooseVersion(wanted, isExactVersion(wanted) ? [wanted] : []))
      if (known) return known
      try {
        const { versions, tags } = versionsOf(await listing(name))
        const version = chooseVersion(wanted, [...versions.keys()], tags)
        if (version === undefined) throw new MissingPackageError(missingText(name, wanted, [...versions.keys()], home))
        const archive = cache.get({ name, version }) ?? (await fetchArchive({ name, version }, versions.get(version)!))
        return { name, version, archive }
      } catch (error) {
        if (error instanceof UnreachableError) {
          // What was fetched before may do.
          const old = kept(name, chooseVersion(wanted, cache.versions(name)))
          if (old) return old
          throw new MissingPackageError(`${name}@${wanted} cannot be fetched: ${error.message}`)
        }
        if (!(error instanceof NotFoundError)) throw error
        throw new MissingPackageError(`${shown(home)} has no package ${name}@${wanted}.`)
      }
    },
  }
}

function parseListing(bytes: Buffer): JsonObject | undefined {
  try {
    const found = parseJson(bytes.toString())
    return isJsonObject(found) && isJsonObject(found['versions']) ? found : undefined
  } catch {
    return undefined
  }
}

function versionsOf(listing: JsonObject) {
  const versions = new Map<string, JsonObject>()
  for (const [version, listed] of Object.entries(listing['versions'] as JsonObject)) {
    if (isPackageVersion(version) && isJsonObject(listed)) versions.set(version, listed)
  }
  const given = listing['dist-tags']
  const tags = Object.entries(isJsonObject(given) ? given : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return { versions, tags: Object.fromEntries(tags) }
}

const mostNamed = 10

function missingText(name: string, wanted: string, versions: readonly string[], home: URL): string {
  const has = versions.length === 0 ? 'none' : versions.slice(-mostNamed).join(', ')
  return `${shown(home)} has no version ${wanted} of ${name}; it has ${has}.`
}

/** The strongest of what the registry gives; nothing is used that cannot be checked. https://www.w3.org/TR/SRI/ */
export function checkIntegrity(archive: Buffer, { integrity, shasum }: JsonObject, name: PackageName): void {
  const sums = typeof integrity === 'string' ? integrity.trim().split(/\s+/) : []
  const strong = sums.filter((sum) => sum.startsWith('sha512-')).map((sum) => sum.split('?')[0])
  const digest = (algorithm: string, encoding: 'base64' | 'hex') =>
    createHash(algorithm).update(archive).digest(encoding)
  const agrees =
    strong.length > 0
      ? strong.includes(`sha512-${digest('sha512', 'base64')}`)
      : typeof shasum === 'string'
        ? shasum.toLowerCase() === digest('sha1', 'hex')
        : undefined
  if (agrees) return
  const reason = agrees === undefined ? 'the registry gives no checksum of it' : 'it is not what its checksum says'
  throw new PackageError(`${packageText(name)} is refused: ${reason}.`)
}
