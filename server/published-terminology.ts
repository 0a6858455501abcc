/**
 * The code systems, value sets and concept maps of the base specification, with HL7 v3 and v2. They are tens of megabytes:
 * one file holds them all with a table of contents, and a resource is parsed when it is first asked for.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CanonicalList } from './fhir/conformance/canonicals.ts'
import type { JsonObject } from './fhir/json.ts'
import { splitCanonical } from './fhir/terminology/facts.ts'
import { bundlePath, cacheDirs, readBundle } from './packages.ts'

const bundles = ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json', 'conceptmaps.json'] as const
const types: ReadonlySet<string> = new Set(['CodeSystem', 'ValueSet', 'ConceptMap'])

/** Changes with the form of the file. */
const form = 1

type Place = readonly [type: string, url: string, version: string, start: number, end: number]

/** Nothing is read before something is asked for. `fallbackDir` serves when the installation is read-only. */
export function publishedTerminology(fallbackDir: string): CanonicalList {
  let opened: CanonicalList | undefined
  const open = () => {
    opened ??= shared.get(fallbackDir) ?? openList(fileBytes(fallbackDir))
    shared.set(fallbackDir, opened)
    return opened
  }
  return {
    find: (type, canonical) => (types.has(type) ? open().find(type, canonical) : undefined),
    all: (type) => (types.has(type) ? open().all(type) : []),
  }
}

const shared = new Map<string, CanonicalList>()

function openList(bytes: Buffer): CanonicalList {
  const split = bytes.indexOf(0x0a)
  const places = JSON.parse(bytes.toString('utf8', 0, split)) as Place[]
  const byUrl = new Map<string, Place[]>()
  for (const place of places) {
    const key = `${place[0]} ${place[1]}`
    byUrl.set(key, [...(byUrl.get(key) ?? []), place])
  }
  const parsed = new Map<Place, JsonObject>()
  const read = (place: Place): JsonObject => {
    const known = parsed.get(place)
    if (known) return known
    const resource = JSON.parse(bytes.toString('utf8', split + 1 + place[3], split + 1 + place[4])) as JsonObject
    parsed.set(place, resource)
    return resource
  }
  return {
    find: (type, canonical) => {
      const { url, version } = splitCanonical(canonical)
      const found = byUrl.get(`${type} ${url}`)
      const place = version === undefined ? found?.at(-1) : found?.find((one) => one[2] === version)
      return place && read(place)
    },
    all: (type) => places.filter((place) => place[0] === type).map(read),
  }
}

function fileBytes(fallbackDir: string): Buffer {
  const name = `terminology-${versionOfFile()}.ndjson`
  const dirs = cacheDirs(fallbackDir)
  for (const dir of dirs) {
    try {
      return readFileSync(join(dir, name))
    } catch {}
  }
  const bytes = compile()
  for (const dir of dirs) {
    try {
      mkdirSync(dir, { recursive: true })
      // Written aside and renamed, so that another process never reads half a file.
      const aside = join(dir, `${name}.${process.pid}`)
      writeFileSync(aside, bytes)
      renameSync(aside, join(dir, name))
      break
    } catch {}
  }
  return bytes
}

function versionOfFile(): string {
  const hash = createHash('sha256').update(String(form))
  for (const file of bundles) hash.update(`${file} ${statSync(bundlePath(file)).size}\n`)
  return hash.digest('hex').slice(0, 16)
}

function compile(): Buffer {
  const places: Place[] = []
  const texts: Buffer[] = []
  let start = 0
  for (const file of bundles) {
    for (const published of readBundle(file) as readonly object[] as readonly JsonObject[]) {
      const { text: _narrative, meta: _meta, contact: _contact, ...resource } = published
      if (!types.has(String(resource['resourceType']))) continue
      const bytes = Buffer.from(JSON.stringify(resource))
      const { resourceType, url, version = '' } = resource
      places.push([String(resourceType), String(url), String(version), start, start + bytes.length])
      texts.push(bytes)
      start += bytes.length
    }
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify(places)}\n`), ...texts])
}
