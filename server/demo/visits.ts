/** Encounters, and the diagnoses that were made at one visit only. */
import type { Condition, Encounter, Reference, Resource } from '@medplum/fhirtypes'
import { dateText, instantText, monthsBefore } from './calendar.ts'
import { clinicianReference, organizationReference, patientReference } from './chart.ts'
import { claims, coding, concept, hl7, identifier, ownSystem, reference, snomed } from './elements.ts'
import { clinicalStatus, conditionConcept, idPart, problemReference, problemsOf } from './record/problems.ts'
import { type ConditionKey, conditions } from './tables/conditions.ts'
import { locations } from './tables/places.ts'
import { specialties } from './tables/specialties.ts'
import { extraVisits, visitKinds } from './tables/visit-kinds.ts'
import type { Visit } from './visit-plan.ts'

const monthsOfAppointments = 18

/** The encounter of a visit and the diagnoses made at it. */
export function visitResources(visit: Visit): Resource[] {
  return [encounter(visit), ...diagnosesAt(visit).map((key) => diagnosis(visit, key))]
}

/** The encounter of a visit. */
export function encounterReference(visit: Visit): Reference<Encounter> {
  return reference(`Encounter/demo-encounter-${visit.key}`)
}

/** Visits of the last year and a half were booked here, so they have an appointment. */
export function wasBooked(visit: Visit): boolean {
  return visit.kind !== 'hospital' && visit.day >= monthsBefore(visit.person.today, monthsOfAppointments)
}

/** The instant at which a visit began. */
export function visitStart(visit: Visit): string {
  return instantText(visit.day, visit.minute)
}

function visitEnd(visit: Visit): string {
  const minutes = visitKinds[visit.kind].minutes
  return instantText(visit.day + Math.floor(minutes / 1440), visit.minute + (minutes % 1440))
}

/** Diagnoses that are not on the problem list: complaints, and what a stay was for. */
export function diagnosesAt(visit: Visit): ConditionKey[] {
  const listed = new Set(problemsOf(visit.person).map((problem) => problem.condition))
  const all = [...visit.problems, ...(visit.complaint ? [visit.complaint.condition] : [])]
  return all.filter((key) => !listed.has(key))
}

/** What the visit was about, as conditions that exist. */
export function conditionReferences(visit: Visit): Reference<Condition>[] {
  const made = new Set(diagnosesAt(visit))
  return [...visit.problems, ...(visit.complaint ? [visit.complaint.condition] : [])].map((key) =>
    made.has(key)
      ? reference(`Condition/${diagnosisId(visit, key)}`, conditions[key].name)
      : problemReference(visit.person, key),
  )
}

function encounter(visit: Visit): Encounter {
  const kind = visitKinds[visit.kind]
  const period = { start: visitStart(visit), end: visitEnd(visit) }
  const listed = visit.problems.filter((key) => !diagnosesAt(visit).includes(key))
  return {
    resourceType: 'Encounter',
    id: `demo-encounter-${visit.key}`,
    meta: claims('encounter'),
    identifier: [identifier(ownSystem('visit'), `LC-V-${visit.key}`)],
    status: 'finished',
    class: coding('http://terminology.hl7.org/CodeSystem/v3-ActCode', ...kind.class),
    type: [concept(snomed, kind.snomed, kind.display)],
    subject: patientReference(visit.person),
    participant: [
      {
        type: [hl7('v3-ParticipationType', 'PPRF', 'primary performer')],
        period,
        individual: clinicianReference(visit.clinician),
      },
    ],
    ...(wasBooked(visit) && { appointment: [reference(`Appointment/demo-appointment-${visit.key}`)] }),
    period,
    reasonCode: [
      visit.complaint ? { ...conditionConcept(visit.complaint.condition), text: visit.reason } : { text: visit.reason },
    ],
    ...(listed.length > 0 && {
      diagnosis: listed.map((key, index) => ({ condition: problemReference(visit.person, key), rank: index + 1 })),
    }),
    ...(visit.kind === 'hospital' ? hospitalization() : place(visit)),
    serviceProvider: organizationReference(
      visit.kind === 'hospital' ? 'hospital' : specialties[visit.clinician.specialty].department,
    ),
  }
}

function hospitalization(): Pick<Encounter, 'hospitalization'> {
  return {
    hospitalization: {
      admitSource: hl7('admit-source', 'emd', 'From accident/emergency department'),
      dischargeDisposition: concept(
        'http://www.nubc.org/patient-discharge',
        '01',
        'Discharged to home care or self care (routine discharge)',
        'Home',
      ),
    },
  }
}

function place(visit: Visit): Pick<Encounter, 'location'> {
  if (visit.kind === 'video') return {}
  const row = locations[visit.location]
  return { location: [{ location: reference(`Location/demo-location-${row.number}`, row.name), status: 'completed' }] }
}

function diagnosisId(visit: Visit, key: ConditionKey): string {
  return `demo-condition-${visit.key}-${idPart(key)}`
}

function diagnosis(visit: Visit, key: ConditionKey): Condition {
  const days = visit.complaint?.days ?? extraVisits.find((extra) => extra.condition === key)?.days ?? 14
  const over = visit.day + days <= visit.person.until
  return {
    resourceType: 'Condition',
    id: diagnosisId(visit, key),
    meta: claims('condition-encounter-diagnosis'),
    clinicalStatus: clinicalStatus(over ? 'resolved' : 'active'),
    verificationStatus: hl7('condition-ver-status', 'confirmed', 'Confirmed'),
    category: [hl7('condition-category', 'encounter-diagnosis', 'Encounter Diagnosis')],
    code: conditionConcept(key),
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    onsetDateTime: dateText(visit.day),
    ...(over && { abatementDateTime: dateText(visit.day + days) }),
    recordedDate: dateText(visit.day),
    recorder: clinicianReference(visit.clinician),
  }
}
