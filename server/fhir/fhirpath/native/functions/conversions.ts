/** https://hl7.org/fhirpath/N1/#conversion */
import { isRawNumber, numberText } from '../../../json.ts'
import type { CompileCall } from '../compiled.ts'
import { booleanType } from '../compiled.ts'
import type { Functions } from '../functions.ts'
import { isMoment, isTime } from '../moments.ts'
import { partsOf, systemQuantity } from '../quantities.ts'
import type { Types } from '../types.ts'
import { familyOf, typeOf } from '../types.ts'
import type { Item, Plain } from '../values.ts'
import { Element, numberFromDigits, plain, single } from '../values.ts'

/** The converted value; undefined where it cannot be. */
type Convert = (value: Plain) => Item | undefined

/** Longer texts are no number, date or quantity. */
const maxConverted = 200

const truths = new Map(
  Object.entries({ true: 'true t yes y 1 1.0', false: 'false f no n 0 0.0' }).flatMap(([meaning, texts]) =>
    texts.split(' ').map((text) => [text, meaning === 'true'] as const),
  ),
)

const quantity = /^([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([a-zA-Z]+))?$/
const calendarUnit = /^(?:year|month|week|day|hour|minute|second|millisecond)s?$/

const conversions: Readonly<Record<string, Convert>> = {
  Boolean: toBoolean,
  Integer: toInteger,
  Decimal: toDecimal,
  String: toText,
  Date: (value) => moment(value, 'System.Date'),
  DateTime: (value) => moment(value, 'System.DateTime'),
  Time: (value) => (typeof value === 'string' && isTime(value) ? new Element(value, 'System.Time') : undefined),
  Quantity: toQuantity,
}

function toBoolean(value: Plain): boolean | undefined {
  if (typeof value === 'boolean') return value
  const text = typeof value === 'object' && !isRawNumber(value) ? undefined : toText(value)
  return text === undefined || text.length > maxConverted ? undefined : truths.get(text.toLowerCase())
}

function toInteger(value: Plain): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string')
    return /^[+-]?\d{1,20}$/.test(value) && isInt32(Number(value)) ? Number(value) : undefined
  return typeof value === 'number' && isInt32(value) ? value : undefined
}

function isInt32(value: number): boolean {
  return (value | 0) === value
}

function toDecimal(value: Plain): Item | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string') {
    return value.length < maxConverted && /^[+-]?\d+(\.\d+)?$/.test(value) ? numberFromDigits(value) : undefined
  }
  return typeof value === 'number' || isRawNumber(value) ? value : undefined
}

function toText(value: Plain): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number' || isRawNumber(value)) return numberText(value)
  const parts = partsOf(value)
  if (!parts) return undefined
  return calendarUnit.test(parts.unit) ? `${parts.value} ${parts.unit}` : `${parts.value} '${parts.unit}'`
}

function moment(value: Plain, type: string): Element | undefined {
  if (typeof value !== 'string' || !isMoment(value)) return undefined
  return new Element(type === 'System.Date' ? value.slice(0, 10) : value, type)
}

function toQuantity(value: Plain): Item | undefined {
  if (typeof value === 'boolean') return systemQuantity(value ? '1' : '0', '1')
  if (typeof value === 'number' || isRawNumber(value)) return systemQuantity(numberText(value), '1')
  if (typeof value === 'object') return partsOf(value) && new Element(value, 'System.Quantity')
  const [, number, code, word] = (value.length < maxConverted && quantity.exec(value)) || []
  if (number === undefined || (word !== undefined && !calendarUnit.test(word))) return undefined
  return systemQuantity(number, code ?? word?.replace(/s$/, '') ?? '1')
}

function to(name: string): CompileCall {
  const converted = conversion(name)
  return ({ input: { run, types } }) => ({
    types: [`System.${name}`],
    run: (self, scope) => {
      const item = single(run(self, scope))
      return item === undefined ? undefined : converted(item, types)
    },
  })
}

function convertsTo(name: string): CompileCall {
  const converted = conversion(name)
  return ({ input: { run, types } }) => ({
    types: booleanType,
    run: (self, scope) => {
      const item = single(run(self, scope))
      return plain(item) === undefined ? undefined : converted(item!, types) !== undefined
    },
  })
}

/** Dates and times are texts here, but become no numbers. */
function conversion(name: string): (item: Item, types: Types) => Item | undefined {
  const convert = conversions[name]!
  return (item, types) => {
    const value = plain(item)
    if (value === undefined) return undefined
    const timed = typeof value === 'string' && /^(?:moment|time)$/.test(familyOf(typeOf(item, types)) ?? '')
    return timed && !/String|Date|Time/.test(name) ? undefined : convert(value)
  }
}

/** `toX()` and `convertsToX()`. */
export const conversionFunctions: Functions = Object.fromEntries(
  Object.keys(conversions).flatMap((name) => [
    [`to${name}/0`, to(name)],
    [`convertsTo${name}/0`, convertsTo(name)],
  ]),
)
