import { expect, test } from 'vitest'
import { nameProblem, tidyName } from '../../../server/smart/clients/shown-name.ts'

test.each([
  'Growth Chart',
  'Wachstumskurve für Kinder (2.0)',
  'Año & Niño – ¡sí!',
  'تطبيق السجل',
  'רשומה רפואית',
  '成长图表',
  'Thuốc của tôi',
  'स्वास्थ्य',
  'x'.repeat(100),
])('%s is a name', (name) => {
  expect(nameProblem(name)).toBeUndefined()
})

test.each([
  ['nothing', ''],
  ['no letter', '…!?'],
  ['too long', 'x'.repeat(101)],
  ['a line break', 'a\nb'],
  ['a null', 'a\u0000b'],
  ['a control of C1', 'a\u0085b'],
  ['a deletion', 'a\u007fb'],
  ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e, 0x200f, 0x061c].map(
    (code) => [`the direction U+${code.toString(16)}`, `a${String.fromCodePoint(code)}b`] as const,
  ),
  ...[0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, 0x00ad, 0x034f, 0x180e, 0x115f, 0x3164, 0xffa0, 0x2800, 0xfe0f].map(
    (code) => [`the invisible U+${code.toString(16)}`, `a${String.fromCodePoint(code)}b`] as const,
  ),
  ['a tag', 'a\u{e0041}b'],
  ['a line separator', 'a\u2028b'],
  ['a paragraph separator', 'a\u2029b'],
  ['a private character', 'a\ue000b'],
  ['an annotation', 'a\ufff9b'],
  ['half a character', 'a\ud800b'],
  ['a heap of marks', `a${'\u0301'.repeat(4)}b`],
] as const)('%s is none', (_name, name) => {
  expect(nameProblem(name)).toEqual(expect.any(String))
})

test('spaces are single, and not at the ends', () => {
  expect(tidyName('\u00a0 Growth \u3000\u2003Chart ')).toBe('Growth Chart')
})
