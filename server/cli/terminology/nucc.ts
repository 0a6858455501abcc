/** The taxonomy of health care providers that NPIs are registered with. https://www.nucc.org */
import type { ConceptRow } from '../../fhir/terminology/concept-row.ts'
import { failRow, type Row, textOf } from './delimited-rows.ts'
import { neededFile, versionIn } from './find-files.ts'
import { csv } from './quoted-rows.ts'
import { type Release, ReleaseError, type ReleaseReader } from './release.ts'
import { mapTable, type Places, refuseRepeated } from './table.ts'

type Column = 'Code' | 'Grouping' | 'Classification' | 'Specialization' | 'Definition' | 'Notes' | OptionalColumn
type OptionalColumn = 'Display Name' | 'Section' | 'Deactivation Date'

const format = {
  rows: csv,
  columns: ['Code', 'Grouping', 'Classification', 'Specialization', 'Definition', 'Notes'],
  optional: ['Display Name', 'Section', 'Deactivation Date'],
} as const

export const nucc: ReleaseReader = {
  about: "NUCC's provider taxonomy: the file 'nucc_taxonomy_250.csv'.",
  read: async ({ files, tell }): Promise<Release> => {
    const file = neededFile(files, /^nucc_taxonomy.*\.csv$/i, 'nucc_taxonomy_….csv', "NUCC's taxonomy")
    const digits = versionIn([file.name], /_(\d{2,3})\.csv$/i)
    if (digits === undefined) {
      throw new ReleaseError(`'${file.path}' does not end in a version, as in 'nucc_taxonomy_250.csv'.`)
    }
    const once = refuseRepeated()
    return {
      system: {
        url: 'http://nucc.org/provider-taxonomy',
        version: `${digits.slice(0, 2)}.${digits.slice(2) || '0'}`,
        name: 'Health Care Provider Taxonomy',
        hierarchyMeaning: 'is-a',
        properties: properties.map(([code]) => ({ code, type: 'string' })),
      },
      concepts: mapTable(file, format, tell, (row, at) => {
        const concept = conceptIn(row, at)
        once(row, concept.code)
        return concept
      }),
    }
  },
}

const properties: readonly (readonly [code: string, column: Column])[] = [
  ['grouping', 'Grouping'],
  ['classification', 'Classification'],
  ['specialization', 'Specialization'],
  ['section', 'Section'],
  ['notes', 'Notes'],
]

function conceptIn(row: Row, at: Places<Column>): ConceptRow {
  const text = (column: Column) => (at[column] < 0 ? '' : textOf(row, at[column]).trim())
  const code = text('Code')
  if (!/^[\dA-Z]{9}X$/.test(code)) failRow(row, `'${code}' is not a code of the taxonomy.`)
  const names = [text('Classification'), text('Specialization')].filter((name) => name !== '')
  const display = text('Display Name') || names.join(', ')
  // The first four signs are the classification, which has a code of its own.
  const above = `${code.slice(0, 4)}00000X`
  return {
    code,
    display,
    active: text('Deactivation Date') === '',
    ...(text('Definition') !== '' && { definition: text('Definition') }),
    parents: above === code ? [] : [above],
    designations: display === names.join(', ') ? [] : [{ language: 'en', value: names.join(', ') }],
    properties: properties.flatMap(([property, column]) =>
      text(column) === '' ? [] : [{ code: property, value: text(column), type: 'string' as const }],
    ),
  }
}
