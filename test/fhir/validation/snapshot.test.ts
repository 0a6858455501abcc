import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canonicalsOf, firstOf } from '../../../server/fhir/conformance/canonicals.ts'
import { isJsonObject, type JsonObject } from '../../../server/fhir/json.ts'
import { objects } from '../../../server/fhir/validation/profile/element-tree.ts'
import { snapshotOf } from '../../../server/fhir/validation/snapshot.ts'
import { readPackage } from '../../cases/package-files.ts'
import { publishedStructures } from '../../support/published.ts'
import { needsFolder, sharedFolder } from '../../support/shared-data.ts'

const published = {
  'profiles-types': publishedStructures('profiles-types'),
  'profiles-resources': publishedStructures('profiles-resources'),
  'profiles-others': publishedStructures('profiles-others'),
  'extension-definitions': publishedStructures('extension-definitions'),
}
const canonicals = canonicalsOf(Object.values(published).flat())
const usCoreFolder = sharedFolder('../packages')

async function packageStructures(version: string): Promise<JsonObject[]> {
  const { resources } = await readPackage(join(usCoreFolder!, `hl7.fhir.us.core-${version}.tgz`))
  return resources.filter(({ resourceType }) => resourceType === 'StructureDefinition')
}

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

function generated(base: string, elements: readonly object[], others: readonly JsonObject[] = []) {
  const { elements: list, issues } = snapshotOf(profile(base, elements), firstOf(canonicalsOf(others), canonicals))
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
  'profiles-resources': {
    SubscriptionStatus: 'it was made from the base of R4B, which says more of contained resources',
    MetadataResource: 'its snapshot lists ele-1, which DomainResource does not have',
    ...Object.fromEntries(
      [
        'AuditEvent',
        'Binary',
        'Bundle',
        'DetectedIssue',
        'DeviceDefinition',
        'EvidenceVariable',
        'HealthcareService',
        'MeasureReport',
        'ObservationDefinition',
        'ResearchStudy',
      ].map((id) => [id, patched]),
    ),
  },
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
      return Object.keys(a)
        .filter((key) => a[key] !== b[key])
        .map((key) => `${element['id']} ${key}`)
    }),
    ...made.filter((element) => !ids.has(element['id'])).map((element) => `${element['id']} is too much`),
  ]
}

/** What counts of an element, as texts. */
function comparable(element: JsonObject): Record<string, string> {
  const { path, sliceName, min, max, contentReference, binding, constraint, slicing, mustSupport } = element
  const values = Object.entries(element).filter(([key]) => /^(fixed|pattern|minValue|maxValue|maxLength)/.test(key))
  return textsOf({
    ...{ path, sliceName, min, max, contentReference, values },
    mustSupport: mustSupport === true,
    type: objects(element['type']).map(({ code, profile: of, targetProfile }) => [code, of, targetProfile]),
    binding: isJsonObject(binding) && [binding['strength'], binding['valueSet']],
    constraint: objects(constraint)
      .map(({ key }) => String(key))
      .sort(),
    // Extensions are sliced by url, whether that is said or not.
    slicing: !/xtension$/.test(String(path)) && isJsonObject(slicing) && slicingOf(slicing),
  })
}

function slicingOf({ rules, ordered, discriminator }: JsonObject) {
  return [rules, ordered === true, discriminator]
}

function textsOf(values: object): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value) ?? '']))
}

const slicedCategory = [
  {
    id: 'Observation.category',
    path: 'Observation.category',
    slicing: { discriminator: [{ type: 'pattern', path: '$this' }], rules: 'open' },
    min: 1,
  },
  {
    id: 'Observation.category:lab',
    path: 'Observation.category',
    sliceName: 'lab',
    min: 1,
    max: '1',
    patternCodeableConcept: { coding: [{ code: 'laboratory' }] },
  },
]

describe('what a differential says', () => {
  test('is merged into the elements of the base, and the rest is inherited', () => {
    const { byId, issues } = generated('Patient', [
      { id: 'Patient.name', path: 'Patient.name', min: 1, max: '3', mustSupport: true },
      { id: 'Patient.gender', path: 'Patient.gender', min: 1 },
    ])
    expect(issues).toEqual([])
    expect(byId.get('Patient.name')).toMatchObject({
      min: 1,
      max: '3',
      mustSupport: true,
      type: [{ code: 'HumanName' }],
    })
    expect(byId.get('Patient.gender')).toMatchObject({ min: 1, max: '1', binding: { strength: 'required' } })
    expect(byId.get('Patient.birthDate')).toMatchObject({ min: 0, max: '1' })
    const patient = published['profiles-resources'].find(({ id }) => id === 'Patient')!
    expect(byId.size).toBe((patient['snapshot'] as { element: JsonObject[] }).element.length)
  })

  test('of a slice makes a slice from the element, which is optional unless it says so', () => {
    const { byId, issues } = generated('Observation', [
      ...slicedCategory,
      { id: 'Observation.category:lab.coding', path: 'Observation.category.coding', min: 1 },
      { id: 'Observation.category:other', path: 'Observation.category', sliceName: 'other' },
    ])
    expect(issues).toEqual([])
    expect(byId.get('Observation.category')).toMatchObject({ min: 1, slicing: { rules: 'open' } })
    expect(byId.get('Observation.category:lab')).toMatchObject({ min: 1, max: '1', sliceName: 'lab' })
    expect(byId.get('Observation.category:lab')).not.toHaveProperty('slicing')
    expect(byId.get('Observation.category:lab.coding')).toMatchObject({ min: 1, path: 'Observation.category.coding' })
    expect(byId.get('Observation.category:other')).toMatchObject({ min: 0, max: '*' })
  })

  test('of a slice that is sliced again starts from that slice', () => {
    const base = profile('Observation', slicedCategory, 'Base')
    const again = [
      {
        id: 'Observation.category:lab',
        path: 'Observation.category',
        sliceName: 'lab',
        slicing: { discriminator: [{ type: 'value', path: 'text' }], rules: 'open' },
      },
      { id: 'Observation.category:lab/blood', path: 'Observation.category', sliceName: 'lab/blood', min: 1 },
    ]
    const { byId, issues } = generated(String(base['url']), again, [base])
    expect(issues).toEqual([])
    expect(byId.get('Observation.category:lab/blood')).toMatchObject({
      min: 1,
      max: '1',
      patternCodeableConcept: { coding: [{ code: 'laboratory' }] },
    })
    expect([...byId.keys()].filter((id) => /category(:|$)/.test(id))).toEqual([
      'Observation.category',
      'Observation.category:lab',
      'Observation.category:lab/blood',
    ])
  })

  test.each([
    ['valueQuantity', 'Observation.valueQuantity', undefined],
    ['value[x]:valueQuantity', 'Observation.value[x]', 'valueQuantity'],
  ])('of %s is said of the choice where it is a Quantity', (id, path, sliceName) => {
    const named = sliceName && { sliceName, type: [{ code: 'Quantity' }] }
    const element = { id: `Observation.${id}`, path, ...named, min: 1 }
    const { byId, issues } = generated('Observation', [
      ...(sliceName ? [{ id: 'Observation.value[x]', path, slicing: byType }] : []),
      element,
      { id: `${element.id}.code`, path: `${path}.code`, min: 1 },
    ])
    expect(issues).toEqual([])
    const slice = byId.get('Observation.value[x]:valueQuantity') ?? byId.get('Observation.value[x]')!
    expect(slice).toMatchObject({ min: 1, type: [{ code: 'Quantity' }] })
    expect(byId.get(`${slice['id']}.code`)).toMatchObject({ min: 1 })
  })

  test('of elements that refer to others is unfolded from those', () => {
    const { byId, issues } = generated('Observation', [
      { id: 'Observation.component', path: 'Observation.component', min: 2 },
      { id: 'Observation.component.referenceRange.low', path: 'Observation.component.referenceRange.low', min: 1 },
    ])
    expect(issues).toEqual([])
    expect(byId.get('Observation.component.referenceRange.low')).toMatchObject({ min: 1 })
    expect(byId.get('Observation.component.referenceRange.high')).toMatchObject({ min: 0 })
    expect(byId.get('Observation.referenceRange.low')).toMatchObject({ min: 0 })
  })

  test('of a profiled type brings the elements of that profile', () => {
    const short = profile('Quantity', [{ id: 'Quantity.code', path: 'Quantity.code', min: 1 }], 'Short')
    const { byId, issues } = generated(
      'Observation',
      [
        {
          id: 'Observation.valueQuantity',
          path: 'Observation.valueQuantity',
          type: [{ code: 'Quantity', profile: [short['url'] as string] }],
        },
        { id: 'Observation.valueQuantity.unit', path: 'Observation.valueQuantity.unit', min: 1 },
      ],
      [short],
    )
    expect(issues).toEqual([])
    const at = byId.has('Observation.value[x]:valueQuantity')
      ? 'Observation.value[x]:valueQuantity'
      : 'Observation.value[x]'
    expect(byId.get(`${at}.code`)).toMatchObject({ min: 1 })
    expect(byId.get(`${at}.unit`)).toMatchObject({ min: 1 })
  })

  test('of extensions makes slices by url', () => {
    const url = 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace'
    const { byId, issues } = generated('Patient', [
      {
        ...{ id: 'Patient.extension:place', path: 'Patient.extension', sliceName: 'place', min: 1, max: '1' },
        type: [{ code: 'Extension', profile: [url] }],
      },
    ])
    expect(issues).toEqual([])
    expect(byId.get('Patient.extension')).toMatchObject({
      slicing: { discriminator: [{ type: 'value', path: 'url' }] },
      max: '*',
    })
    expect(byId.get('Patient.extension:place')).toMatchObject({ min: 1, max: '1', type: [{ profile: [url] }] })
  })

  test('adds constraints to those of the base', () => {
    const rule = { key: 'own-1', severity: 'error', human: 'x', expression: 'true' }
    const { byId } = generated('Patient', [{ id: 'Patient.contact', path: 'Patient.contact', constraint: [rule] }])
    const keys = (byId.get('Patient.contact')!['constraint'] as JsonObject[]).map(({ key }) => key)
    expect(keys).toEqual(expect.arrayContaining(['pat-1', 'own-1', 'ele-1']))
  })
})

const byType = { discriminator: [{ type: 'type', path: '$this' }], rules: 'open', ordered: false }

describe('what contradicts the base is told', () => {
  test.each<[string, string, object, RegExp]>([
    ['a cardinality that is wider', 'Patient', { path: 'Patient.gender', max: '*' }, /Patient\.gender/],
    ['a minimum that is lower', 'Observation', { path: 'Observation.status', min: 0 }, /Observation\.status/],
    ['another type', 'Patient', { path: 'Patient.gender', type: [{ code: 'Quantity' }] }, /Patient\.gender/],
    [
      'a looser binding',
      'Patient',
      { path: 'Patient.gender', binding: { strength: 'example', valueSet: 'http://x' } },
      /Patient\.gender/,
    ],
    ['an element that is not there', 'Patient', { path: 'Patient.nickname', min: 1 }, /Patient\.nickname/],
    ['a slice of what is not sliced', 'Patient', { path: 'Patient.name', sliceName: 'a' }, /Patient\.name:a/],
  ])('%s', (_case, base, element, named) => {
    const { path, sliceName } = element as { path: string; sliceName?: string }
    const { issues } = generated(base, [{ id: sliceName ? `${path}:${sliceName}` : path, ...element }])
    expect(issues.join('\n')).toMatch(named)
  })

  test('a profile that is based on itself, or on what is not known', () => {
    const [a, b] = [
      { ...profile('Patient', [{ path: 'Patient' }], 'A'), baseDefinition: 'http://example.org/StructureDefinition/B' },
      { ...profile('Patient', [{ path: 'Patient' }], 'B'), baseDefinition: 'http://example.org/StructureDefinition/A' },
    ]
    expect(snapshotOf(a, firstOf(canonicalsOf([a, b]), canonicals)).issues.join()).toMatch(/based on itself/)
    const lost = { ...profile('Patient', [{ path: 'Patient' }]), baseDefinition: 'http://example.org/none' }
    expect(snapshotOf(lost, canonicals).issues).toEqual([expect.stringMatching(/none is not known here/)])
  })

  test('an extension that contains itself ends', () => {
    const url = 'http://example.org/StructureDefinition/Loop'
    const inner = { id: 'Extension.extension:loop', path: 'Extension.extension', sliceName: 'loop' }
    const loop = profile(
      'Extension',
      [
        { ...inner, type: [{ code: 'Extension', profile: [url] }] },
        { id: 'Extension.extension:loop.extension:loop.url', path: 'Extension.extension.extension.url', min: 1 },
      ],
      'Loop',
    )
    expect(snapshotOf(loop, firstOf(canonicalsOf([loop]), canonicals)).elements.length).toBeLessThan(1000)
  })

  test('ids that name slices which nobody defines are left aside', () => {
    const { byId, issues } = generated('Observation', [
      ...slicedCategory,
      { id: 'Observation.category:typo.text', path: 'Observation.category.text', min: 1 },
    ])
    expect(issues).toEqual([expect.stringMatching(/Observation\.category:typo/)])
    expect(byId.get('Observation.category:lab.text')).toMatchObject({ min: 1 })
  })
})

test('a differential of more elements than any profile has is not read', () => {
  const elements = Array.from({ length: 100_000 }, (_, i) => ({ path: 'Patient.identifier', sliceName: `s${i}` }))
  const { elements: made, issues } = snapshotOf(profile('Patient', elements), canonicals)
  expect([made, issues]).toEqual([[], [expect.stringMatching(/has 100000 elements: 5000 are the most/)]])
})

describe.skipIf(!usCoreFolder)(needsFolder('US Core', usCoreFolder), () => {
  test.each([
    ['6.1.0', 59, ['us-core-questionnaireresponse', 'us-core-tribal-affiliation', 'us-core-vital-signs']],
    ['8.0.1', 68, ['us-core-questionnaireresponse', 'us-core-vital-signs']],
  ])('%s has a snapshot for each of its profiles', async (version, count, faulty) => {
    const structures = await packageStructures(version)
    const all = firstOf(canonicalsOf(structures), canonicals)
    const made = structures.map((one) => ({ id: one['id'], ...snapshotOf(one, all) }))
    expect(made).toHaveLength(count)
    expect(made.filter(({ elements }) => elements.length === 0)).toEqual([])
    // One is based on a package that is absent, one names a slice that it does not define, one loosens a binding.
    const told = made.filter(({ issues }) => issues.length > 0).map(({ id }) => id)
    expect(told.sort()).toEqual(faulty)
  })

  test('the blood pressure has its slices with all that its bases say', async () => {
    const structures = await packageStructures('6.1.0')
    const definition = structures.find(({ id }) => id === 'us-core-blood-pressure')!
    const { elements } = snapshotOf(definition, firstOf(canonicalsOf(structures), canonicals))
    const byId = new Map(elements.map((element) => [element['id'], element]))
    expect(byId.get('Observation.category:VSCat')).toMatchObject({ min: 1, max: '1' })
    expect(byId.get('Observation.component')).toMatchObject({ min: 2, slicing: { rules: 'open' } })
    expect(byId.get('Observation.component:systolic')).toMatchObject({ min: 1, max: '1', mustSupport: true })
    expect(byId.get('Observation.component:systolic.code')).toMatchObject({
      patternCodeableConcept: { coding: [{ code: '8480-6' }] },
    })
    expect(byId.get('Observation.component:diastolic.value[x]')).toMatchObject({ type: [{ code: 'Quantity' }] })
    expect(byId.get('Observation.subject')).toMatchObject({ min: 1 })
  })
})
