import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fingerprintOf, importFiles, kindOf, openText, rankOf, readWhole } from '../../../server/cli/import/files.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'candela-files-'))
  mkdirSync(join(folder, 'deep', '.hidden'), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const bundle = (type: string, ...types: string[]) =>
  JSON.stringify({ resourceType: 'Bundle', type, entry: types.map((resourceType) => ({ resource: { resourceType } })) })

test('folders are read through, and what others refer to goes first', async () => {
  write('a-patient.json', bundle('transaction', 'Patient', 'Encounter'))
  write('b-batch.json', bundle('batch', 'Medication'))
  write('practitionerInformation1.json.gz', gzipSync(bundle('batch', 'Practitioner')))
  write('z-hospitalInformation1.json', bundle('batch', 'Organization'))
  write('deep/Observation.ndjson', '{"resourceType":"Observation"}\n')
  write('deep/Location.ndjson', '{"resourceType":"Location"}\n')
  write('deep/.hidden/Patient.ndjson', '{"resourceType":"Patient"}\n')
  write('readme.txt', 'not FHIR')
  const files = await importFiles([folder, join(folder, 'a-patient.json')])
  expect(files.map((file) => [relative(folder, file.path), file.kind, file.gzip])).toEqual([
    ['deep/Location.ndjson', 'ndjson', false],
    ['z-hospitalInformation1.json', 'json', false],
    ['practitionerInformation1.json.gz', 'json', true],
    ['b-batch.json', 'json', false],
    ['a-patient.json', 'json', false],
    ['deep/Observation.ndjson', 'ndjson', false],
  ])
})

test('a path that does not exist is bad usage', async () => {
  await expect(importFiles([join(folder, 'nowhere')])).rejects.toThrow('There is no file or folder')
})

test.each([
  ['x.ndjson', '', 'ndjson'],
  ['x.jsonl.gz', '{"a":1}', 'ndjson'],
  ['x.json', '{"a":1}\n{"b":2}\n', 'ndjson'],
  ['x.json', '{"a":1}\n', 'json'],
  ['x.json', '{\n"a":1}', 'json'],
  ['x.json', '{"a":[\n{"b":1}]}', 'json'],
])('%s with %j is %s', (path, head, kind) => {
  expect(kindOf(path, head)).toBe(kind)
})

test.each([
  ['hospitalInformation1.json', '{}', 0],
  ['practitionerInformation1.json', '{}', 1],
  ['x.ndjson', '{"resourceType":"Organization"}', 0],
  ['x.ndjson', '{"resourceType": "Practitioner"}', 1],
  ['x.json', bundle('collection', 'Location', 'Organization'), 0],
  ['x.json', bundle('transaction', 'Organization', 'Practitioner'), 1],
  ['x.json', bundle('batch', 'Patient'), 2],
  ['x.json', bundle('transaction', 'Patient', 'Organization'), 3],
  ['x.json', 'nonsense', 3],
])('%s with %s has rank %i', (name, head, rank) => {
  expect(rankOf(name, head)).toBe(rank)
})

test('a file is known by its content, not by its name or its time', async () => {
  const fingerprint = async (path: string, content: string) =>
    fingerprintOf({ path: write(path, content), size: Buffer.byteLength(content) })
  const one = await fingerprint('one', 'content')
  expect(await fingerprint('two', 'content')).toBe(one)
  expect(await fingerprint('one', 'Content')).not.toBe(one)
})

test('a large file is known by its size and samples of it, its end among them', async () => {
  const bytes = Buffer.alloc(17 * 1024 * 1024, 'x')
  const fingerprint = async () => fingerprintOf({ path: write('large', bytes), size: bytes.length })
  const first = await fingerprint()
  expect(await fingerprint()).toBe(first)
  bytes.write('y', bytes.length - 1)
  expect(await fingerprint()).not.toBe(first)
})

test('the text of a file is read from a position, a compressed one from its beginning', async () => {
  const path = write('plain', '0123456789')
  const read = async (text: ReturnType<typeof openText>) => {
    let all = ''
    for await (const chunk of text.stream) all += chunk
    return [all, text.bytesRead()]
  }
  expect(await read(openText({ path, gzip: false }, 4))).toEqual(['456789', 10])
  const packed = gzipSync('0123456789')
  expect(await read(openText({ path: write('packed', packed), gzip: true }, 4))).toEqual(['0123456789', packed.length])
})

test('a document is read whole, up to a size', async () => {
  const text = 'x'.repeat(100_000)
  const file = (content: Buffer | string, gzip: boolean) =>
    ({ path: write('whole', content), size: content.length, gzip, kind: 'json', rank: 0 }) as const
  expect((await readWhole(file(text, false))).toString()).toBe(text)
  expect((await readWhole(file(gzipSync(text), true))).toString()).toBe(text)
  const twoMembers = Buffer.concat([gzipSync(text), gzipSync(text)])
  expect((await readWhole(file(twoMembers, true))).length).toBe(2 * text.length)
  await expect(readWhole(file(text, false), 1000)).rejects.toThrow('too large')
  await expect(readWhole(file(gzipSync(text).subarray(0, 50), true))).rejects.toThrow()
})
