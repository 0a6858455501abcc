/** Smoking, work, food, and what is asked and measured in a pregnancy. */
import type { CodeableConcept, Meta, Observation } from '@medplum/fhirtypes'
import { type Day, dateText, instantText, monthsBefore } from '../calendar.ts'
import { ageOn, clinicianReference, type Person, patientReference, storyDay } from '../chart.ts'
import { claims, concept, hl7, loinc, quantity, snomed, usCoreCodeSystem } from '../elements.ts'
import { randomFrom } from '../random.ts'
import type { Counter } from '../results/results.ts'
import type { Visit } from '../visit-plan.ts'
import { encounterReference, visitStart } from '../visits.ts'

const smoking: Readonly<Record<'never' | 'former' | 'daily', readonly [code: string, display: string]>> = {
  never: ['266919005', 'Never smoked tobacco'],
  former: ['8517006', 'Ex-smoker'],
  daily: ['449868002', 'Smokes tobacco daily'],
}

const daysOfPregnancy = 280
const askedAboutFood = new Set(['01', '04', '43'])

/** What one person told about their life, visit by visit. */
export function socialHistory(person: Person, visits: readonly Visit[], numbers: Counter): Observation[] {
  return [
    ...visits.filter(asksAboutSmoking).map((visit) => smokingStatus(visit, numbers)),
    ...occupation(person),
    ...visits.filter((visit) => visit.kind === 'prenatal').flatMap((visit) => pregnancy(person, visit, numbers)),
    ...notPregnant(person, visits, numbers),
    ...food(person, visits, numbers),
  ]
}

function asksAboutSmoking(visit: Visit): boolean {
  const checkup = visit.kind === 'wellAdult' || visit.kind === 'wellChild'
  return checkup && ageOn(visit.person, visit.day) >= 13
}

interface Question {
  readonly key: string
  readonly category: 'social-history' | 'exam' | 'survey'
  readonly code: CodeableConcept
  readonly meta?: Meta
}

function base(visit: Visit, numbers: Counter, { key, category, code, meta }: Question) {
  const names = { 'social-history': 'Social History', exam: 'Exam', survey: 'Survey' } as const
  return {
    resourceType: 'Observation' as const,
    id: `demo-obs-${visit.person.key}-${key}-${numbers.next(key)}`,
    ...(meta && { meta }),
    status: 'final' as const,
    category: [hl7('observation-category', category, names[category])],
    code,
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    effectiveDateTime: visitStart(visit),
    issued: instantText(visit.day, visit.minute + 8),
    performer: [clinicianReference(visit.clinician)],
  }
}

function smokingStatus(visit: Visit, numbers: Counter): Observation {
  const value = smoking[visit.person.row.smoker ?? 'never']
  const code = concept(loinc, '72166-2', 'Tobacco smoking status', 'Smoking')
  return {
    ...base(visit, numbers, { key: 'smoking', category: 'social-history', code, meta: claims('smokingstatus') }),
    valueCodeableConcept: concept(snomed, ...value),
  }
}

function occupation(person: Person): Observation[] {
  if (!person.row.occupation) return []
  const since = Math.max(person.joined, monthsBefore(person.today, 58))
  return [
    {
      resourceType: 'Observation',
      id: `demo-obs-${person.key}-occupation-1`,
      status: 'final',
      category: [hl7('observation-category', 'social-history', 'Social History')],
      code: concept(loinc, '11341-5', 'History of Occupation', 'Occupation'),
      subject: patientReference(person),
      effectivePeriod: { start: dateText(since) },
      valueCodeableConcept: { text: person.row.occupation },
    },
  ]
}

/** The day on which the baby is, or was, due. */
export function dueDay(person: Person): Day | undefined {
  for (const thread of person.threads) {
    if (thread.key === 'pregnancyNow') return monthsBefore(person.today, 6.7) + daysOfPregnancy
    const birth = thread.story.procedures?.find((row) => row.procedure === 'childbirth')
    if (birth) return storyDay(person, thread, birth.at)
  }
  return undefined
}

function pregnancy(person: Person, visit: Visit, numbers: Counter): Observation[] {
  const due = dueDay(person)!
  const weeks = Math.floor((daysOfPregnancy - (due - visit.day)) / 7)
  const random = randomFrom(`fetus ${visit.key}`)
  const status = concept(loinc, '82810-3', 'Pregnancy status')
  const dating = concept(loinc, '11778-8', 'Delivery date Estimated', 'Due date')
  const heart = concept(loinc, '55283-6', 'Fetal Heart rate', 'Baby’s heart rate')
  const height = concept(loinc, '11881-0', 'Uterus Fundal height Tape measure', 'Height of the womb')
  return [
    {
      ...base(visit, numbers, {
        key: 'pregnancy-status',
        category: 'social-history',
        code: status,
        meta: claims('observation-pregnancystatus'),
      }),
      valueCodeableConcept: concept(snomed, '77386006', 'Pregnancy', 'Pregnant'),
    },
    { ...base(visit, numbers, { key: 'due-date', category: 'exam', code: dating }), valueDateTime: dateText(due) },
    {
      ...base(visit, numbers, { key: 'fetal-heart-rate', category: 'exam', code: heart }),
      valueQuantity: quantity(random.int(132, 156), 'beats/min', '/min'),
    },
    ...(weeks >= 20
      ? [
          {
            ...base(visit, numbers, { key: 'fundal-height', category: 'exam', code: height }),
            valueQuantity: quantity(weeks + random.int(-1, 1), 'cm'),
          },
        ]
      : []),
  ]
}

/** Asked at the newest checkup of women of childbearing age who are not expecting. */
function notPregnant(person: Person, visits: readonly Visit[], numbers: Counter): Observation[] {
  const age = ageOn(person, person.today)
  const visit = visits.filter((each) => each.kind === 'wellAdult').at(-1)
  if (!visit || !person.female || age < 18 || age > 50 || dueDay(person) !== undefined) return []
  const status = concept(loinc, '82810-3', 'Pregnancy status')
  const intent = concept(loinc, '86645-9', 'Pregnancy intention in the next year - Reported')
  return [
    {
      ...base(visit, numbers, {
        key: 'pregnancy-status',
        category: 'social-history',
        code: status,
        meta: claims('observation-pregnancystatus'),
      }),
      valueCodeableConcept: concept(snomed, '60001007', 'Not pregnant'),
    },
    {
      ...base(visit, numbers, {
        key: 'pregnancy-intent',
        category: 'social-history',
        code: intent,
        meta: claims('observation-pregnancyintent'),
      }),
      valueCodeableConcept: concept(snomed, '454381000124105', 'Not sure of desire to become pregnant', 'Not sure yet'),
    },
  ]
}

/** The Hunger Vital Sign: one question about the past year's food. */
function food(person: Person, visits: readonly Visit[], numbers: Counter): Observation[] {
  const worried = person.threads.some((thread) => thread.key === 'foodInsecurity')
  const visit = visits
    .filter((each) => (worried ? each.problems.includes('foodInsecurity') : each.kind === 'wellAdult'))
    .at(-1)
  if (!visit || (!worried && !askedAboutFood.has(person.key))) return []
  const code = concept(loinc, '88124-3', 'Food insecurity risk [HVS]', 'Worry about food')
  const observation = base(visit, numbers, {
    key: 'food-risk',
    category: 'survey',
    code,
    meta: claims('observation-screening-assessment'),
  })
  const sdoh = concept(usCoreCodeSystem('us-core-category'), 'sdoh', 'SDOH')
  return [
    {
      ...observation,
      category: [...observation.category, sdoh],
      valueCodeableConcept: worried ? concept(loinc, 'LA19952-3', 'At risk') : concept(loinc, 'LA19983-8', 'No risk'),
    },
  ]
}
