import { describe, expect, test } from 'vitest'
import { canonicalsOf } from '../../../server/fhir/conformance/canonicals.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { snapshotOf } from '../../../server/fhir/validation/snapshot.ts'
import { publishedStructures } from '../../support/published.ts'

const published = {
  'profiles-types': publishedStructures('profiles-types'),
  'profiles-resources': publishedStructures('profiles-resources'),
  'profiles-others': publishedStructures('profiles-others'),
  'extension-definitions': publishedStructures('extension-definitions'),
}
const canonicals = canonicalsOf(Object.values(published).flat())
const definitionBase = 'http://hl7.org/fhir/StructureDefinition/'

/** A profile of a type of the base specification, or of another profile. */
function profile(base: string, elements: readonly object[], name = 'Test'): JsonObject {
  return {
    resourceType: 'StructureDefinition',
    url: `http://example.org/StructureDefinition/${name}`,
    type: base,
    derivation: 'constraint',
    baseDefinition: base.includes(':') ? base : `${definitionBase}${base}`,
    differential: { element: elements as JsonObject[] },
  }
}

function generated(base: string, elements: readonly object[]) {
  const { elements: list, issues } = snapshotOf(profile(base, elements), canonicals)
  return { byId: new Map(list.map((element) => [element['id'] as string, element])), issues }
}

// Where the published snapshots say something else. Those that were patched after publication differ from their own
// differentials.
const patched = 'its snapshot was changed after publication'
const inherits = 'the published one leaves out the limit of the base'
const differing: Readonly<Record<keyof typeof published, Readonly<Record<string, string>>>> = {
  'profiles-types': {
    code: inherits,
    id: inherits,
    markdown: inherits,
    positiveInt: inherits,
    unsignedInt: inherits,
    Meta: patched,
  },
  'profiles-resources': Object.fromEntries(
    [
      'AuditEvent',
      'Binary',
      'Bundle',
      'DetectedIssue',
      'DeviceDefinition',
      'EvidenceVariable',
      'HealthcareService',
      'ObservationDefinition',
      'ResearchStudy',
    ].map((id) => [id, patched]),
  ),
  'profiles-others': {
    'ehrsrle-auditevent': patched,
    picoelement: patched,
    'provenance-relevant-history': 'a slice inherits what is said of the element that it slices',
    'elementdefinition-de': 'what its extensions have is found in their own profiles',
  },
  'extension-definitions': {},
}

describe('snapshots agree with the published ones, but for those that are named', () => {
  test.each(Object.keys(published) as (keyof typeof published)[])('%s', (bundle) => {
    const found = published[bundle].flatMap((definition) => {
      const list = differences(definition)
      return list.length === 0 ? [] : [`${definition['id']}: ${list.slice(0, 3).join(', ')}`]
    })
    const unexpected = found.filter((text) => !(text.split(':')[0]! in differing[bundle]))
    expect(unexpected).toEqual([])
    expect(found).toHaveLength(Object.keys(differing[bundle]).length)
  })
})

function differences(definition: JsonObject): string[] {
  const { snapshot, ...rest } = definition
  const theirs = (snapshot as { element: JsonObject[] }).element
  const made = snapshotOf(rest, canonicals).elements
  const mine = new Map(made.map((element) => [element['id'], element]))
  const ids = new Set(theirs.map((element) => element['id']))
  return [
    ...theirs.flatMap((element) => {
      const own = mine.get(element['id'])
      if (!own) return [`${element['id']} is missing`]
      const [a, b] = [comparable(own), comparable(element)]
      return Object.keys(a).filter((key) => a[key] !== b[key]).map((key) => `${element['id']} ${key}`)
    }),
    ...made.filter((element) => !ids.has(element['id'])).map((element) => `${element['id']} is too much`),
  ]
}

/** What counts of an element, as texts. */
function comparable(element: JsonObject): Record<string, string> {
  const { path, sliceName, min, max, type, contentReference, binding, constraint, slicing, mustSupport } = element as any
  const values = Object.entries(element).filter(([key]) => /^(fixed|pattern|minValue|maxValue|maxLength)/.test(key))
  const isExtension = /xtension$/.test(path)
  return Object.fromEntries(
    Object.entries({
      path,
      sliceName,
      min,
      max,
      contentReference,
      mustSupport: mustSupport === true,
      type: type?.map((one: any) => [one.code, one.profile, one.targetProfile]),
      values,
      binding: binding && [binding.strength, binding.valueSet],
      constraint: constraint?.map((one: any) => one.key).sort() ?? [],
      // Extensions are sliced by url, whether that is said or not.
      slicing: isExtension ? undefined : slicing && [slicing.rules, slicing.ordered === true, slicing.discriminator],
    }).map(([key, value]) => [key, JSON.stringify(value) ?? '']),
  )
}
