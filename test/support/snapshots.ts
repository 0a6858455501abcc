/** Profiles as tests write them, and their snapshots. */
import type { Canonicals } from '../../server/fhir/conformance/canonicals.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { snapshotOf } from '../../server/fhir/validation/snapshot.ts'
import { canonicalsOf, firstOf } from './canonicals.ts'
import { publishedStructures } from './published.ts'

const definitionBase = 'http://hl7.org/fhir/StructureDefinition/'

/** Types, resources, and the profiles and extensions that are published with them. */
export const publishedCanonicals: Canonicals = canonicalsOf([
  ...publishedStructures('profiles-types'),
  ...publishedStructures('profiles-resources'),
  ...publishedStructures('profiles-others'),
  ...publishedStructures('extension-definitions'),
])

/** Where a profile of that name is. */
export function exampleUrl(name: string): string {
  return `http://example.org/StructureDefinition/${name}`
}

/** A profile of a type, or of another profile where `base` is its URL. An element is its id, and what is said of it. */
export function profile(base: string, elements: readonly SaidOf[], name = 'Test', type = base): JsonObject {
  return {
    resourceType: 'StructureDefinition',
    url: exampleUrl(name),
    type,
    derivation: 'constraint',
    baseDefinition: base.includes(':') ? base : `${definitionBase}${base}`,
    differential: { element: elements.map(([id, said]) => ({ ...named(id), ...said })) },
  }
}

export type SaidOf = readonly [id: string, said: JsonObject]

/** The snapshot of such a profile, by id, and its issues. `others` are known besides what is published. */
export function generated(base: string, elements: readonly SaidOf[], others: readonly JsonObject[] = []) {
  return generatedFrom(profile(base, elements), others)
}

/** As `generated`, of a profile that there is. */
export function generatedFrom(definition: JsonObject, others: readonly JsonObject[] = []) {
  const { elements, issues } = snapshotOf(definition, firstOf(canonicalsOf(others), publishedCanonicals))
  return { ids: elements.map(idOf), byId: new Map(elements.map((element) => [idOf(element), element])), issues }
}

/** `Observation.component:systolic.code`: with its path, and its slice where it is one. */
function named(id: string): JsonObject {
  const slice = /:([^.]+)$/.exec(id)?.[1]
  return { id, path: id.replace(/:[^.]+/g, ''), ...(slice !== undefined && { sliceName: slice }) }
}

function idOf(element: JsonObject): string {
  return element['id'] as string
}

/** What is not as R4 asks of elements of snapshots. https://hl7.org/fhir/R4/elementdefinition.html#id */
export function malformed(elements: readonly JsonObject[]): string[] {
  const seen = new Set<unknown>()
  return elements.flatMap((element, i) => {
    const { id, path, sliceName, min, max, base, type, contentReference } = element
    const text = String(id)
    const isAgain = seen.has(id)
    seen.add(id)
    const checks: readonly [boolean, string][] = [
      [isAgain, 'is listed twice'],
      [text.replace(/:[^.]+/g, '') !== path, 'is not at its path'],
      [/:([^.]+)$/.exec(text)?.[1] !== sliceName, 'has another sliceName'],
      [i > 0 && !seen.has(text.slice(0, text.lastIndexOf('.'))), 'comes before its parent'],
      [typeof min !== 'number' || !/^(\d+|\*)$/.test(String(max)), 'has no cardinality'],
      [base === undefined, 'has no base'],
      [i > 0 && type === undefined && contentReference === undefined, 'has no type'],
    ]
    return checks.filter(([isWrong]) => isWrong).map(([, fault]) => `${text} ${fault}`)
  })
}
