/** The grammar of `_filter`. https://hl7.org/fhir/R4/search_filter.html#grammar */
import { OutcomeError } from '../outcome.ts'
import { checkFilterLength, checkFilterTests, maxSteps } from './search-limits.ts'

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'test'; readonly path: FilterPath; readonly operator: string; readonly value: string }

/** `subject.name`, `related[type eq x].target`: a parameter, what its targets must meet, and a parameter of the targets. */
export interface FilterPath {
  readonly code: string
  readonly where?: Filter
  readonly rest?: FilterPath
}

const token = /\s*(?:("[^"\\]*(?:\\.[^"\\]*)*")|([()[\].])|([^\s()[\].]+(?:\.\d[^\s()[\]]*)?))/y
const name = /^[A-Za-z_][A-Za-z0-9_-]*$/
const deepest = 20

/** Reads a filter; `and` and `or` bind equally, from left to right. Throws with what was expected where. */
export function parseFilter(text: string): Filter {
  checkFilterLength(text.length)
  const reader = { text, at: 0, depth: 0, tests: 0 }
  const filter = expression(reader)
  if (peek(reader) !== undefined) fail(reader, 'the end')
  return filter
}

interface Reader {
  readonly text: string
  at: number
  depth: number
  tests: number
}

function expression(reader: Reader): Filter {
  if (++reader.depth > deepest) fail(reader, `at most ${deepest} levels`)
  let left = operand(reader)
  for (;;) {
    const word = peek(reader)
    if (word !== 'and' && word !== 'or') break
    next(reader)
    left = { kind: word, parts: [left, operand(reader)] }
  }
  reader.depth--
  return left
}

function operand(reader: Reader): Filter {
  const word = peek(reader)
  if (word === '(') return group(reader, '(', ')')
  if (word === 'not') {
    next(reader)
    return { kind: 'not', filter: group(reader, '(', ')') }
  }
  checkFilterTests(++reader.tests)
  const path = pathOf(reader, 1)
  const operator = next(reader)
  if (operator === undefined || !operators.has(operator)) fail(reader, 'an operator such as eq')
  return { kind: 'test', path, operator, value: readValue(reader) }
}

export const operators: ReadonlySet<string> = new Set([
  'eq',
  'ne',
  'co',
  'sw',
  'ew',
  'gt',
  'lt',
  'ge',
  'le',
  'ap',
  'sa',
  'eb',
  'pr',
  'po',
  'ss',
  'sb',
  'in',
  'ni',
  're',
])

function group(reader: Reader, open: string, close: string): Filter {
  if (next(reader) !== open) fail(reader, `'${open}'`)
  const filter = expression(reader)
  if (next(reader) !== close) fail(reader, `'${close}'`)
  return filter
}

function pathOf(reader: Reader, step: number): FilterPath {
  if (step > maxSteps) fail(reader, `at most ${maxSteps} steps`)
  const code = next(reader)
  if (code === undefined || !name.test(code)) fail(reader, 'a search parameter')
  const where = peek(reader) === '[' ? group(reader, '[', ']') : undefined
  if (peek(reader) !== '.') return where ? fail(reader, "'.' after ']'") : { code }
  next(reader)
  return { code, ...(where && { where }), rest: pathOf(reader, step + 1) }
}

/** A value goes up to a space or a closing bracket, or is quoted as in JSON. */
const literal = /\s*(?:("[^"\\]*(?:\\.[^"\\]*)*")|([^\s\])]+))/y

function readValue(reader: Reader): string {
  literal.lastIndex = reader.at
  const match = literal.exec(reader.text)
  if (!match) return fail(reader, 'a value')
  reader.at = literal.lastIndex
  return match[1] === undefined ? match[2]! : unquote(match[1], reader)
}

function unquote(text: string, reader: Reader): string {
  try {
    const value = JSON.parse(text) as string
    if (!value.includes('\u0000')) return value
  } catch {
    // Told below, like a string that no stored text can contain.
  }
  return fail(reader, 'a string as in JSON, without NUL characters,')
}

function peek(reader: Reader): string | undefined {
  const { at } = reader
  const word = next(reader)
  reader.at = at
  return word
}

function next(reader: Reader): string | undefined {
  token.lastIndex = reader.at
  const match = token.exec(reader.text)
  if (!match) return undefined
  reader.at = token.lastIndex
  return match[1] ?? match[2] ?? match[3]
}

function fail(reader: Reader, expected: string): never {
  const reason = `The _filter cannot be read at character ${reader.at + 1}: ${expected} was expected.`
  throw new OutcomeError('invalid-search', { reason })
}
