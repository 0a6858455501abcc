/** Code systems of a single file. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { expand, type Files, importFiles, lookUp } from '../../support/import-files.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

describe('CVX', () => {
  const url = 'http://hl7.org/fhir/sid/cvx'
  const vaccine = (code: string, name: string, status: string, day: string) =>
    `${code.padEnd(10)}|${name}|${name}, full name|A note|${status}|139|False|${day}\r\n`
  const text = [
    vaccine('143', 'Adenovirus types 4 and 7', 'Active', '2020/07/20'),
    vaccine('01', 'DTP', 'Inactive', '2010/09/30'),
    vaccine('998', 'no vaccine – administered', 'Inactive', '2024/02/01'),
  ].join('')

  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ])('is read from cvx.txt in %s', async (_case, content) => {
    const [line] = await importFiles(server, 'cvx', { 'cvx.txt': content })
    expect(line).toContain(`CVX (${url}|20240201): 3 concepts`)
    expect(await lookUp(server, url, '998')).toMatchObject({ display: 'no vaccine – administered' })
    expect((await lookUp(server, url, '01')).properties).toEqual(
      expect.arrayContaining(['inactive=true', 'CVXStatus=Inactive', 'lastUpdated=2010-09-30']),
    )
  })

  test('is read from XML', async () => {
    const xml = `<?xml version='1.0' encoding='ISO-8859-1'?><CVXCodes>
<CVXInfo><ShortDescription>Adenovirus &amp; types "4" à</ShortDescription>
<FullVaccinename>Adenovirus, live, oral</FullVaccinename>
<CVXCode>143       </CVXCode>
<Notes>As 2 tablets.</Notes><Status>Active</Status><LastUpdated>3/20/2025</LastUpdated></CVXInfo></CVXCodes>`
    await importFiles(server, 'cvx', { 'cvx.xml': Buffer.from(xml, 'latin1') })
    expect(await lookUp(server, url, '143')).toMatchObject({
      display: 'Adenovirus & types "4" à',
      version: '20250320',
      designations: ['en: Adenovirus, live, oral'],
    })
  })
})

describe('UCUM', () => {
  const url = 'http://unitsofmeasure.org'
  const xml = `<?xml version="1.0" encoding="utf-8"?>
<root xmlns="http://unitsofmeasure.org/ucum-essence" version="2.1" revision="N/A" revision-date="2017-11-21">
  <prefix xmlns="" Code="k" CODE="K"><name>kilo</name><printSymbol>k</printSymbol><value value="1e3">1000</value></prefix>
  <base-unit Code="m" CODE="M" dim="L"><name>meter</name><printSymbol>m</printSymbol><property>length</property></base-unit>
  <base-unit Code="g" CODE="G" dim="M"><name>gram</name><printSymbol>g</printSymbol><property>mass</property></base-unit>
  <unit Code="L" CODE="L" isMetric="yes" class="iso1000"><name>liter</name><name>litre</name><printSymbol>L</printSymbol>
    <property>volume</property><value Unit="l" UNIT="L" value="1">1</value></unit>
  <unit Code="[lb_av]" CODE="[LB_AV]" isMetric="no" class="avoirdupois"><name>pound</name><printSymbol>lb</printSymbol>
    <property>mass</property><value Unit="[oz_av]" UNIT="[OZ_AV]" value="16">16</value></unit>
</root>`

  beforeAll(async () => {
    const [line] = await importFiles(server, 'ucum', { 'ucum-essence.xml': xml })
    expect(line).toContain(`UCUM (${url}|2.1): 4 concepts`)
  })

  test('names its units, and its grammar judges those made of them', async () => {
    expect(await lookUp(server, url, '[lb_av]')).toMatchObject({ display: 'pound' })
    expect((await lookUp(server, url, 'L')).properties).toContain('property=volume')
    for (const [code, known] of [
      ['mg/dL', true],
      ['L', true],
      ['quux', false],
    ] as const) {
      const reply = await server.fhir('GET', `CodeSystem/$validate-code?url=${url}&code=${encodeURIComponent(code)}`)
      expect((reply.json['parameter'] as JsonObject[])[0], code).toMatchObject({ valueBoolean: known })
    }
  })

  test('tells which of its units measure the same', async () => {
    const include = [{ system: url, filter: [{ property: 'canonical', op: '=', value: 'kg' }] }]
    const valueSet = { resourceType: 'ValueSet', status: 'active', compose: { include } }
    const reply = await server.fhir('POST', 'ValueSet/$expand', {
      resourceType: 'Parameters',
      parameter: [{ name: 'valueSet', resource: valueSet }],
    })
    const { contains } = reply.json['expansion'] as { contains: JsonObject[] }
    expect(contains.map(({ code }) => code).sort()).toEqual(['[lb_av]', 'g'])
  })
})

test("NUCC's taxonomy is read with its classifications above specializations", async () => {
  const url = 'http://nucc.org/provider-taxonomy'
  const csv = [
    'Code,Grouping,Classification,Specialization,Definition,Notes,Display Name,Section',
    '207R00000X,Allopathic & Osteopathic Physicians,Internal Medicine,,"A physician, who ""treats"" adults",,Internal Medicine Physician,Individual',
    '207RC0000X,Allopathic & Osteopathic Physicians,Internal Medicine,Cardiovascular Disease,,[7/1/2006: été],Cardiovascular Disease Physician,Individual',
  ].join('\r\n')
  const [line] = await importFiles(server, 'nucc', { 'nucc_taxonomy_251.csv': csv })
  expect(line).toContain(`(${url}|25.1): 2 concepts`)
  const found = await lookUp(server, url, '207RC0000X')
  expect(found.display).toBe('Cardiovascular Disease Physician')
  expect(found.properties).toEqual(expect.arrayContaining(['parent=207R00000X', 'notes=[7/1/2006: été]']))
  expect(await expand(server, `${url}?fhir_vs`, '&filter=cardio%20internal')).toEqual(['207RC0000X'])
})

test('CPT is read from the consolidated list that a licensee has', async () => {
  const url = 'http://www.ama-assn.org/go/cpt'
  const rows = [
    ['CPT codes are copyright of their owner'],
    [
      'Concept Id',
      'CPT Code',
      'Long',
      'Medium',
      'Short',
      'Consumer',
      'Spanish Consumer',
      'Current Descriptor Effective Date',
      'Test Name',
      'Lab Name',
      'Manufacturer Name',
    ],
    [
      '1',
      '9999A',
      'A made up procedure of some length',
      'MADE UP PROCEDURE',
      'MADE UP',
      'Something made up',
      'Algo inventado, año',
      '20250101',
      '',
      '',
      '',
    ],
  ]
  const text = rows.map((row) => `${row.join('\t')}\r\n`).join('')
  const [line] = await importFiles(server, 'cpt', { 'CPT 2025/Consolidated_Code_List.txt': text })
  expect(line).toContain(`CPT (${url}|2025): 1 concepts`)
  expect((await lookUp(server, url, '9999A')).designations).toContain('es: Algo inventado, año')
})

const nuccHead = 'Code,Grouping,Classification,Specialization,Definition,Notes\n'
const refused: readonly (readonly [what: string, kind: string, files: Files, expected: string])[] = [
  [
    'a vaccine with too few columns',
    'cvx',
    { 'cvx.txt': '143|x|y|2020/07/20\r\n' },
    'cvx.txt, line 1: The row has 4 columns instead of 7 or 8',
  ],
  [
    'a vaccine that comes twice',
    'cvx',
    { 'cvx.txt': '01|a|b|c|Active|False|2020/01/01\n01|a|b|c|Active|False|2020/01/01\n' },
    "cvx.txt, line 2: The code '01' came before",
  ],
  ['an empty list of vaccines', 'cvx', { 'cvx.txt': '' }, 'There is no vaccine in the list'],
  [
    'a note with a bar in it',
    'cvx',
    { 'cvx.txt': '01|DTP|x|a note with | bar|Active|False|2020/01/01\n' },
    "cvx.txt, line 1: 'Active' stands where the internal number is",
  ],
  [
    'a note with a bar in a later row',
    'cvx',
    { 'cvx.txt': '01|a|b|c|Active|False|2020/01/01\n02|a|b|c | d|Active|False|2020/01/01\n' },
    'cvx.txt, line 2: The row has 8 columns, the first row has 7',
  ],
  ['a taxonomy of nothing', 'nucc', { 'nucc_taxonomy_251.csv': nuccHead }, 'There is no row below the first'],
  ['units of which there are none', 'ucum', { 'ucum-essence.xml': '<root version="2.1"/>' }, 'no concepts'],
  ['diagnoses of which there are none', 'icd10cm', { 'icd10cm-order-2025.txt': '' }, 'The release has no concepts'],
  [
    'a taxonomy without its columns',
    'nucc',
    { 'nucc_taxonomy_251.csv': 'Code,Grouping\r\n' },
    "nucc_taxonomy_251.csv, line 1: There is no column 'Classification'",
  ],
  [
    'a provider that is none',
    'nucc',
    { 'nucc_taxonomy_251.csv': 'Code,Grouping,Classification,Specialization,Definition,Notes\n,a,b,c,d,e\n' },
    "line 2: '' is not a code of the taxonomy",
  ],
  [
    'units without a version',
    'ucum',
    { 'ucum-essence.xml': '<root><unit Code="m"/></root>' },
    'It does not begin with',
  ],
  ['an empty file', 'nucc', { 'nucc_taxonomy_251.csv': '' }, 'The file is empty'],
  [
    'a list of procedures without a year',
    'cpt',
    { 'Consolidated_Code_List.txt': 'CPT Code\tLong\n' },
    'The year of the release is not known',
  ],
  ['nothing', 'cpt', { 'a.txt': '' }, "there is no file 'Consolidated_Code_List.txt'"],
]

test.each(refused)('%s is refused', async (_what, kind, files, expected) => {
  await expect(importFiles(server, kind, files)).rejects.toThrow(expected)
})

test.each([
  ['http://terminology.hl7.org/CodeSystem/v2-0203', 'MR', 'Medical record number'],
  ['http://terminology.hl7.org/CodeSystem/v3-ActCode', 'AMB', 'ambulatory'],
])('%s comes with the definitions', async (url, code, display) => {
  expect(await lookUp(server, url, code)).toMatchObject({ display })
})
