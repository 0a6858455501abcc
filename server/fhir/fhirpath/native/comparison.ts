/** Equality, equivalence and order of items. https://hl7.org/fhirpath/N1/#equality */
import { isJsonObject, isRawNumber, numberText } from '../../json.ts'
import type { Spend } from './budget.ts'
import { spendFor, spendForItems } from './budget.ts'
import { compareMoments, compareTimes, momentKey } from './moments.ts'
import { compareQuantities } from './quantities.ts'
import type { Family, Types } from './types.ts'
import { familyOf, typeOf } from './types.ts'
import type { Item, Plain, Value } from './values.ts'
import { countOf, Element, fault, itemsOf, plain } from './values.ts'

/** `=`: undefined where one side is empty or too imprecise. */
export function equal(
  left: Value,
  leftTypes: Types,
  right: Value,
  rightTypes: Types,
  spend: Spend,
): boolean | undefined {
  const count = countOf(left)
  if (count === 0 || countOf(right) === 0) return undefined
  if (count !== countOf(right)) return false
  const others = itemsOf(right)
  spendForItems(spend, count)
  let answer: boolean | undefined = true
  for (const [i, item] of itemsOf(left).entries()) {
    const same = equalItems(item, leftTypes, others[i]!, rightTypes, spend)
    if (same === false) return false
    if (same === undefined) answer = undefined
  }
  return answer
}

/** `=` of two items. */
function equalItems(left: Item, leftTypes: Types, right: Item, rightTypes: Types, spend: Spend): boolean | undefined {
  const a = plain(left)
  const b = plain(right)
  if (a === undefined || b === undefined) return a === b && sameSibling(left, right, spend)
  const family = sharedFamily(left, leftTypes, right, rightTypes)
  if (family === undefined) return false
  if (typeof a === 'string') spendFor(spend, a.length)
  if (family === 'moment') return isZero(compareMoments(String(a), String(b)))
  if (family === 'time') return isZero(compareTimes(String(a), String(b)))
  if (family === 'number') return sameNumber(a, b)
  if (family === 'quantity') return sameQuantity(a, b, spend)
  return family === 'complex' ? sameJson(a, b, spend) : a === b
}

/** `~`: order, case, white space and trailing digits do not count. https://hl7.org/fhirpath/N1/#equivalent */
export function equivalent(left: Value, leftTypes: Types, right: Value, rightTypes: Types, spend: Spend): boolean {
  if (countOf(left) !== countOf(right)) return false
  const others = [...itemsOf(right)]
  return itemsOf(left).every((item) => {
    const index = others.findIndex((other) => equivalentItems(item, leftTypes, other, rightTypes, spend))
    if (index >= 0) others.splice(index, 1)
    return index >= 0
  })
}

function equivalentItems(left: Item, leftTypes: Types, right: Item, rightTypes: Types, spend: Spend): boolean {
  spend()
  const a = plain(left)
  const b = plain(right)
  if (a === undefined || b === undefined) return a === b
  const family = sharedFamily(left, leftTypes, right, rightTypes)
  if (family === 'text') return sameText(String(a), String(b), spend)
  if (family === 'number') return sameRounded(a, b)
  if (family === 'complex') return equivalentJson(a, b, spend)
  return equalItems(left, leftTypes, right, rightTypes, spend) === true
}

/** Below, at or above 0; undefined where that is open. A fault where the items have no common order. */
export function compareItems(
  left: Item,
  leftTypes: Types,
  right: Item,
  rightTypes: Types,
  spend: Spend,
): number | undefined {
  const a = plain(left)
  const b = plain(right)
  if (a === undefined || b === undefined) return undefined
  const family = sharedFamily(left, leftTypes, right, rightTypes)
  if (family === 'moment') return compareMoments(String(a), String(b))
  if (family === 'time') return compareTimes(String(a), String(b))
  if (family === 'quantity') return compareQuantities(a, b, spend)
  if (typeof a === 'string') spendFor(spend, a.length)
  if (family === 'number') return sign(toNumber(a) - toNumber(b))
  if (family === 'text') return a === b ? 0 : String(a) < String(b) ? -1 : 1
  throw fault
}

/** Equal items have equal keys, other items have others. */
export function keyOf(item: Item, types: Types, spend: Spend): string {
  const value = plain(item)
  if (value === undefined) return `-${canonical((item as Element).sibling, spend)}`
  if (typeof value === 'boolean') return `b${value}`
  if (typeof value === 'number') return `n${value}`
  if (isRawNumber(value)) return `n${Number(value.rawJSON)}`
  if (typeof value === 'string') {
    spendFor(spend, value.length)
    const family = familyOf(typeOf(item, types))
    return family === 'moment' ? `m${momentKey(value)}` : `s${value}`
  }
  return `c${canonical(value, spend)}`
}

/** How two items are compared; undefined where they are of different kinds. */
function sharedFamily(left: Item, leftTypes: Types, right: Item, rightTypes: Types): Family | undefined {
  const a = itemFamily(left, leftTypes)
  const b = itemFamily(right, rightTypes)
  if (a === b) return a
  if (a === 'quantity' && b === 'number') return 'quantity'
  if (a === 'number' && b === 'quantity') return 'quantity'
  // What no definition describes is what the other side is.
  if (untyped(left, leftTypes) && (b === 'moment' || b === 'time') && a === 'text') return b
  if (untyped(right, rightTypes) && (a === 'moment' || a === 'time') && b === 'text') return a
  return undefined
}

function untyped(item: Item, types: Types): boolean {
  return typeof item === 'string' && types.includes('')
}

function itemFamily(item: Item, types: Types): Family {
  const value = plain(item)!
  if (typeof value === 'number' || isRawNumber(value)) return 'number'
  if (typeof value === 'boolean') return 'boolean'
  const family = familyOf(typeOf(item, types))
  if (typeof value !== 'string') return family === 'quantity' ? family : 'complex'
  return family === 'moment' || family === 'time' ? family : 'text'
}

function isZero(order: number | undefined): boolean | undefined {
  return order === undefined ? undefined : order === 0
}

function sign(difference: number): number | undefined {
  return Number.isNaN(difference) ? undefined : difference
}

function toNumber(value: Plain): number {
  return typeof value === 'number' ? value : isRawNumber(value) ? Number(value.rawJSON) : Number.NaN
}

function sameNumber(left: Plain, right: Plain): boolean {
  return toNumber(left) === toNumber(right)
}

function sameRounded(left: Plain, right: Plain): boolean {
  const digits = Math.min(fraction(left), fraction(right))
  return toNumber(left).toFixed(digits) === toNumber(right).toFixed(digits)
}

function fraction(value: Plain): number {
  const text = typeof value === 'number' || isRawNumber(value) ? numberText(value) : ''
  const [, digits = ''] = /\.(\d*?)0*$/.exec(text) ?? []
  return Math.min(digits.length, 50)
}

function sameQuantity(left: Plain, right: Plain, spend: Spend): boolean | undefined {
  return isZero(compareQuantities(left, right, spend)) ?? (sameJson(left, right, spend) ? true : undefined)
}

/** Extensions count only where there is no value. */
function sameSibling(left: Item, right: Item, spend: Spend): boolean {
  return left instanceof Element && right instanceof Element && sameJson(left.sibling, right.sibling, spend)
}

function sameJson(left: unknown, right: unknown, spend: Spend): boolean {
  return left === right || canonical(left, spend) === canonical(right, spend)
}

/** JSON with its keys in order, and numbers without the digits that do not count. */
function canonical(value: unknown, spend: Spend): string {
  if (isRawNumber(value)) return String(Number(value.rawJSON))
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, spend)).join()}]`
  if (!isJsonObject(value)) {
    if (typeof value === 'string') spendFor(spend, value.length)
    return JSON.stringify(value) ?? ''
  }
  spend()
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key], spend)}`).join()}}`
}

/** Ids are left out of account. */
function equivalentJson(left: unknown, right: unknown, spend: Spend): boolean {
  spend()
  if (typeof left === 'string' && typeof right === 'string') return sameText(left, right, spend)
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length && left.every((item) => right.some((other) => equivalentJson(item, other, spend)))
    )
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return sameJson(left, right, spend)
  const keys = new Set([...Object.keys(left), ...Object.keys(right)].filter((key) => key !== 'id'))
  return [...keys].every((key) => equivalentJson(left[key], right[key], spend))
}

function sameText(left: string, right: string, spend: Spend): boolean {
  spendFor(spend, left.length + right.length)
  return normalized(left) === normalized(right)
}

function normalized(text: string): string {
  return text.toLowerCase().replace(/\s/g, ' ')
}
