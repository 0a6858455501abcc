/**
 * JSON at the door. `JSON.parse` alone turns `1.00` into `1`, lets the last of two equal keys win and accepts any depth;
 * this reader keeps the digits of numbers, refuses duplicate keys, NUL characters and more than 64 levels.
 * https://hl7.org/fhir/R4/json.html
 */
import { faultPosition } from './json-fault.ts'
import { OutcomeError } from './outcome.ts'

export const maxDepth = 64
/** Each costs about a microsecond, during which no other request is served. */
const maxExactNumbers = 1_000_000

/** A number whose digits JavaScript would change (`1.00`, 30 digits): `JSON.stringify` writes it as it was read. */
export interface RawNumber {
  readonly rawJSON: string
}

export type JsonValue = string | number | boolean | null | RawNumber | JsonValue[] | { [key: string]: JsonValue }
export type JsonObject = { [key: string]: JsonValue }

/** Parses JSON text that comes from outside; throws `OutcomeError` with the place of what is wrong. */
export function parseJson(text: string): JsonValue {
  const scan = scanJson(text)
  if (text.includes('\\u0000') && containsNul(parseText(text))) {
    throw new OutcomeError('nul-character', {}, { location: lineAndColumn(text, text.indexOf('\\u0000')) })
  }
  const { value, keys } = parseExactly(text, scan.exactNumbers)
  if (keys !== scan.keys) throw duplicateKey(text)
  return value
}

/** Parses text that this server stored: only the digits of numbers need care. */
export function parseStored(text: string): JsonObject {
  const { exactNumbers } = scanJson(text)
  return (exactNumbers.length > 0 ? parseExactly(text, exactNumbers).value : JSON.parse(text)) as JsonObject
}

export function isRawNumber(value: unknown): value is RawNumber {
  return JSON.isRawJSON(value)
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
}

/** The number's digits as they were sent. */
export function numberText(value: number | RawNumber): string {
  return typeof value === 'number' ? String(value) : value.rawJSON
}

/** A JSON number that keeps the digits of `text`. */
export function numberFromText(text: string): number | RawNumber {
  const value = Number(text)
  return String(value) === text ? value : (JSON.rawJSON(text) as unknown as RawNumber)
}

/**
 * Parses text whose numbers at `exactNumbers` (start, end, start, end …) must keep their digits, and counts its keys.
 * Those numbers are parsed as strings marked with NUL, which no other string has: a reviver costs five times as much.
 */
function parseExactly(text: string, exactNumbers: readonly number[]): { value: JsonValue; keys: number } {
  const box: JsonValue[] = []
  try {
    box.push(JSON.parse(exactNumbers.length === 0 ? text : markNumbers(text, exactNumbers)))
  } catch {
    // The place of the fault is where it is in the text as it was sent.
    box.push(parseText(text))
  }
  const keys = countKeys(box)
  if (keys < 0) parseText(text)
  return { value: box[0]!, keys }
}

function markNumbers(text: string, exactNumbers: readonly number[]): string {
  let marked = ''
  let end = 0
  for (let i = 0; i < exactNumbers.length; i += 2) {
    const start = exactNumbers[i]!
    marked += `${text.slice(end, start)}"\\u0000`
    end = exactNumbers[i + 1]!
    marked += `${text.slice(start, end)}"`
  }
  return marked + text.slice(end)
}

function parseText(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch (error) {
    const location = lineAndColumn(text, faultPosition(text))
    throw new OutcomeError('invalid-json', { reason: syntaxReason(error as Error) }, { location })
  }
}

/** V8's message quotes the input; only what was expected is passed on. */
function syntaxReason(error: Error): string {
  const reason = error.message.replace(/,? ?(\.\.\.)?".*/s, '').replace(/ in JSON at.*/s, '')
  return `${reason}. Correct the syntax.`
}

function lineAndColumn(text: string, position: number): string {
  const before = text.slice(0, position)
  const line = before.split('\n').length
  return `line ${line}, column ${position - before.lastIndexOf('\n')}`
}

interface Scan {
  keys: number
  /** Where the numbers are whose digits a double would change: start, end, start, end … */
  readonly exactNumbers: number[]
}

/** One pass over the text: counts keys (colons outside strings), caps depth, notices numbers that need their digits. */
function scanJson(text: string): Scan {
  const scan: Scan = { keys: 0, exactNumbers: [] }
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === 0x22) i = endOfString(text, i)
    else if (char === 0x3a) scan.keys++
    else if (char === 0x5b || char === 0x7b) {
      if (++depth > maxDepth)
        throw new OutcomeError('too-deep', { limit: maxDepth }, { location: lineAndColumn(text, i) })
    } else if (char === 0x5d || char === 0x7d) depth--
    else if (char === 0x2d || (char >= 0x30 && char <= 0x39)) {
      const end = endOfNumber(text, i)
      if (changesDigits(text, i, end)) scan.exactNumbers.push(i, end)
      if (scan.exactNumbers.length > 2 * maxExactNumbers) throw tooManyNumbers(text, i)
      i = end - 1
    }
  }
  return scan
}

function tooManyNumbers(text: string, position: number): OutcomeError {
  const reason = `The body has more than ${maxExactNumbers} numbers whose digits must be kept. Send it in parts.`
  return new OutcomeError('query-too-costly', { reason }, { location: lineAndColumn(text, position) })
}

/** Index of the quote that ends the string starting at `start`. */
function endOfString(text: string, start: number): number {
  let i = start
  for (;;) {
    i = text.indexOf('"', i + 1)
    if (i < 0) return text.length
    let backslashes = 0
    while (text.charCodeAt(i - 1 - backslashes) === 0x5c) backslashes++
    if (backslashes % 2 === 0) return i
  }
}

function endOfNumber(text: string, start: number): number {
  let i = start + 1
  for (; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (
      !(
        (char >= 0x30 && char <= 0x39) ||
        char === 0x2e ||
        char === 0x65 ||
        char === 0x45 ||
        char === 0x2b ||
        char === 0x2d
      )
    )
      break
  }
  return i
}

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Short integers are the common case and need no conversion to know that a double keeps them. */
function changesDigits(text: string, start: number, end: number): boolean {
  const digits = text.slice(start, end)
  return (
    !(end - start < 16 && /^[1-9]\d*$|^0$/.test(digits)) && String(Number(digits)) !== digits && number.test(digits)
  )
}

/** Counts the keys inside `node` and makes marked strings numbers again; negative where a mark is no value but a key. */
function countKeys(node: JsonValue[] | JsonObject): number {
  let count = 0
  if (Array.isArray(node)) {
    for (let i = 0; i < node.length; i++) {
      const item = node[i]!
      if (typeof item === 'object') count += item === null ? 0 : countKeys(item as JsonObject)
      else if (isMarked(item)) node[i] = JSON.rawJSON((item as string).slice(1)) as unknown as RawNumber
    }
    return count
  }
  for (const key in node) {
    if (key.charCodeAt(0) === 0) return Number.NEGATIVE_INFINITY
    const item = node[key]!
    count++
    if (typeof item === 'object') count += item === null ? 0 : countKeys(item as JsonObject)
    else if (isMarked(item)) node[key] = JSON.rawJSON((item as string).slice(1)) as unknown as RawNumber
  }
  return count
}

function isMarked(value: JsonValue): boolean {
  return typeof value === 'string' && value.charCodeAt(0) === 0
}

function containsNul(value: JsonValue): boolean {
  if (typeof value === 'string') return value.includes('\u0000')
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, item]) => key.includes('\u0000') || containsNul(item as JsonValue))
}

/** Finds the first duplicate key: the slow path, run only once it is known that there is one. */
function duplicateKey(text: string): OutcomeError {
  const open: (Set<string> | undefined)[] = []
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '{') open.push(new Set())
    else if (char === '[') open.push(undefined)
    else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = endOfString(text, i)
      const isKey = /^\s*:/.test(text.slice(end + 1, end + 64))
      const keys = open.at(-1)
      if (isKey && keys) {
        const key = JSON.parse(text.slice(i, end + 1)) as string
        if (keys.has(key)) return new OutcomeError('duplicate-key', { key }, { location: lineAndColumn(text, i) })
        keys.add(key)
      }
      i = end
    }
  }
  return new OutcomeError('invalid-json', { reason: 'a property occurs twice in one object.' })
}
