import { expect, test } from 'vitest'
import { parseJson } from '../../server/fhir/json.ts'
import { canonicalJson, copyJson, equalJson, isDeeper, jsonSize } from '../../server/fhir/json-value.ts'

test('a copy is equal, keeps digits and shares nothing', () => {
  const value = parseJson('{"a":[{"b":1.00}],"__proto__":{"c":1}}') as { a: { b: unknown }[] }
  const copy = copyJson(value as never) as typeof value
  expect(JSON.stringify(copy)).toBe('{"a":[{"b":1.00}],"__proto__":{"c":1}}')
  expect(copy.a[0]).not.toBe(value.a[0])
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
})

test.each([
  ['1.0', '1.00', true],
  ['1.0', '1', true],
  ['1e1', '10', true],
  ['0.10E+2', '10.000', true],
  ['1e400', '10e399', true],
  ['1e400', '1e401', false],
  ['0.0', '-0', true],
  ['-1.0', '1.0', false],
  ['0.12345678901234567890', '0.12345678901234567891', false],
  ['9007199254740993', '9007199254740992', false],
  ['1', '"1"', false],
  ['null', 'false', false],
  ['{"a":1.0,"b":[2]}', '{"b":[2.0],"a":1}', true],
  ['{"a":1}', '{"a":1,"b":2}', false],
  ['{"a":1}', '{"b":1}', false],
  ['{"toString":1}', '{"a":1}', false],
  ['[1,2]', '[2,1]', false],
  ['[]', '{}', false],
  ['1.0', '{"rawJSON":"1.0"}', false],
])('%s equals %s: %s', (a, b, expected) => {
  expect(equalJson(parseJson(a), parseJson(b))).toBe(expected)
  expect(equalJson(parseJson(b), parseJson(a))).toBe(expected)
})

test('the canonical text ignores the order of properties and knows digits', () => {
  expect(canonicalJson(parseJson('{"b":[1.0,null],"a":"x"}'))).toBe('{"a":"x","b":[1.0,null]}')
  expect(canonicalJson(parseJson('1.0'))).not.toBe(canonicalJson(parseJson('1.00')))
})

test('the size counts values and characters, up to a limit', () => {
  expect(jsonSize(parseJson('{"ab":["cde",1.0,true]}'), 1_000)).toBe(10)
  expect(jsonSize('x'.repeat(100), 10)).toBeGreaterThan(10)
  expect(jsonSize(Array(1_000).fill('x'), 10)).toBeLessThan(20)
})

test.each([
  ['1', 0, false],
  ['[]', 0, true],
  ['[]', 1, false],
  ['{"a":[1.0]}', 2, false],
  ['{"a":[{}]}', 2, true],
])('%s is nested deeper than %s levels: %s', (text, levels, expected) => {
  expect(isDeeper(parseJson(text), levels)).toBe(expected)
})
