/**
 * The structures, code systems, value sets and concept maps of the base specification, with HL7 v3 and v2. They are a
 * hundred megabytes: one file holds what is used of them with a table of contents, and a resource is read when it is first
 * asked for.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, openSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CanonicalList } from './fhir/conformance/canonicals.ts'
import { isJsonObject, type JsonObject } from './fhir/json.ts'
import { splitCanonical } from './fhir/terminology/facts.ts'
import { bundlePath, cacheDirs, readBundle } from './packages.ts'

const bundles = [
  'valuesets.json',
  'v3-codesystems.json',
  'v2-tables.json',
  'conceptmaps.json',
  'profiles-types.json',
  'profiles-resources.json',
  'profiles-others.json',
  'extension-definitions.json',
] as const
const types: ReadonlySet<string> = new Set(['CodeSystem', 'ValueSet', 'ConceptMap', 'StructureDefinition'])

/** Changes with the form of the file. */
const form = 2

type Place = readonly [type: string, url: string, version: string, start: number, end: number]

/** Nothing is read before something is asked for. `fallbackDir` serves when the installation is read-only. */
export function publishedTerminology(fallbackDir: string): CanonicalList {
  let opened: CanonicalList | undefined
  const open = () => {
    opened ??= shared.get(fallbackDir) ?? openList(openFile(fallbackDir))
    shared.set(fallbackDir, opened)
    return opened
  }
  return {
    find: (type, canonical) => (types.has(type) ? open().find(type, canonical) : undefined),
    all: (type) => (types.has(type) ? open().all(type) : []),
  }
}

const shared = new Map<string, CanonicalList>()

/** `text` reads a part of the file by its place in bytes. */
interface ResourceFile {
  readonly places: readonly Place[]
  readonly text: (start: number, end: number) => string
}

function openList({ places, text }: ResourceFile): CanonicalList {
  const byUrl = Map.groupBy(places, ([type, url]) => `${type} ${url}`)
  const parsed = new Map<Place, JsonObject>()
  const read = (place: Place): JsonObject => {
    const known = parsed.get(place)
    if (known) return known
    const resource = JSON.parse(text(place[3], place[4])) as JsonObject
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

function openFile(fallbackDir: string): ResourceFile {
  const name = `published-${versionOfFile()}.ndjson`
  const dirs = cacheDirs(fallbackDir)
  for (const dir of dirs) {
    try {
      return readPlaces(readsOf(openSync(join(dir, name), 'r')))
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
      return readPlaces(readsOf(openSync(join(dir, name), 'r')))
    } catch {}
  }
  return readPlaces((start, end) => bytes.toString('utf8', start, end))
}

/** The file stays open, and what is not asked for is never read. */
function readsOf(file: number): ResourceFile['text'] {
  return (start, end) => {
    const part = Buffer.allocUnsafe(end - start)
    if (readSync(file, part, 0, part.length, start) < part.length) throw new Error('The file of resources is cut off.')
    return part.toString('utf8')
  }
}

/** The file begins with the length of its table of contents. */
const lengthDigits = 10

function readPlaces(text: ResourceFile['text']): ResourceFile {
  const start = lengthDigits + Number(text(0, lengthDigits))
  const places = JSON.parse(text(lengthDigits, start)) as Place[]
  return { places, text: (from, to) => text(start + from, start + to) }
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
      if (!types.has(String(published['resourceType']))) continue
      const resource = usedOf(published)
      const bytes = Buffer.from(JSON.stringify(resource))
      const { resourceType, url, version = '' } = resource
      places.push([String(resourceType), String(url), String(version), start, start + bytes.length])
      texts.push(bytes)
      start += bytes.length
    }
  }
  const contents = Buffer.from(JSON.stringify(places))
  return Buffer.concat([Buffer.from(String(contents.length).padStart(lengthDigits, '0')), contents, ...texts])
}

/** What people read is left out: it is most of the text. */
function usedOf({ text: _narrative, meta: _meta, contact: _contact, ...resource }: JsonObject): JsonObject {
  const { snapshot } = resource
  if (resource['resourceType'] !== 'StructureDefinition' || !isJsonObject(snapshot)) return resource
  const { differential: _differential, mapping: _mapping, ...rest } = resource
  const elements = snapshot['element'] as JsonObject[]
  return { ...rest, snapshot: { element: elements.map(usedOfElement) } }
}

const proseOfElements: ReadonlySet<string> = new Set(
  'short definition comment requirements alias mapping example meaningWhenMissing orderMeaning'.split(' '),
)

function usedOfElement(element: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(element).filter(([name]) => !proseOfElements.has(name)))
}
