/** https://hl7.org/fhirpath/N1/#conversion */
import { isRawNumber, numberFromText, numberText } from '../../../json.ts'
import type { CompileCall } from '../compiled.ts'
import { booleanType } from '../compiled.ts'
import type { Functions } from '../functions.ts'
import { isMoment, isTime } from '../moments.ts'
import { partsOf, systemQuantity } from '../quantities.ts'
import type { Item, Plain } from '../values.ts'
import { Element, plain, single } from '../values.ts'

/** The converted value; undefined where it cannot be. */
type Convert = (value: Plain) => Item | undefined

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
  return typeof value === 'object' && !isRawNumber(value) ? undefined : truths.get(String(toText(value)).toLowerCase())
}

function toInteger(value: Plain): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string') return /^[+-]?\d+$/.test(value) && isInt32(Number(value)) ? Number(value) : undefined
  return typeof value === 'number' && isInt32(value) ? value : undefined
}

function isInt32(value: number): boolean {
  return (value | 0) === value
}

function toDecimal(value: Plain): Item | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string')
    return /^[+-]?\d+(\.\d+)?$/.test(value) ? numberFromText(value.replace(/^\+/, '')) : undefined
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
  const [, number, code, word] = (value.length < 200 && quantity.exec(value)) || []
  if (number === undefined || (word !== undefined && !calendarUnit.test(word))) return undefined
  return systemQuantity(number.replace(/^\+/, ''), code ?? word?.replace(/s$/, '') ?? '1')
}

function to(name: string, convert: Convert): CompileCall {
  return ({ input: { run } }) => ({
    types: [`System.${name}`],
    run: (self, scope) => {
      const value = plain(single(run(self, scope)))
      return value === undefined ? undefined : convert(value)
    },
  })
}

function convertsTo(convert: Convert): CompileCall {
  return ({ input: { run } }) => ({
    types: booleanType,
    run: (self, scope) => {
      const value = plain(single(run(self, scope)))
      return value === undefined ? undefined : convert(value) !== undefined
    },
  })
}

export const conversionFunctions: Functions = Object.fromEntries(
  Object.entries(conversions).flatMap(([name, convert]) => [
    [`to${name}/0`, to(name, convert)],
    [`convertsTo${name}/0`, convertsTo(convert)],
  ]),
)
