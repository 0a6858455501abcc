import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { base, element, extension, profile, shown, slicedBy, validated } from '../../../support/profiles.ts'

type Row = readonly [name: string, resource: object, issues: readonly string[]]

/** Without what is told of its texts and narratives. */
function found(resource: object, known: readonly JsonObject[] = []): string[] {
  return shown(validated(resource, { known })).filter((issue) => !issue.startsWith('warning '))
}

const at = 'rule-violated StructureDefinition.differential.element[1]'
const name = (more: object) => profile('test', 'Patient', [element('Patient'), element('Patient.name', more)])
const fixing = profile('fixing', 'Patient', [element('Patient'), element('Patient.gender', { fixedCode: 'female' })])
const slicing = profile('slicing', 'Patient', [
  element('Patient'),
  element('Patient.identifier', slicedBy(['value:system'])),
])
/** One slice, whose children its element does not list. */
const sliced = profile('sliced', 'Patient', [
  element('Patient'),
  element('Patient.identifier', { ...slicedBy(['value:system']), min: 1 }),
  element('Patient.identifier:a', { min: 1, max: '1' }),
  element('Patient.identifier:a.system', { min: 1, fixedUri: 'http://example.org/a' }),
  element('Patient.identifier:a.type', { max: '0' }),
  element('Patient.identifier:a.value', { min: 1 }),
])
const derived = (from: JsonObject, ...elements: object[]) =>
  profile('test', 'Patient', [element('Patient'), ...elements], { baseDefinition: from['url'] })

const structures: readonly Row[] = [
  ['what narrows its base', name({ min: 1, max: '3' }), []],
  [
    'more than its base allows',
    profile('test', 'Patient', [element('Patient'), element('Patient.gender', { max: '*' })]),
    [`${at}.max [max]`],
  ],
  [
    'less than its base needs',
    profile('test', 'Observation', [element('Observation'), element('Observation.status', { min: 0 })]),
    [`${at}.min [min]`],
  ],
  [
    'another fixed value than its base',
    derived(fixing, element('Patient.gender', { fixedCode: 'male' })),
    [`${at} [fixed]`],
  ],
  [
    'slicing by something else than its base',
    derived(slicing, element('Patient.identifier', slicedBy(['value:use']))),
    [`${at}.slicing [slicing]`],
  ],
  ['a slice beside that of its base', derived(sliced, element('Patient.identifier:b', { min: 0 })), []],
  [
    'what such a slice says otherwise than that of its base',
    derived(
      sliced,
      element('Patient.identifier:b'),
      element('Patient.identifier:b.type', { max: '1' }),
      element('Patient.identifier:b.system', { fixedUri: 'http://example.org/b' }),
      element('Patient.identifier:b.value', { min: 0 }),
    ),
    [],
  ],
  [
    'what another slice of the slice says otherwise',
    derived(sliced, element('Patient.identifier:a/b'), element('Patient.identifier:a/b.value', { min: 0 })),
    ['rule-violated StructureDefinition.differential.element[2].min [min]'],
  ],
  [
    'what the slice of its base does not allow',
    derived(sliced, element('Patient.identifier:a.system', { fixedUri: 'http://example.org/b' })),
    [`${at} [fixed]`],
  ],
  [
    'more of a slice than its base allows',
    derived(sliced, element('Patient.identifier:a', { max: '2' })),
    [`${at}.max [max]`],
  ],
  [
    'slicing by an element that is none',
    name(slicedBy(['value:colour'])),
    [`${at}.slicing.discriminator[0] [discriminator]`],
  ],
  [
    'a profile of another type',
    name({ type: [{ code: 'HumanName', profile: [`${base}marker`] }] }),
    [`${at}.type[0].profile [type-profile]`],
  ],
]

describe('StructureDefinitions', () => {
  test.each(structures)('%s', (_name, resource, issues) => {
    expect(found(resource, [fixing, slicing, sliced, extension('marker')])).toEqual(issues)
  })
})

const system = 'http://example.org/CodeSystem/c'
const codeSystem = (more: object): JsonObject => ({
  resourceType: 'CodeSystem',
  url: system,
  name: 'C',
  status: 'active',
  content: 'complete',
  ...more,
})
const properties = 'http://hl7.org/fhir/concept-properties#'
const weight = { code: 'weight', type: 'integer' }

const systems: readonly Row[] = [
  [
    'a property as defined',
    codeSystem({ property: [weight], concept: [{ code: 'a', property: [{ code: 'weight', valueInteger: 1 }] }] }),
    [],
  ],
  [
    'a property of another type',
    codeSystem({
      property: [weight],
      concept: [{ code: 'a', concept: [{ code: 'b', property: [{ code: 'weight', valueString: '1' }] }] }],
    }),
    ['rule-violated CodeSystem.concept[0].concept[0].property[0] [concept-property]'],
  ],
  [
    'a property that is defined twice',
    codeSystem({ property: [weight, weight] }),
    ['rule-violated CodeSystem.property[1] [concept-property]'],
  ],
  [
    'a standard property of the wrong type',
    codeSystem({ property: [{ code: 'inactive', uri: `${properties}inactive`, type: 'string' }] }),
    ['rule-violated CodeSystem.property[0] [concept-property]'],
  ],
  [
    'a standard property under another one’s code',
    codeSystem({ property: [{ code: 'parent', uri: `${properties}child`, type: 'code' }] }),
    ['rule-violated CodeSystem.property[0] [concept-property]'],
  ],
  [
    'a code that is there twice',
    codeSystem({ concept: [{ code: 'a' }, { code: 'a' }] }),
    ['invariant-violated CodeSystem [csd-1]'],
  ],
]

describe('CodeSystems', () => {
  test.each(systems)('%s', (_name, resource, issues) => {
    expect(found(resource)).toEqual(issues)
  })
})

const set = (include: object): JsonObject => ({
  resourceType: 'ValueSet',
  url: 'http://example.org/ValueSet/v',
  name: 'V',
  status: 'active',
  compose: { include: [include as JsonObject] },
})
const place = 'rule-violated ValueSet.compose.include[0]'
const filtered = (value: string, op = '=') => set({ system, filter: [{ property: 'weight', op, value }] })

const sets: readonly Row[] = [
  ['a system', set({ system }), []],
  ['a system that is not absolute', set({ system: 'colours' }), [`${place}.system [value-set]`]],
  [
    'a value set in place of a system',
    set({ system: 'http://hl7.org/fhir/ValueSet/administrative-gender' }),
    [`${place}.system [value-set]`],
  ],
  ['a filter’s value of the property’s type', filtered('5'), []],
  ['a filter’s value of another type', filtered('heavy'), [`${place}.filter[0] [value-set]`]],
  ['one of several values of another type', filtered('5,heavy', 'in'), [`${place}.filter[0] [value-set]`]],
]

describe('ValueSets', () => {
  test.each(sets)('%s', (_name, resource, issues) => {
    expect(found(resource, [codeSystem({ property: [weight] })])).toEqual(issues)
  })
})

const genders = 'http://hl7.org/fhir/ValueSet/administrative-gender'

test('A ConceptMap maps codes of its value sets', () => {
  const group = { source: 'http://hl7.org/fhir/administrative-gender', element: [{ code: 'male' }, { code: 'blue' }] }
  const map = { resourceType: 'ConceptMap', name: 'M', status: 'active', sourceCanonical: genders, group: [group] }
  expect(found(map)).toEqual(['rule-violated ConceptMap.group[0].element[1].code [concept-map]'])
})

test('A MeasureReport has the groups of its measure', () => {
  const url = 'http://example.org/Measure/m'
  const measure: JsonObject = {
    resourceType: 'Measure',
    url,
    status: 'active',
    group: [{ code: { text: 'A' } }, { code: { text: 'B' } }],
  }
  const period = { start: '2024', end: '2024' }
  const report = {
    resourceType: 'MeasureReport',
    status: 'complete',
    type: 'summary',
    measure: url,
    period,
    group: [{ code: { text: 'A' } }, { code: { text: 'C' } }],
  }
  expect(found(report, [measure])).toEqual([
    'rule-violated MeasureReport.group[1] [measure]',
    'rule-violated MeasureReport [measure]',
  ])
})
