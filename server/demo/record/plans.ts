/** Goals, care teams and care plans. */
import type { CarePlan, CareTeam, Goal, Practitioner, Reference, RelatedPerson, Resource } from '@medplum/fhirtypes'
import { dateText, monthsBefore } from '../calendar.ts'
import {
  clinicianFor,
  clinicianReference,
  organizationReference,
  type Person,
  patientReference,
  storyDay,
} from '../chart.ts'
import { claims, concept, hl7, loinc, quantity, reference, referenceTo, snomed, usCoreCodeSystem } from '../elements.ts'
import { proxyId } from '../people/people.ts'
import { type ConditionKey, conditions } from '../tables/conditions.ts'
import type { GoalRow } from '../tables/story.ts'
import { problemReference, problemsOf } from './problems.ts'

const listOf = new Intl.ListFormat('en-US')

/** Everyone has a care team; people with long-term stories have goals and a care plan. */
export function planResources(person: Person): Resource[] {
  if (person.row.mergedInto) return []
  const goals = person.threads
    .flatMap((thread) => (thread.story.goals ?? []).map((row) => ({ row, start: startOf(person, row.for) })))
    .map(({ row, start }, index) => goal(person, row, index + 1, start))
  const team = careTeam(person)
  const plan = carePlan(person, team, goals)
  return [...goals, team, ...(plan ? [plan] : [])]
}

function startOf(person: Person, condition: ConditionKey): number {
  const since = problemsOf(person).find((problem) => problem.condition === condition)?.since ?? person.joined
  return Math.max(since + 14, person.joined)
}

function goal(person: Person, row: GoalRow, number: number, start: number): Goal {
  const ended = person.death !== undefined
  const [code, display] = row.achieved ? ['achieved', 'Achieved'] : ['in-progress', 'In Progress']
  const due = dateText(monthsBefore(person.today, ended ? 0 : -6))
  return {
    resourceType: 'Goal',
    id: `demo-goal-${person.key}-${number}`,
    meta: claims('goal'),
    lifecycleStatus: ended ? 'cancelled' : 'active',
    achievementStatus: hl7('goal-achievement', code, display),
    category: [
      row.measure ? hl7('goal-category', 'dietary', 'Dietary') : hl7('goal-category', 'behavioral', 'Behavioral'),
    ],
    description: { text: row.text },
    subject: patientReference(person),
    startDate: dateText(start),
    target: [{ ...(row.measure && target(row.measure)), dueDate: due }],
    expressedBy: patientReference(person),
    addresses: [problemReference(person, row.for)],
  }
}

function target([code, display, side, value, unit]: NonNullable<GoalRow['measure']>) {
  const limit = quantity(value, unit === 'mm[Hg]' ? 'mmHg' : unit, unit)
  return {
    measure: concept(loinc, code, display),
    detailRange: side === 'high' ? { high: limit } : { low: limit },
  }
}

function careTeam(person: Person): CareTeam {
  const specialists = new Set(
    person.threads.flatMap((thread) =>
      (thread.story.visits ?? [])
        .map((series) => clinicianFor(person, series.with))
        .filter((row) => row !== person.clinician),
    ),
  )
  const proxy = proxyId(person.row)
  const member = (role: ReturnType<typeof concept>, who: Reference<Practitioner | RelatedPerson>) => ({
    role: [role],
    member: who,
  })
  return {
    resourceType: 'CareTeam',
    id: `demo-care-team-${person.key}`,
    meta: claims('careteam'),
    status: person.death === undefined ? 'active' : 'inactive',
    category: [concept(loinc, 'LA28865-6', 'Longitudinal care-coordination focused care team', 'Care team')],
    name: `Care team of ${person.name}`,
    subject: patientReference(person),
    period: { start: dateText(person.joined), ...(person.death !== undefined && { end: dateText(person.until) }) },
    participant: [
      member(concept(snomed, '453231000124104', 'Primary care provider'), clinicianReference(person.clinician)),
      ...[...specialists].map((row) => member(concept(snomed, '309343006', 'Physician'), clinicianReference(row))),
      ...(proxy
        ? [member(concept(snomed, '133932002', 'Caregiver'), reference<RelatedPerson>(`RelatedPerson/${proxy}`))]
        : []),
    ],
    managingOrganization: [organizationReference('clinic')],
  }
}

function carePlan(person: Person, team: CareTeam, goals: readonly Goal[]): CarePlan | undefined {
  const threads = person.threads.filter((thread) => 'plan' in thread.story)
  const activities = threads.flatMap((thread) => thread.story.plan ?? [])
  if (activities.length === 0) return undefined
  const addressed = problemsOf(person).filter((problem) =>
    threads.some((thread) => thread.story.problems?.some((row) => row.condition === problem.condition)),
  )
  const names = addressed.map((problem) => conditions[problem.condition].name.toLowerCase())
  const start = Math.min(...threads.map((thread) => storyDay(person, thread, thread.story.problems?.[0]?.since ?? 12)))
  return {
    resourceType: 'CarePlan',
    id: `demo-care-plan-${person.key}`,
    meta: claims('careplan'),
    status: person.death === undefined ? 'active' : 'completed',
    intent: 'plan',
    category: [concept(usCoreCodeSystem('careplan-category'), 'assess-plan', 'Assessment and Plan of Treatment')],
    title: `Plan for ${listOf.format(names)}`,
    description: addressed.map((problem) => conditions[problem.condition].advice).join(' '),
    subject: patientReference(person),
    period: { start: dateText(Math.max(start, person.joined)) },
    created: dateText(Math.max(start, person.joined)),
    author: clinicianReference(person.clinician),
    careTeam: [referenceTo(team)],
    addresses: addressed.map((problem) => problemReference(person, problem.condition)),
    ...(goals.length > 0 && { goal: goals.map((each) => referenceTo(each, each.description.text)) }),
    activity: activities.map((description) => ({
      detail: { status: person.death === undefined ? 'in-progress' : 'stopped', description },
    })),
  }
}
