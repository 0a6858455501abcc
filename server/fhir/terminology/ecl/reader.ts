/** Reads words and signs of an expression from left to right; spaces and comments lie between any two. */
import { EclError } from './syntax.ts'

export interface Reader {
  readonly text: string
  at: number
  depth: number
  /** Within the braces of a group: there are only attributes there. */
  inGroup: boolean
}

/** Deeper nesting than any real expression has: what walks the tree must not run out of stack. */
const deepest = 60

// A comment ends at the first sign of its end: were it free to go on, a list of comments could be read in countless ways.
const space = /(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/)*/y

export function skipSpace(reader: Reader): void {
  space.lastIndex = reader.at
  space.exec(reader.text)
  reader.at = space.lastIndex
}

/** What matches here, after spaces; the reader moves behind it. */
export function read(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  skipSpace(reader)
  pattern.lastIndex = reader.at
  const match = pattern.exec(reader.text)
  if (!match) return undefined
  reader.at = pattern.lastIndex
  return match
}

/** Whether that stands here; the reader stays. */
export function sees(reader: Reader, sign: string): boolean {
  skipSpace(reader)
  return reader.text.startsWith(sign, reader.at)
}

export function take(reader: Reader, sign: string): boolean {
  if (!sees(reader, sign)) return false
  reader.at += sign.length
  return true
}

export function expect(reader: Reader, sign: string): void {
  if (!take(reader, sign)) fail(reader, `'${sign}'`)
}

/** Throws, naming what would fit here and what stands here instead. */
export function fail(reader: Reader, expected: string): never {
  skipSpace(reader)
  const rest = reader.text.slice(reader.at, reader.at + 20)
  const found = rest === '' ? 'it ends' : `there is '${rest}'`
  throw new EclError(`At character ${reader.at + 1}, ${expected} is expected, but ${found}.`, reader.at)
}

/** Reads what is nested one level deeper. */
export function nested<T>(reader: Reader, inner: () => T): T {
  if (++reader.depth > deepest) {
    throw new EclError(
      `At character ${reader.at + 1}, the expression is nested more than ${deepest} levels deep.`,
      reader.at,
    )
  }
  const result = inner()
  reader.depth--
  return result
}

const quoted = /"((?:[^"\\]|\\.)*)"/y

/** A text in quotes, with its escapes. */
export function readQuoted(reader: Reader): string | undefined {
  return read(reader, quoted)?.[1]
}

/** What the escapes of a text stand for. */
export function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1')
}

const conceptId = /([1-9]\d{5,17})(?![\d#])/y
const term = /\|([^|]*)\|/y

/** An id of a concept, and its term. */
export function readConcept(reader: Reader): { readonly code: string; readonly term?: string } | undefined {
  const code = read(reader, conceptId)?.[1]
  if (code === undefined) return undefined
  const text = readTerm(reader)
  return { code, ...(text !== undefined && { term: text }) }
}

export function readTerm(reader: Reader): string | undefined {
  return read(reader, term)?.[1]?.trim()
}
