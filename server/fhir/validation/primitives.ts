/**
 * The rules of the primitive types, one row each. https://hl7.org/fhir/R4/datatypes.html#primitive
 * Patterns look for what is forbidden instead of matching what is allowed: a search for one character takes linear
 * time and no stack, whatever the length of the value.
 */
import type { JsonValue } from '../json.ts'
import { isRawNumber } from '../json.ts'
import { isId } from '../reference.ts'
import { isDate, isDateTime, isInstant, isTime } from './dates.ts'

export interface PrimitiveRule {
  /** The JSON type that carries it. */
  readonly json: 'string' | 'number' | 'boolean'
  /** True for a value of the right JSON type and form; never for an empty string. */
  readonly accepts: (value: JsonValue) => boolean
}

/** Strings may have 1024 * 1024 characters. https://hl7.org/fhir/R4/datatypes.html#string */
export const maxStringLength = 1_048_576

const maxInteger = 2_147_483_647
/** A decimal is also indexed as a number: digits beyond these are of no use there. */
const maxDecimalLength = 1000

/** What no text of a resource may contain: control characters, and code points that UTF-8 or XML cannot carry. */
const forbidden = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/
const forbiddenOrSurrogate = /[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/
const decimal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/
const oid = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/
const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const notInUri = /[\s\x00-\x1f]/
const notInCode = /^\s|\s$|\s\s|[^\S ]/
const notInBase64 = /[^A-Za-z0-9+/]/

const text = string((value) => value.length <= maxStringLength && isText(value))
const uri = string((value) => !notInUri.test(value) && isText(value))

export const primitiveRules: Readonly<Record<string, PrimitiveRule>> = {
  boolean: { json: 'boolean', accepts: (value) => typeof value === 'boolean' },
  integer: integer(-maxInteger - 1),
  unsignedInt: integer(0),
  positiveInt: integer(1),
  decimal: { json: 'number', accepts: isDecimal },
  string: text,
  markdown: text,
  // Its markup is checked by narrative.ts.
  xhtml: string(isText),
  code: string((value) => !notInCode.test(value) && isText(value)),
  id: string(isId),
  uri,
  url: uri,
  canonical: uri,
  oid: string((value) => value.length <= 1024 && oid.test(value)),
  uuid: string((value) => uuid.test(value)),
  base64Binary: string(isBase64),
  date: string(isDate),
  dateTime: string(isDateTime),
  instant: string(isInstant),
  time: string(isTime),
}

/** A rule that accepts the codes of a value set and nothing else. */
export function codeRule(codes: ReadonlySet<unknown>): PrimitiveRule {
  return { json: 'string', accepts: (value) => codes.has(value) }
}

function string(accepts: (value: string) => boolean): PrimitiveRule {
  return { json: 'string', accepts: (value) => typeof value === 'string' && value !== '' && accepts(value) }
}

/** Integers are written without fraction or exponent, so one whose digits had to be kept is none. */
function integer(min: number): PrimitiveRule {
  return {
    json: 'number',
    accepts: (value) => typeof value === 'number' && Number.isInteger(value) && value >= min && value <= maxInteger,
  }
}

function isDecimal(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (!isRawNumber(value)) return false
  const digits = value.rawJSON
  return digits.length <= maxDecimalLength && decimal.test(digits) && Number.isFinite(Number(digits))
}

function isText(value: string): boolean {
  return !forbiddenOrSurrogate.test(value) || (!forbidden.test(value) && value.isWellFormed())
}

/** Whitespace may break it into lines. https://hl7.org/fhir/R4/datatypes.html#base64Binary */
function isBase64(value: string): boolean {
  return isCompactBase64(value) || (/[ \t\r\n]/.test(value) && isCompactBase64(value.replace(/[ \t\r\n]+/g, '')))
}

function isCompactBase64(value: string): boolean {
  if (value.length === 0 || value.length % 4 !== 0) return false
  const end = value.search(notInBase64)
  return end < 0 || (end >= value.length - 2 && /^==?$/.test(value.slice(end)))
}
