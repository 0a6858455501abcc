import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { resultOf } from '../../../server/fhir/results/result.ts'
import { trendsOf } from '../../../server/fhir/results/trend.ts'
import { observation, quantity } from '../../support/observations.ts'

const now = Date.UTC(2026, 5, 1)
const on = (day: number, given: JsonObject = {}) =>
  observation({ effectiveDateTime: `2026-03-${String(day).padStart(2, '0')}T08:00:00Z`, ...given })
const trends = (...observations: JsonObject[]) =>
  trendsOf(
    observations.map((one) => resultOf(one)!),
    now,
  )
const [mgdl, mmoll] = ['mg/dL', 'mmol/L']

test('a trend has the points of one analyte, oldest first, and says where it goes', () => {
  const [trend] = trends(on(3, { valueQuantity: quantity(110) }), on(1), on(2, { valueQuantity: quantity(100) }))
  expect(trend!.points.map(({ number }) => number)).toEqual([90, 100, 110])
  expect(trend).toMatchObject({ count: 3, direction: 'up', latest: { value: { measure: { number: 110 } } } })
  expect(trend!.previous?.value).toMatchObject({ measure: { number: 100 } })
})

test('the analyte with the newest result comes first', () => {
  const other = { code: { text: 'Potassium' } }
  expect(trends(on(1), on(5, other), on(2)).map(({ latest }) => latest.name)).toEqual(['Potassium', 'Glucose'])
})

describe('comparable units are one line', () => {
  test('in that of the newest result, with each range', () => {
    const old = on(1, {
      valueQuantity: quantity(0.8, 'g/L'),
      referenceRange: [{ low: { value: 0.6 }, high: { value: 1 } }],
    })
    const [{ points }] = trends(old, on(2)) as [ReturnType<typeof trends>[0]]
    expect(points.map(({ number, low, high, line }) => [number, low, high, line])).toEqual([
      [80, 60, 100, 0],
      [90, 70, 99, 0],
    ])
  })

  test('where the mass of a mole is known', () => {
    const [trend] = trends(on(1, { valueQuantity: quantity(5, mmoll), referenceRange: [] }), on(2))
    expect(trend!.points.map(({ number, line }) => [number, line])).toEqual([
      [90.078, 0],
      [90, 0],
    ])
    const [back] = trends(on(1), on(2, { valueQuantity: quantity(5, mmoll) }))
    expect(back!.points[0]!.number).toBeCloseTo(4.9957, 3)
  })

  test('and else another line begins', () => {
    const code = { text: 'Something else' }
    const [trend] = trends(
      on(1, { code, valueQuantity: quantity(7, 'blob') }),
      on(2, { code, valueQuantity: quantity(5, mmoll) }),
      on(3, { code, valueQuantity: quantity(6, 'umol/L') }),
      on(4, { code, valueQuantity: quantity(90, mgdl) }),
    )
    expect(trend!.points.map(({ number, line }) => [number, line])).toEqual([
      [7, 2],
      [5000, 1],
      [6, 1],
      [90, 0],
    ])
    expect(trend!.direction).toBeUndefined()
  })

  test('of one method', () => {
    const [trend] = trends(on(1, { method: { text: 'Strip' } }), on(2, { method: { text: 'Serum' } }))
    expect(trend!.points.map(({ line }) => line)).toEqual([1, 0])
  })
})

test('components have trends of their own', () => {
  const pressure = (day: number, value: number) =>
    on(day, {
      code: { text: 'Blood pressure' },
      valueQuantity: {},
      component: [{ code: { text: 'Systolic' }, valueQuantity: quantity(value, 'mm[Hg]') }],
    })
  const [trend] = trends(pressure(1, 120), pressure(2, 120))
  expect(trend).toMatchObject({ count: 2, direction: 'same', latest: { name: 'Systolic' } })
})

test('words have no points, but what was said before', () => {
  const said = (words: string) => ({ valueQuantity: {}, valueString: words })
  const read = (day: number, words: string) => {
    const { valueQuantity: _, ...rest } = on(day, said(words))
    return rest
  }
  const [trend] = trends(read(1, 'Negative'), read(2, 'Positive'))
  expect(trend).toMatchObject({ points: [], count: 2, previous: { value: { words: 'Negative' } } })
})

test('what has no time, lies ahead, or was cancelled is in no trend', () => {
  const { effectiveDateTime: _, ...undated } = on(1)
  const none = [
    undated,
    on(1, { effectiveDateTime: '2030-01-01' }),
    on(1, { status: 'cancelled' }),
    on(1, { status: 'registered' }),
  ]
  expect(trends(...none)).toEqual([])
})
