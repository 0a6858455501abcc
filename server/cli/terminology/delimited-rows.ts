/**
 * Rows of fields: RF2's tabs, RRF's bars, CSV. A release has tens of millions of fields, of which few are ever texts: rows
 * are bytes, and fields places in them.
 */
import { isUtf8 } from 'node:buffer'
import { ReleaseError, type ReleaseFile, type TellProblem } from './release.ts'

/** Only valid while it is visited: the next row is read into the same object. */
export interface Row {
  bytes: Buffer
  /** From 1. */
  line: number
  /** Where fields begin and, one byte after each, the next one; the last ends at `starts[count] - 1`. */
  readonly starts: Int32Array
  count: number
  ascii: boolean
  readonly file: string
  readonly tell: TellProblem
}

/** What an ASCII separator of rows and fields may be. */
export const separators = { tab: 0x09, bar: 0x7c } as const

const newline = 0x0a
const carriageReturn = 0x0d
export const mostFields = 128
export const longestLine = 1024 * 1024

/** Takes the bytes of a file piece by piece, and visits the rows in them that are not blank. */
export interface RowParser {
  feed(chunk: Buffer): void
  /** The last row may end with the file. */
  end(): void
}

export type Visit = (row: Row) => void

/** How the rows of a file are written. */
export type RowFormat = (file: ReleaseFile, tell: TellProblem, visit: Visit) => RowParser

/** Visits each row that is not blank. */
export async function visitRows(file: ReleaseFile, format: RowFormat, tell: TellProblem, visit: Visit): Promise<void> {
  const parser = format(file, tell, visit)
  for await (const chunk of chunksOf(file)) parser.feed(chunk)
  parser.end()
}

/** What is made of each row, as it is asked for; rows of which nothing is made are left out. */
export async function* mapRows<T>(
  file: ReleaseFile,
  format: RowFormat,
  tell: TellProblem,
  make: (row: Row) => T | undefined,
): AsyncGenerator<T> {
  let made: T[] = []
  const parser = format(file, tell, (row) => {
    const one = make(row)
    if (one !== undefined) made.push(one)
  })
  for await (const chunk of chunksOf(file)) {
    parser.feed(chunk)
    yield* made
    made = []
  }
  parser.end()
  yield* made
}

/** The bytes of a file; faults of the disk or the archive name it. */
export async function* chunksOf(file: ReleaseFile): AsyncGenerator<Buffer> {
  try {
    let decoder: TextDecoder | undefined
    let first = true
    for await (const chunk of file.open()) {
      // What Windows writes as "Unicode".
      if (first && chunk[0] === 0xff && chunk[1] === 0xfe) decoder = new TextDecoder('utf-16le')
      first = false
      yield decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk
    }
  } catch (error) {
    if (error instanceof ReleaseError) throw error
    throw new ReleaseError(`'${file.path}' cannot be read: ${(error as Error).message}`)
  }
}

export function emptyRow(file: ReleaseFile, tell: TellProblem): Row {
  const starts = new Int32Array(mostFields + 2)
  return { bytes: Buffer.alloc(0), line: 0, starts, count: 0, ascii: true, file: file.path, tell }
}

/** Fields that a byte separates and nothing quotes. */
export function delimited(separator: number): RowFormat {
  return (file, tell, visit) => {
    const row = emptyRow(file, tell)
    const take = (bytes: Buffer, from: number, to: number) => {
      row.line++
      const start = row.line === 1 ? afterMark(bytes, from, to) : from
      const end = to > start && bytes[to - 1] === carriageReturn ? to - 1 : to
      if (end === start) return
      row.bytes = bytes
      splitFields(row, separator, start, end)
      visit(row)
    }
    return lineParser(row, take)
  }
}

const nothing: Buffer = Buffer.alloc(0)

type TakeLine = (bytes: Buffer, from: number, to: number) => void

function lineParser(row: Row, take: TakeLine): RowParser {
  let rest = nothing
  return {
    feed: (chunk) => {
      let from = 0
      for (let to = chunk.indexOf(newline); to >= 0; to = chunk.indexOf(newline, from)) {
        if (rest.length === 0) take(chunk, from, to)
        else take(Buffer.concat([rest, chunk.subarray(from, to)]), 0, rest.length + to - from)
        rest = nothing
        from = to + 1
      }
      if (from === chunk.length) return
      rest = Buffer.concat([rest, chunk.subarray(from)])
      if (rest.length > longestLine) {
        row.line++
        failRow(row, `The line is longer than ${longestLine} bytes.`)
      }
    },
    end: () => {
      if (rest.length > 0) take(rest, 0, rest.length)
    },
  }
}

/** After a byte order mark. */
export function afterMark(bytes: Buffer, from: number, to: number): number {
  return to - from >= 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf
    ? from + 3
    : from
}

function splitFields(row: Row, separator: number, start: number, end: number): void {
  const { bytes, starts } = row
  let count = 0
  let bits = 0
  starts[0] = start
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    bits |= byte
    if (byte === separator && count < mostFields) starts[++count] = i + 1
  }
  starts[++count] = end + 1
  row.count = count
  row.ascii = bits < 0x80
}

/** Empty where the row has no such field. */
export function textOf(row: Row, field: number): string {
  if (field >= row.count) return ''
  const from = row.starts[field]!
  const to = row.starts[field + 1]! - 1
  return row.ascii ? row.bytes.toString('latin1', from, to) : decodedText(row, from, to)
}

/** The bytes of a field, in UTF-8. */
export function visitBytes<T>(row: Row, field: number, visit: (bytes: Buffer, from: number, to: number) => T): T {
  const from = field < row.count ? row.starts[field]! : 0
  const to = field < row.count ? row.starts[field + 1]! - 1 : 0
  if (row.ascii || isUtf8(row.bytes.subarray(from, to))) return visit(row.bytes, from, to)
  const bytes = Buffer.from(decodedText(row, from, to))
  return visit(bytes, 0, bytes.length)
}

/** Some releases slip back into the encoding of an old Windows. */
function decodedText(row: Row, from: number, to: number): string {
  const bytes = row.bytes.subarray(from, to)
  if (isUtf8(bytes)) return bytes.toString('utf8')
  row.tell({ file: row.file, line: row.line, message: 'The line is not UTF-8; it was read as Windows-1252.' })
  return windows.decode(bytes)
}

const windows = new TextDecoder('windows-1252')

/** True where the field is that ASCII text. */
export function isField(row: Row, field: number, text: string): boolean {
  if (field >= row.count) return false
  const from = row.starts[field]!
  if (row.starts[field + 1]! - 1 - from !== text.length) return false
  for (let i = 0; i < text.length; i++) if (row.bytes[from + i] !== text.charCodeAt(i)) return false
  return true
}

/** A whole number that a double holds; undefined where the field is none. */
export function numberOf(row: Row, field: number): number | undefined {
  if (field >= row.count) return undefined
  const from = row.starts[field]!
  const to = row.starts[field + 1]! - 1
  if (to === from || to - from > 15) return undefined
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = row.bytes[i]! - 0x30
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  return value
}

/** Tells what is wrong with a row. */
export function tellRow(row: Row, message: string): void {
  row.tell({ file: row.file, line: row.line, message })
}

/** Ends the import: what such a row is about cannot be told. */
export function failRow(row: Pick<Row, 'file' | 'line'>, message: string): never {
  throw new ReleaseError(`${row.file}, line ${row.line}: ${message}`)
}
