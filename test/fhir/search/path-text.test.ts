import { expect, test } from 'vitest'
import { alternativesOf, isOperation, stepsOf } from '../../../server/fhir/search/path-text.ts'
import { createRandom } from '../../oracle/random/random.ts'

test.each([
  ['Patient.name', ['Patient.name']],
  ['Patient.name | Patient.contact.name', ['Patient.name', 'Patient.contact.name']],
  ['(Patient.name | (Patient.contact.name))', ['Patient.name', 'Patient.contact.name']],
  ["Patient.telecom.where(system = 'a|b') | x", ["Patient.telecom.where(system = 'a|b')", 'x']],
  ["a.where(b = 'it\\'s | this') | c", ["a.where(b = 'it\\'s | this')", 'c']],
])('%s has the alternatives %j', (expression, alternatives) => {
  expect(alternativesOf(expression)).toEqual(alternatives)
})

test.each([
  ['Patient.name.family', ['Patient', 'name', 'family']],
  ['(Observation.value as CodeableConcept).text', ['Observation', 'value', 'ofType(CodeableConcept)', 'text']],
  ['Observation.value as Quantity', ['Observation', 'value', 'ofType(Quantity)']],
  ["Patient.extension('http://a.b/c').value", ['Patient', 'extension', "where(url='http://a.b/c')", 'value']],
  [
    "(Condition.extension.where(url='http://a.b/c)').value)",
    ['Condition', 'extension', "where(url='http://a.b/c)')", 'value'],
  ],
])('%s has the steps %j', (path, steps) => {
  expect(stepsOf(path)).toEqual(steps)
})

test.each([
  ['Patient.name | Patient.contact.name', false],
  ['ValueSet.expansion.contains.code', false],
  ["Patient.extension.where(url = 'x' and value.exists()).value", false],
  ["Patient.extension.where(url = ' and ')", false],
  ['Observation.value as Quantity', false],
  ['Patient.deceased.exists() and Patient.deceased != false', true],
  ['(Patient.a | Patient.b) is Quantity', true],
  ["Patient.birthDate + 1 'year'", true],
  ["'a' in Patient.name.given", true],
])('%s: an operation is %s', (expression, operation) => {
  expect(isOperation(expression)).toBe(operation)
})

test('unbalanced text is one step or another, never an endless one', () => {
  const random = createRandom(20261122)
  const pieces = ['(', ')', "'", '.', '|', ' as ', 'Patient', 'name', 'where(', "extension('", '\\', ' ', '=']
  for (const text of ['Patient.((', '((', 'Patient.(name', "Patient.('", ...Array.from({ length: 5000 }, randomText)]) {
    for (const alternative of alternativesOf(text)) expect(stepsOf(alternative).length).toBeLessThan(100)
  }
  function randomText(): string {
    return Array.from({ length: 1 + random.below(12) }, () => random.pick(pieces)).join('')
  }
})
