/** Writes files in the exact format of LOINC releases, small ones by hand and large ones made up. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { oneOf, randomFrom } from './random.ts'
import { writeFiles, writeRows } from './snomed-release.ts'

/** As LOINC writes them: every field in quotes, CRLF. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\r\n`).join('')
}

/** Those of the table that tests fill. */
export const loincColumns = [
  'LOINC_NUM',
  'COMPONENT',
  'PROPERTY',
  'TIME_ASPCT',
  'SYSTEM',
  'SCALE_TYP',
  'METHOD_TYP',
  'CLASS',
  'STATUS',
  'CLASSTYPE',
  'RELATEDNAMES2',
  'SHORTNAME',
  'ORDER_OBS',
  'EXTERNAL_COPYRIGHT_NOTICE',
  'LONG_COMMON_NAME',
] as const

export function loincRow(values: Partial<Record<(typeof loincColumns)[number], string>>): string[] {
  return loincColumns.map((name) => values[name] ?? '')
}

/** `20005-3`: the digit at the end is but a digit here. */
function codeOf(prefix: string, index: number): string {
  return `${prefix}${index + 1000}-${index % 10}`
}

const parts = ['Hemoglobin', 'Glucose', 'Ménière score', 'Sodium', 'Creatinine', 'Bacteria', 'Virus RNA', 'Ab.IgG']
const systems = ['Bld', 'Ser/Plas', 'Urine', 'CSF', 'Isolate', '^Patient']
const scales = ['Qn', 'Ord', 'Nom', 'Nar', 'Doc']
/** Of a hundred codes, those that are parts. */
const partShare = 30

/** As many codes as told: terms of the length and the number of columns that real ones have, and the parts above them. */
export async function writeLargeLoinc(folder: string, codes: number, seed = 1): Promise<string> {
  const random = randomFrom(seed)
  const partCount = Math.floor((codes * partShare) / 100)
  const termCount = codes - partCount
  const root = join(folder, 'Loinc_2.80')
  const tables = join(root, 'LoincTable')
  const accessory = join(root, 'AccessoryFiles')
  const [partFolder, hierarchy] = [join(accessory, 'PartFile'), join(accessory, 'ComponentHierarchyBySystem')]
  for (const one of [tables, partFolder, hierarchy]) mkdirSync(one, { recursive: true })
  writeFiles(root, smallTables(codeOf('', 0), codeOf('LP', 0)))
  const write = (path: string, head: readonly string[], count: number, row: (i: number) => readonly string[]) =>
    writeRows(path, csvText([head]), count, (i) => csvText([row(i)]).slice(0, -2))
  const filler = Array.from({ length: 24 }, (_, i) => `FILLER_${i}`)
  await write(join(tables, 'Loinc.csv'), [...loincColumns, ...filler], termCount, (i) => {
    const [part, system] = [oneOf(random, parts), oneOf(random, systems)]
    const name = `${part} ${i % 9973} [Mass/volume] in ${system} by "Method" ${Math.floor(random() * 500)}`
    const row = loincRow({
      LOINC_NUM: codeOf('', i),
      COMPONENT: `${part} ${i % 9973}`,
      PROPERTY: 'MCnc',
      TIME_ASPCT: 'Pt',
      SYSTEM: system,
      SCALE_TYP: oneOf(random, scales),
      CLASS: `CLASS ${i % 200}`,
      STATUS: i % 20 === 19 ? 'DEPRECATED' : 'ACTIVE',
      CLASSTYPE: '1',
      RELATEDNAMES2: `${part}; Synonym ${i % 1000}; Level; Mass concentration; Point in time; Random; Quantitative`,
      SHORTNAME: `${part.slice(0, 4)} ${i % 9973} ${system}-mCnc`,
      ORDER_OBS: 'Both',
      LONG_COMMON_NAME: name,
    })
    return [...row, ...filler.map(() => '')]
  })
  const partColumns = ['PartNumber', 'PartTypeName', 'PartName', 'PartDisplayName', 'Status']
  await write(join(partFolder, 'Part.csv'), partColumns, partCount, (i) => {
    const name = `${oneOf(random, parts)} ${i}`
    return [codeOf('LP', i), 'COMPONENT', name, `${name} part`, 'ACTIVE']
  })
  const steps = ['PATH_TO_ROOT', 'SEQUENCE', 'IMMEDIATE_PARENT', 'CODE', 'CODE_TEXT']
  await write(join(hierarchy, 'ComponentHierarchyBySystem.csv'), steps, codes, (i) => {
    const above = i === 0 ? '' : codeOf('LP', Math.floor(random() * Math.min(i, partCount)))
    return ['', String(i), above, i < partCount ? codeOf('LP', i) : codeOf('', i - partCount), 'A step']
  })
  return root
}

/** What a release has besides, in files of a few rows. */
function smallTables(term: string, part: string): Readonly<Record<string, string>> {
  const accessory = 'AccessoryFiles'
  return {
    'LoincTable/MapTo.csv': csvText([
      ['LOINC', 'MAP_TO', 'COMMENT'],
      [term, term, ''],
    ]),
    [`${accessory}/PartFile/LoincPartLink_Primary.csv`]: csvText([
      ['LoincNumber', 'PartNumber', 'Property'],
      [term, part, 'http://loinc.org/property/COMPONENT'],
    ]),
    [`${accessory}/AnswerFile/AnswerList.csv`]: csvText([
      ['AnswerListId', 'AnswerListName', 'AnswerStringId', 'SequenceNumber', 'DisplayText'],
      ['LL1-9', 'Answers of other systems', '', '1', 'Yes'],
    ]),
    [`${accessory}/AnswerFile/LoincAnswerListLink.csv`]: csvText([
      ['LoincNumber', 'AnswerListId'],
      [term, 'LL1-9'],
    ]),
    [`${accessory}/GroupFile/Group.csv`]: csvText([
      ['ParentGroupId', 'GroupId'],
      ['LG1-8', 'LG2-6'],
    ]),
    [`${accessory}/GroupFile/GroupLoincTerms.csv`]: csvText([
      ['GroupId', 'LoincNumber'],
      ['LG2-6', term],
    ]),
  }
}
