import { expect, test } from 'vitest'
import { didYouMean, nearest } from '../../server/fhir/nearest.ts'
import { loadDefinitions } from '../../server/packages.ts'

const names = ['active', 'name', 'telecom', 'gender', 'birthDate', 'address', 'photo', 'contact', 'link']

test.each([
  ['another case', 'birthdate', 'birthDate'],
  ['a swapped pair', 'gnedre', 'gender'],
  ['a missing letter', 'adress', 'address'],
  ['an extra letter', 'namee', 'name'],
  ['a wrong letter', 'fender', 'gender'],
  ['an exact name', 'photo', 'photo'],
  ['two wrong letters in a long name', 'birthDay', 'birthDate'],
  ['nothing like it', 'colour', undefined],
  ['a short name with two wrong letters', 'lamb', undefined],
  ['an empty name', '', undefined],
  ['a name too long to compare', 'x'.repeat(1_000_000), undefined],
])('%s', (_case, name, expected) => {
  expect(nearest(name, names)).toBe(expected)
})

test('the nearer of two candidates wins, the first of two equally near ones', () => {
  expect(nearest('valueCode', ['valueCodes', 'valueMode', 'valueCore'])).toBe('valueCodes')
  expect(nearest('status', ['statusReason', 'statsu', 'status'])).toBe('status')
})

test('resource types are found for common slips', () => {
  const { resourceTypes } = loadDefinitions('.data')
  const slips = ['Patients', 'observation', 'Pratitioner', 'MedicationReqeust', 'Encounters']
  expect(slips.map((name) => nearest(name, resourceTypes))).toEqual([
    'Patient',
    'Observation',
    'Practitioner',
    'MedicationRequest',
    'Encounter',
  ])
})

test('the hint is a sentence that can be appended', () => {
  expect(didYouMean('birthdate', names)).toBe(" Did you mean 'birthDate'?")
  expect(didYouMean('colour', names)).toBe('')
})
