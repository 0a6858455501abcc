/** Finds the entries in the text of a Bundle without parsing it: each is parsed by itself, and its line is known. */

/** A part of the text: byte positions, and the line it begins in, from 1. */
export interface TextRange {
  readonly start: number
  readonly end: number
  readonly line: number
}

export interface BundleText {
  /** The members of the object but for `entry`. */
  readonly members: ReadonlyMap<string, TextRange>
  /** The items of `entry`; undefined where there is no such list. */
  readonly entries: readonly TextRange[] | undefined
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const newline = 0x0a

/** Undefined where the text is not one JSON object: the parser then says what is wrong with it. */
export function readBundleText(bytes: Buffer): BundleText | undefined {
  const scanner: Scanner = { bytes, at: 0, line: 1 }
  const members = new Map<string, TextRange>()
  let entries: TextRange[] | undefined
  if (skipSpace(scanner) !== openBrace) return undefined
  scanner.at++
  for (let first = true; skipSpace(scanner) !== closeBrace; first = false) {
    if (!first && !accept(scanner, comma)) return undefined
    const name = key(scanner)
    if (name === undefined || !accept(scanner, colon)) return undefined
    if (name === 'entry' && skipSpace(scanner) === openBracket) {
      entries = items(scanner)
      if (!entries) return undefined
      continue
    }
    const range = value(scanner)
    if (!range) return undefined
    members.set(name, range)
  }
  scanner.at++
  return skipSpace(scanner) === undefined ? { members, entries } : undefined
}

interface Scanner {
  readonly bytes: Buffer
  at: number
  line: number
}

/** The byte at which something begins; undefined at the end. */
function skipSpace(scanner: Scanner): number | undefined {
  const { bytes } = scanner
  for (; scanner.at < bytes.length; scanner.at++) {
    const byte = bytes[scanner.at]!
    if (byte === newline) scanner.line++
    else if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return byte
  }
  return undefined
}

function accept(scanner: Scanner, byte: number): boolean {
  if (skipSpace(scanner) !== byte) return false
  scanner.at++
  return true
}

function key(scanner: Scanner): string | undefined {
  if (skipSpace(scanner) !== quote) return undefined
  const start = scanner.at
  const end = endOfString(scanner.bytes, start)
  if (end < 0) return undefined
  scanner.at = end + 1
  try {
    return JSON.parse(scanner.bytes.toString('utf8', start, end + 1)) as string
  } catch {
    return undefined
  }
}

function items(scanner: Scanner): TextRange[] | undefined {
  const ranges: TextRange[] = []
  scanner.at++
  if (skipSpace(scanner) === closeBracket) {
    scanner.at++
    return ranges
  }
  for (;;) {
    const range = value(scanner)
    if (!range) return undefined
    ranges.push(range)
    if (accept(scanner, comma)) continue
    return accept(scanner, closeBracket) ? ranges : undefined
  }
}

/** Passes over one value. Whether it is well-formed inside is for the parser to tell. */
function value(scanner: Scanner): TextRange | undefined {
  const first = skipSpace(scanner)
  if (first === undefined) return undefined
  const { at: start, line } = scanner
  const nested = first === openBrace || first === openBracket
  const end = nested
    ? endOfNested(scanner)
    : first === quote
      ? endOfString(scanner.bytes, start) + 1
      : endOfWord(scanner)
  if (end <= start) return undefined
  scanner.at = end
  return { start, end, line }
}

/** The end of the object or list that begins here; 0 where it has none. */
function endOfNested(scanner: Scanner): number {
  const { bytes } = scanner
  let depth = 0
  for (let i = scanner.at; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === quote) {
      i = endOfString(bytes, i)
      if (i < 0) return 0
    } else if (byte === newline) scanner.line++
    else if (byte === openBrace || byte === openBracket) depth++
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return i + 1
  }
  return 0
}

function endOfWord({ bytes, at }: Scanner): number {
  let end = at
  while (end < bytes.length && !isDelimiter(bytes[end]!)) end++
  return end
}

function isDelimiter(byte: number): boolean {
  return byte === comma || byte === closeBrace || byte === closeBracket || byte <= 0x20
}

/** The quote that ends the string starting at `start`; -1 where there is none. */
function endOfString(bytes: Buffer, start: number): number {
  for (let i = start + 1; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === backslash) i++
    else if (byte === quote) return i
  }
  return -1
}
