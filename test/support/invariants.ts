/** The invariants that the base specification and US Core publish, and the places in resources that they apply to. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Definitions } from '../../server/fhir/definitions.ts'
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { isJsonObject, parseJson } from '../../server/fhir/json.ts'
import { readBundle } from '../../server/packages.ts'
import { sharedFolder } from './shared-data.ts'

/** A constraint of a definition, by its text. */
export interface Invariant {
  readonly key: string
  readonly expression: string
  /** Paths of the elements that have it: `Patient.contact`, `Observation.value[x]`, `Period`. */
  readonly paths: ReadonlySet<string>
}

/** A value in a resource; `places` are the paths whose invariants apply to it. */
export interface Focus {
  readonly value: JsonValue
  readonly type: string
  readonly places: readonly string[]
}

const bundles = ['profiles-types.json', 'profiles-resources.json', 'profiles-others.json', 'extension-definitions.json']

/** The resources of US Core's packages; none where they are absent. */
export const coreResources: readonly JsonObject[] = ['6.1.0', '8.0.1'].flatMap((version) => {
  const folder = sharedFolder('../packages')
  return folder ? resourcesOf(`${folder}/hl7.fhir.us.core-${version}.tgz`) : []
})

/** All that are published, each text once. */
export function publishedInvariants(): readonly Invariant[] {
  const published = bundles.flatMap((file) => readBundle(file) as readonly object[] as readonly JsonObject[])
  const found = new Map<string, { key: string; expression: string; paths: Set<string> }>()
  for (const structure of [...published, ...coreResources]) {
    if (structure['resourceType'] !== 'StructureDefinition') continue
    for (const element of [structure['snapshot'], structure['differential']].flatMap(elementsOf)) {
      for (const { key, expression } of objects(element['constraint'])) {
        if (typeof expression !== 'string') continue
        const invariant = found.get(expression) ?? { key: String(key), expression, paths: new Set() }
        invariant.paths.add(String(element['path']))
        found.set(expression, invariant)
      }
    }
  }
  return [...found.values()]
}

/** Every value in a resource that invariants may apply to. */
export function focusesOf(resource: JsonObject, definitions: Definitions): readonly Focus[] {
  const type = String(resource['resourceType'])
  const own = { value: resource, type, places: withBases(type, definitions) }
  return [own, ...elementsIn(resource, type, definitions)]
}

/** The same for what is below a value of a type. */
export function elementsIn(object: JsonObject, type: string, definitions: Definitions): readonly Focus[] {
  const found: Focus[] = []
  for (const [name, member] of Object.entries(object)) {
    const property = definitions.properties(type)?.get(name)
    if (!property) continue
    const { element } = property
    const place = `${type}.${element.name}${element.choice ? '[x]' : ''}`
    for (const value of Array.isArray(member) ? member : [member]) {
      if (value === null) continue
      const valueType = typeWithin(property.type.code, value)
      found.push({ value, type: valueType, places: [place, ...withBases(valueType, definitions)] })
      if (isJsonObject(value)) found.push(...elementsIn(value, valueType, definitions))
    }
  }
  return found
}

/** What a resource within another says it is; elsewhere `resourceType` is an element (ExampleScenario.instance). */
function typeWithin(declared: string, value: JsonValue): string {
  const isHeld = declared === 'Resource' || declared === 'DomainResource'
  return isHeld && isJsonObject(value) ? String(value['resourceType']) : declared
}

/** The type and what it is derived from, `Element` excepted: what applies there (ele-1) is a rule of structure. */
function withBases(type: string, definitions: Definitions): string[] {
  const types: string[] = []
  for (let at: string | undefined = type; at && at !== 'Element'; at = definitions.types.get(at)?.base) {
    types.push(at)
    if (definitions.types.get(at)?.kind === 'backbone') break
  }
  return types
}

function elementsOf(part: JsonValue | undefined): readonly JsonObject[] {
  return isJsonObject(part) ? objects(part['element']) : []
}

function objects(list: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}

/** The JSON files of a package. */
function resourcesOf(file: string): JsonObject[] {
  const archive = gunzipSync(readFileSync(file))
  const found: JsonObject[] = []
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 135), 8)
    const name = archive.toString('latin1', at, archive.indexOf(0, at))
    const start = at + 512
    if (/^package\/(?:example\/)?\w[^/]*-[^/]*\.json$/.test(name)) {
      found.push(parseJson(archive.toString('utf8', start, start + size)) as JsonObject)
    }
    at = start + Math.ceil(size / 512) * 512
  }
  return found
}
