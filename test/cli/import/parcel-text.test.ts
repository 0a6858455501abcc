import { expect, test } from 'vitest'
import { lineTexts, type ParcelText } from '../../../server/cli/import/parcel-text.ts'

const resource = (i: number) => `{"resourceType":"Patient","id":"p${i}"}`

test('lines are put together to texts that know where they begin and end', async () => {
  async function* lines() {
    for (let i = 1; i <= 2500; i++) yield { bytes: Buffer.from(resource(i)), number: i, end: i * 100 }
  }
  const texts: ParcelText[] = []
  for await (const text of lineTexts(lines(), 50)) texts.push(text)
  expect(texts.map(({ lines, from, to, line }) => [lines?.length, from, to, line])).toEqual([
    [1000, 50, 100_000, 1000],
    [1000, 100_000, 200_000, 2000],
    [500, 200_000, 250_000, 2500],
  ])
  const { bytes, lines: ranges } = texts[1]!
  const { start, end, number } = ranges![3]!
  expect(number).toBe(1004)
  expect(Buffer.from(bytes.subarray(start, end)).toString()).toBe(resource(1004))
})

test('few long lines make a text of their own', async () => {
  const bytes = Buffer.alloc(3 * 1024 * 1024, 'x')
  async function* lines() {
    for (let i = 1; i <= 3; i++) yield { bytes, number: i, end: i * bytes.length }
  }
  const counts: number[] = []
  for await (const { lines: ranges } of lineTexts(lines(), 0)) counts.push(ranges!.length)
  expect(counts).toEqual([2, 1])
})
