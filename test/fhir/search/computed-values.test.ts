import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { type JsonObject, numberFromText } from '../../../server/fhir/json.ts'
import { computedValues } from '../../../server/fhir/search/computed-values.ts'
import { loadDefinitions } from '../../../server/packages.ts'

const fallback = computedValues(loadDefinitions(tmpdir()))

const patient: JsonObject = {
  resourceType: 'Patient',
  extension: [
    { url: 'http://a/quantity', valueQuantity: { value: numberFromText('1.50'), code: 'mg' } },
    { url: 'http://a/concept', valueCodeableConcept: { coding: [{ code: 'c' }] } },
  ],
  name: [
    { family: 'A', given: ['B', 'C'] },
    { use: 'old', family: 'D' },
  ],
  birthDate: '1970-01-01',
  contact: [{ telecom: [{ system: 'phone', value: '1' }] }],
  contained: [{ resourceType: 'Organization', id: 'o', name: 'Acme' }],
}

function values(expression: string, type = 'Patient', node: JsonObject = patient) {
  const found: unknown[] = []
  fallback(expression, type)(node, (value, valueType) => found.push([valueType, value]))
  return found
}

describe('a value that is part of the resource has its type', () => {
  test.each([
    ['Patient.name.where(use.empty()).given.skip(1)', '[["string","C"]]'],
    ['Patient.extension.where(value is Quantity).value', '[["Quantity",{"value":1.50,"code":"mg"}]]'],
    ['Patient.extension.value.ofType(CodeableConcept).coding.first()', '[["Coding",{"code":"c"}]]'],
    [
      'Patient.contact.telecom.where(system = %resource.contact.telecom.system)',
      '[["ContactPoint",{"system":"phone","value":"1"}]]',
    ],
    ['Patient.birthDate.where($this.exists())', '[["date","1970-01-01"]]'],
    [
      'Patient.contained.where(id.exists())',
      '[["Organization",{"resourceType":"Organization","id":"o","name":"Acme"}]]',
    ],
  ])('%s', (expression, expected) => {
    expect(JSON.stringify(values(expression))).toBe(expected)
  })
})

describe('a value that is computed has the type of its kind', () => {
  test.each([
    [
      'Patient.name.family.select($this.lower())',
      [
        ['string', 'a'],
        ['string', 'd'],
      ],
    ],
    ['Patient.name.count() > 1', [['boolean', true]]],
    ['Patient.name.count()', [['decimal', 2]]],
  ])('%s', (expression, expected) => {
    expect(values(expression)).toEqual(expected)
  })
})

test('an expression that fails on a resource has no values', () => {
  expect(values('Patient.name.family.single().lower()')).toEqual([])
})

const endless = '1.repeat($this + 1).exists()'

function isTooCostly(expression: string, node: JsonObject = patient): boolean {
  let tooCostly = false
  const values = fallback(expression, 'Patient')
  // Known from the first time.
  for (let i = 0; i < 2; i++) {
    tooCostly = false
    values(
      node,
      () => expect.unreachable(),
      () => {
        tooCostly = true
      },
    )
  }
  return tooCostly
}

test.each([
  [`Patient.name.where(${endless})`, true],
  ['Patient.name.family.single().lower()', false],
  ["Patient.descendants().where($this is string and $this = 'nobody')", false],
])('%s is too costly: %s', (expression, tooCostly) => {
  expect(isTooCostly(expression)).toBe(tooCostly)
})

test('a large resource may take as many more steps', () => {
  const name = Array.from({ length: 2000 }, (_, i) => ({ use: 'old', family: `F${i}`, given: ['G'] }))
  expect(isTooCostly("Patient.name.where(use = 'new' and given.exists()).family", { ...patient, name })).toBe(false)
})

test('an expression that cannot be read is refused at once', () => {
  expect(() => fallback('Patient.name.where(', 'Patient')).toThrow('cannot be used')
})

test('parts of resources are evaluated by their own type', () => {
  expect(
    values(
      "telecom.where(system = 'phone' or system = 'fax').value",
      'Patient.contact',
      (patient['contact'] as JsonObject[])[0]!,
    ),
  ).toEqual([['string', '1']])
})
