/** The lines of an NDJSON file. https://github.com/ndjson/ndjson-spec */

export interface Line {
  readonly bytes: Buffer
  /** Its number in the file, from 1. */
  readonly number: number
  /** Where the next line begins, in bytes of the uncompressed text. */
  readonly end: number
  /** It was longer than a line may be, and is left out. */
  readonly tooLong?: boolean
}

/** Where to begin: the position in bytes, the lines before it, and how many bytes `chunks` brings before it. */
export interface LineStart {
  readonly position: number
  readonly line: number
  readonly skip: number
}

export const longestLine = 64 * 1024 * 1024

const newline = 0x0a

/** The lines that are not blank. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  start: LineStart,
  longest = longestLine,
): AsyncGenerator<Line> {
  let { skip } = start
  let number = start.line
  let end = start.position
  let parts: Buffer[] = []
  let length = 0
  const take = (last: Buffer): Line => {
    const tooLong = length + last.length > longest
    const bytes = tooLong ? Buffer.alloc(0) : parts.length === 0 ? last : Buffer.concat([...parts, last])
    parts = []
    length = 0
    return { bytes, number, end, ...(tooLong && { tooLong }) }
  }

  for await (const chunk of chunks) {
    let from = Math.min(skip, chunk.length)
    skip -= from
    for (let to = chunk.indexOf(newline, from); to >= 0; to = chunk.indexOf(newline, from)) {
      number++
      end += length + to - from + 1
      const line = take(chunk.subarray(from, to))
      from = to + 1
      if (!isBlank(line)) yield line
    }
    if (from === chunk.length) continue
    length += chunk.length - from
    // What is too long already is only counted.
    if (length <= longest) parts.push(chunk.subarray(from))
    else parts = []
  }
  if (length === 0) return
  number++
  end += length
  const rest = parts.length === 0 ? Buffer.alloc(0) : parts.pop()!
  length -= rest.length
  const line = take(rest)
  if (!isBlank(line)) yield line
}

function isBlank({ bytes, tooLong }: Line): boolean {
  return !tooLong && bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
