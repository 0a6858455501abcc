import { expect, test } from 'vitest'
import { clinicDay, dateText, dateWords, dayOf, holidayOn, instantText, weekdayOf } from '../../server/demo/calendar.ts'

test.each([
  ['in winter', '2026-01-10T04:30:00Z', '2026-01-09'],
  ['in winter after midnight', '2026-01-10T05:30:00Z', '2026-01-10'],
  ['in summer', '2026-07-10T03:59:00Z', '2026-07-09'],
  ['in summer after midnight', '2026-07-10T04:01:00Z', '2026-07-10'],
])('the day of the clinic %s is that of Eastern time', (_case, instant, date) => {
  expect(dateText(clinicDay(new Date(instant)))).toBe(date)
})

test.each([
  ['the day before daylight saving', 2026, 3, 7, '2026-03-07T09:30:00-05:00'],
  ['the first day of daylight saving', 2026, 3, 8, '2026-03-08T09:30:00-04:00'],
  ['the last day of daylight saving', 2026, 10, 31, '2026-10-31T09:30:00-04:00'],
  ['the first day of standard time', 2026, 11, 1, '2026-11-01T09:30:00-05:00'],
] as const)('an instant on %s has the right offset', (_case, year, month, date, text) => {
  expect(instantText(dayOf(year, month, date), 570)).toBe(text)
})

test.each([
  [2026, 11, 26, 'Thanksgiving'],
  [2026, 9, 7, 'Labor Day'],
  [2026, 5, 25, 'Memorial Day'],
  [2027, 1, 1, 'New Year’s Day'],
  [2026, 11, 25, undefined],
] as const)('%i-%i-%i is %s', (year, month, date, holiday) => {
  expect(holidayOn(dayOf(year, month, date))).toBe(holiday)
})

test('days have weekdays and words', () => {
  const day = dayOf(2026, 11, 22)
  expect(weekdayOf(day)).toBe('sun')
  expect(weekdayOf(dayOf(1969, 12, 30))).toBe('tue')
  expect(dateWords(day)).toBe('22 November 2026')
})
