import { expect, test } from 'vitest'
import { resultOf } from '../../../../server/fhir/results/result.ts'
import { trendsOf } from '../../../../server/fhir/results/trend.ts'
import { trendLayout } from '../../../../smart-apps/shared/chart/trend-layout.ts'
import { observation, quantity } from '../../../support/observations.ts'

const size = { width: 600, height: 300 }
const on = (day: string, value: number, given = {}) =>
  observation({ effectiveDateTime: day, valueQuantity: quantity(value), ...given })
const layout = (...observations: ReturnType<typeof observation>[]) =>
  trendLayout(
    trendsOf(
      observations.map((one) => resultOf(one)!),
      Date.UTC(2027, 0),
    )[0]!.points,
    size,
  )!

test('later is further right, more is further up, all within the plot', () => {
  const { marks, plot } = layout(on('2026-01-01', 80), on('2026-02-01', 120), on('2026-03-01', 100))
  const [a, b, c] = marks
  expect(a!.x < b!.x && b!.x < c!.x).toBe(true)
  expect(b!.y < c!.y && c!.y < a!.y).toBe(true)
  for (const { x, y } of marks) {
    expect(x >= plot.left && x <= plot.right && y >= plot.top && y <= plot.bottom).toBe(true)
  }
})

test('each point has its own range', () => {
  const other = { referenceRange: [{ low: quantity(60), high: quantity(110) }] }
  const { bands } = layout(
    on('2026-01-01', 80),
    on('2026-02-01', 85, other),
    on('2026-03-01', 90, { referenceRange: [] }),
  )
  expect(bands).toHaveLength(2)
  expect(new Set(bands).size).toBe(2)
})

test('a line breaks where the unit changes', () => {
  const code = { code: { text: 'Something' } }
  const { lines, breaks, marks } = layout(
    on('2026-01-01', 80, code),
    on('2026-02-01', 81, code),
    on('2026-03-01', 3, { ...code, valueQuantity: quantity(3, 'mmol/L') }),
    on('2026-04-01', 4, { ...code, valueQuantity: quantity(4, 'mmol/L') }),
  )
  expect(lines).toHaveLength(2)
  expect(breaks).toEqual([(marks[1]!.x + marks[2]!.x) / 2])
})

test('of nothing there is nothing to draw', () => {
  expect(trendLayout([], size)).toBeUndefined()
})
