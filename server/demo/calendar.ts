/** The demo clinic's calendar: whole days and minutes of Eastern time, daylight saving included. */

/** Days since 1970-01-01 in the clinic's own time zone. */
export type Day = number

/** Minutes since midnight in the clinic's own time zone. */
export type Minute = number

/** The IANA name of the zone that this file computes with. */
export const timeZone = 'America/New_York'
/** As FHIR’s `days-of-week` codes, Sunday first like JavaScript’s. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
/** One of FHIR’s `days-of-week` codes. */
export type Weekday = (typeof weekdays)[number]

const msPerDay = 86_400_000
const daysPerYear = 365.25
const daysPerMonth = daysPerYear / 12

/** The clinic's date at an instant. */
export function clinicDay(now: Date): Day {
  const standard = Math.floor((now.getTime() - 5 * 3_600_000) / msPerDay)
  return isDaylightSaving(standard) ? Math.floor((now.getTime() - 4 * 3_600_000) / msPerDay) : standard
}

/** `2026-03-09` */
export function dateText(day: Day): string {
  return new Date(day * msPerDay).toISOString().slice(0, 10)
}

/** `2026-03-09T09:30:00-04:00` */
export function instantText(day: Day, minute: Minute): string {
  return `${dateText(day)}T${timeText(minute)}${isDaylightSaving(day) ? '-04:00' : '-05:00'}`
}

/** `09:30:00` */
export function timeText(minute: Minute): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}:00`
}

/** `9 March 2026`, for narratives and letters. */
export function dateWords(day: Day): string {
  const date = new Date(day * msPerDay)
  return `${date.getUTCDate()} ${monthNames[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

/** 1970-01-01 was a Thursday. */
export function weekdayOf(day: Day): Weekday {
  return weekdays[(((day + 4) % 7) + 7) % 7]!
}

/** The calendar year of a day. */
export function yearOf(day: Day): number {
  return new Date(day * msPerDay).getUTCFullYear()
}

/** The day of a calendar date; months count from 1. */
export function dayOf(year: number, month: number, date: number): Day {
  return Date.UTC(year, month - 1, date) / msPerDay
}

/** Months of average length, so that stories keep their shape; negative months lie ahead. */
export function monthsBefore(day: Day, months: number): Day {
  return day - Math.round(months * daysPerMonth)
}

/** How many months of average length lie between two days. */
export function monthsBetween(earlier: Day, later: Day): number {
  return (later - earlier) / daysPerMonth
}

/** How many years of average length lie between two days. */
export function yearsBetween(earlier: Day, later: Day): number {
  return (later - earlier) / daysPerYear
}

/** The day on which the clinic is closed although it is a weekday. */
export function holidayOn(day: Day): string | undefined {
  const text = dateText(day).slice(5)
  if (fixedHolidays[text]) return fixedHolidays[text]
  const date = Number(text.slice(3))
  if (text.startsWith('11') && weekdayOf(day) === 'thu' && date > 21 && date < 29) return 'Thanksgiving'
  if (text.startsWith('09') && weekdayOf(day) === 'mon' && date < 8) return 'Labor Day'
  if (text.startsWith('05') && weekdayOf(day) === 'mon' && date > 24) return 'Memorial Day'
  return undefined
}

/** From the second Sunday of March to the first Sunday of November. */
function isDaylightSaving(day: Day): boolean {
  const year = yearOf(day)
  return day >= sundayOnOrAfter(dayOf(year, 3, 8)) && day < sundayOnOrAfter(dayOf(year, 11, 1))
}

function sundayOnOrAfter(day: Day): Day {
  return day + ((7 - weekdays.indexOf(weekdayOf(day))) % 7)
}

const fixedHolidays: Readonly<Record<string, string>> = {
  '01-01': 'New Year’s Day',
  '06-19': 'Juneteenth',
  '07-04': 'Independence Day',
  '12-25': 'Christmas Day',
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
