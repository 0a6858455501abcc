/** Quantities, FHIR's and FHIRPath's own, compared after conversion. https://hl7.org/fhirpath/N1/#quantity */
import type { JsonObject } from '../../json.ts'
import { isJsonObject, isRawNumber } from '../../json.ts'
import { convert, ucumSystem, unitScale } from '../../quantity.ts'
import type { Spend } from './budget.ts'
import { spendFor } from './budget.ts'
import type { Plain } from './values.ts'
import { Element, numberFromDigits } from './values.ts'

interface Measure {
  readonly value: number
  /** A UCUM code, the code of another system behind its URL, or a unit in words. */
  readonly unit: string
  readonly ucum: boolean
}

/** Understanding a unit takes as long as many items do. */
const unitCost = 12_800
/** No UCUM code is longer. */
const maxUnit = 64
const quantityType = 'System.Quantity'

/** Units of time in words, which are UCUM's only roughly. */
const calendar: Readonly<Record<string, string>> = {
  year: 'a',
  month: 'mo',
  week: 'wk',
  day: 'd',
  hour: 'h',
  minute: 'min',
  second: 's',
  millisecond: 'ms',
}

/** FHIRPath's own quantity; the unit is a UCUM code, or a unit of time in words. */
export function systemQuantity(value: string, unit: string): Element {
  return new Element({ value: numberFromDigits(value), unit }, quantityType)
}

/** Number and unit of FHIRPath's own quantity. */
export function partsOf(quantity: Plain | undefined): { value: number; unit: string } | undefined {
  if (!isJsonObject(quantity)) return undefined
  const measure = measureOf(quantity)
  return measure && { value: measure.value, unit: measure.unit }
}

/** Below, at or above 0; undefined where the units are not of one dimension. */
export function compareQuantities(left: Plain, right: Plain, spend: Spend): number | undefined {
  const a = measureOf(left)
  const b = measureOf(right)
  if (!a || !b) return undefined
  if (a.unit === b.unit && a.ucum === b.ucum) return a.value < b.value ? -1 : a.value > b.value ? 1 : 0
  if (!a.ucum || !b.ucum) return undefined
  spendFor(spend, unitCost)
  const from = unitScale(calendar[a.unit] ?? a.unit)
  const to = unitScale(calendar[b.unit] ?? b.unit)
  if (!from || !to || from.dimension !== to.dimension) return undefined
  const converted = convert(a.value, from, to)
  return converted < b.value ? -1 : converted > b.value ? 1 : 0
}

function measureOf(quantity: Plain): Measure | undefined {
  if (typeof quantity === 'number' || isRawNumber(quantity))
    return { value: toNumber(quantity)!, unit: '1', ucum: true }
  if (!isJsonObject(quantity)) return undefined
  const value = toNumber(quantity['value'])
  if (value === undefined) return undefined
  const { system, code, unit } = quantity as JsonObject
  if (code === undefined && system === undefined) {
    // Only FHIRPath's own have a unit alone that is a code; FHIR's have words there, which equal themselves.
    return {
      value,
      unit: typeof unit === 'string' ? unit : '',
      ucum: typeof unit === 'string' && unit.length <= maxUnit,
    }
  }
  return system === ucumSystem && typeof code === 'string' && code.length <= maxUnit
    ? { value, unit: code, ucum: true }
    : { value, unit: `${String(system)}|${String(code)}`, ucum: false }
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  return isRawNumber(value) ? Number(value.rawJSON) : undefined
}
