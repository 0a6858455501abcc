import { expect, test } from 'vitest'
import { isDate, isDateTime, isInstant, isTime } from '../../../server/fhir/validation/dates.ts'
import { oneOf, randomFrom, seed } from '../../support/random.ts'

test.each([
  ['2024', true],
  ['0001', true],
  ['9999-12-31', true],
  ['2024-02', true],
  ['2024-02-29', true],
  ['2000-02-29', true],
  ['2023-02-29', false],
  ['1900-02-29', false],
  ['2024-04-31', false],
  ['2024-02-30', false],
  ['2024-13', false],
  ['2024-00', false],
  ['2024-01-00', false],
  ['0000', false],
  ['24', false],
  ['02024', false],
  ['2024-1', false],
  ['2024-01-1', false],
  ['2024/01/01', false],
  ['2024-01-01T00:00:00Z', false],
  ['2024-', false],
  ['2024-01-', false],
  [' 2024', false],
  ['2024 ', false],
  ['', false],
])('date %j: %s', (text, expected) => {
  expect(isDate(text)).toBe(expected)
})

const instants: readonly (readonly [string, boolean])[] = [
  ['2024-02-29T23:59:59Z', true],
  ['2024-02-29T23:59:60Z', true],
  ['2024-02-29T00:00:00.123456789+14:00', true],
  ['2024-02-29T00:00:00-13:59', true],
  ['2023-02-29T00:00:00Z', false],
  ['2024-02-29T24:00:00Z', false],
  ['2024-02-29T23:60:00Z', false],
  ['2024-02-29T23:59:61Z', false],
  ['2024-02-29T00:00:00+14:01', false],
  ['2024-02-29T00:00:00+15:00', false],
  ['2024-02-29T00:00:00', false],
  ['2024-02-29T00:00Z', false],
  ['2024-02-29T00:00:00.Z', false],
  ['2024-02-29T00:00:00z', false],
  ['2024-02-29t00:00:00Z', false],
  ['2024-02-29 00:00:00Z', false],
  ['2024-02-29T00:00:00Z ', false],
  ['2024-02-29T00:00:00+0100', false],
  ['2024-02T00:00:00Z', false],
  ['2024T00:00:00Z', false],
]

test.each([...instants, ['2024-02-29', false], ['2024', false], ['', false]] as const)('instant %j: %s', (text, ok) => {
  expect(isInstant(text)).toBe(ok)
})

test.each([...instants, ['2024-02-29', true], ['2024-02', true], ['2024', true], ['2023-02-29', false]] as const)(
  'dateTime %j: %s',
  (text, ok) => {
    expect(isDateTime(text)).toBe(ok)
  },
)

test.each([
  ['00:00:00', true],
  ['23:59:60', true],
  ['12:30:00.5', true],
  ['24:00:00', false],
  ['12:30', false],
  ['12:30:00.', false],
  ['12:30:00Z', false],
  ['1:30:00', false],
  ['', false],
])('time %j: %s', (text, expected) => {
  expect(isTime(text)).toBe(expected)
})

const day = '([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])'
const clock = '([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))'
const published = new RegExp(`^${day}T${clock}$`)

test('instants agree with the published pattern and the calendar on mutated values', () => {
  const random = randomFrom(seed)
  for (let round = 0; round < 20_000; round++) {
    const letters = [...oneOf(random, instants)[0]]
    letters[Math.floor(random() * letters.length)] = oneOf(random, [...'0123456789-:T.Z+'])
    const text = letters.join('')
    const [year, month, date] = text.slice(0, 10).split('-').map(Number)
    const exists = new Date(Date.UTC(2000 + (year! % 400), month! - 1, date)).getUTCDate() === date
    expect(isInstant(text), `${text} with seed ${seed}`).toBe(published.test(text) && exists)
  }
})
