import { expect, test } from 'vitest'
import { parseJson } from '../../../server/fhir/json.ts'
import { issueText } from '../../../server/fhir/outcome.ts'
import type { Row } from '../../support/validation.ts'
import { absent, code, div, found, issuesOf, mother, observation, patient } from '../../support/validation.ts'

const shapes: readonly Row[] = [
  ['one instead of a list', patient({ name: { family: 'Roe' } }), ['wrong-shape Patient.name']],
  ['a list instead of one', patient({ birthDate: ['1970'] }), ['wrong-shape Patient.birthDate']],
  ['a list instead of one object', patient({ maritalStatus: [code] }), ['wrong-shape Patient.maritalStatus']],
  ['a value instead of a list of values', patient({ name: [{ given: 'Jo' }] }), ['wrong-shape Patient.name[0].given']],
  ['a string instead of an object', patient({ name: ['Roe'] }), ['wrong-shape Patient.name[0]']],
  ['an object instead of a string', patient({ birthDate: {} }), ['wrong-shape Patient.birthDate']],
  ['a number instead of a string', patient({ birthDate: 1970 }), ['wrong-shape Patient.birthDate']],
  ['a string instead of a boolean', patient({ active: 'true' }), ['wrong-shape Patient.active']],
  ['a string instead of a number', observation({ valueInteger: '1' }), ['wrong-shape Observation.value']],
  [
    'a number that keeps its digits instead of an object',
    parseJson('{"resourceType":"Patient","maritalStatus":1.00}') as object,
    ['wrong-shape Patient.maritalStatus'],
  ],
  [
    'a number that keeps its digits instead of a string',
    parseJson('{"resourceType":"Patient","birthDate":1.00}') as object,
    ['wrong-shape Patient.birthDate'],
  ],
  ['null', patient({ birthDate: null }), ['empty-value Patient.birthDate']],
  ['null instead of an object', patient({ maritalStatus: null }), ['empty-value Patient.maritalStatus']],
  ['null instead of a list', patient({ name: null }), ['empty-value Patient.name']],
  ['null in a list of objects', patient({ name: [null] }), ['empty-value Patient.name[0]']],
  ['an empty string', patient({ birthDate: '' }), ['empty-value Patient.birthDate']],
  ['an empty string in a list', patient({ name: [{ given: ['Jo', ''] }] }), ['empty-value Patient.name[0].given[1]']],
  ['an empty list', patient({ name: [] }), ['empty-value Patient.name']],
  ['an empty list of values', patient({ name: [{ family: 'Roe', given: [] }] }), ['empty-value Patient.name[0].given']],
  ['an empty object', patient({ maritalStatus: {} }), ['empty-value Patient.maritalStatus']],
  ['an empty object in a list', patient({ name: [{}] }), ['empty-value Patient.name[0]']],
  ['an object that has only an id', patient({ name: [{ id: 'a' }] }), ['empty-value Patient.name[0]']],
  ['an empty object with required elements', patient({ link: [{}] }), ['empty-value Patient.link[0]']],
]

test.each(shapes)('%s', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})

const siblings: readonly Row[] = [
  ['beside a value', patient({ birthDate: '1970', _birthDate: { id: 'a', extension: [mother] } }), []],
  ['instead of a value', patient({ _birthDate: absent }), []],
  ['with an id beside a value', patient({ birthDate: '1970', _birthDate: { id: 'a' } }), []],
  ['with an id instead of a value', patient({ _birthDate: { id: 'a' } }), ['empty-value Patient.birthDate']],
  ['that is empty', patient({ birthDate: '1970', _birthDate: {} }), ['empty-value Patient.birthDate']],
  ['that is null', patient({ birthDate: '1970', _birthDate: null }), ['empty-value Patient.birthDate']],
  ['that is a list', patient({ birthDate: '1970', _birthDate: [{ id: 'a' }] }), ['wrong-shape Patient.birthDate']],
  [
    'with something else in it',
    patient({ _birthDate: { ...absent, value: '1970' } }),
    ['unknown-element Patient.birthDate.value'],
  ],
  [
    'with a faulty extension',
    patient({ _birthDate: { extension: [{ url: 'u' }] } }),
    ['missing-element Patient.birthDate.extension[0].value'],
  ],
  ['of an object', patient({ _name: [{ id: 'a' }] }), ['unknown-element Patient._name']],
  ['of a resource id', patient({ _id: { id: 'a' } }), ['unknown-element Patient._id']],
  [
    'of the url of an extension',
    patient({ extension: [{ ...mother, _url: { id: 'a' } }] }),
    ['unknown-element Patient.extension[0]._url'],
  ],
  [
    'of XHTML',
    patient({ text: { status: 'generated', div, _div: { id: 'a' } } }),
    ['unknown-element Patient.text._div'],
  ],
  ['of a choice', observation({ valueString: 'x', _valueString: {} }), ['empty-value Observation.value']],
]

test.each(siblings)('a sibling %s', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})

const listSiblings: readonly (readonly [string, given: unknown, sibling: unknown, readonly string[]])[] = [
  ['aligned', ['Jo', null, 'Lee'], [null, absent, { id: 'a' }], []],
  ['alone', undefined, [absent], []],
  ['shorter than the values', ['Jo', 'Lee'], [absent], []],
  ['longer than the values', ['Jo'], [null, absent], ['wrong-shape Patient.name[0].given']],
  ['of null without a value', ['Jo', null], [null, null], ['empty-value Patient.name[0].given[1]']],
  ['absent beside null', ['Jo', null], undefined, ['empty-value Patient.name[0].given[1]']],
  ['too short for null', ['Jo', null], [absent], ['empty-value Patient.name[0].given[1]']],
  ['no list', ['Jo', null], absent, ['empty-value Patient.name[0].given[1]', 'wrong-shape Patient.name[0].given']],
  ['alone with null', undefined, [null], ['empty-value Patient.name[0].given[0]']],
  ['with a string', ['Jo'], ['x'], ['wrong-shape Patient.name[0].given[0]']],
  ['with an empty object', ['Jo'], [{}], ['empty-value Patient.name[0].given[0]']],
  ['with an id instead of a value', [null], [{ id: 'a' }], ['empty-value Patient.name[0].given[0]']],
  ['empty', ['Jo'], [], ['empty-value Patient.name[0].given']],
]

test.each(listSiblings)('the siblings of a list, %s', (_name, given, sibling, expected) => {
  const human = { ...(given !== undefined && { given }), ...(sibling !== undefined && { _given: sibling }) }
  expect(found(patient({ name: [human] }))).toEqual(expected)
})

const values: readonly Row[] = [
  ['a date that does not exist', patient({ birthDate: '2023-02-29' }), ['invalid-value Patient.birthDate']],
  ['a dateTime without zone', patient({ deceasedDateTime: '2024-01-01T10:00:00' }), ['invalid-value Patient.deceased']],
  ['an id', patient({ id: 'a_b' }), ['invalid-value Patient.id']],
  [
    'an integer with a fraction',
    parseJson('{"resourceType":"Patient","multipleBirthInteger":1.0}') as object,
    ['invalid-value Patient.multipleBirth'],
  ],
  ['an unsigned integer', { resourceType: 'Binary', contentType: 'a/b', data: 'AAA' }, ['invalid-value Binary.data']],
  [
    'a uri with a space',
    patient({ identifier: [{ system: 'http://a b' }] }),
    ['invalid-value Patient.identifier[0].system'],
  ],
  [
    'a position that starts at one',
    patient({ telecom: [{ value: '1', rank: 0 }] }),
    ['invalid-value Patient.telecom[0].rank'],
  ],
  ['a control character', patient({ name: [{ family: 'R\u0007e' }] }), ['invalid-value Patient.name[0].family']],
  ['half a character', patient({ name: [{ family: '\ud83d' }] }), ['invalid-value Patient.name[0].family']],
  [
    'a decimal with its digits',
    parseJson(
      '{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00}}',
    ) as object,
    [],
  ],
  ['a code that is required', patient({ gender: 'girl' }), ['unknown-code Patient.gender']],
  ['a code in capitals', patient({ gender: 'Male' }), ['unknown-code Patient.gender']],
  [
    'a code of a comparator',
    observation({ valueQuantity: { value: 1, comparator: '~' } }),
    ['unknown-code Observation.value.comparator'],
  ],
  [
    'a code that groups others',
    { resourceType: 'Questionnaire', status: 'draft', item: [{ linkId: '1', type: 'question' }] },
    ['unknown-code Questionnaire.item[0].type'],
  ],
  ['a code without a list', { resourceType: 'Binary', contentType: 'no/such' }, []],
  [
    'codes in a list',
    { resourceType: 'AllergyIntolerance', patient: { reference: 'Patient/1' }, category: ['food', 'air'] },
    ['unknown-code AllergyIntolerance.category[1]'],
  ],
  ['a narrative', patient({ text: { status: 'generated', div } }), []],
  [
    'a narrative with a script',
    patient({ text: { status: 'generated', div: '<div><script/></div>' } }),
    ['invalid-value Patient.text.div'],
  ],
  ['an empty narrative', patient({ text: { status: 'generated', div: '' } }), ['empty-value Patient.text.div']],
  [
    'a narrative that is no string',
    patient({ text: { status: 'generated', div: {} } }),
    ['wrong-shape Patient.text.div'],
  ],
]

test.each(values)('%s', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})

test.each([
  [patient({ birthdate: 'x' }), "'birthdate' is not an element of Patient. Did you mean 'birthDate'?"],
  [patient({ _birthdate: {} }), "'_birthdate' is not an element of Patient. Did you mean '_birthDate'?"],
  [patient({ name: [{ familly: 'x' }] }), "'familly' is not an element of HumanName. Did you mean 'family'?"],
  [patient({ link: [{ ohter: {} }] }), "'ohter' is not an element of Patient.link. Did you mean 'other'?"],
  [{ resourceType: 'Patiant' }, "'Patiant' is not a FHIR R4 resource type. Did you mean 'Patient'?"],
  [
    { resourceType: 'Immunization', status: 'completed', vaccineCode: code, patient: { display: 'x' } },
    "'occurrence[x]' is required and absent.",
  ],
  [
    observation({ valueString: 'x', valueInteger: 1 }),
    'Only one of valueString, valueInteger may be present. Keep the one that is meant.',
  ],
  [patient({ birthDate: '2023-02-29' }), "'2023-02-29' is not a valid date."],
  [patient({ birthDate: ['1970'] }), "'birthDate' must be a string, but is an array."],
  [observation({ valueInteger: '1' }), "'valueInteger' must be a number, but is a string."],
  [patient({ active: 'true' }), "'active' must be a boolean, but is a string."],
  [
    patient({ gender: 'girl' }),
    "'girl' is not in the value set http://hl7.org/fhir/ValueSet/administrative-gender, which is required here. It takes male, female, other or unknown.",
  ],
  [
    patient({ text: { status: 'generated', div: '<div onclick="x">a</div>' } }),
    "'onclick' is not a valid narrative attribute.",
  ],
  [
    patient({ name: [{ text: 'x'.repeat(1_048_577) }] }),
    `'${'x'.repeat(80)}…' is not a valid string: it has over 1048576 characters.`,
  ],
])('%# says what is wrong', (resource, text) => {
  expect(issueText(issuesOf(resource)[0]!)).toBe(text)
})
