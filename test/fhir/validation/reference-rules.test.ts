import { expect, test } from 'vitest'
import { issueText } from '../../../server/fhir/outcome.ts'
import type { Row } from '../../support/validation.ts'
import { found, issuesOf, mother, observation, patient } from '../../support/validation.ts'

const organization = { resourceType: 'Organization', id: 'org' }
const practitioner = { resourceType: 'Practitioner', id: 'pro' }
const fault = ['invalid-value Patient.managingOrganization.reference']

function managedBy(reference: string, more: object = {}): object {
  return patient({ managingOrganization: { reference, ...more } })
}

const forms: readonly Row[] = [
  ['relative', managedBy('Organization/1'), []],
  ['versioned', managedBy('Organization/1/_history/2'), []],
  ['absolute', managedBy('https://x.org/fhir/Organization/1'), []],
  ['absolute to what cannot be known', managedBy('https://x.org/fhir/Patient/1'), []],
  ['by uuid', managedBy('urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0'), []],
  ['by oid', managedBy('urn:oid:1.2.3'), []],
  ['to another type', managedBy('Patient/1'), fault],
  ['to an unknown type', managedBy('Clinic/1'), fault],
  ['to an abstract type', managedBy('Resource/1'), fault],
  ['to any type where any is allowed', observation({ focus: [{ reference: 'Substance/1' }] }), []],
  [
    'to an unknown type where any is allowed',
    observation({ focus: [{ reference: 'Thing/1' }] }),
    ['invalid-value Observation.focus[0].reference'],
  ],
  ['with a faulty id', managedBy('Organization/a_b'), fault],
  ['with a space', managedBy(' Organization/1'), fault],
  ['of one word', managedBy('Organization'), fault],
  ['that runs a script', managedBy('javascript:alert(1)'), fault],
  ['that is empty', managedBy(''), ['empty-value Patient.managingOrganization.reference']],
  [
    'that is a number',
    patient({ managingOrganization: { reference: 1 } }),
    ['wrong-shape Patient.managingOrganization.reference'],
  ],
  [
    'in an extension',
    patient({ extension: [{ url: 'u', valueReference: { reference: 'X/1' } }] }),
    ['invalid-value Patient.extension[0].value.reference'],
  ],
  [
    'in an extension of a value',
    patient({ _birthDate: { extension: [{ url: 'u', valueReference: { reference: 'x' } }] } }),
    ['invalid-value Patient.birthDate.extension[0].value.reference'],
  ],
  ['by identifier', patient({ managingOrganization: { identifier: { value: '1' } } }), []],
]

const fragments: readonly Row[] = [
  ['to a contained resource', { ...managedBy('#org'), contained: [organization] }, []],
  ['to one of another type', { ...managedBy('#pro'), contained: [practitioner] }, fault],
  ['to one that is absent', { ...managedBy('#org'), contained: [practitioner] }, fault],
  ['to one where there are none', managedBy('#org'), fault],
  ['to the resource itself', managedBy('#'), fault],
  [
    'from a contained resource to its neighbour',
    patient({ contained: [organization, { ...organization, id: 'b', partOf: { reference: '#org' } }] }),
    [],
  ],
  [
    'from a contained resource to its container',
    patient({ contained: [{ resourceType: 'Condition', id: 'c', subject: { reference: '#' } }] }),
    [],
  ],
  [
    'from a contained resource to a container of another type',
    patient({ contained: [{ ...organization, partOf: { reference: '#' } }] }),
    ['invalid-value Patient.contained[0].partOf.reference'],
  ],
  [
    'into another entry',
    {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: patient({ contained: [organization] }) }, { resource: managedBy('#org') }],
    },
    ['invalid-value Bundle.entry[1].resource.managingOrganization.reference'],
  ],
  [
    'into a contained list that is none',
    { ...managedBy('#org'), contained: 'x' },
    ['invalid-value Patient.managingOrganization.reference', 'wrong-shape Patient.contained'],
  ],
]

const search = 'Organization?identifier=1'

const searches: readonly Row[] = [
  ['in a transaction', { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: managedBy(search) }] }, []],
  [
    'in a transaction, for another type',
    { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: managedBy('Patient?name=x') }] },
    ['invalid-value Bundle.entry[0].resource.managingOrganization.reference'],
  ],
  [
    'in a batch',
    { resourceType: 'Bundle', type: 'batch', entry: [{ resource: managedBy(search) }] },
    ['invalid-value Bundle.entry[0].resource.managingOrganization.reference'],
  ],
  ['alone', managedBy(search), fault],
]

const wrongType = ['invalid-value Patient.managingOrganization.type']
const urn = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0'

const types: readonly Row[] = [
  ['that agrees', managedBy('Organization/1', { type: 'Organization' }), []],
  [
    'that agrees as a URL',
    managedBy('Organization/1', { type: 'http://hl7.org/fhir/StructureDefinition/Organization' }),
    [],
  ],
  ['that disagrees', managedBy('Organization/1', { type: 'Patient' }), wrongType],
  [
    'that disagrees with a contained resource',
    { ...managedBy('#org', { type: 'Patient' }), contained: [organization] },
    wrongType,
  ],
  ['that is allowed, of a target not known', managedBy(urn, { type: 'Organization' }), []],
  ['that is not allowed, of a target not known', managedBy(urn, { type: 'Patient' }), wrongType],
  [
    'that is not allowed, beside an identifier',
    patient({ managingOrganization: { type: 'Patient', identifier: { value: '1' } } }),
    wrongType,
  ],
  ['of a logical model', managedBy(urn, { type: 'http://x.org/StructureDefinition/Model' }), []],
  ['that is no type', managedBy(urn, { type: 'Clinic' }), wrongType],
]

test.each(forms)('a reference %s', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})

test.each(fragments)('a fragment %s', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})

test.each(searches)('a search as reference %s', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})

test.each(types)('a type %s', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})

test.each([
  [managedBy('Patient/1'), "'Patient/1' is not a valid reference to Organization."],
  [
    patient({ generalPractitioner: [{ reference: 'Patient/1' }] }),
    "'Patient/1' is not a valid reference to Organization or Practitioner or PractitionerRole.",
  ],
  [managedBy('x'), "'x' is not a valid reference."],
  [managedBy('#a'), "'#a' is not a valid reference to a contained resource: there is none with this id."],
  [managedBy(search), "'Organization?identifier=1' is not a valid reference outside a transaction."],
  [managedBy('Organization/1', { type: 'Patient' }), "'Patient' is not a valid type of Organization/1."],
  [
    patient({ extension: [mother], contained: [{ ...organization, meta: { versionId: '1' } }] }),
    "'versionId' is not allowed in a contained resource. Leave it out.",
  ],
])('%# says what is wrong', (resource, text) => {
  expect(issuesOf(resource).map(issueText)).toEqual([text])
})
