import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { expand, type Files, importFiles, lookUp } from '../../support/import-files.ts'
import { csvText, loincColumns, loincRow } from '../../support/loinc-release.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const url = 'http://loinc.org'
let server: TestServer
beforeAll(async () => {
  server = await testServer()
  const [line, ...problems] = await importFiles(server, 'loinc', release(), 'Loinc_2.80.zip')
  expect(line).toContain(`LOINC (${url}|2.80): 13 concepts`)
  expect(problems).toEqual([])
})
afterAll(() => server.close())

const hierarchy = 'AccessoryFiles/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv'

function release(more: readonly (readonly string[])[] = []): Files {
  return {
    'LoincTable/Loinc.csv': csvText([
      loincColumns,
      loincRow({
        LOINC_NUM: '718-7',
        LONG_COMMON_NAME: 'Hemoglobin [Mass/volume] in Blood',
        SHORTNAME: 'Hgb Bld-mCnc',
        COMPONENT: 'Hemoglobin',
        SYSTEM: 'Bld',
        SCALE_TYP: 'Qn',
        CLASS: 'HEM/BC',
        STATUS: 'ACTIVE',
        RELATEDNAMES2: 'Hb; Hgb; Haemoglobin',
        EXTERNAL_COPYRIGHT_NOTICE: 'Copyright ©, "all rights"\nreserved',
      }),
      loincRow({ LOINC_NUM: '1234-4', LONG_COMMON_NAME: 'Old test', STATUS: 'DEPRECATED', SCALE_TYP: 'Qn' }),
      loincRow({
        LOINC_NUM: '72166-2',
        LONG_COMMON_NAME: 'Tobacco smoking status',
        SCALE_TYP: 'Nom',
        STATUS: 'ACTIVE',
      }),
      ...more,
    ]),
    'LoincTable/MapTo.csv': csvText([
      ['LOINC', 'MAP_TO', 'COMMENT'],
      ['1234-4', '718-7', ''],
    ]),
    'AccessoryFiles/PartFile/Part.csv': csvText([
      ['PartNumber', 'PartTypeName', 'PartName', 'PartDisplayName', 'Status'],
      ['LP14449-0', 'COMPONENT', 'Hemoglobin', 'Hémoglobine', 'ACTIVE'],
      ['LP7057-5', 'SYSTEM', 'Bld', 'Blood', 'ACTIVE'],
    ]),
    'AccessoryFiles/PartFile/LoincPartLink_Primary.csv': csvText([
      [
        'LoincNumber',
        'LongCommonName',
        'PartNumber',
        'PartName',
        'PartCodeSystem',
        'PartTypeName',
        'LinkTypeName',
        'Property',
      ],
      ['718-7', 'x', 'LP14449-0', 'Hemoglobin', url, 'COMPONENT', 'Primary', `${url}/property/COMPONENT`],
      ['718-7', 'x', 'LP7057-5', 'Bld', url, 'SYSTEM', 'Primary', `${url}/property/SYSTEM`],
    ]),
    [hierarchy]: csvText([
      ['PATH_TO_ROOT', 'SEQUENCE', 'IMMEDIATE_PARENT', 'CODE', 'CODE_TEXT'],
      ['', '1', '', 'LP432695-7', '{component}'],
      ['LP432695-7', '1', 'LP432695-7', 'LP392452-1', 'Hemoglobin | Blood'],
      ['LP432695-7.LP392452-1', '1', 'LP392452-1', '718-7', 'Hgb Bld-mCnc'],
      ['LP432695-7.LP392452-1', '2', 'LP392452-1', '718-7', 'Hgb Bld-mCnc'],
      ['LP432695-7', '2', 'LP432695-7', '1234-4', 'Old'],
    ]),
    'AccessoryFiles/AnswerFile/AnswerList.csv': csvText([
      ['AnswerListId', 'AnswerListName', 'AnswerStringId', 'LocalAnswerCode', 'SequenceNumber', 'DisplayText'],
      ['LL2201-3', 'Smoking status', 'LA18980-5', '', '', 'Unknown if ever smoked'],
      ['LL2201-3', 'Smoking status', 'LA18978-9', '', '10', 'Never smoker'],
      ['LL2201-3', 'Smoking status', 'LA18976-3', '', '2', 'Current every day smoker'],
      ['LL9999-9', 'Another list', 'LA18978-9', '', '1', 'Never smoker'],
      ['LL9999-9', 'Another list', '', 'x', '2', 'Of another system'],
      ['LL8888-8', 'A list of another system', '', 'x', '1', 'Of another system'],
    ]),
    'AccessoryFiles/AnswerFile/LoincAnswerListLink.csv': csvText([
      ['LoincNumber', 'LongCommonName', 'AnswerListId', 'AnswerListName', 'AnswerListLinkType', 'ApplicableContext'],
      ['72166-2', 'Tobacco smoking status', 'LL2201-3', 'Smoking status', 'NORMATIVE', ''],
    ]),
    'AccessoryFiles/GroupFile/Group.csv': csvText([
      ['ParentGroupId', 'GroupId', 'Group', 'Archetype', 'Status', 'VersionFirstReleased'],
      ['LG100-4', 'LG51018-6', 'Hemoglobin', '', 'Active', ''],
    ]),
    'AccessoryFiles/GroupFile/GroupLoincTerms.csv': csvText([
      ['Category', 'GroupId', 'Archetype', 'LoincNumber', 'LongCommonName'],
      ['Flowsheet', 'LG51018-6', '', '718-7', 'x'],
    ]),
    'AccessoryFiles/LinguisticVariants/deDE15LinguisticVariant.csv': csvText([
      ['LOINC_NUM', 'COMPONENT', 'LONG_COMMON_NAME', 'LinguisticVariantDisplayName'],
      ['718-7', 'Hämoglobin', 'Hämoglobin im Blut', ''],
    ]),
  }
}

describe('a release of LOINC', () => {
  test('gives terms their names, properties, parts and groups', async () => {
    const found = await lookUp(server, url, '718-7')
    expect(found).toMatchObject({ display: 'Hemoglobin [Mass/volume] in Blood', version: '2.80' })
    expect(found.designations).toEqual(expect.arrayContaining(['en: Hgb Bld-mCnc', 'de-DE: Hämoglobin im Blut']))
    expect(found.properties).toEqual(
      expect.arrayContaining([
        'parent=LP392452-1',
        'COMPONENT=Hemoglobin',
        'COMPONENT=LP14449-0',
        'group=LG51018-6',
        'copyright=3rdParty',
        'EXTERNAL_COPYRIGHT_NOTICE=Copyright ©, "all rights"\nreserved',
      ]),
    )
    expect((await lookUp(server, url, 'LP14449-0')).display).toBe('Hémoglobine')
    expect((await lookUp(server, url, '72166-2')).properties).toContain('answer-list=LL2201-3')
  })

  test('keeps terms out of use, with what is in their place', async () => {
    const { properties } = await lookUp(server, url, '1234-4')
    expect(properties).toEqual(expect.arrayContaining(['inactive=true', 'STATUS=DEPRECATED', 'MAP_TO=718-7']))
  })

  test.each([
    ['an answer list', 'vs/LL2201-3', ['LA18976-3', 'LA18978-9', 'LA18980-5']],
    ['an answer list of a version', 'vs/LL2201-3|2.80', ['LA18976-3', 'LA18978-9', 'LA18980-5']],
    ['a list of other answers', 'vs/LL8888-8', []],
    ['a list that shares an answer', 'vs/LL9999-9', ['LA18978-9']],
    ['a part', 'vs/LP432695-7', ['LP392452-1', '718-7', '1234-4']],
    ['a group', 'vs/LG51018-6', ['718-7']],
    ['a group of groups', 'vs/LG100-4', ['718-7']],
  ])('implies the value set of %s', async (_case, path, codes) => {
    expect((await expand(server, `${url}/${path}`)).sort()).toEqual([...codes].sort())
  })

  test.each([
    'vs/LL2201-3|2.79',
    'vs/LL1-9',
    'vs/LG1-8',
    'vs/LP1-8',
    'vs/718-7',
    'vs/LL8888-8|2.79',
    '?fhir_vs=isa/LP1-8',
  ])('has no value set %s', async (path) => {
    const canonical = `${url}${path.startsWith('?') ? '' : '/'}${path}`
    const reply = await server.fhir('GET', `ValueSet/$expand?url=${encodeURIComponent(canonical)}`)
    expect([reply.status, JSON.stringify(reply.json)]).toEqual([404, expect.stringContaining(canonical)])
  })

  test('gives answers in the order of their list', async () => {
    expect(await expand(server, `${url}/vs/LL2201-3`)).toEqual(['LA18976-3', 'LA18978-9', 'LA18980-5'])
    const query = new URLSearchParams({ url: `${url}/vs/LL2201-3`, system: url, code: 'LA18978-9' })
    const judged = await server.fhir('GET', `ValueSet/$validate-code?${query}`)
    expect((judged.json['parameter'] as JsonObject[])[0]).toEqual({ name: 'result', valueBoolean: true })
  })

  test('is searched by any of its names', async () => {
    for (const filter of ['hgb', 'haemo', 'hämoglobin', 'hemo blood']) {
      expect(await expand(server, `${url}/vs`, `&filter=${encodeURIComponent(filter)}`)).toContain('718-7')
    }
  })
})

const refused: readonly (readonly [
  what: string,
  changed: Readonly<Record<string, Files[string] | undefined>>,
  expected: string,
])[] = [
  [
    'a row that has too few columns',
    { 'LoincTable/Loinc.csv': `${release()['LoincTable/Loinc.csv']}"1-8","x"\r\n` },
    'line 6: The row has 2 columns, the first row has 15',
  ],
  [
    'a quote that is not closed',
    { 'LoincTable/Loinc.csv': `${release()['LoincTable/Loinc.csv']}"1-8","x` },
    'line 6: A quote is not closed',
  ],
  [
    'a column that is missing',
    { 'LoincTable/Loinc.csv': '"LOINC_NUM","STATUS"\r\n"1-8","x"\r\n' },
    "line 1: There is no column 'LONG_COMMON_NAME'",
  ],
  [
    'a code that comes twice',
    release([loincRow({ LOINC_NUM: '718-7', LONG_COMMON_NAME: 'Again' })]),
    "Loinc.csv, line 6: The code '718-7' came before",
  ],
  [
    'something that is no code',
    release([loincRow({ LOINC_NUM: '7l8-7', LONG_COMMON_NAME: 'x' })]),
    "line 6: '7l8-7' is not a code of LOINC",
  ],
  [
    'parts below each other',
    { [hierarchy]: `${release()[hierarchy]}"","","LP392452-1","LP432695-7",""\r\n` },
    'ComponentHierarchyBySystem.csv, line',
  ],
  ...Object.keys(release())
    .filter((name) => !/LoincTable\/Loinc\.csv|Variant/.test(name))
    .flatMap((name) => [
      [`no ${name}`, { [name]: undefined }, `The release is not complete: there is no file '${name}'`] as const,
      [
        `nothing in ${name}`,
        { [name]: String(release()[name]).split('\r\n', 1)[0]! },
        `${name}: There is no row below the first`,
      ] as const,
    ]),
  ['no terms', { 'LoincTable/Loinc.csv': csvText([loincColumns]) }, 'Loinc.csv: There is no row below the first'],
  ['another archive', { 'LoincTable/Loinc.csv': undefined }, "there is no file 'LoincTable/Loinc.csv'"],
]

test.each(refused)('a release with %s is refused, and nothing of it kept', async (_case, changed, expected) => {
  const files = Object.entries({ ...release(), ...changed }).filter(([, content]) => content !== undefined)
  await expect(importFiles(server, 'loinc', Object.fromEntries(files) as Files, 'Loinc_2.81.zip')).rejects.toThrow(
    expected,
  )
  expect(await lookUp(server, url, '718-7')).toMatchObject({ version: '2.80' })
})

test('a release whose version nobody names is refused', async () => {
  await expect(importFiles(server, 'loinc', release(), 'loinc.zip')).rejects.toThrow(
    'The version of the release is not known',
  )
})
