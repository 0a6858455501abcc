/** Arithmetic on numbers, quantities, dates and texts. https://hl7.org/fhirpath/N1/#math */
import { isRawNumber } from '../../json.ts'
import type { Spend } from './budget.ts'
import { spendFor } from './budget.ts'
import type { Compiled } from './compiled.ts'
import { integerType, stringType } from './compiled.ts'
import { addToMoment } from './moments.ts'
import { partsOf, systemQuantity } from './quantities.ts'
import type { Types } from './types.ts'
import { anyType, familyOf, onlyType, typeOf } from './types.ts'
import type { Item, Plain } from './values.ts'
import { Element, fault, plain, single } from './values.ts'

type Operator = '+' | '-' | '*' | '/' | 'div' | 'mod'

const integers = new Set(['System.Integer', 'integer', 'positiveInt', 'unsignedInt'])

const numeric: Readonly<Record<Operator, (left: number, right: number) => number | undefined>> = {
  '+': (left, right) => rounded(left + right),
  '-': (left, right) => rounded(left - right),
  '*': (left, right) => rounded(left * right),
  '/': (left, right) => (right === 0 ? undefined : rounded(left / right)),
  div: (left, right) => (right === 0 ? undefined : Math.trunc(rounded(left / right))),
  mod: (left, right) => (right === 0 ? undefined : rounded(left % right)),
}

/** How an arithmetic operator is compiled. */
export function arithmetic(operator: Operator): (left: Compiled, right: Compiled) => Compiled {
  const compute = numeric[operator]
  return (left, right) => ({
    types: resultTypes(operator, left.types, right.types),
    run: (self, scope) => {
      const a = single(left.run(self, scope))
      const b = single(right.run(self, scope))
      if (a === undefined || b === undefined) return undefined
      if (typeof a === 'number' && typeof b === 'number') return compute(a, b)
      scope.environment.spend()
      return general(operator, a, left.types, b, right.types, scope.environment.spend)
    },
  })
}

/** The negative of a number or quantity; a fault for anything else. */
export function negative(item: Item): Item {
  const value = plain(item)
  const number = value === undefined ? undefined : toNumber(value)
  if (number !== undefined) return -number
  const quantity = partsOf(value)
  if (!quantity) throw fault
  return systemQuantity(String(-quantity.value), quantity.unit)
}

function general(
  operator: Operator,
  left: Item,
  leftTypes: Types,
  right: Item,
  rightTypes: Types,
  spend: Spend,
): Item | undefined {
  const a = plain(left)
  const b = plain(right)
  if (a === undefined || b === undefined) return undefined
  const [first, second] = [toNumber(a), toNumber(b)]
  if (first !== undefined && second !== undefined) return numeric[operator](first, second)
  const type = typeOf(left, leftTypes)
  const family = familyOf(type)
  if (family === 'moment') return shifted(operator, String(a), type, b)
  if (typeof a === 'string' && typeof b === 'string' && operator === '+') return joined(a, b, spend)
  if (family === 'quantity' || familyOf(typeOf(right, rightTypes)) === 'quantity') return measured(operator, a, b)
  throw fault
}

/** Two texts in one. */
export function joined(left: string, right: string, spend: Spend): string {
  spendFor(spend, left.length + right.length)
  return left + right
}

function shifted(operator: Operator, text: string, type: string, by: Plain): Item | undefined {
  const quantity = partsOf(by)
  if (!quantity || (operator !== '+' && operator !== '-')) throw fault
  const sign = operator === '+' ? 1 : -1
  const moment = addToMoment(text, sign * quantity.value, unitWords[quantity.unit] ?? quantity.unit)
  return moment === undefined ? undefined : new Element(moment, type)
}

/** UCUM's units of time that are no longer or shorter than the words. */
const unitWords: Readonly<Record<string, string>> = {
  s: 'second',
  ms: 'millisecond',
  d: 'day',
  h: 'hour',
  min: 'minute',
  wk: 'week',
}

function measured(operator: Operator, left: Plain, right: Plain): Item | undefined {
  const [a, b] = [asQuantity(left), asQuantity(right)]
  if (!a || !b) throw fault
  const scales = operator === '*' || operator === '/'
  if (scales && b.unit !== '1' && a.unit !== '1' && a.unit !== b.unit) throw fault
  if (!scales && a.unit !== b.unit) throw fault
  const value = numeric[operator](a.value, b.value)
  if (value === undefined) return undefined
  const unit = operator === '/' && a.unit === b.unit ? '1' : a.unit === '1' ? b.unit : a.unit
  return systemQuantity(String(value), unit)
}

function asQuantity(value: Plain): { value: number; unit: string } | undefined {
  const number = toNumber(value)
  return number === undefined ? partsOf(value) : { value: number, unit: '1' }
}

function toNumber(value: Plain): number | undefined {
  if (typeof value === 'number') return value
  return isRawNumber(value) ? Number(value.rawJSON) : undefined
}

/** Decimals have no more digits than that, and no trace of binary fractions. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(15))
}

function resultTypes(operator: Operator, left: Types, right: Types): Types {
  const [a, b] = [onlyType(left) ?? '', onlyType(right) ?? '']
  if (operator !== '/' && integers.has(a) && integers.has(b)) return integerType
  return operator === '+' && familyOf(a) === 'text' && familyOf(b) === 'text' ? stringType : anyType
}
