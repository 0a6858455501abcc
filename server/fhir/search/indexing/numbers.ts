/** Numbers, quantities and positions. https://hl7.org/fhir/R4/search.html#quantity */
import type { JsonObject } from '../../json.ts'
import type { IndexRow } from '../index-row.ts'
import type { SearchPath } from '../path.ts'
import type { Terms } from '../term.ts'
import { type NumberValue, numberValues } from '../values.ts'
import type { Step } from './step.ts'

/** `principal`: a number along the path has columns of its own, unless it is a range. */
export function numberStep(path: SearchPath, terms: Terms, principal: boolean): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value, type) =>
      numberValues(value, type, (number) => {
        const unit = unitOf(row, terms, number)
        if (principal && number.low === number.high) {
          row.number = number.low
          row.unit = unit
        } else {
          row.numbers.push({ path: path.number, code: null, system: null, unit, low: number.low, high: number.high })
        }
      }),
    )
}

/** Latitude and longitude as two numbers; the second under the path's number plus one. */
export function positionStep(path: SearchPath): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value) => {
      const position = value as JsonObject
      for (const [offset, name] of ['latitude', 'longitude'].entries()) {
        // A primitive may have an extension in place of its value.
        const degrees = position[name]
        if (degrees === undefined) continue
        numberValues(degrees, 'decimal', ({ low, high }) =>
          row.numbers.push({ path: path.number + offset, code: null, system: null, unit: null, low, high }),
        )
      }
    })
}

/** The hash of a number's unit, which the row's units then explain; null where it has none. */
export function unitOf(
  row: IndexRow,
  terms: Terms,
  { system = '', code = '', unit = '' }: Pick<NumberValue, 'system' | 'code' | 'unit'>,
): bigint | null {
  if (system === '' && code === '' && unit === '') return null
  const hash = terms.term(unitTweak, `${system}\u0000${code}\u0000${unit}`)
  row.units.push({ unit: hash, system, code, text: unit })
  return hash
}

const unitTweak = { low: 0x756e6974, high: 0 }
