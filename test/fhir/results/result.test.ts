import { describe, expect, test } from 'vitest'
import { type JsonObject, parseJson } from '../../../server/fhir/json.ts'
import { resultOf } from '../../../server/fhir/results/result.ts'
import { observation, quantity } from '../../support/observations.ts'

const read = (given: JsonObject) => resultOf(observation(given))!
const interpreted = (code: string, system = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation') => ({
  interpretation: [{ coding: [{ system, code }] }],
})

test('a result says what was tested, when, and what was found', () => {
  expect(resultOf(observation({ id: '7', meta: { versionId: '2' }, note: [{ text: 'Fasting' }] }))).toMatchObject({
    reference: 'Observation/7',
    version: '2',
    analyte: 'http://loinc.org|2345-7',
    name: 'Glucose',
    categories: ['laboratory'],
    state: 'final',
    collected: '2026-03-01T08:00:00Z',
    time: Date.UTC(2026, 2, 1, 8),
    value: { kind: 'measure', measure: { digits: '90', number: 90, unit: 'mg/dL', code: 'mg/dL' } },
    flag: 'in-range',
    notes: ['Fasting'],
  })
})

test('the digits of a value are those that were reported', () => {
  const { valueQuantity } = parseJson('{"valueQuantity":{"value":1.00,"unit":"g"}}') as JsonObject
  expect(read({ valueQuantity: valueQuantity! }).value).toMatchObject({ measure: { digits: '1.00', number: 1 } })
})

describe('a value', () => {
  test.each<[string, JsonObject, unknown]>([
    ['in words', { valueCodeableConcept: { text: 'Negative' } }, { kind: 'words', words: 'Negative' }],
    ['of a code', { valueCodeableConcept: { coding: [{ code: 'x' }] } }, { kind: 'words', words: 'x' }],
    ['as text', { valueString: 'Clear' }, { kind: 'words', words: 'Clear' }],
    ['yes', { valueBoolean: true }, { kind: 'yes-no', yes: true }],
    ['as a count', { valueInteger: 3 }, { kind: 'measure', measure: { digits: '3', number: 3, unit: '' } }],
    [
      'as a titre',
      { valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } },
      { kind: 'words', words: '1:128' },
    ],
    [
      'between two',
      { valueRange: { low: { value: 1 }, high: { value: 3, unit: 'mm' } } },
      { kind: 'words', words: '1–3 mm' },
    ],
    [
      'beyond',
      { valueQuantity: { value: 5, comparator: '<', unit: 'g' } },
      { kind: 'measure', measure: { digits: '5', number: 5, unit: 'g', comparator: '<' } },
    ],
    ['as a day', { valueDateTime: '2026-01' }, { kind: 'time', time: '2026-01' }],
    ['as a period', { valuePeriod: { start: '2026-01' } }, { kind: 'time', time: '2026-01/' }],
    ['that is none', { valueQuantity: {} }, undefined],
    ['of waves', { valueSampledData: { data: 'E E' } }, undefined],
    ['of the wrong type', { valueString: 7 }, undefined],
    ['without end', { valueQuantity: { value: 'Infinity' } }, undefined],
  ])('%s is read', (_name, value, expected) => {
    const { valueQuantity: _, ...rest } = observation()
    expect(resultOf({ ...rest, ...value })?.value).toEqual(expected)
  })

  test('of a megabyte is cut', () => {
    const { valueQuantity: _, ...rest } = observation()
    const { value } = resultOf({ ...rest, valueString: 'x'.repeat(1_000_000) })!
    expect(value?.kind === 'words' && value.words.length).toBeLessThan(20_010)
  })
})

describe('a flag', () => {
  test.each([
    ['N', 'in-range'],
    ['H', 'high'],
    ['HU', 'high'],
    ['LL', 'critical-low'],
    ['HH', 'critical-high'],
    ['AA', 'critical'],
    ['A', 'abnormal'],
    ['POS', 'positive'],
    ['ND', 'negative'],
    ['R', 'resistant'],
    ['E', 'indeterminate'],
  ])('%s is %s', (code, flag) => expect(read(interpreted(code)).flag).toBe(flag))

  test('of several is the heaviest', () => {
    const coding = ['A', 'HH', 'U'].map((code) => ({ code }))
    expect(read({ interpretation: [{ coding }] }).flag).toBe('critical-high')
  })

  test('of another system, or in words, is said as it is', () => {
    const { flag, said } = read({ ...interpreted('H', 'http://x.example'), referenceRange: [] })
    expect({ flag, said }).toEqual({ flag: undefined, said: 'H' })
    expect(read({ interpretation: [{ text: 'Slightly off' }], referenceRange: [] }).said).toBe('Slightly off')
  })

  test.each<[string, JsonObject, string | undefined]>([
    ['below', { valueQuantity: quantity(69.9) }, 'low'],
    ['at the edge', { valueQuantity: quantity(70) }, 'in-range'],
    ['above', { valueQuantity: quantity(100) }, 'high'],
    ['in another unit', { valueQuantity: quantity(1.1, 'g/L') }, 'high'],
    ['in a unit that nobody knows', { valueQuantity: quantity(1.1, 'blob') }, undefined],
    ['with a range of text alone', { referenceRange: [{ text: '70 to 99' }] }, undefined],
    ['with a range without units', { referenceRange: [{ low: { value: 95 } }] }, 'low'],
    [
      'with a range for others',
      { referenceRange: [{ low: quantity(95), appliesTo: [{ text: 'Pregnant' }] }] },
      undefined,
    ],
    [
      'with a critical range alone',
      { referenceRange: [{ high: quantity(50), type: { coding: [{ code: 'critical' }] } }] },
      undefined,
    ],
    ['below what can be measured', { valueQuantity: quantity(70, 'mg/dL', { comparator: '<' }) }, undefined],
  ])('follows from the range of the laboratory: %s', (_name, given, flag) => {
    expect(read(given).flag).toBe(flag)
  })

  test('of the laboratory goes before its range', () => {
    expect(read({ ...interpreted('N'), valueQuantity: quantity(200) }).flag).toBe('in-range')
  })
})

test('components are results of their own, of the same time', () => {
  const component: JsonObject[] = [
    { code: { text: 'Systolic' }, valueQuantity: quantity(120, 'mm[Hg]') },
    { code: { text: 'Diastolic' }, dataAbsentReason: { text: 'Not heard' } },
    { valueString: 'of nothing' },
  ]
  const { components } = read({ component })
  expect(components.map(({ name, collected, absent }) => [name, collected, absent])).toEqual([
    ['Systolic', '2026-03-01T08:00:00Z', undefined],
    ['Diastolic', '2026-03-01T08:00:00Z', 'Not heard'],
  ])
})

test('what was tested is known by LOINC, by another code, or by name', () => {
  const analyte = (code: JsonObject) => read({ code }).analyte
  const local = { system: 'http://lab.example', code: 'GLU' }
  expect(analyte({ coding: [local, { system: 'http://loinc.org', code: '2345-7' }] })).toBe('http://loinc.org|2345-7')
  expect(analyte({ coding: [{ code: 'GLU' }, local] })).toBe('http://lab.example|GLU')
  expect(analyte({ text: 'Glucose' })).toBe('|glucose')
  expect(resultOf(observation({ code: {} }))).toBeUndefined()
})
