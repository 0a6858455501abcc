/** Keeps fields as bytes, for the concepts that they turn out to belong to. */
import { keepBytes, type Numbers, type TextStore } from './columns.ts'
import { failRow, type Row, visitBytes } from './delimited-rows.ts'

interface TextColumns {
  readonly at: Numbers
  readonly length: Numbers
}

/** Keeps a field as the text of a row of a chain. Throws where its length does not fit the column. */
export function keepField(texts: TextStore, columns: TextColumns, added: number, row: Row, field: number): void {
  visitBytes(row, field, (bytes, from, to) => {
    columns.at[added] = keepBytes(texts, bytes, from, to)
    columns.length[added] = to - from
    if (columns.length[added] !== to - from) failRow(row, `The text has ${to - from} bytes, more than any has.`)
  })
}
