import { expect, test } from 'vitest'
import { randomFrom } from '../../server/demo/random.ts'

test('the same seed gives the same sequence, another seed another one', () => {
  const draw = (seed: string) => Array.from({ length: 5 }, randomFrom(seed).next)
  expect(draw('patient 07')).toEqual(draw('patient 07'))
  expect(draw('patient 07')).not.toEqual(draw('patient 08'))
})

test('numbers spread evenly and stay in their bounds', () => {
  const random = randomFrom('spread')
  const drawn = Array.from({ length: 6000 }, () => random.int(1, 6))
  for (const side of [1, 2, 3, 4, 5, 6]) {
    expect(drawn.filter((value) => value === side).length).toBeGreaterThan(880)
  }
  expect(drawn.every((value) => value >= 1 && value <= 6)).toBe(true)
})

test('normal numbers have mean 0 and deviation 1', () => {
  const random = randomFrom('normal')
  const drawn = Array.from({ length: 5000 }, random.normal)
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length
  const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length
  expect(mean).toBeCloseTo(0, 1)
  expect(variance).toBeCloseTo(1, 1)
})

test('chance and pick follow their odds', () => {
  const random = randomFrom('odds')
  const hits = Array.from({ length: 2000 }, () => random.chance(0.25)).filter(Boolean).length
  expect(hits).toBeGreaterThan(430)
  expect(hits).toBeLessThan(570)
  expect(['a', 'b']).toContain(random.pick(['a', 'b']))
})
