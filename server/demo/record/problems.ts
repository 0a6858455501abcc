/** Problem lists, allergies, family history and warnings. */
import type {
  AllergyIntolerance,
  CodeableConcept,
  Condition,
  FamilyMemberHistory,
  Flag,
  Reference,
  Resource,
} from '@medplum/fhirtypes'
import { type Day, dateText, instantText } from '../calendar.ts'
import { ageOn, clinicianReference, type Person, patientReference, storyDay } from '../chart.ts'
import { claims, coding, concept, hl7, icd10, reference, snomed, usCoreCodeSystem } from '../elements.ts'
import { randomFrom } from '../random.ts'
import { type AllergyRow, allergies } from '../tables/allergies.ts'
import { type ConditionKey, conditions } from '../tables/conditions.ts'

/** A long-term condition with its dates. */
export interface Problem {
  readonly condition: ConditionKey
  readonly since: Day
  readonly until?: Day
}

/** Complaints begin before the visit at which they get a name. */
const daysBeforeDiagnosis = 14

/** What stands on the problem list: long-term conditions of the person's stories that have begun. */
export function problemsOf(person: Person): Problem[] {
  const all = person.threads.flatMap((thread) =>
    (thread.story.problems ?? []).map((problem) => ({
      condition: problem.condition,
      since: Math.max(person.birth, storyDay(person, thread, problem.since) - daysBeforeDiagnosis),
      ...(problem.until !== undefined && { until: storyDay(person, thread, problem.until) }),
    })),
  )
  const begun = all.filter((problem) => problem.since <= person.until)
  return begun.filter((problem, index) => begun.findIndex((other) => other.condition === problem.condition) === index)
}

/** A condition on the person’s problem list. */
export function problemReference(person: Person, condition: ConditionKey): Reference<Condition> {
  return reference(`Condition/demo-condition-${person.key}-${idPart(condition)}`, conditions[condition].name)
}

/** `postpartumDepression` becomes `postpartum-depression`. */
export function idPart(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** Coded in SNOMED CT and ICD-10-CM, with the words that patients read. */
export function conditionConcept(key: ConditionKey): CodeableConcept {
  const row = conditions[key]
  return {
    coding: [coding(snomed, row.snomed, row.display), coding(icd10, row.icd, row.icdDisplay)],
    text: row.name,
  }
}

/** Problem list, allergies, family history and flags of one person. */
export function problemResources(person: Person): Resource[] {
  if (person.row.mergedInto) return []
  return [
    ...problemsOf(person).map((problem) => problemCondition(person, problem)),
    ...allergiesOf(person),
    ...familyHistory(person),
    ...flags(person),
  ]
}

/** https://hl7.org/fhir/R4/valueset-condition-clinical.html */
export function clinicalStatus(code: 'active' | 'resolved'): CodeableConcept {
  return hl7('condition-clinical', code, code === 'active' ? 'Active' : 'Resolved')
}

function problemCondition(person: Person, problem: Problem): Condition {
  const social = problem.condition === 'foodInsecurity'
  const resolved = problem.until !== undefined && problem.until <= person.until
  return {
    resourceType: 'Condition',
    id: `demo-condition-${person.key}-${idPart(problem.condition)}`,
    meta: claims('condition-problems-health-concerns'),
    clinicalStatus: clinicalStatus(resolved ? 'resolved' : 'active'),
    verificationStatus: hl7('condition-ver-status', 'confirmed', 'Confirmed'),
    category: social
      ? [
          concept(usCoreCodeSystem('condition-category'), 'health-concern', 'Health Concern'),
          concept(usCoreCodeSystem('us-core-category'), 'sdoh', 'SDOH'),
        ]
      : [hl7('condition-category', 'problem-list-item', 'Problem List Item')],
    code: conditionConcept(problem.condition),
    subject: patientReference(person),
    onsetDateTime: dateText(problem.since),
    ...(resolved && { abatementDateTime: dateText(problem.until!) }),
    recordedDate: dateText(problem.since),
    recorder: clinicianReference(person.clinician),
    asserter: clinicianReference(person.clinician),
  }
}

function allergiesOf(person: Person): AllergyIntolerance[] {
  const base = {
    resourceType: 'AllergyIntolerance' as const,
    meta: claims('allergyintolerance'),
    clinicalStatus: hl7('allergyintolerance-clinical', 'active', 'Active'),
    verificationStatus: hl7('allergyintolerance-verification', 'confirmed', 'Confirmed'),
    patient: patientReference(person),
    recordedDate: dateText(person.joined),
    recorder: clinicianReference(person.clinician),
  }
  const row = person.row.allergy ? allergies[person.row.allergy] : undefined
  if (!row) {
    const none = concept(snomed, '716186003', 'No known allergy', 'No known allergies')
    return [{ ...base, id: `demo-allergy-${person.key}-none`, code: none }]
  }
  return [
    {
      ...base,
      id: `demo-allergy-${person.key}-${person.row.allergy}`,
      type: row.type,
      category: [row.category],
      criticality: row.criticality,
      code: concept(snomed, row.snomed, row.display, row.name),
      reaction: [{ manifestation: [manifestation(row)], severity: row.criticality === 'high' ? 'severe' : 'mild' }],
    },
  ]
}

function manifestation({ reaction }: AllergyRow): CodeableConcept {
  return reaction === 'unknown' ? hl7('data-absent-reason', 'unknown', 'Unknown') : concept(snomed, ...reaction)
}

const relatives = [
  ['FTH', 'father', 'male', 'Male'],
  ['MTH', 'mother', 'female', 'Female'],
] as const
const heritable: readonly ConditionKey[] = [
  'diabetes',
  'hypertension',
  'hyperlipidemia',
  'atrialFibrillation',
  'osteoporosis',
]

function familyHistory(person: Person): FamilyMemberHistory[] {
  if (ageOn(person, person.today) < 25) return []
  const random = randomFrom(`family ${person.key}`)
  return relatives
    .filter(() => random.chance(0.45))
    .map(([code, display, sex, sexDisplay]) => ({
      resourceType: 'FamilyMemberHistory' as const,
      id: `demo-family-history-${person.key}-${display}`,
      status: 'completed' as const,
      patient: patientReference(person),
      date: dateText(person.joined),
      relationship: hl7('v3-RoleCode', code, display),
      sex: concept('http://hl7.org/fhir/administrative-gender', sex, sexDisplay),
      condition: [{ code: conditionConcept(random.pick(heritable)), onsetAge: onset(random.int(45, 68)) }],
    }))
}

function onset(years: number) {
  return { value: years, unit: 'years', system: 'http://unitsofmeasure.org', code: 'a' }
}

/** Warnings that staff must see before they speak or treat. */
function flags(person: Person): Flag[] {
  const warnings = [
    ...(person.row.interpreter ? [['interpreter', 'admin', 'Administrative', 'Interpreter needed'] as const] : []),
    ...(person.death === undefined && ageOn(person, person.today) > 80
      ? [['falls', 'safety', 'Safety', 'Risk of falls'] as const]
      : []),
    ...(person.threads.some((thread) => thread.key === 'warfarin')
      ? [['anticoagulant', 'drug', 'Drug', 'Takes warfarin: ask before any injection or procedure'] as const]
      : []),
  ]
  return warnings.map(([key, code, display, text]) => ({
    resourceType: 'Flag',
    id: `demo-flag-${person.key}-${key}`,
    status: 'active',
    category: [hl7('flag-category', code, display)],
    code: { text },
    subject: patientReference(person),
    period: { start: instantText(person.joined, 540) },
    author: clinicianReference(person.clinician),
  }))
}
