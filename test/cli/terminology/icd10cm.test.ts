import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { orderText, tabularXml } from '../../support/icd10cm-release.ts'
import { expand, importFiles, lookUp } from '../../support/import-files.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const url = 'http://hl7.org/fhir/sid/icd-10-cm'
const name = 'icd10cm-tabular-2025.xml'
let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

describe('the tabular list of ICD-10-CM', () => {
  beforeAll(async () => {
    const lines = await importFiles(
      server,
      'icd10cm',
      { [`Table and Index/${name}`]: tabularXml },
      'icd10cm-table-index-2025.zip',
    )
    expect(lines).toEqual([expect.stringContaining(`ICD-10-CM (${url}|2025): 20 concepts`)])
  })

  test('is found by words of what people type', async () => {
    const codes = await expand(server, `${url}?fhir_vs`, '&filter=type%202%20diab')
    expect(codes).toContain('E11.9')
    expect(codes).not.toContain('E10.9')
  })

  test('has chapters, sections, and codes within codes', async () => {
    expect((await lookUp(server, url, 'E11.65')).properties).toEqual(
      expect.arrayContaining(['parent=E11.6', 'billable=true']),
    )
    const category = await lookUp(server, url, 'E11')
    expect(category.properties).toEqual(
      expect.arrayContaining(['parent=E08-E13', 'billable=false', 'includes=diabetes NOS', 'child=E11.9']),
    )
    expect((await lookUp(server, url, 'E08-E13')).properties).toEqual(
      expect.arrayContaining(['parent=4', 'notSelectable=true']),
    )
    expect((await expand(server, `${url}?fhir_vs=isa/E11`)).sort()).toEqual([
      'E11',
      'E11.6',
      'E11.65',
      'E11.8',
      'E11.9',
    ])
    expect(await lookUp(server, url, 'H81.0')).toMatchObject({ display: "Ménière's disease" })
    expect((await lookUp(server, url, 'E10')).designations).toEqual(['en: brittle diabetes (mellitus)'])
  })

  test('has seventh characters at the seventh place', async () => {
    expect(await lookUp(server, url, 'S00.01XA')).toMatchObject({ display: 'Abrasion of scalp, initial encounter' })
    const below = ['S00.01', 'S00.01XA', 'S00.01XD', 'S00.01XS']
    expect((await expand(server, `${url}?fhir_vs=isa/S00.01`)).sort()).toEqual(below)
    expect((await lookUp(server, url, 'S00.01')).properties).toContain('billable=false')
  })
})

test('the order file of ICD-10-CM gives the same codes without chapters', async () => {
  await importFiles(server, 'icd10cm', { 'icd10cm-order-2025.txt': orderText })
  expect(await lookUp(server, url, 'E11.65')).toMatchObject({ version: '2025' })
  expect((await lookUp(server, url, 'E11.65')).properties).toEqual(
    expect.arrayContaining(['parent=E11.6', 'billable=true']),
  )
  expect((await lookUp(server, url, 'E11.6')).designations).toEqual([
    'en: Type 2 diabetes mellitus with oth complications',
  ])
  expect(await expand(server, `${url}?fhir_vs`, '&filter=type%202%20diab')).toContain('E11.9')
})

test.each([
  ['XML that is cut off', { [name]: tabularXml.slice(0, 1500) }, `${name}, line `],
  [
    'XML that is none',
    { [name]: '<ICD10CM.tabular><version>2025</version>\n<chapter></section>' },
    `${name}, line 2: `,
  ],
  [
    'a code that comes twice',
    { [name]: tabularXml.replaceAll('E11.8', 'E11.9') },
    "line 21: The code 'E11.9' came before",
  ],
  ['elements without end', { [name]: `<version>2025</version>`.padStart(10) + '<a>'.repeat(200) }, 'line 1: '],
  [
    'a line that is cut off',
    { 'icd10cm-order-2026.txt': `${orderText}00006 S00` },
    'icd10cm-order-2026.txt, line 6: The line is not of the form',
  ],
  ['no year', { 'icd10cm-order.txt': orderText }, 'The year of the release is not known'],
  ['other files', { 'readme.txt': 'x' }, "there is no file 'icd10cm-order-….txt'"],
])('%s is refused', async (_case, files, expected) => {
  await expect(importFiles(server, 'icd10cm', files as Record<string, string>)).rejects.toThrow(expected)
})
