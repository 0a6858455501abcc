/** From files to the texts of parcels: so much as is stored in one transaction, not parsed yet. */
import type { Line } from './lines.ts'

export interface ParcelText {
  /** In memory of its own: it may be handed to another thread. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where the lines are of NDJSON; absent for a JSON document. */
  readonly lines?: readonly LineRange[]
  /** Bytes of the uncompressed text that it begins after and ends with, and the lines until then. */
  readonly from: number
  readonly to: number
  readonly line: number
}

export interface LineRange {
  readonly start: number
  readonly end: number
  /** Its number in the file, from 1. */
  readonly number: number
  readonly tooLong?: boolean
}

const parcelSize = { lines: 1000, bytes: 4 * 1024 * 1024 }

/** The parcels of NDJSON lines that follow the position `from`. */
export async function* lineTexts(lines: AsyncIterable<Line>, from: number): AsyncGenerator<ParcelText> {
  let held: Line[] = []
  let bytes = 0
  let start = from
  for await (const line of lines) {
    held.push(line)
    bytes += line.bytes.length
    if (held.length < parcelSize.lines && bytes < parcelSize.bytes) continue
    yield lineText(held, bytes, start)
    held = []
    bytes = 0
    start = line.end
  }
  if (held.length > 0) yield lineText(held, bytes, start)
}

function lineText(held: readonly Line[], length: number, from: number): ParcelText {
  const bytes = new Uint8Array(length)
  let at = 0
  const lines = held.map(({ bytes: line, number, tooLong }) => {
    bytes.set(line, at)
    const start = at
    at += line.length
    return { start, end: at, number, ...(tooLong && { tooLong }) }
  })
  const last = held.at(-1)!
  return { bytes, lines, from, to: last.end, line: last.number }
}

/** The one parcel of a JSON document. */
export function documentText(bytes: Uint8Array<ArrayBuffer>): ParcelText {
  return { bytes, from: 0, to: bytes.length, line: 0 }
}
