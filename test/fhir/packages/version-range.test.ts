import { expect, test } from 'vitest'
import { chooseVersion } from '../../../server/fhir/packages/version-range.ts'

const available = ['1.0.0', '1.0.10', '1.0.9', '1.1.0-ballot', '1.1.0', '2.0.0-snapshot1', '10.0.0']

test.each([
  ['1.0.0', '1.0.0'],
  ['1.1.0-ballot', '1.1.0-ballot'],
  ['1.0.x', '1.0.10'],
  ['1.0.*', '1.0.10'],
  ['1.x', '1.1.0'],
  ['1.X.x', '1.1.0'],
  ['*', '10.0.0'],
  ['2.0.x', undefined],
  ['1.0', undefined],
  ['3.0.0', undefined],
])('%s is %s', (wanted, expected) => {
  expect(chooseVersion(wanted, available)).toBe(expected)
})

test('the latest is what the registry calls so, else the newest release', () => {
  expect(chooseVersion('latest', available, { latest: '1.1.0' })).toBe('1.1.0')
  expect(chooseVersion('latest', available, { latest: '9.9.9' })).toBe('10.0.0')
  expect(chooseVersion('latest', ['1.0.0-a', '1.0.0-b'])).toBe('1.0.0-b')
  expect(chooseVersion('latest', [])).toBeUndefined()
})

test.each(['current', 'dev', '^1.0.0', '>=1', 'x.y', 'main'])('%s is refused', (wanted) => {
  expect(() => chooseVersion(wanted, available)).toThrow(wanted)
})
