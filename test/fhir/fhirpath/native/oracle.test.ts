/** Every published invariant on many resources, against the full FHIRPath engine. */
import { describe, expect, test } from 'vitest'
import type { NativeExpression } from '../../../../server/fhir/fhirpath/native/compile.ts'
import { compileNative } from '../../../../server/fhir/fhirpath/native/compile.ts'
import type { CompiledExpression } from '../../../../server/fhir/fhirpath.ts'
import { compile } from '../../../../server/fhir/fhirpath.ts'
import type { JsonObject, JsonValue } from '../../../../server/fhir/json.ts'
import { isJsonObject, isRawNumber, parseJson } from '../../../../server/fhir/json.ts'
import { OutcomeError } from '../../../../server/fhir/outcome.ts'
import { validateStructure } from '../../../../server/fhir/validation/structure.ts'
import type { Focus, Invariant } from '../../../support/invariants.ts'
import { coreResources, elementsIn, focusesOf, publishedInvariants } from '../../../support/invariants.ts'
import { mutate } from '../../../support/mutate.ts'
import { pointedValue } from '../../../support/pointed-resource.ts'
import { oneOf, randomFrom, seed } from '../../../support/random.ts'
import { randomResource } from '../../../support/random-resource.ts'
import { sharedTexts } from '../../../support/shared-data.ts'
import { definitions } from '../../../support/validation.ts'

/** What the engine says otherwise, and why it is wrong. */
const faults = new Map([
  ['low.empty() or high.empty() or (low <= high)', 'Quantities without a UCUM code are compared as "[object Object]"'],
  ["operator = 'exists' implies (answer is Boolean)", 'FHIR.boolean is not taken for the Boolean that R4 names'],
  ['$this is DateTime implies $this.toString().length() >= 10', 'FHIR.dateTime is not taken for DateTime'],
])

/** Where the engine fails and there is an answer nevertheless, and why. */
const failures = new Map([
  [
    "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))",
    'the right side of a decided `or` is evaluated',
  ],
  ['telecom or endpoint', 'a single element that is no boolean does not count as true'],
  ['practitioner or organization or healthcareService or location', 'as above'],
])

const invariants = publishedInvariants()
const random = randomFrom(seed)

interface Pair {
  readonly native: NativeExpression
  readonly library: CompiledExpression
}

const pairs = new Map<string, Pair>()
/** Each answer that an invariant had. */
const answers = new Set<string>()
const byPlace = placesOf(invariants)

describe('published invariants', () => {
  test.each([
    ['random resources', randomResources()],
    ['examples of US Core', [...pick(coreResources.filter(isShort), 120)]],
    ['changed examples of US Core', changed(pick(coreResources.filter(isShort), 120))],
    ['patient records', pick(records(), 120)],
    ['changed patient records', changed(pick(records(), 120))],
  ] as const)(`decide alike on %s (seed ${seed})`, (_name, resources) => {
    expect(resources.flatMap(disagreements)).toEqual([])
  })

  test(`decide alike on values made for each (seed ${seed})`, () => {
    expect(invariants.flatMap(pointedDisagreements)).toEqual([])
    expect(invariants.filter(isDecidedBothWays).length / invariants.length).toBeGreaterThan(0.88)
  })
})

/** Invariants that the two engines decide differently on a resource. */
function disagreements(resource: JsonObject): string[] {
  return focusesOf(resource, definitions).flatMap((focus) => {
    const applying = new Set(focus.places.flatMap((place) => byPlace.get(place) ?? []))
    // Without contained resources dom-3 has nothing to say, and takes the engine long to say it.
    const contains = isJsonObject(focus.value) && focus.value['contained'] !== undefined
    return [...applying].flatMap((invariant) =>
      invariant.key === 'dom-3' && !contains ? [] : disagreement(invariant, focus, resource),
    )
  })
}

function disagreement({ expression, key }: Invariant, { value, type }: Focus, root: JsonObject): string[] {
  const resource = isJsonObject(value) && value['resourceType'] ? value : root
  const { native, library } = pairFor(expression, type)
  const answer = native.test(value, { resource, rootResource: root, spend: () => {} })
  const expected = verdict(library, value, { resource, rootResource: root })
  answers.add(`${answer} ${expression}`)
  if (answer === expected || faults.has(expression)) return []
  // The engine cannot be asked about a number that is in no element.
  const excused = answer === undefined || typeof value === 'number' || isRawNumber(value) || failures.has(expression)
  if (expected === 'failed' && excused) return []
  // To the engine, values that are equal differ where their extensions do.
  if (expression.includes('isDistinct') && JSON.stringify(root).includes('"_')) return []
  // To the engine, narratives have no value.
  if (type === 'xhtml' && expression.startsWith('hasValue()')) return []
  // An extension's url is a uri by its definition's fhir-type, but to the engine a System.String.
  if (expression.includes('as(uri)') && JSON.stringify(root).includes('"url":"#')) return []
  // Given a part alone, the engine does not know what is contained around it.
  if (expression.includes('resolve') && JSON.stringify(value).includes('"#')) return []
  return [`${key} ${expression}: ${answer}, not ${expected}, on ${type} ${JSON.stringify(value).slice(0, 500)}`]
}

/** Disagreements about one invariant on values made for it. */
function pointedDisagreements(invariant: Invariant): string[] {
  const { expression, paths } = invariant
  const [path] = paths
  const type = path!.split('.')[0]!
  if (!definitions.types.has(type)) return []
  return Array.from({ length: 120 }).flatMap((_, round) => {
    if (round >= 30 && isDecidedBothWays(invariant)) return []
    const made = pointedValue(type, expression, path!, definitions, random)
    const root: JsonObject = made['resourceType'] ? made : { resourceType: 'Basic', extension: [made] }
    const focuses = made['resourceType']
      ? focusesOf(made, definitions).filter(({ places }) => places.includes(path!))
      : [...valuesAt(made, type, path!)]
    return focuses.slice(0, 4).flatMap((focus) => disagreement(invariant, focus, root))
  })
}

function isDecidedBothWays({ expression }: Invariant): boolean {
  return answers.has(`true ${expression}`) && answers.has(`false ${expression}`)
}

/** The elements of a data type that a path leads to. */
function valuesAt(value: JsonObject, type: string, path: string): Focus[] {
  const own = { value, type, places: [type] }
  return [own, ...elementsIn(value, type, definitions)].filter(({ places }) => places.includes(path))
}

function pairFor(expression: string, type: string): Pair {
  const key = `${type} ${expression}`
  let pair = pairs.get(key)
  if (!pair) {
    pair = {
      native: compileNative(expression, { type, definitions })!,
      library: compile(expression, { base: type, meter: () => {} }),
    }
    pairs.set(key, pair)
  }
  return pair
}

function verdict(library: CompiledExpression, value: JsonValue, variables: object): unknown {
  try {
    const results = library.evaluate(value, variables as Readonly<Record<string, unknown>>)
    return results.length === 1 && typeof results[0] === 'boolean' ? results[0] : undefined
  } catch (error) {
    if (error instanceof OutcomeError) return 'failed'
    throw error
  }
}

function placesOf(list: readonly Invariant[]): ReadonlyMap<string, readonly Invariant[]> {
  const places = new Map<string, Invariant[]>()
  for (const invariant of list) {
    for (const path of invariant.paths) places.set(path, [...(places.get(path) ?? []), invariant])
  }
  return places
}

/** Of each type one as the definitions allow it, and one with the texts that invariants look for. */
function randomResources(): JsonObject[] {
  return definitions.resourceTypes.flatMap((type) => {
    const texts = invariants
      .filter(({ paths }) => [...paths].some((path) => path.split('.')[0] === type))
      .flatMap(({ expression }) => Array.from(expression.matchAll(/'([^'\\]+)'/g), (found) => found[1]!))
    const resource = randomResource(definitions, type, random)
    const told = structuredClonePlain(resource)
    tell(told, type, [...new Set(texts), 'http://unitsofmeasure.org', '%', '1', '#', 'a.b'])
    return [resource, told]
  })
}

const tellable = new Set(['string', 'uri', 'url', 'canonical', 'code', 'id', 'markdown'])

function tell(object: JsonObject, type: string, texts: readonly string[]): void {
  for (const [name, member] of Object.entries(object)) {
    const property = definitions.properties(type)?.get(name)
    if (property && tellable.has(property.type.code) && typeof member === 'string') {
      if (random() < 0.5) object[name] = oneOf(random, texts)
    } else if (property) {
      for (const value of Array.isArray(member) ? member : [member]) {
        if (isJsonObject(value)) tell(value, String(value['resourceType'] ?? property.type.code), texts)
      }
    }
  }
}

/** Changed at random, as long as the structure stays right: what is not FHIR is refused before invariants are asked. */
function changed(resources: readonly JsonObject[]): JsonObject[] {
  return resources.flatMap((resource) => {
    const once = mutate(resource, random)
    return [once, mutate(once, random)].filter((candidate) => validateStructure(candidate, definitions).length === 0)
  })
}

function records(): JsonObject[] {
  const texts = [...(sharedTexts('synthea')?.values() ?? [])].filter((text) => text.length < 3_000_000).slice(0, 2)
  return texts.flatMap((text) => {
    const { entry } = parseJson(text) as { entry: { resource: JsonObject }[] }
    return entry.map(({ resource }) => resource)
  })
}

function pick(resources: readonly JsonObject[], count: number): JsonObject[] {
  const valid = resources.filter(({ resourceType }) => definitions.isResourceType(String(resourceType)))
  return valid.length === 0 ? [] : Array.from({ length: count }, () => oneOf(random, valid))
}

function isShort(resource: JsonObject): boolean {
  return JSON.stringify(resource).length < 20_000
}

function structuredClonePlain(resource: JsonObject): JsonObject {
  return parseJson(JSON.stringify(resource)) as JsonObject
}
