/**
 * All conformance resources together: the base specification's, those of packages, and those that clients stored.
 *
 * Which one a canonical means: the one of the version that it names, be it that of the resource or of its package; else,
 * for what the base specification defines below http://hl7.org/fhir/, the base specification's own; else the newest, as
 * `version-meant.ts` tells. Of two with one url and version the base specification goes before packages, the package that
 * was installed first before later ones, packages before clients.
 */
import { type JsonObject, parseStored } from '../json.ts'
import { type PackageName, packageText } from '../packages/manifest.ts'
import { type CanonicalList, type Canonicals, compareVersions, parseCanonical } from './canonicals.ts'
import { type Candidate, isFrom, newestOf, versionMeant } from './version-meant.ts'

export interface CanonicalsInForce extends CanonicalList {
  /** Another after every change. */
  readonly generation: number
  /**
   * As a resource of a package means them: its own package, and those that this one depends on, go before all others, so
   * that versions of one package do not mix.
   */
  near(resource: JsonObject): Canonicals
  /** The installed packages as `name@version`, the first first. */
  readonly packages: readonly string[]
  /** The resources of a type in a package, by its `name@version`; undefined where it is not installed. */
  ofPackage(name: string, type: string): readonly JsonObject[] | undefined
  /** `name@version` of the package that a resource comes from; undefined for others. */
  packageOf(resource: JsonObject): string | undefined
  /** Whether a client stored it. */
  isStored(resource: JsonObject): boolean
  /** As it would be with more packages, installed after the others. */
  plus(packages: readonly PackageInForce[]): CanonicalsInForce
  /** As it would be once clients have stored these, in the place of what they stored with the same url and version. */
  plusStored(resources: readonly JsonObject[]): CanonicalsInForce
}

/** The conformance resources as this process knows them, kept up to date. */
export interface ConformanceSource {
  readonly current: CanonicalsInForce
  /** What the database has now. */
  refresh(): Promise<CanonicalsInForce>
  /** As `current`; but what this process has changed just now, or a moment ago, is seen. */
  latest(): Promise<CanonicalsInForce>
  /** This process is about to change them. */
  changing(): void
  close(): Promise<void>
}

/** A resource that is read when it is asked for. */
export interface ResourcePlace {
  readonly type: string
  readonly url: string
  /** Empty where it has none. */
  readonly version: string
  readonly read: () => JsonObject
}

export interface PackageInForce extends PackageName {
  /** The packages that it depends on, as they are installed. */
  readonly dependencies: readonly string[]
  readonly places: readonly ResourcePlace[]
}

export interface ConformanceParts {
  readonly generation: number
  readonly base: CanonicalList
  /** The first goes before the others. */
  readonly packages: readonly PackageInForce[]
  readonly stored: readonly ResourcePlace[]
}

/** A resource that clients stored, parsed once. */
export function storedPlace(content: string): ResourcePlace | undefined {
  return placeOf(parseStored(content))
}

function placeOf(resource: JsonObject): ResourcePlace | undefined {
  const { resourceType, url, version } = resource
  if (typeof url !== 'string') return undefined
  return { type: String(resourceType), url, version: typeof version === 'string' ? version : '', read: () => resource }
}

function identityOf({ type, url, version }: ResourcePlace): string {
  return `${type} ${url}|${version}`
}

const coreUrl = 'http://hl7.org/fhir/'

interface Known extends ResourcePlace, Candidate {}

export function canonicalsInForce(parts: ConformanceParts): CanonicalsInForce {
  const { generation, base, packages, stored } = parts
  const origins = new WeakMap<JsonObject, string>()
  const ofClients = new WeakSet<JsonObject>()
  const candidates = candidatesOf(packages, stored)
  const read = (candidate: Known): JsonObject => {
    const resource = candidate.read()
    if (candidate.from) origins.set(resource, packageText(candidate.from))
    else ofClients.add(resource)
    return resource
  }
  const find = (type: string, canonical: string): JsonObject | undefined => {
    const { url, version } = parseCanonical(canonical)
    const others = candidates.get(`${type} ${url}`) ?? []
    const published = base.find(type, version === undefined ? url : `${url}|${version}`)
    if (published && (version !== undefined || url.startsWith(coreUrl))) return published
    const found = versionMeant(others, version)
    if (version === undefined) return newer(published, found) ? published : found && read(found)
    return (found && read(found)) ?? partly(base.find(type, url), version)
  }
  const byType = Map.groupBy([...candidates.values()].flat(), (candidate) => candidate.type)
  const dependencies = new Map(packages.map((one) => [packageText(one), one.dependencies]))
  return {
    generation,
    find,
    packages: packages.map(packageText),
    all: (type) => [...base.all(type), ...(byType.get(type) ?? []).map(read)],
    near: (resource) => {
      const origin = origins.get(resource)
      if (origin === undefined) return { find }
      const reach = withDependencies(origin, dependencies)
      return { find: (type, canonical) => findNear(type, canonical, reach) ?? find(type, canonical) }
    },
    ofPackage: (name, type) => {
      const from = packages.find((one) => packageText(one) === name)
      return from?.places.filter((place) => place.type === type).map((place) => read({ ...place, from }))
    },
    packageOf: (resource) => origins.get(resource),
    isStored: (resource) => ofClients.has(resource),
    plus: (more) => canonicalsInForce({ ...parts, packages: [...packages, ...more] }),
    plusStored: (resources) => {
      const more = resources.flatMap((resource) => placeOf(resource) ?? [])
      const replaced = new Set(more.map(identityOf))
      return canonicalsInForce({
        ...parts,
        stored: [...stored.filter((one) => !replaced.has(identityOf(one))), ...more],
      })
    },
  }

  function findNear(type: string, canonical: string, reach: readonly string[]): JsonObject | undefined {
    const { url, version } = parseCanonical(canonical)
    if (version !== undefined || (url.startsWith(coreUrl) && base.find(type, url))) return undefined
    const known = candidates.get(`${type} ${url}`) ?? []
    for (const name of reach) {
      const own = newestOf(known.filter((one) => isFrom(one, name)))
      if (own) return read(own)
    }
    return undefined
  }
}

function candidatesOf(packages: readonly PackageInForce[], stored: readonly ResourcePlace[]) {
  const candidates = new Map<string, Known[]>()
  const add = (candidate: Known) => {
    const key = `${candidate.type} ${candidate.url}`
    const known = candidates.get(key)
    if (known) known.push(candidate)
    else candidates.set(key, [candidate])
  }
  for (const { name, version, places } of packages) {
    for (const place of places) add({ ...place, from: { name, version } })
  }
  for (const place of stored) add(place)
  return candidates
}

/** Whether the published one is at least as new. What was published with a date has had numbers since. */
function newer(published: JsonObject | undefined, found: Known | undefined): boolean {
  if (!published || !found) return found === undefined
  const version = String(published['version'] ?? '')
  return isDate(version) === isDate(found.version) && compareVersions(version, found.version) >= 0
}

function isDate(version: string): boolean {
  return /^\d{4}-\d\d/.test(version)
}

function partly(published: JsonObject | undefined, version: string): JsonObject | undefined {
  return String(published?.['version']).startsWith(`${version}.`) ? published : undefined
}

/** The package, what it depends on, what those depend on, and so on, each once. */
function withDependencies(origin: string, dependencies: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const reach = new Set([origin])
  for (const name of reach) for (const dependency of dependencies.get(name) ?? []) reach.add(dependency)
  return [...reach]
}
