/** Turns the rows of the tables into people with dates: what every builder of resources starts from. */
import type { Organization, Patient, Practitioner, Reference } from '@medplum/fhirtypes'
import { type Day, monthsBefore, monthsBetween, yearsBetween } from './calendar.ts'
import { reference } from './elements.ts'
import { type PatientRow, patients, type StoryKey } from './tables/patients.ts'
import { organizations } from './tables/places.ts'
import { type PractitionerRow, practitioners } from './tables/practitioners.ts'
import type { Specialty } from './tables/specialties.ts'
import { familyStories } from './tables/stories-family.ts'
import { heartStories } from './tables/stories-heart.ts'
import { metabolicStories } from './tables/stories-metabolic.ts'
import { otherStories } from './tables/stories-other.ts'
import type { Curve, Story } from './tables/story.ts'

/** A story in one person's life: everything happens `laterBy` months later than the story's table says. */
export interface Thread {
  readonly key: StoryKey
  readonly story: Story
  readonly laterBy: number
}

/** A patient with dates in place of ages, and the stories of the chart. */
export interface Person {
  readonly row: PatientRow
  readonly key: string
  readonly name: string
  readonly birth: Day
  /** First and last day on which the clinic may have seen this person. */
  readonly joined: Day
  readonly until: Day
  readonly death?: Day
  readonly today: Day
  readonly female: boolean
  readonly threads: readonly Thread[]
  readonly clinician: PractitionerRow
}

const monthsOfRecord = 61
const stories: Readonly<Record<StoryKey, Story>> = {
  ...metabolicStories,
  ...heartStories,
  ...familyStories,
  ...otherStories,
}

/** The sixty people of the demo clinic on a given day. */
export function peopleOn(today: Day): Person[] {
  return patients.map((row) => {
    const death = row.died === undefined ? undefined : monthsBefore(today, row.died)
    const birth = monthsBefore(death ?? today, row.age * 12)
    const joined = Math.max(birth, monthsBefore(today, Math.min(row.joined ?? monthsOfRecord, monthsOfRecord)))
    return {
      row,
      key: row.key,
      name: row.name.join(' '),
      birth,
      joined,
      until: death === undefined ? monthsBefore(today, row.left ?? 0) - 1 : death - 1,
      ...(death !== undefined && { death }),
      today,
      female: row.sex === 'F',
      threads: row.stories.map((entry) => thread(entry)),
      clinician: practitionerOf(row.clinician),
    }
  })
}

/** In years, with a fraction. */
export function ageOn(person: Person, day: Day): number {
  return yearsBetween(person.birth, day)
}

/** The patient’s reference with the name as people read it. */
export function patientReference(person: Person): Reference<Patient> {
  return reference(`Patient/demo-patient-${person.key}`, person.name)
}

/** The clinician’s reference with the name as people read it. */
export function clinicianReference(row: PractitionerRow): Reference<Practitioner> {
  return reference(`Practitioner/demo-practitioner-${row.key}`, clinicianName(row))
}

/** As on a badge. */
export function clinicianName(row: PractitionerRow): string {
  return `Dr. ${row.given} ${row.family}`
}

/** By the key of its row in the table of places. */
export function organizationReference(key: string): Reference<Organization> {
  return reference(`Organization/demo-organization-${key}`, organizations.find((row) => row.key === key)!.name)
}

function practitionerOf(key: string): PractitionerRow {
  return practitioners.find((row) => row.key === key)!
}

/** The clinician a person sees for a specialty: their own where it fits, else the first one. */
export function clinicianFor(person: Person, specialty: Specialty | undefined): PractitionerRow {
  if (!specialty || person.clinician.specialty === specialty) return person.clinician
  return practitioners.find((row) => row.specialty === specialty)!
}

/** The day that a story's table calls `monthsAgo`. */
export function storyDay(person: Person, thread: Thread, monthsAgo: number): Day {
  return monthsBefore(person.today, monthsAgo - thread.laterBy)
}

/** Where a curve of the person's stories stands on a day; undefined where no story speaks of it. */
export function curveValue(person: Person, day: Day, of: (story: Story) => Curve | undefined): number | undefined {
  for (const thread of person.threads) {
    const curve = of(thread.story)
    if (curve) return valueAt(curve, monthsBetween(day, person.today) + thread.laterBy)
  }
  return undefined
}

function thread(entry: PatientRow['stories'][number]): Thread {
  const [key, laterBy] = typeof entry === 'string' ? [entry, 0] : entry
  return { key, story: stories[key], laterBy }
}

/** Curves run from the past to today, so months fall; outside its points a curve stays level. */
function valueAt(curve: Curve, monthsAgo: number): number {
  const after = curve.findIndex(([months]) => months <= monthsAgo)
  if (after === 0) return curve[0]![1]
  if (after === -1) return curve.at(-1)![1]
  const [startMonths, start] = curve[after - 1]!
  const [endMonths, end] = curve[after]!
  return start + ((end - start) * (startMonths - monthsAgo)) / (startMonths - endMonths)
}
