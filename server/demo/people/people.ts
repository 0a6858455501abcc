/** Patients and the people who speak for them. */
import type {
  Address,
  CodeableConcept,
  ContactPoint,
  HumanName,
  Patient,
  PatientContact,
  PatientLink,
  RelatedPerson,
  Resource,
} from '@medplum/fhirtypes'
import { dateText, dateWords, instantText } from '../calendar.ts'
import { ageOn, clinicianReference, organizationReference, type Person, patientReference } from '../chart.ts'
import {
  claims,
  concept,
  escapeHtml,
  hl7,
  identifier,
  narrative,
  ownSystem,
  reference,
  typedIdentifier,
} from '../elements.ts'
import { households, type PatientRow, patients } from '../tables/patients.ts'
import { languageNames } from '../tables/places.ts'
import { demographicExtensions } from './people-extensions.ts'

const relationCodes: Readonly<Record<string, readonly [code: string, display: string]>> = {
  mother: ['MTH', 'mother'],
  father: ['FTH', 'father'],
  grandmother: ['GRMTH', 'grandmother'],
  spouse: ['SPS', 'spouse'],
  daughter: ['DAUC', 'daughter'],
  son: ['SONC', 'son'],
  sister: ['SIS', 'sister'],
  friend: ['FRND', 'unrelated friend'],
}
const dataAbsentReason = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason'
const widowed = new Set(['16', '24', '26', '46', '58'])

/** Everyone's Patient, and a RelatedPerson for each guardian and for those who help a patient with their affairs. */
export function peopleResources(people: readonly Person[]): Resource[] {
  return [...people.map(patient), ...people.flatMap(relatedPeople)]
}

/** The id of the RelatedPerson who acts for a patient, if there is one. */
export function proxyId(row: PatientRow): string | undefined {
  if (row.guardian) return `demo-related-${row.key}-${row.guardian[0]}`
  return hasHelper(row) ? `demo-related-${row.key}-${row.contact![0]}` : undefined
}

function homeAddress(row: PatientRow) {
  const [line, city, postalCode] = households[row.household]!
  return { use: 'home' as const, line: [line], city, state: 'MA', postalCode, country: 'US' }
}

function patient(person: Person): Patient {
  const { row } = person
  const links = linksOf(person)
  return {
    resourceType: 'Patient',
    id: `demo-patient-${row.key}`,
    meta: claims('patient'),
    text: patientText(person),
    extension: demographicExtensions(row),
    identifier: [
      {
        use: row.mergedInto ? 'old' : 'usual',
        ...typedIdentifier(['MR', 'Medical record number'], ownSystem('mrn'), recordNumber(row)),
        assigner: organizationReference('clinic'),
      },
    ],
    active: !row.mergedInto && row.left === undefined && row.died === undefined,
    name: [officialName(row)],
    ...(telecomOf(person).length > 0 && { telecom: telecomOf(person) }),
    gender: row.nonbinary ? 'other' : person.female ? 'female' : 'male',
    birthDate: dateText(person.birth),
    ...(person.death !== undefined && { deceasedDateTime: instantText(person.death, 375) }),
    address: [addressOf(person)],
    ...(maritalStatus(person) && { maritalStatus: maritalStatus(person)! }),
    ...(contactOf(row) && { contact: [contactOf(row)!] }),
    communication: row.languages.map((code, index) => ({
      language: concept('urn:ietf:bcp:47', code, languageNames[code]!),
      ...(index === 0 && { preferred: true }),
    })),
    generalPractitioner: [clinicianReference(person.clinician)],
    managingOrganization: organizationReference('clinic'),
    ...(links.length > 0 && { link: links }),
  }
}

/** The record this one was merged into, and the people as whom this patient acts for children. */
function linksOf({ row, name }: Person): PatientLink[] {
  const proxied = patients.filter((other) => other.guardian?.[1] === row.key)
  return [
    ...(row.mergedInto
      ? [{ other: reference<Patient>(`Patient/demo-patient-${row.mergedInto}`), type: 'replaced-by' as const }]
      : []),
    ...proxied.map((child) => ({
      other: reference<RelatedPerson>(`RelatedPerson/${proxyId(child)}`, `${name} for ${child.name.join(' ')}`),
      type: 'seealso' as const,
    })),
  ]
}

function patientText(person: Person) {
  const { row } = person
  const [line, city] = households[row.household]!
  const facts = [
    `Born ${dateWords(person.birth)}`,
    ...(person.death === undefined ? [] : [`died ${dateWords(person.death)}`]),
    `record number ${recordNumber(row)}`,
    `${line}, ${city}`,
    `speaks ${row.languages.map((code) => languageNames[code]).join(', ')}`,
  ]
  return narrative(`<p><b>${escapeHtml(person.name)}</b></p><p>${escapeHtml(facts.join(' · '))}</p>`)
}

/** A record that was opened by mistake never got an address. */
function addressOf({ row, birth, joined }: Person): Address {
  if (row.mergedInto) return { extension: [{ url: dataAbsentReason, valueCode: 'unknown' }] }
  return { ...homeAddress(row), period: { start: dateText(Math.max(birth, joined - 900)) } }
}

function recordNumber(row: PatientRow): string {
  return `LC-1004${row.key}`
}

function officialName(row: PatientRow): HumanName {
  const [given, family] = row.name
  return { use: 'official', text: `${given} ${family}`, family, given: given.split(' ') }
}

/** Children are reached through their guardians. */
function telecomOf(person: Person): ContactPoint[] {
  if (ageOn(person, person.today) < 13) return []
  const mail = person.row.name
    .map((part) =>
      part
        .normalize('NFD')
        .replace(/[^A-Za-z]/g, '')
        .toLowerCase(),
    )
    .join('.')
  const home = { system: 'phone' as const, value: householdPhone(person.row), use: 'home' as const }
  return [
    { system: 'phone', value: `617-555-01${person.key}`, use: 'mobile', rank: 1 },
    ...(ageOn(person, person.today) > 60 ? [home] : []),
    { system: 'email', value: `${mail}@example.com` },
  ]
}

function householdPhone(row: PatientRow): string {
  const number = Object.keys(households).indexOf(row.household)
  return `339-555-01${String(number + 10).padStart(2, '0')}`
}

function maritalStatus(person: Person) {
  const { row } = person
  if (widowed.has(row.key)) return hl7('v3-MaritalStatus', 'W', 'Widowed')
  if (row.contact?.[0] === 'spouse') return hl7('v3-MaritalStatus', 'M', 'Married')
  return ageOn(person, person.today) < 30 ? hl7('v3-MaritalStatus', 'S', 'Never Married') : undefined
}

function contactOf(row: PatientRow): PatientContact | undefined {
  const [kind, who] = row.guardian ?? row.contact ?? []
  if (!kind || !who) return undefined
  return {
    relationship: [relation(kind), hl7('v2-0131', 'C', 'Emergency Contact')],
    name: nameOf(who),
    telecom: [{ system: 'phone', value: phoneOf(row, who), use: 'mobile' }],
  }
}

function relation(kind: string): CodeableConcept {
  return { ...hl7('v3-RoleCode', ...relationCodes[kind]!), text: kind[0]!.toUpperCase() + kind.slice(1) }
}

/** `who` is the key of another patient or the name of someone who is not a patient here. */
function nameOf(who: string): HumanName {
  const row = patients.find((other) => other.key === who)
  if (row) return officialName(row)
  const parts = who.split(' ')
  return { use: 'official', text: who, family: parts.at(-1)!, given: parts.slice(0, -1) }
}

function phoneOf(row: PatientRow, who: string): string {
  return patients.some((other) => other.key === who) ? `617-555-01${who}` : `857-555-01${row.key}`
}

/** Older people whose children keep an eye on things. */
function hasHelper(row: PatientRow): boolean {
  return row.contact !== undefined && ['daughter', 'son'].includes(row.contact[0])
}

function relatedPeople(person: Person): RelatedPerson[] {
  const { row } = person
  const id = proxyId(row)
  const [kind, who] = row.guardian ?? row.contact ?? []
  if (!id || !kind || !who) return []
  const own = patients.find((other) => other.key === who)
  return [
    {
      resourceType: 'RelatedPerson',
      id,
      meta: claims('relatedperson'),
      identifier: [identifier(ownSystem('proxy'), `LC-PROXY-${row.key}`)],
      active: true,
      patient: patientReference(person),
      relationship: [
        relation(kind),
        ...(row.guardian ? [{ ...hl7('v3-RoleCode', 'GUARD', 'guardian'), text: 'Guardian' }] : []),
      ],
      name: [nameOf(who)],
      telecom: [{ system: 'phone', value: phoneOf(row, who), use: 'mobile' }],
      gender: kind === 'father' || kind === 'son' ? 'male' : 'female',
      address: [homeAddress(own ?? row)],
      communication: (own ?? row).languages.slice(0, 1).map((code) => ({
        language: concept('urn:ietf:bcp:47', code, languageNames[code]!),
        preferred: true,
      })),
    },
  ]
}
