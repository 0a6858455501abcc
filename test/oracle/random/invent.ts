/**
 * Resources of every type, made up from the definitions, so that no search parameter is without data. They have the
 * structure and the required codes of their type, not its invariants.
 */
import type { Definitions, ElementDefinition, ElementType, TypeDefinition } from '../../../server/fhir/definitions.ts'
import { jsonName } from '../../../server/fhir/definitions.ts'
import { isCanonical } from '../reach.ts'
import { withVersion } from '../synthea.ts'
import type { Resource } from '../world.ts'
import { inventedCanonical, inventedVersions, inventPrimitive, inventQuantity } from './invent-values.ts'
import type { Random } from './random.ts'

export interface InventOptions {
  readonly definitions: Definitions
  readonly random: Random
  readonly perType: number
  /** The codes of a value set that is required somewhere; undefined where they cannot be listed. */
  readonly codesOf: (valueSet: string) => readonly string[] | undefined
  readonly lastUpdated?: number
}

type Values = Record<string, unknown>

interface Place extends InventOptions {
  readonly depth: number
  /** The resource type, for ids of its own kind. */
  readonly root: string
}

const skipped = new Set([
  'id',
  'meta',
  'implicitRules',
  'language',
  'text',
  'contained',
  'extension',
  'modifierExtension',
])
/** Elements that hold whole resources, encoded bytes or other elements without end. */
const skippedTypes = new Set([
  'Resource',
  'base64Binary',
  'xhtml',
  'Extension',
  'ElementDefinition',
  'Meta',
  'Narrative',
])

/** `perType` resources of each type, named `Type/made-type-1` and so on; they refer to one another. */
export function inventResources(options: InventOptions): Resource[] {
  const start = options.lastUpdated ?? Date.UTC(2022, 2, 1)
  const named = options.definitions.resourceTypes.flatMap((type) =>
    Array.from({ length: options.perType }, (_, i) => ({ type, id: inventedId(type, i) })),
  )
  return named.map(({ type, id }, i) => {
    const place = { ...options, depth: 0, root: type }
    const body = inventElements(options.definitions.types.get(type)!, place)
    const name = isCanonical(options.definitions, type) ? inventName(type, options.random) : {}
    return withVersion({ resourceType: type, id, ...inventMeta(options.random), ...body, ...name }, start + i * 60_000)
  })
}

function inventedId(type: string, i: number): string {
  return `made-${type.toLowerCase()}-${i + 1}`
}

/** The url and the version by which canonicals name a resource; several may be versions of one. */
function inventName(type: string, random: Random): Values {
  if (random.chance(0.2)) return {}
  const version = random.pick([undefined, ...inventedVersions])
  return { url: inventedCanonical(type, random), ...(version !== undefined && { version }) }
}

function inventMeta(random: Random): Values {
  const coded = (system: string, codes: readonly string[]) => [{ system, code: random.pick(codes) }]
  const meta = {
    tag: coded('http://example.org/tags', ['red', 'green', 'VIP']),
    security: coded('http://terminology.hl7.org/CodeSystem/v3-Confidentiality', ['N', 'R']),
    profile: [`http://example.org/fhir/StructureDefinition/${random.pick(['a', 'a/b', 'c'])}`],
    source: `http://example.org/feeds/${random.below(4)}`,
  }
  return { meta: Object.fromEntries(Object.entries(meta).filter(() => random.chance(0.5))) }
}

function inventElements(type: TypeDefinition, place: Place): Values {
  const values: Values = {}
  for (const element of type.elements) {
    if (skipped.has(element.name) && place.depth === 0 && element.min === 0) continue
    if (['id', 'extension', 'modifierExtension'].includes(element.name)) continue
    const likely = place.depth === 0 ? 0.7 : place.depth === 1 ? 0.5 : 0.25
    if (element.max === 0 || (element.min === 0 && !place.random.chance(likely))) continue
    Object.assign(values, inventElement(element, place))
  }
  return values
}

function inventElement(element: ElementDefinition, place: Place): Values {
  const usable = element.types.filter(({ code }) => !skippedTypes.has(code))
  if (usable.length === 0 || (place.depth > 3 && element.min === 0)) return {}
  const type = place.random.pick(usable)
  const count = element.max > 1 ? 1 + place.random.below(place.depth === 0 ? 3 : 2) : 1
  const items = Array.from({ length: count }, () => inventValue(element, type, place)).filter(
    (item) => item !== undefined,
  )
  if (items.length === 0) return {}
  return { [jsonName(element, type)]: element.max > 1 ? items : items[0] }
}

function inventValue(element: ElementDefinition, type: ElementType, place: Place): unknown {
  const { random, definitions, depth } = place
  if (definitions.isPrimitive(type.code)) return inventPrimitive(type, random, requiredCodes(element, place))
  const special = specialTypes[type.code]
  if (special) return special(place, type, element)
  const definition = definitions.types.get(type.code)
  const value = definition && inventElements(definition, { ...place, depth: depth + 1 })
  return value && Object.keys(value).length > 0 ? value : undefined
}

function requiredCodes(element: ElementDefinition, place: Place): readonly string[] | undefined {
  return element.binding && (place.codesOf(element.binding.valueSet) ?? [])
}

type Invent = (place: Place, type: ElementType, element: ElementDefinition) => unknown

const systems = ['http://loinc.org', 'http://snomed.info/sct', 'http://example.org/codes', undefined]
const displays = ['Blood pressure', 'Élévation', 'Fièvre jaune', 'Knee joint', 'Überweisung', 'blood  group']

const coding: Invent = ({ random }) => {
  const system = random.pick(systems)
  const code = random.pick(['alpha', 'Beta', 'gamma-1', '1234-5', '8480-6'])
  return { ...(system && { system }), code, ...(random.chance(0.4) && { display: random.pick(displays) }) }
}

const period: Invent = ({ random }) => {
  const start = inventPrimitive({ code: 'dateTime' }, random)
  const end = `${2021 + random.below(4)}-0${1 + random.below(9)}`
  return random.pick([{ start }, { start, end }, { end }])
}

/** Types that search looks into: made with more sense than the definitions know. */
const specialTypes: Readonly<Record<string, Invent>> = {
  Coding: coding,
  CodeableConcept: (place, type, element) => {
    const codings = Array.from({ length: place.random.below(3) }, () => coding(place, type, element))
    const text = place.random.pick(displays)
    return codings.length === 0 ? { text } : { coding: codings, ...(place.random.chance(0.3) && { text }) }
  },
  Identifier: ({ random }) => ({
    ...(random.chance(0.8) && { system: random.pick(['http://example.org/ids', 'http://hospital.example.org/mrn']) }),
    value: `${random.pick(['X', 'x', 'A-'])}${random.below(30)}`,
  }),
  Reference: ({ random, definitions, perType }, { targets = [] }) => {
    const listed = targets.filter((target) => definitions.isResourceType(target))
    const known = listed.length > 0 ? listed : definitions.resourceTypes
    const type = random.chance(0.3) && known.includes('Patient') ? 'Patient' : random.pick(known)
    const reference = `${type}/${inventedId(type, random.below(perType + 1))}`
    if (random.chance(0.1))
      return { type, identifier: { system: 'http://example.org/ids', value: `X${random.below(30)}` } }
    return { reference: random.chance(0.1) ? `${reference}/_history/1` : reference }
  },
  Period: period,
  Timing: (place, type, element) => {
    const event = [inventPrimitive({ code: 'dateTime' }, place.random)]
    return place.random.chance(0.5) ? { event } : { repeat: { boundsPeriod: period(place, type, element) } }
  },
  Range: ({ random }) => {
    const low = inventQuantity(random)
    return random.pick([{ low }, { low, high: { ...low, value: low.value + 1 + random.below(20) } }, { high: low }])
  },
  'Location.position': ({ random }) => ({
    latitude: random.below(1800) / 10 - 90,
    longitude: random.below(3600) / 10 - 180,
  }),
  Money: ({ random }) => ({ value: random.below(10_000) / 100, currency: random.pick(['EUR', 'USD', 'CHF']) }),
  ContactPoint: ({ random }) => ({
    system: random.pick(['phone', 'email', 'url']),
    value: `${random.pick(['info', 'Desk', '555-'])}${random.below(20)}`,
  }),
  ...Object.fromEntries(
    ['Quantity', 'Age', 'Duration', 'Count', 'Distance', 'SimpleQuantity'].map((name): [string, Invent] => [
      name,
      ({ random }) => inventQuantity(random, name),
    ]),
  ),
}
