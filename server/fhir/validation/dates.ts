/**
 * The four date types, checked against the calendar. Read by character code: they are the most frequent values that
 * need more than a look-up. https://hl7.org/fhir/R4/datatypes.html#date
 */

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, a day that exists. */
export function isDate(text: string): boolean {
  return endOfDate(text) === text.length
}

/** A date, or a full date and time with seconds and a time zone. */
export function isDateTime(text: string): boolean {
  return text.length > 10 ? isInstant(text) : isDate(text)
}

/** Date, time to the second or finer, and time zone. */
export function isInstant(text: string): boolean {
  if (endOfDate(text) !== 10 || text.charCodeAt(10) !== 0x54) return false
  const end = endOfTime(text, 11)
  return end > 0 && isZone(text, end)
}

/** `hh:mm:ss` with an optional fraction. */
export function isTime(text: string): boolean {
  return endOfTime(text, 0) === text.length
}

/** Where the date at the start of `text` ends: 4, 7 or 10; -1 where there is none. */
function endOfDate(text: string): number {
  const century = twoDigits(text, 0)
  const yearOfCentury = twoDigits(text, 2)
  const year = century * 100 + yearOfCentury
  if (century < 0 || yearOfCentury < 0 || year === 0) return -1
  if (text.charCodeAt(4) !== 0x2d) return 4
  const month = twoDigits(text, 5)
  if (month < 1 || month > 12) return -1
  if (text.charCodeAt(7) !== 0x2d) return 7
  const day = twoDigits(text, 8)
  return day >= 1 && day <= lastDay(year, month) ? 10 : -1
}

function lastDay(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && leap ? 29 : daysInMonth[month - 1]!
}

/** Where the time at `start` ends; -1 where there is none. A 60th second is a leap second. */
function endOfTime(text: string, start: number): number {
  if (text.charCodeAt(start + 2) !== 0x3a || text.charCodeAt(start + 5) !== 0x3a) return -1
  if (!within(twoDigits(text, start), 23)) return -1
  if (!within(twoDigits(text, start + 3), 59)) return -1
  if (!within(twoDigits(text, start + 6), 60)) return -1
  const end = start + 8
  if (text.charCodeAt(end) !== 0x2e) return end
  let fraction = end + 1
  while (isDigit(text.charCodeAt(fraction))) fraction++
  return fraction > end + 1 ? fraction : -1
}

/** `Z`, or an offset of at most 14 hours. */
function isZone(text: string, start: number): boolean {
  const sign = text.charCodeAt(start)
  if (sign === 0x5a) return text.length === start + 1
  if ((sign !== 0x2b && sign !== 0x2d) || text.length !== start + 6 || text.charCodeAt(start + 3) !== 0x3a) return false
  const hours = twoDigits(text, start + 1)
  const minutes = twoDigits(text, start + 4)
  return within(minutes, 59) && (within(hours, 13) || (hours === 14 && minutes === 0))
}

/** The number that two digits spell; -1 where there are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at)
  const ones = text.charCodeAt(at + 1)
  return isDigit(tens) && isDigit(ones) ? (tens - 0x30) * 10 + ones - 0x30 : -1
}

/** False for NaN, which is what lies behind the end of a text. */
function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function within(value: number, limit: number): boolean {
  return value >= 0 && value <= limit
}
