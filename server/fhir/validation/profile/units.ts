/** Quantities of one dimension, made comparable. https://hl7.org/fhir/R4/datatypes.html#quantity */
import type { JsonObject } from '../../json.ts'
import { numberText } from '../../json.ts'
import { convert, ucumSystem, unitScale } from '../../quantity.ts'

/** The value of a quantity in the unit of another; undefined where they cannot be compared. */
export function quantityInUnit(quantity: JsonObject, unit: JsonObject): number | undefined {
  const value = quantity['value']
  if (value === undefined) return undefined
  const number = Number(numberText(value as number))
  if (quantity['system'] === unit['system'] && quantity['code'] === unit['code']) return number
  if (quantity['system'] !== ucumSystem || unit['system'] !== ucumSystem) return undefined
  const from = unitScale(String(quantity['code']))
  const to = unitScale(String(unit['code']))
  return from && to && from.dimension === to.dimension ? convert(number, from, to) : undefined
}
