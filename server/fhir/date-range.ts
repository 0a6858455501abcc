/**
 * Dates as half-open ranges of milliseconds in UTC: `2013-01` is all of January.
 * https://hl7.org/fhir/R4/search.html#date
 */

export interface DateRange {
  /** First millisecond. */
  readonly low: number
  /** First millisecond after the range. */
  readonly high: number
}

/** Stand for an open start and an open end: the limits of JavaScript's dates. */
export const earliest = -8_640_000_000_000_000
export const latest = 8_640_000_000_000_000

const pattern = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/

/** The range that a FHIR date, dateTime or instant covers; undefined when it is not one. Without a zone it is UTC. */
export function dateRange(text: string): DateRange | undefined {
  const match = pattern.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = match
  const y = Number(year)
  const m = month === undefined ? 0 : Number(month) - 1
  const d = day === undefined ? 1 : Number(day)
  if (m > 11 || m < 0 || d < 1 || d > daysInMonth(y, m)) return undefined
  if (Number(hour ?? 0) > 24 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 60) return undefined

  const offset = zoneOffset(zone)
  const milliseconds = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'))
  const low = utc(y, m, d, Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0), milliseconds) - offset
  if (month === undefined) return { low, high: utc(y + 1, 0, 1, 0, 0, 0, 0) }
  if (day === undefined) return { low, high: utc(y, m + 1, 1, 0, 0, 0, 0) }
  if (hour === undefined) return { low, high: low + 86_400_000 }
  if (second === undefined) return { low, high: low + 60_000 }
  if (fraction === undefined) return { low, high: low + 1000 }
  return { low, high: low + 10 ** Math.max(0, 3 - fraction.length) }
}

/** An instant in the form of `Resource.meta.lastUpdated`. */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** `Date.UTC` reads the years 0 to 99 as 1900 to 1999. */
function utc(y: number, m: number, d: number, hour: number, minute: number, second: number, ms: number): number {
  const time = Date.UTC(y, m, d, hour, minute, second, ms)
  return y >= 100 ? time : new Date(time).setUTCFullYear(y, m, d)
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year < 100 ? year + 400 : year, month + 1, 0)).getUTCDate()
}

function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0
  const sign = zone[0] === '-' ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 60_000
}
