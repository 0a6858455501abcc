import { expect, test } from 'vitest'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { issueText } from '../../../../server/fhir/outcome.ts'
import { base, element, extension, profile, slicedBy, validated } from '../../../support/profiles.ts'
import { observation, patient } from '../../../support/validation.ts'

const url = `${base}test`
const sliced = [
  element('Patient.identifier', slicedBy(['value:system'], { rules: 'closed' })),
  element('Patient.identifier:ssn', { min: 1 }),
  element('Patient.identifier:ssn.system', { min: 1, fixedUri: 'urn:ssn' }),
  element('Patient.identifier:mrn', { max: '1' }),
  element('Patient.identifier:mrn.system', { min: 1, fixedUri: 'urn:mrn' }),
]
const choice = [
  element('Observation.value[x]', { min: 1, ...slicedBy(['type:$this']) }),
  element('Observation.value[x]:valueQuantity', { min: 1, type: [{ code: 'Quantity' }] }),
]
const group = [{ reference: 'Group/1' }, 'http://hl7.org/fhir/StructureDefinition/Group'] as const
const marker = extension('marker', [], { context: [{ type: 'element', expression: 'HumanName' }] })

/** What the profile says, the resource, and what a developer reads. */
const rows: readonly (readonly [elements: readonly object[], resource: object, texts: readonly string[]])[] = [
  [[element('Patient.gender', { min: 1 })], patient({ active: true }), ["'gender' is required and absent."]],
  [
    [element('Patient.birthDate', { max: '0' })],
    patient({ birthDate: '1970' }),
    [`'birthDate' is not allowed in what conforms to ${url}. Leave it out.`],
  ],
  [[element('Patient.gender', { fixedCode: 'female' })], patient({ gender: 'male' }), ["'gender' must be 'female'."]],
  [
    [element('Patient.maritalStatus', { patternCodeableConcept: { text: 'Married' } })],
    patient({ maritalStatus: { text: 'Single' } }),
    [`'maritalStatus' must be one that has {"text":"Married"}.`],
  ],
  [
    sliced,
    patient({ identifier: [{ system: 'urn:mrn' }, { system: 'urn:mrn' }, { system: 'urn:else' }] }),
    [
      "This 'identifier' is in none of the slices that are allowed: ssn, mrn.",
      "'identifier' needs at least 1 of the slice 'ssn' (where system is 'urn:ssn'), but has 0.",
      "'identifier' may have at most 1 of the slice 'mrn' (where system is 'urn:mrn'), but has 2.",
    ],
  ],
  [
    choice,
    observation({ valueString: 'x' }),
    ["'value' needs at least 1 of the slice 'valueQuantity' (where it is a Quantity), but has 0."],
  ],
  [
    [element('Observation.value[x]', { type: [{ code: 'Quantity' }, { code: 'string' }] })],
    observation({ valueInteger: 1 }),
    ["'value' must be of type Quantity or string, but is of type integer."],
  ],
  [
    [element('Observation.subject', { type: [{ code: 'Reference', targetProfile: [group[1]] }] })],
    observation({ subject: { reference: 'Patient/1' } }),
    ["'Patient/1' refers to a Patient, but Group is meant."],
  ],
  [
    [element('Observation.subject', { type: [{ code: 'Reference', aggregation: ['contained', 'bundled'] }] })],
    observation({ subject: { reference: 'Patient/1' } }),
    ["'Patient/1' must refer to a resource contained in this one or in the same Bundle."],
  ],
  [
    [],
    patient({ extension: [{ url: `${base}marker`, valueBoolean: true }] }),
    [`The extension '${base}marker' is not allowed here; it is for HumanName.`],
  ],
  [
    [],
    patient({ extension: [{ url: 'urn:else', valueBoolean: true }] }),
    [
      "The extension 'urn:else' is not known here, so that its content cannot be checked. Install the package that defines it.",
    ],
  ],
]

test.each(rows)('Messages say what to change: %#', (elements, resource, texts) => {
  const type = String((resource as JsonObject)['resourceType'])
  const known = [profile('test', type, [element(type), ...elements]), marker]
  expect(validated(resource, { known, request: { profiles: [url] } }).map(issueText)).toEqual(texts)
})

test('A target that does not conform is told with the profile that it should conform to', () => {
  const women = profile('women', 'Patient', [
    element('Patient'),
    element('Patient.gender', { min: 1, fixedCode: 'female' }),
  ])
  const about = profile('test', 'Observation', [
    element('Observation'),
    element('Observation.subject', { type: [{ code: 'Reference', targetProfile: [`${base}women`] }] }),
  ])
  const contained = [{ resourceType: 'Patient', id: 'p', gender: 'male' }]
  const resource = observation({ contained, subject: { reference: '#p' } })
  const found = validated(resource, { known: [about, women], request: { profiles: [url] } })
  expect(found.map(issueText)).toEqual([`'#p' refers to a Patient that does not conform, but ${base}women is meant.`])
})

test('What an extension lacks is told once, with its definition', () => {
  const valued = extension('valued', [element('Extension.value[x]', { min: 1, type: [{ code: 'string' }] })])
  const issues = validated(patient({ extension: [{ url: `${base}valued` }] }), { known: [valued] })
  expect(issues.map((issue) => [issueText(issue), issue.expression, issue.profile])).toEqual([
    ["'value[x]' is required and absent.", 'Patient.extension[0].value', `${base}valued`],
  ])
})

test('A slice that cannot be told for want of a package names what is missing', () => {
  const type = [{ code: 'Extension', profile: ['http://nowhere.example/x'] }]
  const known = [profile('test', 'Patient', [element('Patient'), element('Patient.extension:x', { type })])]
  const resource = patient({ extension: [{ url: 'http://nowhere.example/x', valueBoolean: true }] })
  expect(validated(resource, { known, request: { profiles: [url] } }).map(issueText)).toContain(
    "Which of 'extension' are in the slice 'x' cannot be told: http://nowhere.example/x, which would tell, is not known here: install its package.",
  )
})
