/** https://hl7.org/fhirpath/N1/#math */

import type { CompileCall } from '../compiled.ts'
import { argument, integerType, ofInput } from '../compiled.ts'
import type { Functions } from '../functions.ts'
import { partsOf, systemQuantity } from '../quantities.ts'
import type { Types } from '../types.ts'
import { anyType } from '../types.ts'
import type { Value } from '../values.ts'
import { fault, numberOf, plain, single } from '../values.ts'

const decimalType: Types = ['System.Decimal']

function ofNumber(types: Types, compute: (value: number) => number): CompileCall {
  return ofInput(types, (value) => {
    const number = numberOf(value)
    return number === undefined ? undefined : finite(compute(number))
  })
}

function ofNumbers(types: Types, compute: (value: number, other: number) => number): CompileCall {
  return (call) => {
    const { run } = call.input
    const other = argument(call, 0)
    return {
      types,
      run: (self, scope) => {
        const value = numberOf(run(self, scope))
        const second = numberOf(other.run(self, scope))
        return value === undefined || second === undefined ? undefined : finite(compute(value, second))
      },
    }
  }
}

/** What has no number is empty. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

function absolute(value: Value): Value {
  const own = plain(single(value))
  const quantity = partsOf(own)
  if (quantity) return systemQuantity(String(Math.abs(quantity.value)), quantity.unit)
  const number = numberOf(value)
  return number === undefined ? undefined : Math.abs(number)
}

function rounded(value: number, digits: number): number {
  if (digits < 0) throw fault
  const factor = 10 ** Math.min(digits, 15)
  return (Math.sign(value) * Math.round(Number((Math.abs(value) * factor).toPrecision(15)))) / factor
}

/** Functions of numbers. */
export const mathFunctions: Functions = {
  'abs/0': ofInput(anyType, absolute),
  'ceiling/0': ofNumber(integerType, Math.ceil),
  'floor/0': ofNumber(integerType, Math.floor),
  'truncate/0': ofNumber(integerType, Math.trunc),
  'exp/0': ofNumber(decimalType, Math.exp),
  'ln/0': ofNumber(decimalType, Math.log),
  'sqrt/0': ofNumber(decimalType, Math.sqrt),
  'round/0': ofNumber(anyType, (value) => rounded(value, 0)),
  'round/1': ofNumbers(anyType, rounded),
  'log/1': ofNumbers(decimalType, (value, base) => Math.log(value) / Math.log(base)),
  'power/1': ofNumbers(anyType, (value, exponent) => value ** exponent),
}
