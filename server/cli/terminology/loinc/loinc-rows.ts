/** Terms, parts and answers of LOINC, as their files go by. https://hl7.org/fhir/R4/loinc.html */
import type { ConceptRow } from '../../../fhir/terminology/concept-row.ts'
import { type Chain, keptText, rowsOf } from '../columns.ts'
import { failRow, type Row, textOf } from '../delimited-rows.ts'
import { madeOnce } from '../id-table.ts'
import type { TellProblem } from '../release.ts'
import { mapTable, type Places } from '../table.ts'
import { loincText, prefixOf } from './loinc-codes.ts'
import { formats, type LoincFiles, moreProperties, termProperties } from './loinc-files.ts'
import { forget, type Gathered, needCode } from './loinc-gather.ts'

type Property = NonNullable<ConceptRow['properties']>[number]
type Designation = NonNullable<ConceptRow['designations']>[number]
type TermColumn = (typeof formats.terms.columns)[number]

/** Where the reading stands: what was gathered, and which codes have come. */
interface Reading {
  readonly gathered: Gathered
  readonly languages: readonly string[]
  readonly partProperties: readonly string[]
  readonly codeOf: (number: number) => string
  told: Uint8Array
}

export async function* loincRows(files: LoincFiles, gathered: Gathered, tell: TellProblem): AsyncGenerator<ConceptRow> {
  const reading: Reading = {
    gathered,
    languages: files.variants.map(({ language }) => language),
    partProperties: [...gathered.partProperties.keys()],
    codeOf: madeOnce((number) => loincText(gathered.codes, number)),
    told: new Uint8Array(gathered.codes.count + 1024),
  }
  yield* mapTable(files.terms, formats.terms, tell, (row, at) => termIn(reading, row, at))
  yield* mapTable(files.parts, formats.parts, tell, (row, at) => partIn(reading, row, at))
  yield* mapTable(files.hierarchy, formats.hierarchy, tell, (row, at) => stepIn(reading, row, at))
  yield* mapTable(files.answers, formats.answers, tell, (row, at) => listIn(reading, row, at))
  yield* mapTable(files.answers, formats.answers, tell, (row, at) => answerIn(reading, row, at))
  forget(gathered)
}

/** False where the code has come before. */
function isFirst(reading: Reading, number: number): boolean {
  if (number >= reading.told.length) {
    const larger = new Uint8Array(reading.told.length * 2)
    larger.set(reading.told)
    reading.told = larger
  }
  if (reading.told[number] === 1) return false
  reading.told[number] = 1
  return true
}

function firstIn(reading: Reading, row: Row, field: number): number {
  const number = needCode(reading.gathered.codes, row, field)
  if (!isFirst(reading, number)) failRow(row, `The code '${textOf(row, field)}' came before.`)
  return number
}

function termIn(reading: Reading, row: Row, at: Places<TermColumn>): ConceptRow {
  const number = firstIn(reading, row, at.LOINC_NUM)
  const display = textOf(row, at.LONG_COMMON_NAME) || textOf(row, at.SHORTNAME)
  const definition = at.DefinitionDescription < 0 ? '' : textOf(row, at.DefinitionDescription)
  return {
    code: reading.codeOf(number),
    display,
    // Terms that are discouraged may still be used.
    active: textOf(row, at.STATUS) !== 'DEPRECATED',
    ...(definition !== '' && { definition }),
    parents: codesOf(reading, reading.gathered.parents, number),
    designations: designationsOf(reading, row, at, number),
    properties: propertiesOf(reading, row, at, number),
  }
}

const names = ['SHORTNAME', 'CONSUMER_NAME', 'DisplayName', 'RELATEDNAMES2'] as const

function designationsOf(reading: Reading, row: Row, at: Places<TermColumn>, number: number): Designation[] {
  const found: Designation[] = []
  for (const use of names) {
    const value = at[use] < 0 ? '' : textOf(row, at[use])
    if (value !== '') found.push({ language: 'en', use, value })
  }
  const { variants, texts } = reading.gathered
  const { at: place, length, language } = variants.columns
  for (const one of rowsOf(variants, number)) {
    found.push({ language: reading.languages[language[one]!]!, value: keptText(texts, place[one]!, length[one]!) })
  }
  return found
}

const columns: readonly TermColumn[] = [...termProperties, ...moreProperties]

function propertiesOf(reading: Reading, row: Row, at: Places<TermColumn>, number: number): Property[] {
  const { gathered, partProperties } = reading
  const found: Property[] = []
  for (const code of columns) {
    const value = at[code] < 0 ? '' : textOf(row, at[code])
    if (value !== '') found.push({ code, value, type: 'string' })
  }
  const notice = at.EXTERNAL_COPYRIGHT_NOTICE
  const isForeign = notice >= 0 && textOf(row, notice) !== ''
  found.push({ code: 'copyright', value: isForeign ? '3rdParty' : 'LOINC', type: 'string' })
  const { name, target } = gathered.parts.columns
  for (const one of rowsOf(gathered.parts, number)) {
    const value = reading.codeOf(target[one]!)
    found.push({ code: partProperties[name[one]!]!, value, type: 'Coding' })
  }
  for (const [code, links] of [
    ['answer-list', gathered.answerLists],
    ['group', gathered.groups],
    ['MAP_TO', gathered.mapTo],
  ] as const) {
    for (const value of codesOf(reading, links, number)) found.push({ code, value, type: 'Coding' })
  }
  return found
}

/** Each once: a term has a row for each of its paths to the root. */
function codesOf({ codeOf }: Reading, links: Chain<{ readonly target: 'int' }>, number: number): string[] {
  const targets = new Set(rowsOf(links, number).map((one) => links.columns.target[one]!))
  return [...targets].map(codeOf)
}

type PartColumn = (typeof formats.parts.columns)[number]

function partIn(reading: Reading, row: Row, at: Places<PartColumn>): ConceptRow {
  const number = firstIn(reading, row, at.PartNumber)
  const name = textOf(row, at.PartName)
  const display = textOf(row, at.PartDisplayName) || name
  return {
    code: reading.codeOf(number),
    display,
    active: textOf(row, at.Status) !== 'DEPRECATED',
    parents: codesOf(reading, reading.gathered.parents, number),
    designations: name === display ? [] : [{ language: 'en', use: 'PartName', value: name }],
    properties: [
      { code: 'PartTypeName', value: textOf(row, at.PartTypeName), type: 'string' },
      { code: 'STATUS', value: textOf(row, at.Status), type: 'string' },
    ],
  }
}

/** Parts that only the hierarchy has. */
function stepIn(reading: Reading, row: Row, at: Places<(typeof formats.hierarchy.columns)[number]>) {
  const { codes, parents } = reading.gathered
  const number = needCode(codes, row, at.CODE)
  if (prefixOf(codes, number) !== 'LP' || !isFirst(reading, number)) return undefined
  return {
    code: reading.codeOf(number),
    display: textOf(row, at.CODE_TEXT),
    active: true,
    parents: codesOf(reading, parents, number),
  }
}

type AnswerColumn = (typeof formats.answers.columns)[number]

/** A list has a row for each of its answers. */
function listIn(reading: Reading, row: Row, at: Places<AnswerColumn>): ConceptRow | undefined {
  if (!isFirst(reading, needCode(reading.gathered.codes, row, at.AnswerListId))) return undefined
  return { code: textOf(row, at.AnswerListId), display: textOf(row, at.AnswerListName), active: true }
}

/** An answer has a row for each of the lists that it is in. */
function answerIn(reading: Reading, row: Row, at: Places<AnswerColumn>): ConceptRow | undefined {
  const code = textOf(row, at.AnswerStringId)
  if (code === '') return undefined
  const number = needCode(reading.gathered.codes, row, at.AnswerStringId)
  if (!isFirst(reading, number)) return undefined
  const lists = codesOf(reading, reading.gathered.lists, number)
  return {
    code,
    display: textOf(row, at.DisplayText),
    active: true,
    properties: lists.map((value) => ({ code: 'LIST', value, type: 'Coding' })),
  }
}
