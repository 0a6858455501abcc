import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenedPackage, openPackage } from '../../server/packages/open-package.ts'
import { loadDefinitions } from '../../server/packages.ts'
import { archiveOf, packageOf, type SamplePackage, valueSet } from '../support/package-archive.ts'
import { needsFolder, sharedFolder } from '../support/shared-data.ts'

const folder = mkdtempSync(join(tmpdir(), 'candela-open-'))
afterAll(() => rmSync(folder, { recursive: true }))
const options = { definitions: loadDefinitions('.data'), folders: [folder] }

async function opened(given: SamplePackage) {
  return openPackage(await packageOf(given), options)
}

test('every file that is not taken is listed, with its reason', async () => {
  const url = 'http://example.org/ValueSet/a'
  const found = await opened({
    resources: {
      'ValueSet-a.json': valueSet(url, '1', 'a'),
      'ValueSet-a2.json': valueSet(url, '1', 'b'),
      'ValueSet-b.json': valueSet(url, '2', 'a'),
      'broken.json': '{',
      'no-type.json': '{}',
      'no-url.json': { resourceType: 'ValueSet', status: 'active' },
      'r5.json': { resourceType: 'StructureDefinition', url, fhirVersion: '5.0.0' },
      'readme.txt': 'hello',
      '.index.json': '{ this is not read',
    },
    files: [
      { name: 'package/ValueSet-b.json', content: '{}' },
      { name: 'package/example/Patient-a.json', content: '{}' },
      { name: 'package/openapi/a.json', content: '{}' },
      { name: 'other/x', content: '' },
    ],
  })
  expect(found.problems).toEqual([
    { file: 'ValueSet-a2.json', reason: `ValueSet-a.json is ${url}|1 already: that one counts.` },
    { file: 'ValueSet-b.json', reason: 'The archive has two files of this name: the first counts.' },
    { file: 'broken.json', reason: expect.stringContaining('cannot be read as JSON') },
    { file: 'no-type.json', reason: 'It has no resourceType.' },
    { file: 'no-url.json', reason: 'It has no url by which it could be found.' },
    { file: 'r5.json', reason: 'It is for FHIR 5.0.0, not for 4.0.' },
    { file: 'readme.txt', reason: 'It is no JSON file.' },
  ])
  expect(found.resources.places.map(({ file }) => file)).toEqual(['ValueSet-a.json', 'ValueSet-b.json'])
  expect([found.examples, [...found.others]]).toEqual([
    1,
    [
      ['package/openapi/', 1],
      ['other/', 1],
    ],
  ])
  expect(found.resources.resource(found.resources.places[0]!)).toEqual(valueSet(url, '1', 'a'))
})

describe('a package is refused as a whole, and leaves nothing behind', () => {
  test.each<[string, SamplePackage, string]>([
    ['for another FHIR', { fhirVersions: ['5.0.0'] }, 'is for FHIR 5.0.0'],
    [
      'with two manifests',
      { files: [{ name: 'package/package.json', content: '{}' }] },
      'two files package/package.json',
    ],
    ['with a link', { files: [{ name: 'package/x', type: 'symlink', linkname: '/' }] }, 'a link'],
  ])('%s', async (_case, given, expected) => {
    const before = readdirSync(folder)
    await expect(opened(given)).rejects.toThrow(expected)
    expect(readdirSync(folder)).toEqual(before)
  })

  test('without a manifest', async () => {
    const archive = await archiveOf([{ name: 'package/a.json', content: '{}' }])
    await expect(openPackage(archive, options)).rejects.toThrow('it is no FHIR package')
  })
})

const shared = sharedFolder('../packages')

describe.skipIf(!shared)(needsFolder('US Core', shared), () => {
  const versions = ['6.1.0', '8.0.1'] as const
  const found = new Map<string, OpenedPackage>()
  beforeAll(async () => {
    for (const version of versions) {
      const archive = readFileSync(join(shared!, `hl7.fhir.us.core-${version}.tgz`))
      found.set(version, await openPackage(archive, options))
    }
  })

  test.each([
    ['6.1.0', { StructureDefinition: 59, ValueSet: 36, CodeSystem: 5, SearchParameter: 106 }, 183],
    ['8.0.1', { StructureDefinition: 68, ValueSet: 21, CodeSystem: 5, SearchParameter: 108 }, 228],
  ] as const)('%s is read in full', (version, counts, examples) => {
    const { resources, problems, ...rest } = found.get(version)!
    const types = Object.groupBy(resources.places, ({ type }) => type)
    for (const [type, count] of Object.entries(counts)) expect(types[type]).toHaveLength(count)
    expect(problems.filter(({ installed }) => !installed)).toEqual([])
    expect(rest).toMatchObject({ examples, manifest: { name: 'hl7.fhir.us.core', version } })
  })
})
