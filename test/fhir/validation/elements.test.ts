import { expect, test } from 'vitest'
import type { JsonValue } from '../../../server/fhir/json.ts'
import type { Row } from '../../support/validation.ts'
import { absent, code, found, issuesOf, observation, patient } from '../../support/validation.ts'

const names: readonly Row[] = [
  ['nothing but a type', patient({}), []],
  ['a known element', patient({ birthDate: '1970-01-31' }), []],
  ['an unknown element', patient({ birthdate: '1970-01-31' }), ['unknown-element Patient.birthdate']],
  ['an unknown element deeper', patient({ name: [{ surname: 'Roe' }] }), ['unknown-element Patient.name[0].surname']],
  ['comments of earlier releases', patient({ fhir_comments: ['x'] }), ['unknown-element Patient.fhir_comments']],
  ['a name that is no identifier', patient({ 'birth date': 'x' }), ['unknown-element Patient']],
  ['an empty name', patient({ name: [{ '': 'x' }] }), ['unknown-element Patient.name[0]']],
  [
    'a resource type inside an element',
    patient({ name: [{ resourceType: 'x' }] }),
    ['unknown-element Patient.name[0].resourceType'],
  ],
  ['a choice without its type', observation({ value: 1 }), ['unknown-element Observation.value']],
  [
    'a choice of a type it does not have',
    observation({ valueDecimal: 1 }),
    ['unknown-element Observation.valueDecimal'],
  ],
  [
    'an element of the carrier of definitions',
    patient({ meta: { project: 'x' } }),
    ['unknown-element Patient.meta.project'],
  ],
  [
    'the prototype of objects',
    JSON.parse('{"resourceType":"Patient","__proto__":{"a":1}}') as object,
    ['unknown-element Patient.__proto__'],
  ],
  [
    'names that objects have',
    patient({ constructor: 1, hasOwnProperty: 1 }),
    ['unknown-element Patient.constructor', 'unknown-element Patient.hasOwnProperty'],
  ],
]

test.each(names)('%s', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})

const cardinalities: readonly Row[] = [
  [
    'required elements',
    { resourceType: 'Observation' },
    ['missing-element Observation.status', 'missing-element Observation.code'],
  ],
  [
    'a required element of a backbone',
    patient({ link: [{ type: 'refer' }] }),
    ['missing-element Patient.link[0].other'],
  ],
  [
    'a required choice',
    { resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: { reference: 'Patient/1' } },
    ['missing-element MedicationRequest.medication'],
  ],
  ['a required value that has only extensions', { resourceType: 'Observation', _status: absent, code }, []],
  [
    'a required choice that has only extensions',
    {
      resourceType: 'Immunization',
      status: 'completed',
      vaccineCode: code,
      patient: { reference: 'Patient/1' },
      _occurrenceString: absent,
    },
    [],
  ],
  [
    'an element that refers to another',
    {
      resourceType: 'Questionnaire',
      status: 'draft',
      item: [{ linkId: '1', type: 'group', item: [{ type: 'string' }] }],
    },
    ['missing-element Questionnaire.item[0].item[0].linkId'],
  ],
  ['two choices', observation({ valueString: 'x', valueInteger: 1 }), ['several-choices Observation.value']],
  [
    'three choices',
    observation({ valueString: 'x', valueInteger: 1, valueBoolean: true }),
    ['several-choices Observation.value'],
  ],
  ['one choice and its sibling', observation({ valueString: 'x', _valueString: absent }), []],
  [
    'a choice and the sibling of another',
    observation({ valueString: 'x', _valueBoolean: absent }),
    ['several-choices Observation.value'],
  ],
]

test.each(cardinalities)('%s', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})

function nested(levels: number): JsonValue {
  let extension: JsonValue = [{ url: 'u', valueString: 'x' }]
  for (let level = 0; level < levels; level++) extension = [{ url: 'u', extension }]
  return extension
}

test.each([
  [30, []],
  [31, ['too-deep']],
  [100, ['too-deep']],
  [50_000, ['too-deep']],
])('%d extensions inside each other', (levels, codes) => {
  const issues = issuesOf(patient({ extension: nested(levels) }))
  expect(issues.map((issue) => issue.code)).toEqual(codes)
})
