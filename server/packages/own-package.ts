/** This project's own FHIR package, in the folder `profiles`, and the list of what is loaded by default. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PackageInForce, ResourcePlace } from '../fhir/conformance/in-force.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { parseManifest } from '../fhir/packages/manifest.ts'

const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'profiles')
const listed = 'packages.json'
const manifestFile = 'package.json'

export function ownPackage(): PackageInForce {
  const { name, version } = parseManifest(parseStored(readFileSync(join(folder, manifestFile), 'utf8')))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json') && file !== listed && file !== manifestFile && !isPolicy(file))
    .sort()
  return { name, version, dependencies: [], places: files.map((file) => placeOf(file)) }
}

/** Roles are no resources. */
function isPolicy(file: string): boolean {
  return dirname(file) === 'policies'
}

/** `name@version` of the packages that are installed at every start, besides our own. */
export function defaultPackages(): readonly string[] {
  return (parseStored(readFileSync(join(folder, listed), 'utf8'))['packages'] as string[]).filter(
    (name) => name !== '.',
  )
}

function placeOf(file: string): ResourcePlace {
  const resource: JsonObject = parseStored(readFileSync(join(folder, file), 'utf8'))
  const { resourceType, url, version = '' } = resource
  return { type: String(resourceType), url: String(url), version: String(version), read: () => resource }
}
