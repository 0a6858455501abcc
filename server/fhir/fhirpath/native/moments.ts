/**
 * Dates, date-times and times as FHIRPath orders them: by what both are precise enough to tell.
 * https://hl7.org/fhirpath/N1/#datetime-equality
 */

const pattern = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(?:(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/
const timePattern = /^(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?$/

interface Moment {
  /** Year, month, day, hour, minute, second: as many as the text has. */
  readonly parts: readonly number[]
  /** Minutes that the local time is ahead of UTC; undefined where the text has no zone. */
  readonly zone: number | undefined
}

/** Below, at or above 0; undefined where the precision of one leaves it open, or one is no moment. */
export function compareMoments(left: string, right: string): number | undefined {
  // Most texts are written alike, and then their characters are in order.
  if (left.length === right.length && sameZone(left, right)) return order(left, right)
  const a = momentOf(left)
  const b = momentOf(right)
  if (!a || !b) return left === right ? 0 : undefined
  // A date has no zone: it is taken to be in that of the other.
  const timed = a.parts.length > 3 && b.parts.length > 3
  return compareParts(timed ? inUtc(a) : a.parts, timed ? inUtc(b) : b.parts)
}

/** The same for times of day. */
export function compareTimes(left: string, right: string): number | undefined {
  if (left.length === right.length) return order(left, right)
  const a = timePattern.exec(left.replace(/^T/, ''))
  const b = timePattern.exec(right.replace(/^T/, ''))
  return a && b ? compareParts(numbers(a.slice(1)), numbers(b.slice(1))) : undefined
}

/** True for a date or date-time whose fields are in their ranges. */
export function isMoment(text: string): boolean {
  const moment = momentOf(text)
  if (!moment) return false
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = moment.parts
  const days = new Date(Date.UTC(2000 + (year! % 400), month, 0)).getUTCDate()
  return month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60
}

/** True for a time of day whose fields are in their ranges. */
export function isTime(text: string): boolean {
  const found = timePattern.exec(text)
  if (!found) return false
  const [hour, minute = 0, second = 0] = numbers(found.slice(1))
  return hour! < 24 && minute < 60 && second < 60
}

/** Moments that are equal have equal keys. */
export function momentKey(text: string): string {
  const moment = text.length > 10 ? momentOf(text) : undefined
  return moment ? inUtc(moment).join(' ') : text
}

/** The moment so many units later, in the precision of `text`; undefined for what is no moment. */
export function addToMoment(text: string, amount: number, unit: string): string | undefined {
  const moment = momentOf(text)
  if (!moment) return undefined
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = moment.parts
  const milliseconds = Math.round((second % 1) * 1000)
  const date = new Date(Date.UTC(year!, month - 1, day, hour, minute, Math.floor(second), milliseconds))
  date.setUTCFullYear(year!)
  if (!addUnits(date, Math.trunc(amount), unit, amount)) return undefined
  const iso = date.toISOString()
  const lengths = [0, 4, 7, 10, 13, 16, 19]
  const [, fraction = '', zone = ''] = /^.{19}(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? []
  if (moment.parts.length < 6)
    return iso.slice(0, lengths[moment.parts.length]) + text.slice(lengths[moment.parts.length])
  return iso.slice(0, 19) + (fraction && iso.slice(19, 23)) + zone
}

const inMilliseconds: Readonly<Record<string, number>> = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
}

function addUnits(date: Date, whole: number, unit: string, amount: number): boolean {
  const months = unit === 'year' ? whole * 12 : unit === 'month' ? whole : undefined
  if (months === undefined) {
    const size = inMilliseconds[unit]
    if (size === undefined) return false
    date.setTime(date.getTime() + Math.trunc(unit === 'second' ? amount * size : whole * size))
  } else {
    const day = date.getUTCDate()
    date.setUTCDate(1)
    date.setUTCMonth(date.getUTCMonth() + months)
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
    date.setUTCDate(Math.min(day, last))
  }
  const year = date.getUTCFullYear()
  return year >= 1 && year <= 9999
}

/** For texts of one length: a date has no zone, a minute none that is written otherwise. */
function sameZone(left: string, right: string): boolean {
  const { length } = left
  if (length <= 10) return true
  if (length < 17) return false
  return left.endsWith('Z')
    ? right.endsWith('Z')
    : length === 25 && left.slice(19) === right.slice(19) && left[19] !== '.'
}

function momentOf(text: string): Moment | undefined {
  const found = pattern.exec(text)
  if (!found) return undefined
  return { parts: numbers(found.slice(1, 7)), zone: zoneMinutes(found[7]) }
}

function numbers(texts: readonly (string | undefined)[]): number[] {
  const found: number[] = []
  for (const text of texts) if (text !== undefined) found.push(Number(text))
  return found
}

function zoneMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return zone && 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return zone[0] === '-' ? -minutes : minutes
}

function inUtc({ parts, zone }: Moment): readonly number[] {
  if (!zone || parts.length < 4) return parts
  const [year, month, day, hour, minute = 0, second = 0] = parts as [number, number, number, number, number?, number?]
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute - zone))
  if (year < 100) date.setUTCFullYear(year)
  const utc = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours()]
  return [...utc, date.getUTCMinutes(), second].slice(0, parts.length)
}

function compareParts(left: readonly number[], right: readonly number[]): number | undefined {
  const shared = Math.min(left.length, right.length)
  for (let i = 0; i < shared; i++) if (left[i] !== right[i]) return left[i]! < right[i]! ? -1 : 1
  return left.length === right.length ? 0 : undefined
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
