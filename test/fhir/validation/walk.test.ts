import { expect, test } from 'vitest'
import { numberFromText } from '../../../server/fhir/json.ts'
import { quoted, shapeOf } from '../../../server/fhir/validation/walk.ts'
import { found, observation, patient } from '../../support/validation.ts'

test('issues are collected, a hundred of them', () => {
  const many = patient({ gender: 'x', name: Array.from({ length: 200 }, () => ({ given: [''], family: 1 })) })
  const issues = found(many)
  expect(issues).toHaveLength(100)
  expect(issues.slice(0, 3)).toEqual([
    'unknown-code Patient.gender',
    'empty-value Patient.name[0].given[0]',
    'wrong-shape Patient.name[0].family',
  ])
})

test('expressions name elements as FHIRPath does, and return to their parents', () => {
  const component = { code: { coding: [{ code: 'a ' }] }, valueQuantity: { value: 'x' } }
  const resource = observation({ component: [{ code: { text: 'x' } }, component], issued: 'x' })
  expect(found(resource)).toEqual([
    'invalid-value Observation.component[1].code.coding[0].code',
    'wrong-shape Observation.component[1].value.value',
    'invalid-value Observation.issued',
  ])
})

test.each([
  [null, 'null'],
  [[], 'an array'],
  [{}, 'an object'],
  ['', 'a string'],
  [1, 'a number'],
  [numberFromText('1.00'), 'a number'],
  [true, 'a boolean'],
])('%j is %s', (value, shape) => {
  expect(shapeOf(value)).toBe(shape)
})

test('long texts are cut where they are quoted', () => {
  expect(quoted('a'.repeat(80))).toBe('a'.repeat(80))
  expect(quoted('a'.repeat(81))).toBe(`${'a'.repeat(80)}…`)
})
