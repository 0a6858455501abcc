/** Vital signs, as US Core profiles them. https://hl7.org/fhir/R4/observation-vitalsigns.html */
import type { CodeableConcept, Meta, Observation } from '@medplum/fhirtypes'
import { instantText } from '../calendar.ts'
import { ageOn, clinicianReference, patientReference } from '../chart.ts'
import { claims, claimsExactly, coding, concept, hl7, loinc, quantity } from '../elements.ts'
import { interpretationConcept } from '../results/result-words.ts'
import type { Counter } from '../results/results.ts'
import { type VitalKey, visitKinds } from '../tables/visit-kinds.ts'
import type { Visit } from '../visit-plan.ts'
import { encounterReference } from '../visits.ts'
import { type Body, bodyAt, type Percentiles, percentilesAt } from './body.ts'

interface SimpleVital {
  readonly of: 'weight' | 'height' | 'bmi' | 'head' | 'pulse' | 'breaths' | 'temperature'
  readonly profile: string
  readonly loinc: string
  readonly display: string
  readonly name: string
  readonly unit: string
  readonly code: string
  /** Measured from this age on and before that one. */
  readonly from?: number
  readonly until?: number
}

// biome-ignore format: one sign per line reads as a table
const simple: Readonly<Partial<Record<VitalKey, SimpleVital>>> = {
  'heart-rate': { of: 'pulse', profile: 'heart-rate', loinc: '8867-4', display: 'Heart rate', name: 'Heart rate', unit: 'beats/min', code: '/min' },
  'respiratory-rate': { of: 'breaths', profile: 'respiratory-rate', loinc: '9279-1', display: 'Respiratory rate', name: 'Breathing rate', unit: 'breaths/min', code: '/min' },
  'body-temperature': { of: 'temperature', profile: 'body-temperature', loinc: '8310-5', display: 'Body temperature', name: 'Temperature', unit: '°C', code: 'Cel' },
  'body-weight': { of: 'weight', profile: 'body-weight', loinc: '29463-7', display: 'Body weight', name: 'Weight', unit: 'kg', code: 'kg' },
  'body-height': { of: 'height', profile: 'body-height', loinc: '8302-2', display: 'Body height', name: 'Height', unit: 'cm', code: 'cm' },
  bmi: { of: 'bmi', profile: 'bmi', loinc: '39156-5', display: 'Body mass index (BMI) [Ratio]', name: 'Body mass index', unit: 'kg/m²', code: 'kg/m2', from: 2 },
  'head-circumference': { of: 'head', profile: 'head-circumference', loinc: '9843-4', display: 'Head Occipital-frontal circumference', name: 'Head circumference', unit: 'cm', code: 'cm', until: 2.2 },
}

interface PercentileRow {
  readonly of: keyof Percentiles
  readonly meta?: Meta
  readonly id: string
  readonly loinc: string
  readonly display: string
  readonly name: string
  readonly from: number
  readonly until: number
}

// biome-ignore format: one percentile per line reads as a table
const percentiles: readonly PercentileRow[] = [
  { of: 'height', id: 'height-percentile', loinc: '8303-0', display: 'Body height [Percentile]', name: 'Height percentile', from: 0, until: 18 },
  { of: 'weight', id: 'weight-percentile', loinc: '8336-0', display: 'Body weight [Percentile] Per age', name: 'Weight percentile', from: 0, until: 18 },
  { of: 'bmi', meta: claimsExactly('pediatric-bmi-for-age'), id: 'bmi-percentile', loinc: '59576-9', display: 'Body mass index (BMI) [Percentile] Per age and sex', name: 'BMI percentile', from: 2, until: 18 },
  { of: 'weightForLength', meta: claimsExactly('pediatric-weight-for-height'), id: 'weight-for-length', loinc: '77606-2', display: 'Weight-for-length Per age and sex', name: 'Weight for length', from: 0, until: 2 },
  { of: 'head', meta: claimsExactly('head-occipital-frontal-circumference-percentile'), id: 'head-percentile', loinc: '8289-1', display: 'Head Occipital-frontal circumference Percentile', name: 'Head size percentile', from: 0, until: 2.2 },
]

/** What was measured at the start of a visit. */
export function vitalSigns(visit: Visit, numbers: Counter): Observation[] {
  const age = ageOn(visit.person, visit.day)
  const body = bodyAt(visit)
  return visitKinds[visit.kind].vitals.flatMap((key) => {
    if (key === 'blood-pressure') return age < 3 ? [] : [bloodPressure(visit, body, numbers)]
    if (key === 'oxygen-saturation') return needsOxygen(visit) ? [oxygenSaturation(visit, body, numbers)] : []
    if (key === 'percentiles') return percentileObservations(visit, body, numbers)
    const row = simple[key]!
    if (age < (row.from ?? 0) || age >= (row.until ?? 200)) return []
    const code = concept(loinc, row.loinc, row.display, row.name)
    const value = quantity(body[row.of], row.unit, row.code)
    return [{ ...vital(visit, numbers, { key, meta: claims(row.profile), code }), valueQuantity: value }]
  })
}

interface Sign {
  readonly key: string
  readonly meta?: Meta
  readonly code: CodeableConcept
}

/** Measured in everyone who is ill, and at planned visits of people with a story of the lungs or the heart. */
function needsOxygen(visit: Visit): boolean {
  return visit.kind !== 'followUp' || visit.person.threads.some((thread) => thread.story.oxygen)
}

function vital(visit: Visit, numbers: Counter, { key, meta, code }: Sign): Observation {
  return {
    resourceType: 'Observation',
    id: `demo-obs-${visit.person.key}-${key}-${numbers.next(key)}`,
    ...(meta && { meta }),
    status: 'final',
    category: [hl7('observation-category', 'vital-signs', 'Vital Signs')],
    code,
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    effectiveDateTime: instantText(visit.day, visit.minute + 5),
    performer: [clinicianReference(visit.clinician)],
  }
}

function bloodPressure(visit: Visit, { systolic, diastolic }: Body, numbers: Counter): Observation {
  const high = systolic >= 140 || diastolic >= 90
  const part = (code: string, display: string, value: number) => ({
    code: concept(loinc, code, display),
    valueQuantity: quantity(value, 'mmHg', 'mm[Hg]'),
  })
  const code = concept(loinc, '85354-9', 'Blood pressure panel with all children optional', 'Blood pressure')
  return {
    ...vital(visit, numbers, { key: 'blood-pressure', meta: claims('blood-pressure'), code }),
    interpretation: [interpretationConcept(high ? 'H' : 'N')],
    component: [
      part('8480-6', 'Systolic blood pressure', systolic),
      part('8462-4', 'Diastolic blood pressure', diastolic),
    ],
  }
}

function oxygenSaturation(visit: Visit, body: Body, numbers: Counter): Observation {
  const code = {
    coding: [
      coding(loinc, '59408-5', 'Oxygen saturation in Arterial blood by Pulse oximetry'),
      coding(loinc, '2708-6', 'Oxygen saturation in Arterial blood'),
    ],
    text: 'Oxygen saturation',
  }
  return {
    ...vital(visit, numbers, { key: 'oxygen-saturation', meta: claims('pulse-oximetry'), code }),
    valueQuantity: quantity(body.oxygen, '%'),
  }
}

function percentileObservations(visit: Visit, body: Body, numbers: Counter): Observation[] {
  const age = ageOn(visit.person, visit.day)
  const values = percentilesAt(visit, body)
  return percentiles
    .filter((row) => age >= row.from && age < row.until)
    .map((row) => {
      const code = concept(loinc, row.loinc, row.display, row.name)
      return {
        ...vital(visit, numbers, { key: row.id, ...(row.meta && { meta: row.meta }), code }),
        valueQuantity: quantity(values[row.of], '%'),
      }
    })
}
