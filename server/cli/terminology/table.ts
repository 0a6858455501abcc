/** Files whose first row names their columns. */
import { failRow, mapRows, type Row, type RowFormat, textOf, visitRows } from './delimited-rows.ts'
import { ReleaseError, type ReleaseFile, type TellProblem } from './release.ts'

/** Where the columns that were asked for stand; those that may be missing are -1 then. */
export type Places<Name extends string> = Readonly<Record<Name, number>>

export interface TableFormat<Name extends string> {
  readonly rows: RowFormat
  readonly columns: readonly Name[]
  /** Columns that older or newer releases do not have. */
  readonly optional?: readonly Name[]
  /** So many rows at most are passed over before the one that names the columns. */
  readonly preamble?: number
  /** The columns stand in this order, with others behind them alone: rows are read by place. */
  readonly inOrder?: boolean
  /** A file of the first row alone says that there is none, and not that something is missing. */
  readonly mayBeEmpty?: boolean
}

/**
 * Visits the rows below the first, and tells how many there were. Throws where there are none, a column is missing, or a row
 * has more or fewer fields than the first.
 */
export async function visitTable<Name extends string>(
  file: ReleaseFile,
  format: TableFormat<Name>,
  tell: TellProblem,
  visit: (row: Row, at: Places<Name>) => void,
): Promise<number> {
  const check = headed(format, visit)
  await visitRows(file, format.rows, tell, check.take)
  return check.end(file)
}

/** What is made of each row below the first. */
export async function* mapTable<Name extends string, T>(
  file: ReleaseFile,
  format: TableFormat<Name>,
  tell: TellProblem,
  make: (row: Row, at: Places<Name>) => T | undefined,
): AsyncGenerator<T> {
  const check = headed(format, make)
  yield* mapRows(file, format.rows, tell, check.take)
  check.end(file)
}

function headed<Name extends string, T>(format: TableFormat<Name>, make: (row: Row, at: Places<Name>) => T) {
  let at: Places<Name> | undefined
  let count = 0
  let passed = 0
  let rows = 0
  return {
    take: (row: Row): T | undefined => {
      if (!at) {
        at = placesIn(row, format, passed++ < (format.preamble ?? 0))
        if (!at) return undefined
        count = row.count
        return undefined
      }
      if (row.count !== count) failRow(row, `The row has ${row.count} columns, the first row has ${count}.`)
      rows++
      return make(row, at)
    },
    end: ({ path }: ReleaseFile): number => {
      if (!at) throw new ReleaseError(`${path}: The file is empty.`)
      if (rows === 0 && !format.mayBeEmpty) throw new ReleaseError(`${path}: There is no row below the first.`)
      return rows
    },
  }
}

function placesIn<Name extends string>(
  row: Row,
  { columns, optional = [], inOrder = false }: TableFormat<Name>,
  mayBeOther: boolean,
): Places<Name> | undefined {
  const names = Array.from({ length: row.count }, (_, field) => textOf(row, field).trim().toLowerCase())
  const places = [...columns, ...optional].map((name) => [name, names.indexOf(name.toLowerCase())] as const)
  const missing = places.find(([name, place]) => place < 0 && columns.includes(name))
  if (missing && mayBeOther) return undefined
  if (missing) failRow(row, `There is no column '${missing[0]}'.`)
  const moved = inOrder ? places.find(([, place], i) => place !== i) : undefined
  if (moved) failRow(row, `The column '${moved[0]}' is not where releases of this kind have it.`)
  return Object.fromEntries(places) as Places<Name>
}

/** The first row that is like that, as `file, line 7`. */
export async function placeOfRow<Name extends string>(
  files: readonly ReleaseFile[],
  format: TableFormat<Name>,
  isLike: (row: Row, at: Places<Name>) => boolean,
): Promise<string | undefined> {
  for (const file of files) {
    const found = mapTable(
      file,
      format,
      () => {},
      (row, at) => (isLike(row, at) ? `${file.path}, line ${row.line}` : undefined),
    )
    for await (const place of found) return place
  }
  return undefined
}

/** Ends the import where a code comes a second time. */
export function refuseRepeated(): (row: Pick<Row, 'file' | 'line'>, code: string) => void {
  const seen = new Set<string>()
  return (row, code) => {
    if (seen.has(code)) failRow(row, `The code '${code}' came before.`)
    seen.add(code)
  }
}
