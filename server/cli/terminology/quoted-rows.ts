/** CSV: fields between commas, some in quotes. https://www.rfc-editor.org/rfc/rfc4180 */
import { afterMark, emptyRow, failRow, longestLine, mostFields, type RowFormat } from './delimited-rows.ts'

const comma = 0x2c
const quote = 0x22
const newline = 0x0a
const carriageReturn = 0x0d

/** Where the reading stands: fields are copied without their quotes, one byte apart. */
interface State {
  fields: Buffer
  used: number
  count: number
  bits: number
  /** `unquoted`, `quoted`, or just behind a quote that ends the field or is doubled. */
  mode: 0 | 1 | 2
  /** Of the file, from 1; a row may have several. */
  line: number
}

const unquoted = 0
const quoted = 1
const behindQuote = 2

export const csv: RowFormat = (file, tell, visit) => {
  const row = emptyRow(file, tell)
  const { starts } = row
  const state: State = {
    fields: Buffer.allocUnsafe(64 * 1024),
    used: 0,
    count: 0,
    bits: 0,
    mode: unquoted,
    line: 1,
  }
  row.line = 1
  let first = true
  const endField = () => {
    if (state.count < mostFields) state.count++
    state.used++
    starts[state.count] = state.used
  }
  const endRow = () => {
    const blank = state.count === 0 && state.used === 0
    if (!blank) {
      endField()
      starts[0] = first ? afterMark(state.fields, 0, state.used) : 0
      first = false
      row.bytes = state.fields
      row.count = state.count
      row.ascii = state.bits < 0x80
      visit(row)
    }
    state.used = 0
    state.count = 0
    state.bits = 0
    row.line = state.line
  }
  return {
    feed: (chunk) => {
      makeRoom(state, chunk.length)
      readChunk(state, chunk, endField, endRow)
      if (state.used > longestLine) failRow(row, `The row is longer than ${longestLine} bytes: a quote may be missing.`)
    },
    end: () => {
      if (state.mode === quoted) failRow(row, 'A quote is not closed: the file may be cut off.')
      endRow()
    },
  }
}

function makeRoom(state: State, more: number): void {
  if (state.used + more + 2 <= state.fields.length) return
  const larger = Buffer.allocUnsafe((state.used + more) * 2)
  state.fields.copy(larger, 0, 0, state.used)
  state.fields = larger
}

function readChunk(state: State, chunk: Buffer, endField: () => void, endRow: () => void): void {
  const { fields } = state
  for (let i = 0; i < chunk.length; i++) {
    const byte = chunk[i]!
    if (byte === newline) state.line++
    if (state.mode === quoted) {
      if (byte === quote) state.mode = behindQuote
      else {
        fields[state.used++] = byte
        state.bits |= byte
      }
    } else if (byte === quote) {
      // A doubled quote stands for one.
      if (state.mode === behindQuote) fields[state.used++] = quote
      state.mode = quoted
    } else {
      state.mode = unquoted
      if (byte === comma) endField()
      else if (byte === newline) endRow()
      else if (byte !== carriageReturn) {
        fields[state.used++] = byte
        state.bits |= byte
      }
    }
  }
}
