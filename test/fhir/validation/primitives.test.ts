import { expect, test } from 'vitest'
import type { JsonValue } from '../../../server/fhir/json.ts'
import { numberFromText } from '../../../server/fhir/json.ts'
import { codeRule, maxStringLength, primitiveRules } from '../../../server/fhir/validation/primitives.ts'
import { loadDefinitions } from '../../../server/packages.ts'
import { growth, linear } from '../../support/growth.ts'

/** Accepted and refused values of each primitive type. */
const cases: Readonly<Record<string, readonly [accepted: readonly unknown[], refused: readonly unknown[]]>> = {
  boolean: [
    [true, false],
    ['true', 1, null, {}, []],
  ],
  integer: [
    [0, -1, 2_147_483_647, -2_147_483_648],
    [2_147_483_648, -2_147_483_649, 1.5, '1', numberFromText('1.0'), numberFromText('1e2'), Number.NaN, null],
  ],
  unsignedInt: [
    [0, 2_147_483_647],
    [-1, 2_147_483_648, 0.5, '0'],
  ],
  positiveInt: [
    [1, 2_147_483_647],
    [0, -1, 2_147_483_648, '1'],
  ],
  decimal: [
    [0, -1.5, 1e21, ...['1.00', '1e-20', '-0.0', '3.14159265358979323846264338327950288'].map(numberFromText)],
    ['1', Number.POSITIVE_INFINITY, Number.NaN, numberFromText('1e400'), numberFromText('1e99999999'), null, {}],
  ],
  string: [
    ['a', ' ', 'a\tb\r\nc', 'ä', '😀', 'x'.repeat(maxStringLength)],
    ['', 'a\u0000', 'a\u0008b', '\u000b', '\ud83d', '\ude00\ud83d', '\uffff', 'x'.repeat(maxStringLength + 1), 1, null],
  ],
  markdown: [['# Title\n\n* item'], ['', '\u0007', 1]],
  code: [
    ['a', 'a b', 'in-progress', '<=', 'A'.repeat(10_000)],
    ['', ' a', 'a ', 'a  b', 'a\tb', 'a\nb', ' ', 'a\u0001', 1],
  ],
  id: [
    ['1', 'a-B.9', 'x'.repeat(64)],
    ['', 'a_b', 'a b', 'x'.repeat(65), 1],
  ],
  oid: [
    ['urn:oid:1.2.840.0.3', 'urn:oid:2.0'],
    ['1.2.3', 'urn:oid:3.1', 'urn:oid:1.02', 'urn:oid:1', 'urn:oid:1.', `urn:oid:1${'.0'.repeat(100_000)}`],
  ],
  uuid: [
    ['urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0'],
    ['0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0', 'urn:uuid:0C3151BD-1CBF-4D64-B04D-CD9187A4C6E0', 'urn:uuid:1'],
  ],
  uri: [
    ['http://x.org/a#b', 'urn:oid:1.2', 'relative'],
    ['', 'a b', 'a\n', '\u0001', 1],
  ],
  url: [
    ['https://x.org', 'mailto:a@b.c'],
    ['', 'https://x.org/a b'],
  ],
  canonical: [['http://x.org/a|1.0#b'], ['', 'http://x.org/a |1']],
  base64Binary: [
    ['AAAA', 'AAA=', 'AA==', 'a+/9', 'AAAA\r\nAAAA', ' AAAA\n'],
    ['', 'A', 'AAA', 'AA=', 'A===', '====', 'AA=A', 'AAA-', 'AAAA=', '  ', '\u00a0AAAA', 1],
  ],
  date: [
    ['2024-02-29', '2024'],
    ['2023-02-29', '', 2024, null],
  ],
  dateTime: [
    ['2024-02-29T00:00:00Z', '2024-02'],
    ['2024-02-29T00:00', ''],
  ],
  instant: [['2024-02-29T00:00:00.000+01:00'], ['2024-02-29', '']],
  time: [['08:30:00'], ['08:30', '']],
  xhtml: [
    ['<div/>', 'x'.repeat(maxStringLength + 1)],
    ['', '\u0001', 1],
  ],
}

const rows = Object.entries(cases).flatMap(([type, [accepted, refused]]) => [
  ...accepted.map((value) => [type, shown(value), value, true] as const),
  ...refused.map((value) => [type, shown(value), value, false] as const),
])

test.each(rows)('%s %s', (type, _shown, value, expected) => {
  expect(primitiveRules[type]!.accepts(value as JsonValue)).toBe(expected)
})

test('every primitive type of the definitions has a rule and cases', () => {
  const types = [...loadDefinitions('.data').types.values()].filter((type) => type.kind === 'primitive')
  const names = types.map((type) => type.name).sort()
  expect(Object.keys(primitiveRules).sort()).toEqual(names)
  expect(Object.keys(cases).sort()).toEqual(names)
})

test('a code rule accepts its codes only', () => {
  const rule = codeRule(new Set(['male', 'female']))
  expect(['male', 'Male', '', null, 1, {}].map((value) => rule.accepts(value))).toEqual([
    true,
    ...Array<boolean>(5).fill(false),
  ])
})

test.each<[string, string, (size: number) => string]>([
  ['base64Binary', 'data', (size) => 'AAAA'.repeat(size)],
  ['base64Binary', 'lines', (size) => 'AAAA\n'.repeat(size)],
  ['base64Binary', 'data that ends wrong', (size) => `${'AAAA'.repeat(size)}!`],
  ['base64Binary', 'spaces', (size) => ' '.repeat(size * 4)],
  ['code', 'words', (size) => `a${' a'.repeat(size)}`],
  ['code', 'spaces', (size) => ' '.repeat(size)],
  ['uri', 'letters', (size) => 'a'.repeat(size * 4)],
  ['string', 'letters beyond ASCII', (size) => 'é😀'.repeat(size)],
  ['dateTime', 'digits of a second', (size) => `2024-02-29T00:00:00.${'0'.repeat(size)}`],
  ['id', 'letters', (size) => 'a'.repeat(size * 4)],
])('a %s of many %s is read in linear time', (type, _name, textOf) => {
  const reading = (size: number) => {
    const value = textOf(size)
    return () => primitiveRules[type]!.accepts(value)
  }
  expect(growth(reading, 100_000)).toBeLessThan(linear)
})

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 50 ? `${text.slice(0, 40)}… (${text.length} characters)` : text
}
