import { expect, test } from 'vitest'
import { alternativesOf, isOperation, stepsOf } from '../../../server/fhir/search/path-text.ts'
import { oneOf, randomFrom, seed } from '../../support/random.ts'

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

test.each([
  ['Patient.((', ['Patient', '((']],
  ['Patient.(name.given', ['Patient', '(name.given']],
  ['Patient.(name) given', ['Patient', '(name) given']],
  ["Patient.('", ['Patient', "('"]],
  ['Patient.()', ['Patient', '']],
  ['Patient.name)).(given', ['Patient', 'name))', '(given']],
])('%s, which is no path, has the steps %j', (path, steps) => {
  expect(stepsOf(path)).toEqual(steps)
})

const fragments = ['(', '(', ')', "'", '\\', '.', '|', ' ', ' as ', 'name', "extension('x')", ' and '] as const

test(`random texts come to an end (seed ${seed})`, () => {
  const random = randomFrom(seed)
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: 1 + Math.floor(random() * 30) }, () => oneOf(random, fragments)).join('')
    isOperation(text)
    for (const alternative of alternativesOf(text))
      expect([text, stepsOf(alternative).length > 0]).toEqual([text, true])
  }
})

test.each(['(', ')', '(a|', '(a.', "'(", 'a as b '])("4,000 characters of '%s' come to an end", (text) => {
  const long = text.repeat(4000 / text.length)
  isOperation(long)
  for (const alternative of alternativesOf(long)) stepsOf(alternative)
})
