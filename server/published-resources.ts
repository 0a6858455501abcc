/**
 * The conformance resources of the base specification, with HL7 v3 and v2. They are tens of megabytes: files hold them with
 * a table of contents, and a resource is parsed when it is first asked for.
 */
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import type { CanonicalList } from './fhir/conformance/canonicals.ts'
import type { JsonObject } from './fhir/json.ts'
import { splitCanonical } from './fhir/terminology/facts.ts'
import { openResourceFile, type Place, type ResourceFile, writeResourceFile } from './packages/resource-file.ts'
import { bundlePath, cacheDirs, readBundle } from './packages.ts'

interface Group {
  readonly name: string
  readonly bundles: readonly string[]
  readonly types: ReadonlySet<string>
}

const terminology: Group = {
  name: 'terminology',
  bundles: ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json', 'conceptmaps.json'],
  types: new Set(['CodeSystem', 'ValueSet', 'ConceptMap']),
}

const structures: Group = {
  name: 'structures',
  bundles: [
    'profiles-types.json',
    'profiles-resources.json',
    'profiles-others.json',
    'extension-definitions.json',
    'search-parameters.json',
  ],
  types: new Set(['StructureDefinition', 'OperationDefinition', 'SearchParameter']),
}

/** Changes with what is put into the files. */
const form = 2

/** All of it. Nothing is read before something is asked for. `fallbackDir` serves when the installation is read-only. */
export function publishedResources(fallbackDir: string): CanonicalList {
  const lists = [terminology, structures].map((group) => ({ group, list: groupList(group, fallbackDir) }))
  const listOf = (type: string) => lists.find(({ group }) => group.types.has(type))?.list
  return {
    find: (type, canonical) => listOf(type)?.find(type, canonical),
    all: (type) => listOf(type)?.all(type) ?? [],
  }
}

/** Code systems, value sets and concept maps. */
export function publishedTerminology(fallbackDir: string): CanonicalList {
  return groupList(terminology, fallbackDir)
}

const shared = new Map<string, CanonicalList>()

function groupList(group: Group, fallbackDir: string): CanonicalList {
  const key = `${group.name} ${fallbackDir}`
  let opened: CanonicalList | undefined
  const open = () => {
    opened ??= shared.get(key) ?? listOf(openGroup(group, fallbackDir))
    shared.set(key, opened)
    return opened
  }
  return {
    find: (type, canonical) => (group.types.has(type) ? open().find(type, canonical) : undefined),
    all: (type) => (group.types.has(type) ? open().all(type) : []),
  }
}

function listOf(file: ResourceFile): CanonicalList {
  const byUrl = new Map<string, Place[]>()
  for (const place of file.places) {
    const key = `${place.type} ${place.url}`
    const known = byUrl.get(key)
    if (known) known.push(place)
    else byUrl.set(key, [place])
  }
  return {
    find: (type, canonical) => {
      const { url, version } = splitCanonical(canonical)
      const found = byUrl.get(`${type} ${url}`)
      const place = version === undefined ? found?.at(-1) : found?.find((one) => one.version === version)
      return place && file.resource(place)
    },
    all: (type) => file.places.filter((place) => place.type === type).map(file.resource),
  }
}

function openGroup(group: Group, fallbackDir: string): ResourceFile {
  const folders = cacheDirs(fallbackDir)
  const name = `${group.name}-${versionOf(group)}.bin`
  const known = openResourceFile(folders, name)
  if (known) return known
  const writer = writeResourceFile(folders)
  for (const file of group.bundles) {
    for (const published of readBundle(file) as readonly object[] as readonly JsonObject[]) {
      const { text: _narrative, meta: _meta, contact: _contact, ...resource } = published
      const { resourceType, url, version = '' } = resource
      if (!group.types.has(String(resourceType))) continue
      const place = { type: String(resourceType), url: String(url), version: String(version), file }
      writer.add(place, JSON.stringify(resource))
    }
  }
  return writer.finish(name)
}

function versionOf({ bundles }: Group): string {
  const hash = createHash('sha256').update(String(form))
  for (const file of bundles) hash.update(`${file} ${statSync(bundlePath(file)).size}\n`)
  return hash.digest('hex').slice(0, 16)
}
