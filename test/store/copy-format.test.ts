import { expect, test } from 'vitest'
import {
  beginRow,
  type CopyRows,
  copyRows,
  finishedChunks,
  putChar,
  putFloat8,
  putInt2,
  putInt4,
  putInt8,
  putInt8Array,
  putInt8Number,
  putNull,
  putText,
  putWords,
} from '../../server/store/copy-format.ts'

const header = '5047434f50590aff0d0a00' + '00000000' + '00000000'
const trailer = 'ffff'

function hexOf(write: (rows: CopyRows) => void): string {
  const rows = copyRows()
  write(rows)
  const hex = Buffer.concat(finishedChunks(rows)).toString('hex')
  expect(hex.startsWith(header)).toBe(true)
  expect(hex.endsWith(trailer)).toBe(true)
  return hex.slice(header.length, -trailer.length)
}

test.each<[string, (rows: CopyRows) => void, string]>([
  ['no row', () => {}, ''],
  ['the beginning of a row', (rows) => beginRow(rows, 3), '0003'],
  ['null', putNull, 'ffffffff'],
  ['a smallint', (rows) => putInt2(rows, -2), '00000002' + 'fffe'],
  ['an int', (rows) => putInt4(rows, 305_419_896), '00000004' + '12345678'],
  ['a negative int', (rows) => putInt4(rows, -1), '00000004' + 'ffffffff'],
  ['a bigint', (rows) => putInt8(rows, 0x0123456789abcdefn), '00000008' + '0123456789abcdef'],
  ['the least bigint', (rows) => putInt8(rows, -(2n ** 63n)), '00000008' + '8000000000000000'],
  ['an absent bigint', (rows) => putInt8(rows, null), 'ffffffff'],
  ['a time as bigint', (rows) => putInt8Number(rows, 1_577_836_800_000), '00000008' + '0000016f5e66e800'],
  ['minus one as bigint', (rows) => putInt8Number(rows, -1), '00000008' + 'ffffffffffffffff'],
  ['the time before all dates', (rows) => putInt8Number(rows, -8_640_000_000_000_001), '00000008' + 'ffe14df73d23ffff'],
  ['an absent number', (rows) => putInt8Number(rows, null), 'ffffffff'],
  ['a double', (rows) => putFloat8(rows, 0.0054), '00000008' + '3f761e4f765fd8ae'],
  ['an infinite double', (rows) => putFloat8(rows, -Infinity), '00000008' + 'fff0000000000000'],
  ['an absent double', (rows) => putFloat8(rows, null), 'ffffffff'],
  ['a "char"', (rows) => putChar(rows, 'C'), '00000001' + '43'],
  ['text in parts', (rows) => putText(rows, 'a', '', 'ü€', '😀'), '0000000a' + '61' + 'c3bc' + 'e282ac' + 'f09f9880'],
  ['words', (rows) => putWords(rows, ['a', 'ü']), '0000000d' + '00000002' + '61000000' + 'c3bc000000'],
  ['empty text', (rows) => putText(rows, ''), '00000000'],
  ['an empty array', (rows) => putInt8Array(rows, []), '0000000c' + '00000000' + '00000000' + '00000014'],
  [
    'an array',
    (rows) => putInt8Array(rows, [1n, -1n]),
    '0000002c' +
      '00000001' + // one dimension
      '00000000' + // without nulls
      '00000014' + // of int8
      '00000002' + // two elements
      '00000001' + // numbered from one
      '00000008' +
      '0000000000000001' +
      '00000008' +
      'ffffffffffffffff',
  ],
])('writes %s', (_case, write, hex) => {
  expect(hexOf(write)).toBe(hex)
})

test('rows that outgrow a chunk go on in the next, byte for byte', () => {
  const rows = copyRows()
  const lines = Array.from({ length: 5000 }, (_, i) => `row ${i} ${'ä'.repeat(i % 97)}`)
  for (const line of lines) {
    beginRow(rows, 1)
    putText(rows, line)
  }
  const chunks = finishedChunks(rows)
  expect(chunks.length).toBeGreaterThan(2)
  const expected = lines.map((line) => {
    const bytes = Buffer.from(line)
    const row = Buffer.alloc(6 + bytes.length)
    row.writeInt16BE(1, 0)
    row.writeInt32BE(bytes.length, 2)
    bytes.copy(row, 6)
    return row
  })
  const head = Buffer.from(header, 'hex')
  expect(Buffer.concat(chunks).equals(Buffer.concat([head, ...expected, Buffer.from(trailer, 'hex')]))).toBe(true)
})

test('a text larger than a chunk is written whole', () => {
  const text = 'x€'.repeat(300_000)
  expect(hexOf((rows) => putText(rows, text))).toBe(
    `${Buffer.byteLength(text).toString(16).padStart(8, '0')}${Buffer.from(text).toString('hex')}`,
  )
})
