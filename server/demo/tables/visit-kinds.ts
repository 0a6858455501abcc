/** Kinds of visit: their codes, their length and what they cost; and visits that belong to no story. */

import type { PanelKey } from './analytes.ts'
import type { ConditionKey } from './conditions.ts'
import type { Specialty } from './specialties.ts'
import type { VisitKind } from './story.ts'

export interface VisitKindRow {
  readonly snomed: string
  readonly display: string
  readonly class: readonly [code: string, display: string]
  readonly minutes: number
  readonly charge: ChargeKey
  /** What is measured at the start. */
  readonly vitals: readonly VitalKey[]
}

export type VitalKey =
  | 'blood-pressure'
  | 'heart-rate'
  | 'respiratory-rate'
  | 'body-temperature'
  | 'oxygen-saturation'
  | 'body-weight'
  | 'body-height'
  | 'bmi'
  | 'head-circumference'
  | 'percentiles'

export type ChargeKey =
  | 'CHECKUP'
  | 'CHECKUP-CHILD'
  | 'VISIT'
  | 'VISIT-SHORT'
  | 'PRENATAL'
  | 'DRAW'
  | 'FACILITY'
  | 'VIDEO'
  | 'HOSPITAL'

const office = ['AMB', 'ambulatory'] as const

// biome-ignore format: one kind per line reads as a table
export const visitKinds: Readonly<Record<VisitKind, VisitKindRow>> = {
  wellAdult: { snomed: '185349003', display: 'Encounter for check up', class: office, minutes: 30, charge: 'CHECKUP', vitals: ['blood-pressure', 'heart-rate', 'body-weight', 'body-height', 'bmi'] },
  wellChild: { snomed: '410620009', display: 'Well child visit', class: office, minutes: 30, charge: 'CHECKUP-CHILD', vitals: ['blood-pressure', 'heart-rate', 'body-temperature', 'body-weight', 'body-height', 'bmi', 'head-circumference', 'percentiles'] },
  followUp: { snomed: '390906007', display: 'Follow-up encounter', class: office, minutes: 30, charge: 'VISIT', vitals: ['blood-pressure', 'heart-rate', 'oxygen-saturation', 'body-weight'] },
  sick: { snomed: '185345009', display: 'Encounter for symptom', class: office, minutes: 20, charge: 'VISIT-SHORT', vitals: ['blood-pressure', 'heart-rate', 'respiratory-rate', 'body-temperature', 'oxygen-saturation', 'body-weight'] },
  prenatal: { snomed: '424619006', display: 'Prenatal visit', class: office, minutes: 30, charge: 'PRENATAL', vitals: ['blood-pressure', 'heart-rate', 'body-weight'] },
  bloodDraw: { snomed: '308335008', display: 'Patient encounter procedure', class: office, minutes: 10, charge: 'DRAW', vitals: [] },
  procedure: { snomed: '308335008', display: 'Patient encounter procedure', class: office, minutes: 30, charge: 'FACILITY', vitals: [] },
  video: { snomed: '448337001', display: 'Telemedicine consultation with patient', class: ['VR', 'virtual'], minutes: 20, charge: 'VIDEO', vitals: [] },
  hospital: { snomed: '183452005', display: 'Encounter inpatient', class: ['IMP', 'inpatient encounter'], minutes: 4320, charge: 'HOSPITAL', vitals: ['blood-pressure', 'heart-rate', 'respiratory-rate', 'body-temperature', 'oxygen-saturation', 'body-weight'] },
}

/** A visit outside the stories, `monthsAgo` before today. */
export interface ExtraVisit {
  readonly person: string
  readonly monthsAgo: number
  readonly kind: VisitKind
  readonly reason: string
  readonly condition: ConditionKey
  readonly days: number
  readonly panels?: readonly PanelKey[]
  readonly with?: Specialty
}

// biome-ignore format: one visit per line reads as a table
export const extraVisits: readonly ExtraVisit[] = [
  { person: '01', monthsAgo: 26, kind: 'hospital', reason: 'Severe pain under the right ribs with fever', condition: 'gallstones', days: 20, panels: ['cmp', 'cbc'] },
  { person: '01', monthsAgo: 25.3, kind: 'followUp', reason: 'Visit after the hospital stay', condition: 'gallstones', days: 20 },
  { person: '01', monthsAgo: 29.3, kind: 'followUp', with: 'endocrinology', reason: 'Second opinion on diabetes and thyroid', condition: 'diabetes', days: 0 },
  { person: '09', monthsAgo: 0.1, kind: 'sick', reason: 'Burning when passing urine', condition: 'urineInfection', days: 7 },
  { person: '18', monthsAgo: 7, kind: 'sick', reason: 'Burning when passing urine', condition: 'urineInfection', days: 7 },
  { person: '46', monthsAgo: 10.5, kind: 'sick', reason: 'Burning when passing urine and confusion', condition: 'urineInfection', days: 10 },
  { person: '30', monthsAgo: 31, kind: 'sick', reason: 'Burning when passing urine', condition: 'urineInfection', days: 7 },
  { person: '13', monthsAgo: 2.2, kind: 'followUp', reason: 'Back pain, blood test before a new medicine', condition: 'backPain', days: 30, panels: ['bmp'] },
  { person: '01', monthsAgo: 0.15, kind: 'followUp', reason: 'Tingling feet and results talk', condition: 'diabetes', days: 0 },
  { person: '03', monthsAgo: 0.6, kind: 'sick', reason: 'Sore throat and fever', condition: 'strep', days: 10 },
]
