import { expect, test } from 'vitest'
import { dollars, escapeHtml, npi, rounded } from '../../server/demo/elements.ts'

test.each([
  ['123456789', '1234567893'],
  ['199999998', '1999999984'],
])('the National Provider Identifier of %s is %s', (firstNine, whole) => {
  expect(npi(firstNine)).toBe(whole)
})

test('money is whole cents', () => {
  expect(dollars(1999)).toEqual({ value: 19.99, currency: 'USD' })
  expect(JSON.stringify(dollars(-8156).value)).toBe('-81.56')
})

test('numbers are rounded without a tail of digits', () => {
  expect(rounded(0.1 + 0.2, 2)).toBe(0.3)
})

test('text in markup is escaped', () => {
  expect(escapeHtml('A < B & C > D')).toBe('A &lt; B &amp; C &gt; D')
})
