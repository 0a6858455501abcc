import { expect, test } from 'vitest'
import { textOf, visitRows } from '../../../server/cli/terminology/delimited-rows.ts'
import { csv } from '../../../server/cli/terminology/quoted-rows.ts'
import { oneOf, randomFrom, seed } from '../../support/random.ts'

async function rowsIn(text: string, size: number): Promise<{ line: number; fields: string[] }[]> {
  const bytes = Buffer.from(text)
  async function* open() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const rows: { line: number; fields: string[] }[] = []
  const file = { path: 'a.csv', name: 'a.csv', size: bytes.length, open }
  await visitRows(
    file,
    csv,
    () => {},
    (row) => {
      rows.push({ line: row.line, fields: Array.from({ length: row.count }, (_, i) => textOf(row, i)) })
    },
  )
  return rows
}

test.each([
  [
    'fields without quotes',
    'a,b\r\nc,d\r\n',
    [
      { line: 1, fields: ['a', 'b'] },
      { line: 2, fields: ['c', 'd'] },
    ],
  ],
  [
    'a last row without its end',
    'a,b\nc,',
    [
      { line: 1, fields: ['a', 'b'] },
      { line: 2, fields: ['c', ''] },
    ],
  ],
  ['doubled quotes', '"say ""hi""",""""\n', [{ line: 1, fields: ['say "hi"', '"'] }]],
  [
    'commas and lines in quotes',
    '"a,\r\nb",c\nd,e\n',
    [
      { line: 1, fields: ['a,\r\nb', 'c'] },
      { line: 3, fields: ['d', 'e'] },
    ],
  ],
  [
    'blank lines and a mark before',
    '\ufeffa,b\n\n\nc,d\n',
    [
      { line: 1, fields: ['a', 'b'] },
      { line: 4, fields: ['c', 'd'] },
    ],
  ],
  ['empty fields', ',""\n', [{ line: 1, fields: ['', ''] }]],
])('CSV with %s', async (_case, text, expected) => {
  for (const size of [1, 2, 3, 1000]) expect(await rowsIn(text, size)).toEqual(expected)
})

test(`CSV made up from seed ${seed} is read as it was written, however it arrives`, async () => {
  const random = randomFrom(seed)
  const field = () =>
    Array.from({ length: random() * 6 }, () => oneOf(random, ['a', 'é', '"', ',', '\n', '\r\n', '𝄞', ' '])).join('')
  for (let i = 0; i < 200; i++) {
    const rows = Array.from({ length: 1 + random() * 5 }, () => Array.from({ length: 2 + random() * 4 }, field))
    const text = rows.map(
      (row) =>
        `${row.map((one) => (/[",\r\n]/.test(one) || random() < 0.3 ? `"${one.replaceAll('"', '""')}"` : one)).join(',')}\r\n`,
    )
    const read = await rowsIn(text.join(''), 1 + Math.floor(random() * 10))
    expect(
      read.map(({ fields }) => fields),
      text.join(''),
    ).toEqual(rows)
  }
})
