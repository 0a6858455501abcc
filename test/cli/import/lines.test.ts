import { expect, test } from 'vitest'
import { type Line, linesOf } from '../../../server/cli/import/lines.ts'

const text = '{"a":1}\n\n  \r\n{"ü":"€"}\r\nlast'

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}

async function linesIn(chunks: AsyncIterable<Buffer>, start = { position: 0, line: 0, skip: 0 }, longest?: number) {
  const lines: Line[] = []
  for await (const line of linesOf(chunks, start, longest)) lines.push({ ...line, bytes: Buffer.from(line.bytes) })
  return lines
}

test.each([1, 2, 3, 7, 1000])(
  'lines are found in chunks of %i bytes, with their numbers and their ends',
  async (size) => {
    const lines = await linesIn(chunked(Buffer.from(text), size))
    expect(lines.map(({ bytes, number, end }) => [bytes.toString().trim(), number, end])).toEqual([
      ['{"a":1}', 1, 8],
      ['{"ü":"€"}', 4, 27],
      ['last', 5, 31],
    ])
  },
)

test.each([1, 5, 1000])('reading goes on behind any line, in chunks of %i bytes', async (size) => {
  const bytes = Buffer.from(text)
  const all = await linesIn(chunked(bytes, size))
  for (const [i, { end, number }] of all.entries()) {
    const cut = { position: end, line: number, skip: 0 }
    expect(await linesIn(chunked(bytes.subarray(end), size), cut)).toEqual(all.slice(i + 1))
    expect(await linesIn(chunked(bytes, size), { ...cut, skip: end })).toEqual(all.slice(i + 1))
  }
})

test.each([1, 3, 1000])('a line that is too long is told of and left out, in chunks of %i bytes', async (size) => {
  const lines = await linesIn(chunked(Buffer.from('ab\nabcdefghijklmno\ncd\nabcdefghijklmnop'), size), undefined, 10)
  expect(lines.map(({ bytes, number, end, tooLong }) => [bytes.toString(), number, end, tooLong])).toEqual([
    ['ab', 1, 3, undefined],
    ['', 2, 19, true],
    ['cd', 3, 22, undefined],
    ['', 4, 38, true],
  ])
})

test('nothing has no lines', async () => {
  expect(await linesIn(chunked(Buffer.from(''), 10))).toEqual([])
  expect(await linesIn(chunked(Buffer.from('\n\n'), 10))).toEqual([])
})
