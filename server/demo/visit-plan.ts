/** Decides who was seen when, by whom and for what: the skeleton that every chart hangs on. */
import { type Day, dateText, holidayOn, type Minute, monthsBefore, weekdayOf } from './calendar.ts'
import { ageOn, clinicianFor, type Person, storyDay } from './chart.ts'
import { type Random, randomFrom } from './random.ts'
import type { PanelKey } from './tables/analytes.ts'
import { type ComplaintRow, type ConditionKey, complaints, conditions } from './tables/conditions.ts'
import type { LocationKey } from './tables/places.ts'
import type { PractitionerRow, SessionRow } from './tables/practitioners.ts'
import { type ProcedureKey, procedures } from './tables/procedures.ts'
import type { Specialty } from './tables/specialties.ts'
import type { VisitKind, VisitSeries } from './tables/story.ts'
import { type ExtraVisit, extraVisits } from './tables/visit-kinds.ts'

/** A visit that took place, before it is written as resources. */
export interface Visit {
  /** Person and number, such as `01-07`. */
  readonly key: string
  readonly person: Person
  readonly day: Day
  readonly minute: Minute
  readonly kind: VisitKind
  readonly clinician: PractitionerRow
  readonly location: LocationKey
  readonly reason: string
  readonly problems: readonly ConditionKey[]
  readonly panels: readonly PanelKey[]
  readonly complaint?: ComplaintRow
  readonly procedure?: ProcedureKey
  /** A sample was taken and nobody was seen: there is no encounter. */
  readonly isSampleOnly?: true
}

interface Wish {
  readonly day: Day
  readonly kind: VisitKind
  readonly with?: Specialty
  readonly reason: string
  readonly problems: readonly ConditionKey[]
  readonly panels: readonly PanelKey[]
  readonly complaint?: ComplaintRow
  readonly procedure?: ProcedureKey
}

const monthsOfVisits = 60
const childVisitMonths = [0.3, 1, 2, 4, 6, 9, 12, 15, 18, 24, 30, 37, 49, 61, 73, 85, 97, 109, 121, 133, 145, 157, 169]
const teenVisitMonths = [181, 193, 205]
const slotMinutes = 30
/** What is tested at the checkups of people over forty, from the newest checkup back. */
const olderPanels: readonly (readonly PanelKey[])[] = [['cmp', 'lipid'], ['cbc'], ['a1c'], ['lipid'], ['cmp']]

/** All past visits of all people, oldest first for each person. */
export function visitsOf(people: readonly Person[]): Visit[] {
  const taken = new Set<string>()
  return people.flatMap((person) =>
    wishesOf(person).map((wish, index) => {
      const key = `${person.key}-${String(index + 1).padStart(2, '0')}`
      return { key, person, ...placed(person, wish, key, taken), ...withoutDay(wish) }
    }),
  )
}

/** The sessions of a clinician on a weekday, as start and end minutes. */
export function sessionsOn(clinician: PractitionerRow, day: Day): { at: LocationKey; from: Minute; to: Minute }[] {
  return clinician.sessions
    .filter((session) => session.days.includes(weekdayOf(day)))
    .flatMap((session) => halves(session).map(([from, to]) => ({ at: session.at, from, to })))
}

function halves(session: SessionRow): readonly (readonly [Minute, Minute])[] {
  const morning = [540, 720] as const
  const afternoon = [780, 930] as const
  if (session.half) return session.half === 'am' ? [morning] : [afternoon]
  return [morning, afternoon]
}

function withoutDay({ day: _, with: __, ...rest }: Wish): Omit<Wish, 'day' | 'with'> {
  return rest
}

function wishesOf(person: Person): Wish[] {
  if (person.row.mergedInto) return []
  const random = randomFrom(`visits ${person.key}`)
  const all = [
    ...checkups(person, random),
    ...storyVisits(person, random),
    ...procedureVisits(person),
    ...sickVisits(person, random),
    ...extraVisits.filter((extra) => extra.person === person.key).map((extra) => extraWish(person, extra)),
  ]
  const from = Math.max(person.joined, monthsBefore(person.today, monthsOfVisits))
  const inTime = all.filter((wish) => wish.day >= from && wish.day <= person.until)
  return merged(inTime.sort((a, b) => a.day - b.day || a.kind.localeCompare(b.kind)))
}

function checkups(person: Person, random: Random): Wish[] {
  const phase = 0.7 + random.next() * 10.5
  const every = ageOn(person, person.today) < 40 ? 24 : 12
  const adult = Array.from({ length: 60 / every }, (_, index) => monthsBefore(person.today, phase + index * every))
    .filter((day) => ageOn(person, day) >= 18)
    .map((day, index): Wish => {
      const older = ageOn(person, day) >= 40
      const panels = older ? olderPanels[index]! : index === 0 ? (['lipid'] as const) : []
      return { day, kind: 'wellAdult', reason: 'Yearly checkup', problems: [], panels }
    })
  const child = [...childVisitMonths, ...teenVisitMonths].map((months): Wish => {
    const day = monthsBefore(person.birth, -months)
    const panels: PanelKey[] = months === 12 || months === 24 ? ['lead'] : []
    return { day, kind: 'wellChild', reason: childReason(months), problems: [], panels }
  })
  return [...adult, ...child]
}

function childReason(months: number): string {
  if (months < 1) return 'First newborn visit'
  if (months <= 24) return `${months}-month checkup`
  if (months === 30) return '30-month checkup'
  return `${Math.floor(months / 12)}-year checkup`
}

function storyVisits(person: Person, random: Random): Wish[] {
  return person.threads.flatMap((thread) => {
    const sway = random.next() * 0.7
    return (thread.story.visits ?? []).flatMap((series: VisitSeries) =>
      stepsOf(series).map((monthsAgo, index): Wish => {
        const exact = monthsAgo < 3 ? monthsAgo : monthsAgo - sway
        const extra = index % 4 === 0 ? (series.sometimes ?? []) : []
        return {
          day: storyDay(person, thread, exact),
          kind: series.kind,
          ...(series.with && { with: series.with }),
          reason: (index === 0 && series.first) || series.reason,
          problems: series.for,
          panels: [...(series.panels ?? []), ...extra],
        }
      }),
    )
  })
}

function stepsOf({ from, until, every }: VisitSeries): number[] {
  const count = Math.floor((from - until) / every + 1e-6) + 1
  return Array.from({ length: count }, (_, index) => from - index * every)
}

/** Procedures have a visit of their own; what was done elsewhere costs nothing here and has none. */
function procedureVisits(person: Person): Wish[] {
  return person.threads.flatMap((thread) =>
    (thread.story.procedures ?? [])
      .filter(({ procedure }) => procedures[procedure].price > 0)
      .map(
        ({ procedure, at, with: specialty, for: condition }): Wish => ({
          day: storyDay(person, thread, at),
          kind: 'procedure',
          ...(specialty && { with: specialty }),
          reason: procedures[procedure].name,
          problems: condition ? [condition] : [],
          panels: [],
          procedure,
        }),
      ),
  )
}

function sickVisits(person: Person, random: Random): Wish[] {
  const years = ageOn(person, person.today)
  const count = years < 8 ? 4 : years < 18 ? 3 : random.int(0, 3)
  const window = 56 / count
  return Array.from({ length: count }, (_, index) => {
    const day = monthsBefore(person.today, 1.5 + window * (index + random.next() * 0.8))
    const age = ageOn(person, day)
    const fitting = complaints.filter((row) => age >= row.from && age < row.until)
    return fitting.length > 0 ? [sickWish(day, random.pick(fitting))] : []
  }).flat()
}

function sickWish(day: Day, complaint: ComplaintRow): Wish {
  return { day, kind: 'sick', reason: complaint.reason, problems: [], panels: [], complaint }
}

function extraWish(person: Person, extra: ExtraVisit): Wish {
  const day = monthsBefore(person.today, extra.monthsAgo)
  const { kind, reason, condition, days, panels, with: specialty } = extra
  if (kind === 'sick') return sickWish(day, { condition, from: 0, until: 120, reason, days })
  return { day, kind, ...(specialty && { with: specialty }), reason, problems: [condition], panels: panels ?? [] }
}

/** Two planned visits to the same clinician within two weeks become one, as a good front desk would arrange it. */
function merged(wishes: readonly Wish[]): Wish[] {
  const result: Wish[] = []
  for (const wish of wishes) {
    const other = result.findIndex(
      (kept) => wish.day - kept.day < 15 && joinable(kept) && joinable(wish) && kept.with === wish.with,
    )
    if (other === -1) result.push(wish)
    else result[other] = joined(result[other]!, wish)
  }
  return result
}

function joinable(wish: Wish): boolean {
  return wish.kind === 'followUp' || wish.kind === 'wellAdult'
}

function joined(first: Wish, second: Wish): Wish {
  const [main, side] = second.kind === 'wellAdult' ? [second, first] : [first, second]
  return {
    ...main,
    day: first.day,
    reason: main.reason === side.reason ? main.reason : `${main.reason}; ${side.reason.toLowerCase()}`,
    problems: [...new Set([...main.problems, ...side.problems])],
    panels: withoutRepeats([...new Set([...main.panels, ...side.panels])]),
  }
}

/** The comprehensive panel contains the basic one. */
function withoutRepeats(panels: readonly PanelKey[]): PanelKey[] {
  return panels.filter((panel) => panel !== 'bmp' || !panels.includes('cmp'))
}

/** The nearest day at or before the wish on which the clinician works and both are free. */
function placed(person: Person, wish: Wish, key: string, taken: Set<string>) {
  const clinician = clinicianFor(person, wish.with)
  const first = randomFrom(`time ${key}`).int(0, 5)
  const back = Array.from({ length: 14 }, (_, index) => wish.day - index)
  const forward = Array.from({ length: 14 }, (_, index) => wish.day + index + 1)
  for (const day of [...back, ...forward]) {
    if (day < person.joined || day > person.until || holidayOn(day) || taken.has(`${person.key} ${day}`)) continue
    const starts = sessionsOn(clinician, day).flatMap(({ at, from, to }) => startsBetween(at, from, to))
    for (let i = 0; i < starts.length; i++) {
      const { at, minute } = starts[(first + i) % starts.length]!
      const slot = `${clinician.key} ${day} ${minute}`
      if (taken.has(slot)) continue
      taken.add(slot).add(`${person.key} ${day}`)
      return { day, minute, clinician, location: at }
    }
  }
  throw new Error(`No free time for visit ${key} near ${dateText(wish.day)} (${conditions[wish.problems[0]!]?.name})`)
}

function startsBetween(at: LocationKey, from: Minute, to: Minute): { at: LocationKey; minute: Minute }[] {
  const count = (to - from) / slotMinutes
  return Array.from({ length: count }, (_, index) => ({ at, minute: from + index * slotMinutes }))
}
