/** Dates: half-open ranges of UTC milliseconds. https://hl7.org/fhir/R4/search.html#date */

export interface DateRange {
  readonly low: number
  /** Excluded. */
  readonly high: number
}

/** What a query asks: a range, and the same range widened for `ap`. */
export interface DateQuery extends DateRange {
  readonly wideLow: number
  readonly wideHigh: number
}

const pattern = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/

/** The range that a date, dateTime or instant covers by its precision; undefined if it is none. */
export function dateRange(text: string): DateRange | undefined {
  const parts = pattern.exec(text)
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = parts
  const at = (y: number, m: number, d: number, ...time: number[]) => utc(y, m, d, ...time) - offset(zone)
  const y = Number(year)
  const m = month === undefined ? 0 : Number(month) - 1
  const d = day === undefined ? 1 : Number(day)
  if (m > 11 || m < 0 || d < 1 || d > daysIn(y, m)) return undefined
  if (month === undefined) return { low: at(y, 0, 1), high: at(y + 1, 0, 1) }
  if (day === undefined) return { low: at(y, m, 1), high: at(y, m + 1, 1) }
  if (hour === undefined) return { low: at(y, m, d), high: at(y, m, d + 1) }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return undefined
  if (second === undefined) return from(at(y, m, d, Number(hour), Number(minute)), 60_000)
  const start = at(y, m, d, Number(hour), Number(minute), Number(second))
  if (fraction === undefined) return from(start, 1000)
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'))
  return from(start + milliseconds, 10 ** (3 - Math.min(fraction.length, 3)))
}

/** A Period; an absent end is open. One that ends before it starts is the time between. */
export function periodRange(period: { start?: string; end?: string }): DateRange | undefined {
  const low = period.start === undefined ? -Infinity : dateRange(period.start)?.low
  const high = period.end === undefined ? Infinity : dateRange(period.end)?.high
  if (period.start !== undefined && period.end !== undefined && low! >= high!) {
    return { low: dateRange(period.end)!.low, high: dateRange(period.start)!.high }
  }
  return low === undefined || high === undefined ? undefined : { low, high }
}

/** The hull of a Timing's events and bounds; undefined where it has neither. */
export function timingRange(timing: {
  event?: string[]
  repeat?: { boundsPeriod?: { start?: string; end?: string } }
}): DateRange | undefined {
  const bounds = timing.repeat?.boundsPeriod
  const ranges = [...(timing.event ?? []).map(dateRange), bounds && periodRange(bounds)].filter((r) => r !== undefined)
  if (ranges.length === 0) return undefined
  return { low: Math.min(...ranges.map((r) => r.low)), high: Math.max(...ranges.map((r) => r.high)) }
}

/** Widens by a tenth of the distance between now and the beginning of the range. */
export function dateQuery(text: string, now: number): DateQuery | undefined {
  const range = dateRange(text)
  if (!range) return undefined
  const margin = Math.abs(now - range.low) / 10
  return { ...range, wideLow: range.low - margin, wideHigh: range.high + margin }
}

const eq = (q: DateQuery, r: DateRange) => q.low <= r.low && r.high <= q.high
const gt = (q: DateQuery, r: DateRange) => r.high > q.high
const lt = (q: DateQuery, r: DateRange) => r.low < q.low

/** How each prefix compares the query with a value; `po` and `co` are operators of `_filter` only. */
export const dateComparisons: Readonly<Record<string, (query: DateQuery, value: DateRange) => boolean>> = {
  eq,
  gt,
  lt,
  ne: (q, r) => !eq(q, r),
  ge: (q, r) => gt(q, r) || eq(q, r),
  le: (q, r) => lt(q, r) || eq(q, r),
  sa: (q, r) => r.low >= q.high,
  eb: (q, r) => r.high <= q.low,
  ap: (q, r) => r.low < q.wideHigh && q.wideLow < r.high,
  po: (q, r) => r.low < q.high && q.low < r.high,
  co: (q, r) => r.low <= q.low && q.high <= r.high,
}

function from(low: number, width: number): DateRange {
  return { low, high: low + width }
}

/** `Date.UTC` takes years below 100 for the twentieth century. */
function utc(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  date.setUTCHours(hour, minute, second, 0)
  return date.getTime()
}

function daysIn(year: number, month: number): number {
  return new Date(utc(year, month + 1, 0)).getUTCDate()
}

function offset(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return (zone[0] === '-' ? -1 : 1) * minutes * 60_000
}
