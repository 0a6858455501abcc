/**
 * From FHIR data types to what is searched: a CodeableConcept to its codings, a HumanName to its parts, a Timing to the
 * hull of its events. One table per search type. https://hl7.org/fhir/R4/search.html#ptypes
 */
import { type DateRange, dateRange, earliest, latest } from '../date-range.ts'
import { isRawNumber, type JsonObject, type JsonValue } from '../json.ts'

export interface TokenValue {
  readonly system?: string
  readonly code?: string
  /** Identifier values match exactly, codes without regard to case. */
  readonly exact?: boolean
}

export interface NumberValue {
  readonly low: number
  readonly high: number
  readonly system?: string
  readonly code?: string
  readonly unit?: string
}

/** Types whose values are tokens without a system. */
export const plainTokenTypes: ReadonlySet<string> = new Set([
  'code',
  'boolean',
  'string',
  'id',
  'uri',
  'url',
  'canonical',
  'oid',
  'uuid',
  'markdown',
  'ContactPoint',
  'date',
  'dateTime',
  'instant',
  'integer',
  'positiveInt',
  'unsignedInt',
  'decimal',
])

export function tokenValues(value: JsonValue, type: string, visit: (token: TokenValue) => void): void {
  if (type === 'CodeableConcept') {
    for (const coding of ((value as JsonObject)['coding'] as JsonValue[] | undefined) ?? [])
      tokenValues(coding, 'Coding', visit)
  } else if (type === 'Coding') visit(token(value as JsonObject, 'code'))
  else if (type === 'Identifier') visit({ ...token(value as JsonObject, 'value'), exact: true })
  else if (type === 'ContactPoint') visitText((value as JsonObject)['value'], (code) => visit({ code }))
  else if (type === 'Money')
    visitText((value as JsonObject)['currency'], (code) => visit({ system: currencySystem, code }))
  else if (plainTokenTypes.has(type)) visit({ code: String(value) })
}

/** What `:text` searches: the words that people see beside a code. */
export function tokenTexts(value: JsonValue, type: string, visit: (text: string) => void): void {
  const object = value as JsonObject
  if (type === 'CodeableConcept') {
    visitText(object['text'], visit)
    for (const coding of (object['coding'] as JsonObject[] | undefined) ?? []) visitText(coding['display'], visit)
  } else if (type === 'Coding') visitText(object['display'], visit)
  else if (type === 'Identifier') visitText((object['type'] as JsonObject | undefined)?.['text'], visit)
}

export function dateValues(value: JsonValue, type: string, visit: (range: DateRange) => void): void {
  if (type === 'Period') visitRange(periodRange(value as JsonObject), visit)
  else if (type === 'Timing') visitRange(timingRange(value as JsonObject), visit)
  else if (typeof value === 'string' && dateTypes.has(type)) visitRange(dateRange(value), visit)
}

const dateTypes: ReadonlySet<string> = new Set(['date', 'dateTime', 'instant'])

const stringParts: Readonly<Record<string, readonly string[]>> = {
  HumanName: ['family', 'given', 'prefix', 'suffix', 'text'],
  Address: ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'],
}

export function stringValues(value: JsonValue, type: string, visit: (text: string) => void): void {
  const parts = stringParts[type]
  if (!parts) visitText(value, visit)
  for (const part of parts ?? []) {
    const member = (value as JsonObject)[part]
    if (Array.isArray(member)) for (const item of member) visitText(item, visit)
    else visitText(member, visit)
  }
}

export function numberValues(value: JsonValue, type: string, visit: (number: NumberValue) => void): void {
  if (typeof value === 'number' || isRawNumber(value)) visit({ low: toNumber(value), high: toNumber(value) })
  else if (type === 'Money') visitMoney(value as JsonObject, visit)
  else if (type === 'Range') visitNumberRange(value as JsonObject, visit)
  else if (type !== 'SampledData' && type !== 'Ratio') visitQuantity(value as JsonObject, visit)
}

/** Lower case, no accents, white space folded: two strings that people take for the same. */
export function normalize(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** The distinct words of a text, normalized: runs of letters and digits. */
export function wordsOf(text: string): string[] {
  const words = normalize(text).match(/[\p{L}\p{N}]+/gu) ?? []
  return [...new Set(words.map((word) => word.slice(0, longestWord)))]
}

const longestWord = 100

export const currencySystem = 'urn:iso:std:iso:4217'

function token(object: JsonObject, member: string): TokenValue {
  const system = object['system']
  const code = object[member]
  return { ...(typeof system === 'string' && { system }), ...(typeof code === 'string' && { code }) }
}

function visitText(value: JsonValue | undefined, visit: (text: string) => void): void {
  if (typeof value === 'string' && value !== '') visit(value)
}

function visitRange(range: DateRange | undefined, visit: (range: DateRange) => void): void {
  if (range) visit(range)
}

/** A Period that ends before it starts is taken for the time between. */
function periodRange(period: JsonObject): DateRange | undefined {
  const start = typeof period['start'] === 'string' ? dateRange(period['start']) : undefined
  const end = typeof period['end'] === 'string' ? dateRange(period['end']) : undefined
  if (start && end && start.low >= end.high) return { low: end.low, high: start.high }
  return start || end ? { low: start?.low ?? earliest, high: end?.high ?? latest } : undefined
}

function timingRange(timing: JsonObject): DateRange | undefined {
  const bounds = (timing['repeat'] as JsonObject | undefined)?.['boundsPeriod'] as JsonObject | undefined
  const events = (timing['event'] as JsonValue[] | undefined) ?? []
  const ranges = events.map((event) => (typeof event === 'string' ? dateRange(event) : undefined))
  ranges.push(bounds && periodRange(bounds))
  const known = ranges.filter((range) => range !== undefined)
  if (known.length === 0) return undefined
  return { low: Math.min(...known.map((r) => r.low)), high: Math.max(...known.map((r) => r.high)) }
}

function toNumber(value: JsonValue | undefined): number {
  return typeof value === 'number' ? value : Number((value as { rawJSON: string }).rawJSON)
}

function isNumber(value: JsonValue | undefined): boolean {
  return typeof value === 'number' || isRawNumber(value)
}

function visitMoney(money: JsonObject, visit: (number: NumberValue) => void): void {
  if (!isNumber(money['value'])) return
  const value = toNumber(money['value'])
  const code = money['currency']
  visit({ low: value, high: value, ...(typeof code === 'string' && { system: currencySystem, code, unit: code }) })
}

function visitQuantity(quantity: JsonObject, visit: (number: NumberValue) => void): void {
  if (!isNumber(quantity['value'])) return
  const value = toNumber(quantity['value'])
  const [low, high] = bounds(value, quantity['comparator'])
  visit({ low, high, ...unit(quantity) })
}

/** `<5` stands for all numbers below 5; the nearest double stands for the open end. */
function bounds(value: number, comparator: JsonValue | undefined): [number, number] {
  if (comparator === '<') return [-Infinity, nextDouble(value, -1)]
  if (comparator === '<=') return [-Infinity, value]
  if (comparator === '>') return [nextDouble(value, 1), Infinity]
  if (comparator === '>=') return [value, Infinity]
  return [value, value]
}

function visitNumberRange(range: JsonObject, visit: (number: NumberValue) => void): void {
  const low = range['low'] as JsonObject | undefined
  const high = range['high'] as JsonObject | undefined
  if (!isNumber(low?.['value']) && !isNumber(high?.['value'])) return
  visit({
    low: isNumber(low?.['value']) ? toNumber(low!['value']) : -Infinity,
    high: isNumber(high?.['value']) ? toNumber(high!['value']) : Infinity,
    ...unit(low ?? high!),
  })
}

function unit(quantity: JsonObject): Pick<NumberValue, 'system' | 'code' | 'unit'> {
  const { system, code, unit } = quantity
  return {
    ...(typeof system === 'string' && { system }),
    ...(typeof code === 'string' && { code }),
    ...(typeof unit === 'string' && { unit }),
  }
}

const doubles = new Float64Array(1)
const bits = new BigInt64Array(doubles.buffer)

/** The double next to `value` in the direction of `sign`. */
function nextDouble(value: number, sign: 1 | -1): number {
  if (value === 0) return sign * Number.MIN_VALUE
  doubles[0] = value
  bits[0]! += value > 0 === sign > 0 ? 1n : -1n
  return doubles[0]
}
