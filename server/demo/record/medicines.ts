/** Prescriptions, what the pharmacy handed over, and what people take on their own. */
import type {
  Dosage,
  MedicationDispense,
  MedicationRequest,
  MedicationStatement,
  Quantity,
  Resource,
} from '@medplum/fhirtypes'
import { type Day, dateText, instantText, monthsBefore } from '../calendar.ts'
import { ageOn, clinicianReference, organizationReference, type Person, patientReference, storyDay } from '../chart.ts'
import { claims, coding, concept, hl7, quantity, referenceTo, rxnorm, snomed } from '../elements.ts'
import { type ConditionKey, conditions } from '../tables/conditions.ts'
import { type MedicineKey, type MedicineRow, medicines } from '../tables/medicines.ts'
import { type SelfCareRow, selfCare, treatments } from '../tables/treatments.ts'
import type { Visit } from '../visit-plan.ts'
import { conditionReferences, encounterReference } from '../visits.ts'
import { idPart, problemReference } from './problems.ts'

const unitCodes: Readonly<Record<string, string>> = {
  tablet: '{tbl}',
  capsule: '{capsule}',
  puff: '{puff}',
  unit: '[iU]',
  inhaler: '{inhaler}',
  application: '{application}',
}
const daysNearVisit = 24
const lastDispensingPatient = 12

/** All medicines of one person. */
export function medicineResources(person: Person, visits: readonly Visit[]): Resource[] {
  const lasting = lastingRequests(person, visits)
  return [
    ...lasting,
    ...visits.flatMap(courseRequest),
    ...(Number(person.key) <= lastDispensingPatient ? lasting.flatMap((request) => dispenses(person, request)) : []),
    ...selfCare.filter((row) => row.person === person.key).map((row, index) => statement(person, row, index + 1)),
  ]
}

function medicineConcept(row: MedicineRow) {
  return concept(rxnorm, row.rxnorm, row.display, row.name)
}

/** Medicines of the person's stories, taken for months or years. */
function lastingRequests(person: Person, visits: readonly Visit[]): MedicationRequest[] {
  const seen = new Set<MedicineKey>()
  return person.threads.flatMap((thread) =>
    (thread.story.medicines ?? []).flatMap((course): MedicationRequest[] => {
      const start = Math.max(person.birth, storyDay(person, thread, course.from))
      const end = course.until === undefined ? undefined : storyDay(person, thread, course.until)
      if (start > person.until || seen.has(course.medicine)) return []
      seen.add(course.medicine)
      const visit = nearest(visits, start)
      const over = end !== undefined && end <= person.until
      const status = over
        ? course.changed
          ? 'stopped'
          : 'completed'
        : person.death === undefined
          ? 'active'
          : 'completed'
      return [
        {
          ...request(`demo-rx-${person.key}-${idPart(course.medicine)}`, person, course.medicine, visit ?? start),
          status,
          ...(over && course.changed && { statusReason: { text: course.changed } }),
          reasonReference: [problemReference(person, course.for)],
        },
      ]
    }),
  )
}

/** Short courses for complaints. */
function courseRequest(visit: Visit): MedicationRequest[] {
  const key: ConditionKey | undefined =
    visit.complaint?.condition ?? (visit.kind === 'hospital' ? visit.problems[0] : undefined)
  const row = key && treatments[key]
  if (!row || (row.avoidWith && row.avoidWith === visit.person.row.allergy)) return []
  const medicine = row.child && ageOn(visit.person, visit.day) < 12 ? row.child : row.medicine
  const over = visit.day + medicines[medicine].supply[2] <= visit.person.until
  return [
    {
      ...request(`demo-rx-${visit.key}-${idPart(medicine)}`, visit.person, medicine, visit),
      status: over ? 'completed' : 'active',
      reasonReference: conditionReferences(visit),
    },
  ]
}

function request(id: string, person: Person, key: MedicineKey, at: Visit | Day): MedicationRequest {
  const row: MedicineRow = medicines[key]
  const visit = typeof at === 'number' ? undefined : at
  const day = typeof at === 'number' ? at : at.day
  const [amount, unit, days] = row.supply
  const short = days < 30
  return {
    resourceType: 'MedicationRequest',
    id,
    meta: claims('medicationrequest'),
    status: 'active',
    intent: 'order',
    category: [hl7('medicationrequest-category', 'community', 'Community')],
    reportedBoolean: false,
    medicationCodeableConcept: medicineConcept(row),
    subject: patientReference(person),
    ...(visit && { encounter: encounterReference(visit) }),
    authoredOn: visit ? instantText(visit.day, visit.minute + 20) : dateText(day),
    requester: clinicianReference(visit?.clinician ?? person.clinician),
    courseOfTherapyType: hl7('medicationrequest-course-of-therapy', ...(short ? acute : continuous)),
    dosageInstruction: [dosage(row)],
    dispenseRequest: {
      validityPeriod: { start: dateText(day), end: dateText(day + 365) },
      numberOfRepeatsAllowed: short ? 0 : 3,
      quantity: amountOf(amount, unit),
      expectedSupplyDuration: quantity(days, 'days', 'd'),
      performer: organizationReference('pharmacy'),
    },
  }
}

const acute: [string, string] = ['acute', 'Short course (acute) therapy']
const continuous: [string, string] = ['continuous', 'Continuous long term therapy']

function dosage(row: MedicineRow): Dosage {
  const timing = { repeat: { frequency: row.times, period: row.every ?? 1, periodUnit: 'd' as const } }
  return {
    sequence: 1,
    text: row.directions,
    ...(row.times > 0 ? { timing, asNeededBoolean: false } : { asNeededBoolean: true }),
    route: concept(snomed, ...row.route),
    doseAndRate: [{ type: hl7('dose-rate-type', 'ordered', 'Ordered'), doseQuantity: amountOf(...row.dose) }],
  }
}

function amountOf(value: number, unit: string): Quantity {
  return quantity(value, unit, unitCodes[unit] ?? unit)
}

/** The visit at which a medicine was most likely prescribed. */
function nearest(visits: readonly Visit[], day: Day): Visit | undefined {
  const near = visits.filter((visit) => visit.kind !== 'procedure' && Math.abs(visit.day - day) <= daysNearVisit)
  return near.sort((a, b) => Math.abs(a.day - day) - Math.abs(b.day - day))[0]
}

/** The last two times that the pharmacy filled a prescription. */
function dispenses(person: Person, request: MedicationRequest): MedicationDispense[] {
  if (request.status !== 'active') return []
  const days = request.dispenseRequest!.expectedSupplyDuration!.value!
  const first = Date.parse(request.authoredOn!) / 86_400_000
  return [2, 1].flatMap((back): MedicationDispense[] => {
    const day = Math.floor(person.today - back * days + days * 0.15)
    if (day < first || day >= person.today) return []
    return [
      {
        resourceType: 'MedicationDispense',
        id: `${request.id!.replace('-rx-', '-dispense-')}-${3 - back}`,
        meta: claims('medicationdispense'),
        status: 'completed',
        medicationCodeableConcept: request.medicationCodeableConcept!,
        subject: patientReference(person),
        performer: [{ actor: organizationReference('pharmacy') }],
        authorizingPrescription: [referenceTo(request)],
        type: {
          coding: [coding('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'RF', 'Refill')],
          text: 'Refill',
        },
        quantity: request.dispenseRequest!.quantity!,
        daysSupply: request.dispenseRequest!.expectedSupplyDuration!,
        whenPrepared: instantText(day, 700),
        whenHandedOver: instantText(day, 760),
        dosageInstruction: request.dosageInstruction!,
      },
    ]
  })
}

function statement(person: Person, row: SelfCareRow, number: number): MedicationStatement {
  return {
    resourceType: 'MedicationStatement',
    id: `demo-statement-${person.key}-${number}`,
    status: 'active',
    category: hl7('medication-statement-category', 'patientspecified', 'Patient Specified'),
    medicationCodeableConcept: row.rxnorm ? concept(rxnorm, ...row.rxnorm, row.text) : { text: row.text },
    subject: patientReference(person),
    effectivePeriod: { start: dateText(monthsBefore(person.today, row.since)) },
    dateAsserted: dateText(Math.max(person.joined, monthsBefore(person.today, Math.min(row.since, 4)))),
    informationSource: patientReference(person),
    dosage: [{ text: row.directions }],
  }
}

/** Used in notes: what the person takes on a day, by name. */
export function medicinesOn(person: Person, day: Day): string[] {
  return person.threads.flatMap((thread) =>
    (thread.story.medicines ?? [])
      .filter((course) => storyDay(person, thread, course.from) - daysNearVisit <= day)
      .filter((course) => course.until === undefined || storyDay(person, thread, course.until) > day)
      .map((course) => `${medicines[course.medicine].name} (${conditions[course.for].name})`),
  )
}
