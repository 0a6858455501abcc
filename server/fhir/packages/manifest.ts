/** `package.json` of a FHIR package. https://hl7.org/fhir/packages.html#2.1.10.4 */
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { PackageError, UnsuitablePackageError } from './package-error.ts'

export interface PackageName {
  readonly name: string
  readonly version: string
}

export interface Manifest extends PackageName {
  readonly canonical?: string
  readonly title?: string
  readonly fhirVersions: readonly string[]
  /** Versions, or ranges of them, by the name of the package. */
  readonly dependencies: Readonly<Record<string, string>>
}

/** Lower case, in parts with dots between, in a scope or not. */
const namePattern = /^(?:@[a-z0-9][a-z0-9-]{0,63}\/)?[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)*$/i
const versionPattern = /^[0-9A-Za-z][0-9A-Za-z.+_-]{0,127}$/
const longestName = 214
const mostDependencies = 200

export function isPackageName(text: string): boolean {
  return text.length <= longestName && namePattern.test(text)
}

export function isPackageVersion(text: string): boolean {
  return versionPattern.test(text) && !text.includes('..')
}

/** `name@version`; undefined where it is something else. */
export function parsePackageName(text: string): PackageName | undefined {
  const at = text.lastIndexOf('@')
  const [name, version] = [text.slice(0, at), text.slice(at + 1)]
  return at > 0 && isPackageName(name) && isPackageVersion(version) ? { name, version } : undefined
}

/** Several, with commas or spaces between; undefined where one of them is something else. */
export function parsePackageNames(text: string): string[] | undefined {
  const names = text.split(/[\s,]+/).filter((name) => name !== '')
  return names.every((name) => parsePackageName(name)) ? names : undefined
}

export function packageText({ name, version }: PackageName): string {
  return `${name}@${version}`
}

/** Throws for what is no manifest of a package for FHIR R4. */
export function parseManifest(value: JsonValue): Manifest {
  if (!isJsonObject(value)) throw new PackageError('The package.json of the package is not a JSON object.')
  const { name, version, canonical, title } = value
  if (typeof name !== 'string' || !isPackageName(name)) throw badMember('name', 'the name of a FHIR package', name)
  if (typeof version !== 'string' || !isPackageVersion(version)) throw badMember('version', 'a version', version)
  const manifest: Manifest = {
    name,
    version,
    ...(typeof canonical === 'string' && { canonical }),
    ...(typeof title === 'string' && { title }),
    fhirVersions: fhirVersionsOf(value),
    dependencies: dependenciesOf(value),
  }
  requireR4(manifest)
  return manifest
}

/** Whether resources of this version of FHIR are R4's. */
export function isR4(version: string): boolean {
  return /^4\.0(?:\.|$)/.test(version)
}

const corePattern = /^hl7\.fhir\.(?:r4\.)?(?:core|examples|expansions|elements|search|corexml)$/

/** Whether what a package depends on is the base specification, which is built in. */
export function isBaseSpecification(name: string): boolean {
  return corePattern.test(name)
}

function badMember(member: string, wanted: string, found: JsonValue | undefined): PackageError {
  const shown = typeof found === 'string' ? `'${found.slice(0, 80)}'` : found === undefined ? 'absent' : 'no string'
  return new PackageError(
    `The package.json of the package has no usable ${member}: it must be ${wanted}, and is ${shown}.`,
  )
}

/** Older packages call it `fhir-version-list`. */
function fhirVersionsOf(manifest: JsonObject): readonly string[] {
  const listed = manifest['fhirVersions'] ?? manifest['fhir-version-list'] ?? []
  const versions = Array.isArray(listed) ? listed : [listed]
  return versions.filter((version): version is string => typeof version === 'string')
}

function dependenciesOf({ dependencies = {} }: JsonObject): Readonly<Record<string, string>> {
  if (!isJsonObject(dependencies)) throw badMember('dependencies', 'an object of names and versions', 'no object')
  const entries = Object.entries(dependencies)
  if (entries.length > mostDependencies) {
    throw new PackageError(`The package.json of the package names more than ${mostDependencies} dependencies.`)
  }
  const wrong = entries.find(([name, version]) => !isPackageName(name) || typeof version !== 'string')
  if (wrong) throw badMember('dependencies', 'an object of names and versions', wrong[0])
  return Object.fromEntries(entries) as Record<string, string>
}

function requireR4({ name, version, fhirVersions, dependencies }: Manifest): void {
  // Where the versions are not listed, the core package that it builds on tells.
  const core = Object.entries(dependencies).find(([dependency]) => isBaseSpecification(dependency))
  const versions = fhirVersions.length > 0 || !core ? fhirVersions : [core[1]]
  if (versions.some(isR4)) return
  const found = versions.length === 0 ? 'does not tell its version of FHIR' : `is for FHIR ${versions.join(', ')}`
  throw new UnsuitablePackageError(`${name}@${version} ${found}: this server takes packages for FHIR 4.0.`)
}
