/**
 * Copies and comparisons of JSON values whose numbers may keep their digits (see `json.ts`): such numbers are objects
 * to JavaScript, so that spreading, `structuredClone` and plain deep equality get them wrong.
 */
import type { JsonObject, JsonValue, RawNumber } from './json.ts'
import { isJsonObject, isRawNumber, numberText } from './json.ts'

/** A deep copy; a property named `__proto__` stays a property. */
export function copyJson<V extends JsonValue>(value: V): V {
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return value
  if (Array.isArray(value)) return value.map(copyJson) as V
  const copy: JsonObject = {}
  for (const key of Object.keys(value)) setMember(copy, key, copyJson(value[key]!))
  return copy as V
}

/** Sets a property; assignment alone would change the prototype where the key is `__proto__`. */
export function setMember(object: JsonObject, key: string, value: JsonValue): void {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
}

/** Deep equality; numbers are equal where their values are, so 1.0 equals 1.00 and 1e1 equals 10. */
export function equalJson(a: JsonValue, b: JsonValue): boolean {
  if (isNumber(a) || isNumber(b)) return isNumber(a) && isNumber(b) && sameNumber(a, b)
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i]!))
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key]!, b[key]!))
  )
}

/** A text that is the same for values that are the same to the digit, whatever the order of their properties. */
export function canonicalJson(value: JsonValue): string {
  if (!isJsonObject(value) && !Array.isArray(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key]!)}`)
  return `{${members.join(',')}}`
}

/** A value as a sentence quotes it; `String` fails for numbers that keep their digits, and for what has a `toString`. */
export function quotable(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** How many values and characters a value holds; counting stops above `limit`. */
export function jsonSize(value: JsonValue, limit: number): number {
  if (typeof value === 'string') return 1 + value.length
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return 1
  let size = 1
  for (const [key, member] of Object.entries(value)) {
    if (size > limit) break
    size += (Array.isArray(value) ? 0 : key.length) + jsonSize(member, limit - size)
  }
  return size
}

/** True where arrays and objects are nested more than `levels` deep. */
export function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return levels < 0
  return levels <= 0 || Object.values(value).some((member) => isDeeper(member, levels - 1))
}

function isNumber(value: JsonValue): value is number | RawNumber {
  return typeof value === 'number' || isRawNumber(value)
}

function sameNumber(a: number | RawNumber, b: number | RawNumber): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a === b
  const [first, second] = [decimalOf(a), decimalOf(b)]
  if (first.digits !== second.digits) return false
  return first.digits === '0' || (first.negative === second.negative && first.exponent === second.exponent)
}

/** The number as digits × 10^exponent, without zeros at either end: exact for any number of digits. */
function decimalOf(value: number | RawNumber): { negative: boolean; digits: string; exponent: number } {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(numberText(value)) ?? []
  const all = (whole + fraction).replace(/^0+(?=\d)/, '')
  const digits = all.replace(/(?<=\d)0+$/, '')
  return {
    negative: sign === '-',
    digits,
    exponent: Number(exponent) - fraction.length + all.length - digits.length,
  }
}
