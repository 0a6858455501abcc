/**
 * PostgreSQL's binary COPY format: rows as bytes, written straight from the values.
 * https://www.postgresql.org/docs/18/sql-copy.html, section "Binary Format"
 */

/** Rows of one table as they grow: full chunks, and the one that is being filled. */
export interface CopyRows {
  readonly full: Buffer[]
  bytes: Buffer
  view: DataView
  /** Bytes used of the chunk that is being filled. */
  length: number
  count: number
}

/** Many tables take only a few rows: the first chunk is small. */
const chunkSizes = { first: 4 * 1024, next: 128 * 1024 }
const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const trailer = 0xffff
const nullLength = -1
const int8Oid = 20
const int4Oid = 23
const texts = { longestUnmeasured: 8 * 1024, bytesPerUnit: 3 }

/** No rows yet: the header alone. */
export function copyRows(): CopyRows {
  const bytes = Buffer.allocUnsafe(chunkSizes.first)
  signature.copy(bytes)
  return { full: [], bytes, view: viewOf(bytes), length: signature.length, count: 0 }
}

/** The chunks of all rows, with the trailer that ends them. The rows take no more. */
export function finishedChunks(rows: CopyRows): readonly Buffer[] {
  reserve(rows, 2)
  rows.view.setUint16(rows.length, trailer)
  rows.length += 2
  return [...rows.full, rows.bytes.subarray(0, rows.length)]
}

/** Begins a row; as many values must follow. */
export function beginRow(rows: CopyRows, fields: number): void {
  reserve(rows, 2)
  rows.view.setInt16(rows.length, fields)
  rows.length += 2
  rows.count++
}

export function putNull(rows: CopyRows): void {
  reserve(rows, 4)
  rows.view.setInt32(rows.length, nullLength)
  rows.length += 4
}

/** smallint */
export function putInt2(rows: CopyRows, value: number): void {
  beginField(rows, 2)
  rows.view.setInt16(rows.length, value)
  rows.length += 2
}

/** int */
export function putInt4(rows: CopyRows, value: number): void {
  beginField(rows, 4)
  rows.view.setInt32(rows.length, value)
  rows.length += 4
}

/** bigint */
export function putInt8(rows: CopyRows, value: bigint | null): void {
  if (value === null) putNull(rows)
  else {
    beginField(rows, 8)
    rows.view.setBigInt64(rows.length, value)
    rows.length += 8
  }
}

/** bigint from a whole number that a double holds exactly. */
export function putInt8Number(rows: CopyRows, value: number | null): void {
  if (value === null) putNull(rows)
  else {
    beginField(rows, 8)
    rows.view.setInt32(rows.length, Math.floor(value / 0x1_0000_0000))
    rows.view.setUint32(rows.length + 4, value >>> 0)
    rows.length += 8
  }
}

/** float8 */
export function putFloat8(rows: CopyRows, value: number | null): void {
  if (value === null) putNull(rows)
  else {
    beginField(rows, 8)
    rows.view.setFloat64(rows.length, value)
    rows.length += 8
  }
}

/** "char": a single ASCII character. */
export function putChar(rows: CopyRows, value: string): void {
  beginField(rows, 1)
  rows.view.setUint8(rows.length, value.charCodeAt(0))
  rows.length += 1
}

/** text, in parts that are joined as they are written. */
export function putText(rows: CopyRows, ...parts: readonly string[]): void {
  let size = 0
  for (const part of parts) size += largestSize(part)
  reserve(rows, 4 + size)
  const start = rows.length
  rows.length += 4
  for (const part of parts) rows.length += rows.bytes.write(part, rows.length, 'utf8')
  rows.view.setInt32(start, rows.length - start - 4)
}

/** tsvector: words without positions, each once. */
export function putWords(rows: CopyRows, words: readonly string[]): void {
  let size = 4
  for (const word of words) size += Buffer.byteLength(word) + 3
  beginField(rows, size)
  rows.view.setInt32(rows.length, words.length)
  let at = rows.length + 4
  for (const word of words) {
    at += rows.bytes.write(word, at, 'utf8')
    // The end of the word, and that it has no positions.
    rows.bytes.fill(0, at, at + 3)
    at += 3
  }
  rows.length = at
}

/** bytea */
export function putBytes(rows: CopyRows, value: Uint8Array): void {
  beginField(rows, value.length)
  rows.bytes.set(value, rows.length)
  rows.length += value.length
}

/** int[] */
export function putInt4Array(rows: CopyRows, values: ArrayLike<number>): void {
  let at = beginArray(rows, values.length, int4Oid, 8)
  for (let i = 0; i < values.length; i++) {
    rows.view.setInt32(at, 4)
    rows.view.setInt32(at + 4, values[i]!)
    at += 8
  }
  rows.length = at
}

/** bigint[] */
export function putInt8Array(rows: CopyRows, values: readonly bigint[]): void {
  let at = beginArray(rows, values.length, int8Oid, 12)
  const { view } = rows
  for (const value of values) {
    view.setInt32(at, 8)
    view.setBigInt64(at + 4, value)
    at += 12
  }
  rows.length = at
}

/** Where the elements begin, of which each takes `bytes` with its length. */
function beginArray(rows: CopyRows, length: number, type: number, bytes: number): number {
  const dimensions = length === 0 ? 0 : 1
  beginField(rows, 12 + dimensions * 8 + length * bytes)
  const { view } = rows
  view.setInt32(rows.length, dimensions)
  view.setInt32(rows.length + 4, 0)
  view.setInt32(rows.length + 8, type)
  if (dimensions === 1) {
    view.setInt32(rows.length + 12, length)
    view.setInt32(rows.length + 16, 1)
  }
  return rows.length + 12 + dimensions * 8
}

function beginField(rows: CopyRows, size: number): void {
  reserve(rows, 4 + size)
  rows.view.setInt32(rows.length, size)
  rows.length += 4
}

/** Long texts are measured, so that an attachment does not reserve three times its size. */
function largestSize(text: string): number {
  return text.length > texts.longestUnmeasured ? Buffer.byteLength(text) : text.length * texts.bytesPerUnit
}

/** Makes room: a field never spans chunks, so that every value is written at once. */
function reserve(rows: CopyRows, size: number): void {
  if (rows.length + size <= rows.bytes.length) return
  rows.full.push(rows.bytes.subarray(0, rows.length))
  rows.bytes = Buffer.allocUnsafe(Math.max(chunkSizes.next, size))
  rows.view = viewOf(rows.bytes)
  rows.length = 0
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
