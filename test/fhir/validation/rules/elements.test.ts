import { describe, expect, test } from 'vitest'
import type { Policy } from '../../../../server/fhir/validation/profile/visit.ts'
import { against, element, profile, shown, validated } from '../../../support/profiles.ts'
import { observation, patient } from '../../../support/validation.ts'

type Row = readonly [name: string, resource: object, issues: readonly string[]]

const narrative = (inner: string) =>
  patient({ text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>` } })
const attachment = (more: object) => patient({ photo: [{ contentType: 'text/plain', ...more }] })
const coding = (system: string) => observation({ bodySite: { coding: [{ system, code: 'M' }] } })
const ucum = 'http://unitsofmeasure.org'
const quantity = (unit: object) => observation({ valueQuantity: { value: 1, ...unit } })
const sampled = (data: string) =>
  observation({ valueSampledData: { origin: { value: 0 }, period: 1, dimensions: 1, data } })
const identifier = (system: string) => patient({ identifier: [{ system, value: '1' }] })

const rows: readonly Row[] = [
  ['a UUID in lower case', identifier('urn:uuid:c757873d-ec9a-4326-a141-556f43239520'), []],
  ['a UUID that is none', identifier('urn:uuid:C757'), ['invalid-value Patient.identifier[0].system [urn]']],
  ['an OID', identifier('urn:oid:1.2.3'), []],
  ['an OID that is none', identifier('urn:oid:1.02.3'), ['invalid-value Patient.identifier[0].system [urn]']],
  [
    'an element of a later version',
    observation({ instantiatesCanonical: 'Patient' }),
    ['unknown-element Observation.instantiatesCanonical'],
  ],
  ['an attachment’s size', attachment({ data: 'YWJj', size: 3 }), []],
  [
    'an attachment’s size that is not its data’s',
    attachment({ data: 'YWJj', size: 4 }),
    ['rule-violated Patient.photo[0] [attachment-size]'],
  ],
  ['an absolute code system', coding('http://example.test/codes'), []],
  ['a relative code system', coding('loinc'), ['invalid-value Observation.bodySite.coding[0].system [system]']],
  [
    'a value set in the place of a code system',
    coding('http://hl7.org/fhir/ValueSet/marital-status'),
    ['rule-violated Observation.bodySite.coding[0].system [system]'],
  ],
  [
    'a profile in the place of a code system',
    coding('http://hl7.org/fhir/StructureDefinition/Patient'),
    ['rule-violated Observation.bodySite.coding[0].system [system]'],
  ],
  ['a unit of UCUM', quantity({ system: ucum, code: 'mg/dL' }), []],
  [
    'a unit that UCUM does not have',
    quantity({ system: ucum, code: 'foo bar' }),
    ['warning code-unknown-in-system Observation.value.code [code]'],
  ],
  [
    'a relative system of units',
    quantity({ system: 'ucum', code: 'mg' }),
    ['invalid-value Observation.value.system [system]'],
  ],
  ['samples', sampled('1 -2.5 E U L 0.1e-3'), []],
  ['samples that are none', sampled('1 x'), ['invalid-value Observation.value.data [sampled-data]']],
  [
    'contained resources with one id',
    patient({
      contained: ['o', 'o'].map((id) => ({ resourceType: 'Organization', id, name: 'A' })),
      managingOrganization: { reference: '#o' },
    }),
    ['rule-violated Patient.contained[1].id [id]'],
  ],
  ['a narrative', narrative('<p>Text</p>'), []],
  [
    'a narrative without its namespace',
    patient({ text: { status: 'generated', div: '<div><p>Text</p></div>' } }),
    ['invalid-value Patient.text.div [narrative-namespace]'],
  ],
  ['a narrative with a script', narrative('<script>x</script>'), ['invalid-value Patient.text.div']],
  ['a narrative with an event handler', narrative('<p onclick="x">Text</p>'), ['invalid-value Patient.text.div']],
  ['a narrative without text', narrative(''), ['invalid-value Patient.text.div']],
  [
    'a link of a narrative that leads nowhere',
    narrative('<a href="urn:uuid:c757873d-ec9a-4326-a141-556f43239520">Text</a>'),
    ['invalid-value Patient.text.div [narrative-link]'],
  ],
]

describe('Data types', () => {
  test.each(rows)('%s', (_name, resource, issues) => {
    expect(shown(validated(resource))).toEqual(issues)
  })
})

const policies: readonly (readonly [
  name: string,
  policy: Partial<Policy>,
  resource: object,
  issues: readonly string[],
])[] = [
  [
    'markup in a text',
    { markup: 'error' },
    patient({ name: [{ family: '<b>Roe</b>' }] }),
    ['invalid-value Patient.name[0].family [markup]'],
  ],
  [
    'markup that only warns',
    { markup: 'warning' },
    patient({ name: [{ family: '<b>Roe</b>' }] }),
    ['warning invalid-value Patient.name[0].family [markup]'],
  ],
  ['a comparison is no markup', { markup: 'error' }, patient({ name: [{ family: 'a < b' }] }), []],
  [
    'an example’s address',
    { exampleUrls: 'error' },
    identifier('http://example.org/x'),
    ['rule-violated Patient.identifier[0].system [example-url]'],
  ],
  [
    'a target that is not there',
    { missingTarget: 'error' },
    observation({ subject: { reference: 'Patient/1' } }),
    ['rule-violated Observation.subject [reference-exists]'],
  ],
]

describe('What the policy asks for', () => {
  test.each(policies)('%s', (_name, policy, resource, issues) => {
    expect(shown(validated(resource, { policy }))).toEqual(issues)
    expect(shown(validated(resource))).toEqual([])
  })
})

const control = (code: string) => [
  profile('test', 'Patient', [
    element('Patient'),
    element('Patient.text', {
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/narrative-language-control', valueCode: code }],
    }),
  ]),
]

test.each([
  ['de', '<div lang="de">Text</div>', []],
  ['de', '<div lang="en">Text</div>', ['rule-violated Patient.text [narrative-language]']],
  ['_no', '<div lang="en">Text</div>', ['rule-violated Patient.text [narrative-language]']],
  ['_yes', '<p>Text</p>', ['rule-violated Patient.text [narrative-language]']],
] as const)('A profile asks for a narrative in languages: %s of %s', (code, inner, issues) => {
  expect(against(narrative(inner), control(code))).toEqual(issues)
})
