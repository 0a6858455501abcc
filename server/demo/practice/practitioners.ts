/** The clinicians, the roles in which they see patients, and the schedules of those roles. */
import type { Extension, Practitioner, PractitionerRole, Resource, Schedule } from '@medplum/fhirtypes'
import { type Day, dateText, instantText, timeText } from '../calendar.ts'
import { clinicianName, clinicianReference, organizationReference } from '../chart.ts'
import {
  claims,
  concept,
  hl7,
  identifier,
  npi,
  ownSystem,
  reference,
  referenceTo,
  snomed,
  typedIdentifier,
} from '../elements.ts'
import { type OfficeRow, office } from '../tables/office.ts'
import { languageNames, locations } from '../tables/places.ts'
import { type PractitionerRow, practitioners, type SessionRow } from '../tables/practitioners.ts'
import { specialties } from '../tables/specialties.ts'
import { nucc } from './clinic.ts'

const daysAhead = 21

/** Practitioners, then their roles, then the schedules of the roles. */
export function practitionerResources(today: Day): Resource[] {
  const roles = practitioners.flatMap((row) => row.sessions.map((session) => ({ row, session })))
  return [
    ...practitioners.map(practitioner),
    ...office.map(officeWorker),
    ...roles.map(({ row, session }) => practitionerRole(row, session)),
    ...roles.map(({ row, session }) => schedule(row, session, today)),
  ]
}

/** A clinician has one role, and so one schedule, for each location. */
export function roleKey(row: PractitionerRow, at: SessionRow['at']): string {
  return `${row.key}-${at}`
}

function practitioner(row: PractitionerRow): Practitioner {
  return {
    resourceType: 'Practitioner',
    id: `demo-practitioner-${row.key}`,
    meta: claims('practitioner'),
    identifier: [
      { use: 'official', ...identifier('http://hl7.org/fhir/sid/us-npi', npi(`1999990${row.key}`)) },
      typedIdentifier(['MD', 'Medical License number'], ownSystem('license'), licence(row)),
    ],
    active: true,
    name: [{ use: 'official', family: row.family, given: row.given.split(' '), prefix: ['Dr.'], suffix: [row.degree] }],
    telecom: [
      { system: 'phone', value: locations[row.sessions[0]!.at].phone, use: 'work' },
      { system: 'email', value: `clinician.${row.key}@larkfield.example`, use: 'work' },
    ],
    address: [workAddress(row)],
    gender: row.gender,
    qualification: [
      {
        identifier: [identifier(ownSystem('license'), licence(row))],
        code: hl7('v2-0360', row.degree, row.degree === 'MD' ? 'Doctor of Medicine' : 'Doctor of Osteopathy'),
        period: { start: String(row.graduated) },
        issuer: { display: row.school },
      },
    ],
    communication: row.languages.map((code) => concept('urn:ietf:bcp:47', code, languageNames[code]!)),
  }
}

function officeWorker({ key, given, family, gender, work }: OfficeRow): Practitioner {
  return {
    resourceType: 'Practitioner',
    id: `demo-office-${key}`,
    meta: claims('practitioner'),
    identifier: [typedIdentifier(['EN', 'Employer number'], ownSystem('staff'), `E-${key}`)],
    active: true,
    name: [{ use: 'official', family, given: [given] }],
    telecom: [
      { system: 'phone', value: locations.main.phone, use: 'work' },
      { system: 'email', value: `${key}@larkfield.example`, use: 'work' },
    ],
    gender,
    qualification: [{ code: { text: work } }],
  }
}

function licence(row: PractitionerRow): string {
  return `MA-${row.graduated}${row.key}`
}

function workAddress(row: PractitionerRow) {
  const { line, city, postalCode } = locations[row.sessions[0]!.at]
  return { use: 'work' as const, line: [line], city, state: 'MA', postalCode, country: 'US' }
}

function practitionerRole(row: PractitionerRow, session: SessionRow): PractitionerRole {
  const { code, display, name, department } = specialties[row.specialty]
  const place = locations[session.at]
  return {
    resourceType: 'PractitionerRole',
    id: `demo-role-${roleKey(row, session.at)}`,
    meta: claims('practitionerrole'),
    extension: [newPatients(row.newPatients)],
    active: true,
    practitioner: clinicianReference(row),
    organization: organizationReference(department),
    code: [concept(snomed, '309343006', 'Physician')],
    specialty: [concept(nucc, code, display, name)],
    location: [reference(`Location/demo-location-${place.number}`, place.name)],
    healthcareService: [reference(`HealthcareService/demo-service-${row.specialty}`, name)],
    telecom: [{ system: 'phone', value: place.phone, use: 'work' }],
    availableTime: hours(session),
    notAvailable: [{ description: 'Public holidays' }],
    endpoint: [reference('Endpoint/demo-endpoint-fhir', 'Larkfield Clinic FHIR R4')],
  }
}

function hours(session: SessionRow) {
  const [start, end] = session.half === 'am' ? [540, 720] : session.half === 'pm' ? [780, 930] : [540, 930]
  const daysOfWeek = session.days.filter((day) => day !== 'sat' && day !== 'sun')
  return [{ daysOfWeek, availableStartTime: timeText(start), availableEndTime: timeText(end) }]
}

/** Whether new patients are taken, as the national directory guide says it. */
function newPatients(accepting: boolean): Extension {
  const guide = 'http://hl7.org/fhir/us/davinci-pdex-plan-net'
  const [code, display] = accepting ? ['newpt', 'Accepting'] : ['existptonly', 'Accepting existing patients']
  return {
    url: `${guide}/StructureDefinition/newpatients`,
    extension: [
      {
        url: 'acceptingPatients',
        valueCodeableConcept: concept(`${guide}/CodeSystem/AcceptingPatientsCS`, code, display),
      },
    ],
  }
}

function schedule(row: PractitionerRow, session: SessionRow, today: Day): Schedule {
  const role = practitionerRole(row, session)
  const place = locations[session.at]
  return {
    resourceType: 'Schedule',
    id: `demo-schedule-${roleKey(row, session.at)}`,
    active: true,
    serviceCategory: [hl7('service-category', '17', 'General Practice')],
    specialty: role.specialty!,
    actor: [
      clinicianReference(row),
      referenceTo(role, `${clinicianName(row)}, ${specialties[row.specialty].name}`),
      reference(`Location/demo-location-${place.number}`, place.name),
    ],
    planningHorizon: { start: dateText(today), end: instantText(today + daysAhead, 1020) },
    comment: `${clinicianName(row)} at ${place.name}`,
  }
}
