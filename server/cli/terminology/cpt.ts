/** CPT, from the consolidated code list that those who hold a licence load. https://www.ama-assn.org/practice-management/cpt */
import type { ConceptRow } from '../../fhir/terminology/concept-row.ts'
import { delimited, failRow, type Row, separators, textOf } from './delimited-rows.ts'
import { neededFile, versionIn } from './find-files.ts'
import { type Release, ReleaseError, type ReleaseReader } from './release.ts'
import { mapTable, type Places, refuseRepeated } from './table.ts'

type Column = 'CPT Code' | 'Long' | 'Medium' | 'Short' | 'Consumer' | 'Spanish Consumer' | DateColumn
type DateColumn = 'Current Descriptor Effective Date'

const format = {
  rows: delimited(separators.tab),
  columns: ['CPT Code', 'Long'],
  optional: ['Medium', 'Short', 'Consumer', 'Spanish Consumer', 'Current Descriptor Effective Date'],
  // A notice of copyright stands before the columns.
  preamble: 60,
} as const

export const cpt: ReleaseReader = {
  about: "CPT: the tab-delimited 'Consolidated_Code_List.txt' of a licensed release.",
  read: async ({ files, name, tell }): Promise<Release> => {
    const file = neededFile(files, /consolidated.*code.*list.*\.txt$/i, 'Consolidated_Code_List.txt', 'CPT')
    const version = versionIn([file.path, name], /(20\d\d)/)
    if (version === undefined) {
      throw new ReleaseError(`The year of the release is not known: neither '${name}' nor '${file.path}' names it.`)
    }
    const once = refuseRepeated()
    return {
      system: {
        url: 'http://www.ama-assn.org/go/cpt',
        version,
        name: 'CPT',
        properties: [{ code: 'effectiveDate', type: 'string' }],
      },
      concepts: mapTable(file, format, tell, (row, at) => {
        const concept = conceptIn(row, at)
        once(row, concept.code)
        return concept
      }),
    }
  },
}

const texts: readonly (readonly [column: Column, language: string, use: string])[] = [
  ['Long', 'en', 'long'],
  ['Medium', 'en', 'medium'],
  ['Short', 'en', 'short'],
  ['Consumer', 'en', 'consumer'],
  ['Spanish Consumer', 'es', 'consumer'],
]

function conceptIn(row: Row, at: Places<Column>): ConceptRow {
  const text = (column: Column) => (at[column] < 0 ? '' : textOf(row, at[column]).trim())
  const code = text('CPT Code')
  if (!/^\d{4}[\dA-Z]$/.test(code)) failRow(row, `'${code}' is not a CPT code.`)
  const effective = text('Current Descriptor Effective Date')
  return {
    code,
    display: text('Short') || text('Medium') || text('Long'),
    active: true,
    ...(text('Long') !== '' && { definition: text('Long') }),
    designations: texts.flatMap(([column, language, use]) =>
      text(column) === '' ? [] : [{ language, use, value: text(column) }],
    ),
    properties: effective === '' ? [] : [{ code: 'effectiveDate', value: effective, type: 'string' }],
  }
}
