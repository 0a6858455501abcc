/** Releases of some thousands of concepts, in files of the size that makes rows cross the pieces they arrive in. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expand, importPath, lookUp } from '../../support/import-files.ts'
import { writeLargeLoinc } from '../../support/loinc-release.ts'
import { snomedId, writeLargeSnapshot } from '../../support/snomed-release.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const concepts = 20_000
let server: TestServer
let folder: string
beforeAll(async () => {
  server = await testServer()
  folder = mkdtempSync(join(tmpdir(), 'candela-large-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server.close()
})

test.each([
  ['snomed', writeLargeSnapshot, 'http://snomed.info/sct', snomedId(concepts - 1, '00')],
  ['loinc', writeLargeLoinc, 'http://loinc.org', 'LP6999-9'],
] as const)('all concepts of a large release of %s are there', async (kind, write, url, lastCode) => {
  const written = await write(join(folder, kind), concepts)
  const lines = await importPath(server, kind, written)
  const codes = concepts + (kind === 'loinc' ? 1 : 0)
  expect(lines).toEqual([expect.stringMatching(new RegExp(`: ${codes} concepts in .* a second`))])
  const { version, properties } = await lookUp(server, url, lastCode)
  expect(version).not.toBe('')
  const parent = properties.find((one) => one.startsWith('parent='))!.slice('parent='.length)
  expect(await expand(server, `${url}?fhir_vs=isa/${parent}`)).toContain(lastCode)
  expect((await expand(server, `${url}?fhir_vs`, '&filter=meniere')).length).toBeGreaterThan(10)
})
