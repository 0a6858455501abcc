/** Who has which of the coming slots: decided here, once, for both the slots and the appointments. */
import { type Day, holidayOn, type Minute, type Weekday, weekdayOf } from '../calendar.ts'
import { ageOn, clinicianFor, type Person } from '../chart.ts'
import { type Random, randomFrom } from '../random.ts'
import { type PlannedVisit, plannedVisits } from '../tables/messages.ts'
import type { LocationKey } from '../tables/places.ts'
import { type PractitionerRow, practitioners } from '../tables/practitioners.ts'
import { sessionsOn } from '../visit-plan.ts'
import { roleKey } from './practitioners.ts'

/** How far ahead the schedules are open. */
export const daysAhead = 21
const slotMinutes = 30

/** A place in a clinician's schedule; its key names week, weekday and time, so that it stays the same every day. */
export interface OpenSlot {
  readonly key: string
  readonly clinician: PractitionerRow
  readonly at: LocationKey
  readonly day: Day
  readonly minute: Minute
  readonly holiday?: string
}

/** A slot that someone has, or had before calling it off. */
export interface Booking {
  readonly key: string
  readonly person: Person
  readonly slot: OpenSlot
  readonly status: 'booked' | 'pending' | 'cancelled'
  readonly reason: string
  readonly basedOn?: string
}

/** All slots of the next three weeks; every weekday occurs in them three times. */
export function slotsFrom(today: Day): OpenSlot[] {
  const weeks = new Map<Weekday, number>()
  return Array.from({ length: daysAhead }, (_, index) => today + index).flatMap((day) => {
    const weekday = weekdayOf(day)
    const week = (weeks.get(weekday) ?? 0) + 1
    weeks.set(weekday, week)
    const holiday = holidayOn(day)
    return practitioners.flatMap((clinician) =>
      sessionsOn(clinician, day).flatMap(({ at, from, to }) =>
        minutes(from, to).map((minute) => ({
          key: `${roleKey(clinician, at)}-w${week}-${weekday}-${clock(minute)}`,
          clinician,
          at,
          day,
          minute,
          ...(holiday && { holiday }),
        })),
      ),
    )
  })
}

/** The appointments of the next three weeks. */
export function bookingsFor(people: readonly Person[], slots: readonly OpenSlot[]): Booking[] {
  const taken = new Set<string>()
  const byClinician = Map.groupBy(slots, (slot) => slot.clinician)
  return people.filter(isSeenHere).flatMap((person) => {
    const random = randomFrom(`bookings ${person.key}`)
    return wishes(person, random).flatMap((wish, index): Booking[] => {
      const clinician = clinicianFor(person, wish.with)
      const open = byClinician
        .get(clinician)!
        .filter((slot) => !slot.holiday && !taken.has(`${person.key} ${slot.day}`))
      const slot = firstFree(open, slots[0]!.day + wish.inDays, random, taken)
      if (!slot) return []
      const status = wish.status ?? 'booked'
      if (status !== 'cancelled') taken.add(slot.key)
      taken.add(`${person.key} ${slot.day}`)
      const { reason, basedOn } = wish
      return [{ key: `${person.key}-next-${index + 1}`, person, slot, status, reason, ...(basedOn && { basedOn }) }]
    })
  })
}

function isSeenHere(person: Person): boolean {
  return person.death === undefined && person.row.left === undefined && !person.row.mergedInto
}

function minutes(from: Minute, to: Minute): Minute[] {
  return Array.from({ length: (to - from) / slotMinutes }, (_, index) => from + index * slotMinutes)
}

function clock(minute: Minute): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}${String(minute % 60).padStart(2, '0')}`
}

/** What is planned by hand, else a follow-up of the chart's first story, else a checkup for some. */
function wishes(person: Person, random: Random): PlannedVisit[] {
  const planned = plannedVisits.filter((row) => row.person === person.key)
  if (planned.length > 0) return planned
  const series = person.threads.flatMap((thread) => thread.story.visits ?? [])[0]
  const child = ageOn(person, person.today) < 18
  const follow: PlannedVisit[] =
    series && random.chance(0.75)
      ? [
          {
            person: person.key,
            ...(series.with && { with: series.with }),
            inDays: random.int(0, 17),
            reason: series.reason,
          },
        ]
      : []
  const checkup = {
    person: person.key,
    inDays: random.int(1, 17),
    reason: child ? 'Well child checkup' : 'Yearly checkup',
  }
  return random.chance(0.5) ? [...follow, checkup] : follow
}

/** The first free slot from a day on, beginning at a time of day that differs from person to person. */
function firstFree(
  slots: readonly OpenSlot[],
  from: Day,
  random: Random,
  taken: ReadonlySet<string>,
): OpenSlot | undefined {
  const free = [...slots.filter((slot) => slot.day >= from), ...slots].filter((slot) => !taken.has(slot.key))
  return free[Math.min(random.int(0, 5), free.length - 1)]
}
