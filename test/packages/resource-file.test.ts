import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fileName, openResourceFile, writeResourceFile } from '../../server/packages/resource-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'candela-resources-'))
afterAll(() => rmSync(folder, { recursive: true }))
const texts = ['{"resourceType":"ValueSet","title":"é"}', '{"resourceType":"ValueSet","n":1.00}']

function written(folders: readonly string[], some = texts) {
  const writer = writeResourceFile(folders)
  some.forEach((text, i) => {
    writer.add({ type: 'ValueSet', url: `http://x/${i}`, version: '1', file: `${i}.json` }, text)
  })
  return writer
}

describe.each([
  ['a file', [folder]],
  ['the first folder that can be written to', ['/etc/hostname/none', folder]],
  ['memory, where none can', ['/etc/hostname/none']],
])('resources in %s', (_case, folders) => {
  test('are read as they were written, and parsed once', () => {
    const file = written(folders).finish()
    expect(file.places.map(({ url, file: name }) => [url, name])).toEqual([
      ['http://x/0', '0.json'],
      ['http://x/1', '1.json'],
    ])
    expect(file.places.map(file.text)).toEqual(texts)
    expect(JSON.stringify(file.resource(file.places[1]!))).toBe(texts[1])
    expect(file.resource(file.places[0]!)).toBe(file.resource(file.places[0]!))
    expect(file.digest).toBe(written([]).finish().digest)
  })
})

test('a file is found by its digest, and still readable when it is gone', () => {
  const { digest } = written([folder]).finish()
  const found = openResourceFile(['/none', folder], fileName(digest))!
  expect(found.digest).toBe(digest)
  rmSync(join(folder, fileName(digest)))
  expect(found.places.map(found.text)).toEqual(texts)
  expect(openResourceFile([folder], fileName(digest))).toBeUndefined()
})

test('what is half written, cut off or something else is no file of resources', () => {
  const { digest } = written([folder]).finish()
  const path = join(folder, fileName(digest))
  truncateSync(path, 60)
  expect(openResourceFile([folder], fileName(digest))).toBeUndefined()
  writeFileSync(path, 'x'.repeat(500))
  expect(openResourceFile([folder], fileName(digest))).toBeUndefined()
  rmSync(path)
})

test('what is abandoned leaves nothing', () => {
  const before = readdirSync(folder)
  written([folder]).abandon()
  expect(readdirSync(folder)).toEqual(before)
})

test('a file may be empty', () => {
  expect(written([folder], []).finish().places).toEqual([])
})
