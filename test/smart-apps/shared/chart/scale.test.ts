import { describe, expect, test } from 'vitest'
import { numberAxis, timeAxis } from '../../../../smart-apps/shared/chart/scale.ts'
import { randomFrom, seed } from '../../../support/random.ts'

describe('an axis of numbers', () => {
  test.each([
    [
      [90, 112],
      [80, 90, 100, 110, 120],
    ],
    [
      [0.2, 0.9],
      [0, 0.2, 0.4, 0.6, 0.8, 1],
    ],
    [[5], [4, 6]],
    [
      [-3, 3],
      [-4, -2, 0, 2, 4],
    ],
  ])('of %j has round ticks', (values, ticks) => {
    expect(numberAxis(values).ticks.map(({ value }) => value)).toEqual(ticks)
  })

  test(`holds whatever it is of, with few ticks in order (seed ${seed})`, () => {
    const random = randomFrom(seed)
    for (let round = 0; round < 2000; round++) {
      const scale = 10 ** Math.floor(random() * 12 - 6)
      const values = Array.from({ length: 1 + Math.floor(random() * 9) }, () => (random() - 0.3) * scale)
      const { low, high, ticks } = numberAxis(values)
      expect(low).toBeLessThanOrEqual(Math.min(...values))
      expect(high).toBeGreaterThanOrEqual(Math.max(...values))
      expect(ticks.length).toBeGreaterThan(1)
      expect(ticks.length).toBeLessThan(10)
      expect(ticks.map(({ place }) => place)).toEqual(ticks.map((_, i) => i / (ticks.length - 1)))
    }
  })

  test('of nothing but zero is an axis', () => {
    expect(numberAxis([0]).ticks.length).toBeGreaterThan(1)
  })
})

describe('an axis of times', () => {
  const at = (text: string) => Date.parse(text)
  const days = (times: readonly number[], most?: number) =>
    timeAxis(times, most).ticks.map(({ value }) => new Date(value).toISOString().slice(0, 10))

  test('has the beginnings of months, or of years', () => {
    expect(days([at('2025-12-01'), at('2026-03-01')])).toEqual(['2025-12-01', '2026-01-01', '2026-02-01', '2026-03-01'])
    expect(days([at('2006-05-01'), at('2026-03-01')], 6)).toEqual([
      '2010-01-01',
      '2015-01-01',
      '2020-01-01',
      '2025-01-01',
    ])
    expect(days([at('2022-05-01'), at('2026-03-01')], 6)).toEqual([
      '2023-01-01',
      '2024-01-01',
      '2025-01-01',
      '2026-01-01',
    ])
  })

  test('of one moment names it', () => {
    expect(days([at('2026-03-10')])).toEqual(['2026-03-10'])
  })

  test(`has room around, and no more ticks than were wanted (seed ${seed})`, () => {
    const random = randomFrom(seed)
    for (let round = 0; round < 1000; round++) {
      const start = at('1950-01-01') + random() * 2e12
      const times = Array.from({ length: 1 + Math.floor(random() * 5) }, () => start + random() ** 3 * 1.5e12)
      const most = 2 + Math.floor(random() * 6)
      const { low, high, ticks } = timeAxis(times, most)
      expect(low).toBeLessThan(Math.min(...times))
      expect(high).toBeGreaterThan(Math.max(...times))
      expect(ticks.length).toBeLessThanOrEqual(most + 1)
      expect(ticks.every(({ place }) => place >= 0 && place <= 1)).toBe(true)
    }
  })
})
