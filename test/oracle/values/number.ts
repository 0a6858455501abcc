/** Numbers: exact points or intervals against values of implied precision. https://hl7.org/fhir/R4/search.html#number */

export interface Interval {
  readonly low: number
  readonly high: number
  readonly lowOpen?: boolean
  readonly highOpen?: boolean
}

/** A number as it was written: itself, the range of its precision, and a tenth to both sides. */
export interface NumberQuery {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly wideLow: number
  readonly wideHigh: number
}

/** Reads `5.40`, `1e2`; undefined if the text is no number. Bounds are exact: nothing is added in floating point. */
export function numberQuery(text: string): NumberQuery | undefined {
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (!parts) return undefined
  const [, sign, whole, fraction = '', exponent = '0'] = parts
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n)
  const tenths = Number(exponent) - fraction.length - 1
  const number = (units: bigint) => Number(`${units}e${tenths}`)
  const magnitude = digits < 0n ? -digits : digits
  return {
    value: Number(text),
    low: number(digits * 10n - 5n),
    high: number(digits * 10n + 5n),
    wideLow: number(digits * 10n - magnitude),
    wideHigh: number(digits * 10n + magnitude),
  }
}

/** A single number as an interval. */
export function point(value: number): Interval {
  return { low: value, high: value }
}

/** The numbers that a Quantity's comparator leaves possible. https://hl7.org/fhir/R4/valueset-quantity-comparator.html */
export const comparatorIntervals: Readonly<Record<string, (value: number) => Interval>> = {
  '<': (value) => ({ low: -Infinity, high: value, highOpen: true }),
  '<=': (value) => ({ low: -Infinity, high: value }),
  '>': (value) => ({ low: value, high: Infinity, lowOpen: true }),
  '>=': (value) => ({ low: value, high: Infinity }),
}

const eq = (q: NumberQuery, r: Interval) => q.low <= r.low && r.high < q.high
const reaches = (r: Interval, value: number) => (r.highOpen ? r.high > value : r.high >= value)
const beginsBy = (r: Interval, value: number) => (r.lowOpen ? r.low < value : r.low <= value)

/** How each prefix compares the query with a value. */
export const numberComparisons: Readonly<Record<string, (query: NumberQuery, value: Interval) => boolean>> = {
  eq,
  ne: (q, r) => !eq(q, r),
  gt: (q, r) => r.high > q.value,
  lt: (q, r) => r.low < q.value,
  ge: (q, r) => reaches(r, q.value),
  le: (q, r) => beginsBy(r, q.value),
  sa: (q, r) => !beginsBy(r, q.value),
  eb: (q, r) => !reaches(r, q.value),
  ap: (q, r) => beginsBy(r, q.wideHigh) && reaches(r, q.wideLow),
}
