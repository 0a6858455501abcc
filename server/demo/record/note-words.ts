/** The words of clinical notes, made from what the visit holds. */

import { dateWords } from '../calendar.ts'
import { ageOn, clinicianName, type Person } from '../chart.ts'
import { randomFrom } from '../random.ts'
import { allergies } from '../tables/allergies.ts'
import { type ConditionKey, conditions } from '../tables/conditions.ts'
import { specialties } from '../tables/specialties.ts'
import type { VisitKind } from '../tables/story.ts'
import type { Visit } from '../visit-plan.ts'
import type { Body } from './body.ts'
import { problemsOf } from './problems.ts'
import { dueDay } from './social-history.ts'

const daysOfNews = 40

const feelings: Readonly<Record<VisitKind, readonly string[]>> = {
  wellAdult: [
    'Feels well and has no new complaints. Sleeps seven hours on most nights.',
    'Feels well. Would like to exercise more and asks for advice on where to begin.',
    'No complaints today. Work is busy but going well.',
  ],
  wellChild: [
    'Eating, sleeping and growing well. The family has no concerns today.',
    'Cheerful and curious in the room. The family asks about screen time and bedtime.',
    'Doing well at home and with friends. No worries from the family.',
  ],
  followUp: [
    'Takes the medicines as agreed and has noticed no side effects.',
    'Better than at the last visit. One or two doses were missed while traveling.',
    'Doing about the same. Brought the home readings along.',
  ],
  sick: [
    'Drinking enough and resting at home. No one else in the family is ill.',
    'Sleep is disturbed; eating less than usual but drinking well.',
    'Has tried rest and home remedies. No trouble breathing.',
  ],
  prenatal: ['Feels the baby move every day. No bleeding, no headache.', 'Tired in the afternoons, otherwise well.'],
  bloodDraw: ['No bleeding or bruising.'],
  procedure: ['Arrived prepared as instructed.'],
  video: ['Joined by video from home. Has been doing a little better each week.'],
  hospital: [
    'Twelve hours of steady pain under the right ribs after a meal, with nausea and fever. No earlier attacks of this strength.',
  ],
}

/** Before the middle of a pregnancy nobody feels the baby move. */
const daysUntilMovement = 140
const earlyPregnancy = 'A little sick in the mornings and tired in the afternoons, otherwise well.'

const newFeelings = [
  'This began some weeks ago and has slowly become more.',
  'Has noticed this for about a month. Nothing like it before.',
] as const

/** The first lines of any document about a visit. */
export function letterhead(visit: Visit, title: string): string[] {
  const { person } = visit
  return [
    visit.kind === 'hospital' ? 'Seaview General Hospital, for Larkfield Clinic' : 'Larkfield Clinic',
    title,
    `Patient: ${person.name}, born ${dateWords(person.birth)}`,
    `Date: ${dateWords(visit.day)}`,
    `Clinician: ${clinicianName(visit.clinician)}, ${specialties[visit.clinician.specialty].name}`,
  ]
}

/** A sentence that fits the kind of visit and whether the problem is new. */
export function howThePatientFeels(visit: Visit): string {
  const random = randomFrom(`feels ${visit.key}`)
  if (visit.kind === 'prenatal' && dueDay(visit.person)! - visit.day > daysUntilMovement) return earlyPregnancy
  if (visit.problems.some((key) => isNew(visit, key))) return random.pick(newFeelings)
  return random.pick(feelings[visit.kind === 'wellAdult' && visit.problems.length > 0 ? 'followUp' : visit.kind])
}

/** The vital signs of the visit in one line. */
export function measurementsLine(visit: Visit, body: Body): string {
  if (visit.kind === 'video') return 'Not measured at this visit.'
  const parts = [
    ...(ageOn(visit.person, visit.day) >= 3 ? [`blood pressure ${body.systolic}/${body.diastolic} mmHg`] : []),
    `pulse ${body.pulse}`,
    ...(visit.kind === 'sick' || visit.kind === 'hospital' ? [`temperature ${body.temperature} °C`] : []),
    `weight ${body.weight} kg`,
  ]
  return `${parts.join(', ')}.`
}

/** One line for each problem that the visit was about. */
export function assessment(visit: Visit, problems: readonly ConditionKey[]): string[] {
  if (problems.length === 0) return ['1. In good health for the age. Vaccines and screening were reviewed.']
  return problems.map((key, index) => `${index + 1}. ${conditions[key].name}: ${advice(visit, key)}`)
}

function advice(visit: Visit, key: ConditionKey): string {
  if (visit.kind === 'hospital') return 'admitted for treatment; the surgeons were asked to see.'
  return isNew(visit, key) ? 'new; what it means and how it is treated was explained.' : conditions[key].advice
}

/** Whether a long-term problem got its name at this visit. */
function isNew(visit: Visit, key: ConditionKey): boolean {
  const since = problemsOf(visit.person).find((problem) => problem.condition === key)?.since
  return since !== undefined && visit.day - since < daysOfNews
}

/** Allergies as they stand at the top of a note. */
export function allergyLine(person: Person): string {
  const row = person.row.allergy ? allergies[person.row.allergy] : undefined
  if (!row) return 'none known'
  return row.reaction === 'unknown' ? row.name : `${row.name} (${row.reaction[2].toLowerCase()})`
}
