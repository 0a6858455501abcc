/** The grammar of `_filter`. https://hl7.org/fhir/R4/search_filter.html */
import { RefusedSearch } from './query.ts'

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'test'; readonly path: Path; readonly operator: string; readonly value: string }

/** `subject.name`, `entry[type eq x].item`: a parameter, what its targets must satisfy, and the parameter of the targets. */
export interface Path {
  readonly code: string
  readonly where?: Filter | undefined
  readonly rest?: Path | undefined
}

interface Cursor {
  readonly text: string
  at: number
}

const operators = /(?:eq|ne|co|sw|ew|gt|lt|ge|le|ap|sa|eb|pr|po|ss|sb|in|ni|re)(?=\s)/y
const names = /[A-Za-z_][A-Za-z0-9_-]*/y
const strings = /"(?:[^"\\]|\\.)*"/y
const tokens = /[^\s\])]+/y
const conjunctions = /\s+(and|or)(?=[\s(])/y
const negation = /not\s*(?=\()/y

/** Reads a filter; `and` and `or` bind equally, from left to right. */
export function parseFilter(text: string): Filter {
  const cursor = { text, at: 0 }
  const filter = expression(cursor)
  if (cursor.at < text.length) fail(cursor, 'the end')
  return filter
}

function expression(cursor: Cursor): Filter {
  let left = operand(cursor)
  for (;;) {
    const conjunction = take(cursor, conjunctions)?.trim()
    if (conjunction === undefined) {
      space(cursor)
      return left
    }
    left = { kind: conjunction as 'and' | 'or', left, right: operand(cursor) }
  }
}

function operand(cursor: Cursor): Filter {
  space(cursor)
  if (take(cursor, negation) !== undefined) return { kind: 'not', filter: group(cursor, '(', ')') }
  if (cursor.text[cursor.at] === '(') return group(cursor, '(', ')')
  const path = parsePath(cursor)
  space(cursor)
  const operator = take(cursor, operators) ?? fail(cursor, 'an operator')
  space(cursor)
  const quoted = take(cursor, strings)
  const value = quoted === undefined ? take(cursor, tokens) : (JSON.parse(quoted) as string)
  return { kind: 'test', path, operator, value: value ?? fail(cursor, 'a value') }
}

function group(cursor: Cursor, open: string, close: string): Filter {
  expect(cursor, open)
  const filter = expression(cursor)
  expect(cursor, close)
  return filter
}

function parsePath(cursor: Cursor): Path {
  const code = take(cursor, names) ?? fail(cursor, 'a parameter')
  const where = cursor.text[cursor.at] === '[' ? group(cursor, '[', ']') : undefined
  if (cursor.text[cursor.at] !== '.') return where ? fail(cursor, "'.' after ']'") : { code }
  cursor.at++
  return { code, where, rest: parsePath(cursor) }
}

function expect(cursor: Cursor, char: string): void {
  if (cursor.text[cursor.at] !== char) fail(cursor, `'${char}'`)
  cursor.at++
}

function space(cursor: Cursor): void {
  while (/\s/.test(cursor.text[cursor.at] ?? '')) cursor.at++
}

function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)
  if (!found) return undefined
  cursor.at = pattern.lastIndex
  return found[0]
}

function fail(cursor: Cursor, expected: string): never {
  throw new RefusedSearch(`_filter: ${expected} was expected at ${cursor.at} of '${cursor.text}'`)
}
