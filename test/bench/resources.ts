/** Templates of the resources that charts consist of, in the sizes and with the elements that Synthea writes. */
import type { JsonObject } from '../../server/fhir/json.ts'
import { type Analyte, conditions, encounterTypes, medications, procedures, reports } from './codes.ts'
import type { Draw } from './draw.ts'
import {
  address,
  codeable,
  component,
  core,
  geolocation,
  identifierOf,
  instant,
  interpretation,
  links,
  phone,
  quantity,
  raceExtension,
  snomed,
} from './elements.ts'

export interface Person {
  readonly id: string
  readonly family: string
  readonly given: string
  readonly gender: 'female' | 'male'
  readonly birthDate: string
}

export interface Staff {
  readonly id: string
  readonly name: string
}

/** What the resources of one visit point at. */
export interface Visit {
  readonly id: string
  readonly person: Person
  readonly practitioner: Staff
  readonly organization: Staff
  /** Milliseconds. */
  readonly at: number
}

const synthetic = 'https://github.com/synthetichealth/synthea'

export function organization({ id, name }: Staff, draw: Draw): JsonObject {
  return {
    resourceType: 'Organization',
    id,
    meta: { profile: [`${core}/us-core-organization`] },
    identifier: [{ system: synthetic, value: id }],
    active: true,
    type: [
      codeable('http://terminology.hl7.org/CodeSystem/organization-type', {
        code: 'prov',
        display: 'Healthcare Provider',
      }),
    ],
    name,
    telecom: [{ system: 'phone', value: phone(draw) }],
    address: [address(draw)],
  }
}

export function practitioner({ id, name }: Staff, npi: string, draw: Draw): JsonObject {
  const [given, family] = name.split(' ') as [string, string]
  return {
    resourceType: 'Practitioner',
    id,
    meta: { profile: [`${core}/us-core-practitioner`] },
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: npi }],
    active: true,
    name: [{ family, given: [given], prefix: ['Dr.'] }],
    telecom: [{ system: 'email', value: `${given}.${family}@example.com`, use: 'work' }],
    address: [address(draw)],
    gender: draw.oneOf(['female', 'male']),
  }
}

export function patient(person: Person, draw: Draw): JsonObject {
  const { id, family, given, gender, birthDate } = person
  return {
    resourceType: 'Patient',
    id,
    meta: { profile: [`${core}/us-core-patient`] },
    text: {
      status: 'generated',
      div: `<div xmlns="http://www.w3.org/1999/xhtml">${given} ${family}, born ${birthDate}. Generated for a benchmark, from seed ${draw.digits(18)}, population seed ${draw.digits(12)}.</div>`,
    },
    extension: [
      raceExtension('us-core-race', '2106-3', 'White'),
      raceExtension('us-core-ethnicity', '2186-5', 'Non Hispanic or Latino'),
      {
        url: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName',
        valueString: `${given} ${draw.family()}`,
      },
      { url: `${core}/us-core-birthsex`, valueCode: gender === 'female' ? 'F' : 'M' },
      {
        url: 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace',
        valueAddress: { city: draw.family(), state: 'Massachusetts', country: 'US' },
      },
    ],
    identifier: [
      { system: synthetic, value: id },
      identifierOf('MR', 'Medical Record Number', 'http://hospital.smarthealthit.org', id),
      identifierOf(
        'SS',
        'Social Security Number',
        'http://hl7.org/fhir/sid/us-ssn',
        `999-${draw.digits(2)}-${draw.digits(4)}`,
      ),
      identifierOf('DL', "Driver's License", 'urn:oid:2.16.840.1.113883.4.3.25', `S${draw.digits(8)}`),
      identifierOf(
        'PPN',
        'Passport Number',
        'http://standardhealthrecord.org/fhir/StructureDefinition/passportNumber',
        `X${draw.digits(8)}X`,
      ),
    ],
    name: [{ use: 'official', family, given: [given, draw.given()], prefix: [gender === 'female' ? 'Mrs.' : 'Mr.'] }],
    telecom: [{ system: 'phone', value: phone(draw), use: 'home' }],
    gender,
    birthDate,
    address: [{ extension: [geolocation(draw)], ...address(draw) }],
    maritalStatus: codeable('http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', {
      code: 'M',
      display: 'Married',
    }),
    multipleBirthBoolean: false,
    communication: [{ language: codeable('urn:ietf:bcp:47', { code: 'en-US', display: 'English' }) }],
  }
}

export function encounter(visit: Visit, draw: Draw): JsonObject {
  const period = { start: instant(visit.at), end: instant(visit.at + 15 * 60_000) }
  return {
    resourceType: 'Encounter',
    id: visit.id,
    meta: { profile: [`${core}/us-core-encounter`] },
    identifier: [{ use: 'official', system: synthetic, value: visit.id }],
    status: 'finished',
    class: {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
      code: draw.oneOf(['AMB', 'AMB', 'EMER', 'IMP']),
    },
    type: [codeable(snomed, draw.frequent(encounterTypes))],
    subject: { reference: `Patient/${visit.person.id}`, display: `${visit.person.given} ${visit.person.family}` },
    participant: [
      {
        type: [
          codeable('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', {
            code: 'PPRF',
            display: 'primary performer',
          }),
        ],
        period,
        individual: { reference: `Practitioner/${visit.practitioner.id}`, display: `Dr. ${visit.practitioner.name}` },
      },
    ],
    period,
    reasonCode: [{ coding: [{ system: snomed, ...draw.frequent(conditions) }] }],
    serviceProvider: { reference: `Organization/${visit.organization.id}`, display: visit.organization.name },
  }
}

export function observation(visit: Visit, analyte: Analyte, id: string, draw: Draw): JsonObject {
  const { code, display, category, components } = analyte
  const value = components ? undefined : quantity(analyte, draw)
  return {
    resourceType: 'Observation',
    id,
    meta: {
      profile: [`http://hl7.org/fhir/StructureDefinition/${category === 'vital-signs' ? 'vitalsigns' : 'Observation'}`],
    },
    status: 'final',
    category: [
      codeable('http://terminology.hl7.org/CodeSystem/observation-category', { code: category, display: category }),
    ],
    code: codeable('http://loinc.org', { code, display }),
    ...links(visit),
    effectiveDateTime: instant(visit.at),
    issued: new Date(visit.at + 190).toISOString(),
    performer: [{ reference: `Practitioner/${visit.practitioner.id}`, display: `Dr. ${visit.practitioner.name}` }],
    ...(value && { valueQuantity: value, interpretation: [interpretation(value.value, analyte)] }),
    ...(value && {
      referenceRange: [{ low: { ...value, value: analyte.low }, high: { ...value, value: analyte.high } }],
    }),
    ...(components && { component: components.map((part) => component(part, draw)) }),
  }
}

export function condition(visit: Visit, id: string, draw: Draw): JsonObject {
  return {
    resourceType: 'Condition',
    id,
    meta: { profile: [`${core}/us-core-condition`] },
    clinicalStatus: codeable('http://terminology.hl7.org/CodeSystem/condition-clinical', {
      code: draw.oneOf(['active', 'resolved']),
    }),
    verificationStatus: codeable('http://terminology.hl7.org/CodeSystem/condition-ver-status', { code: 'confirmed' }),
    category: [
      codeable('http://terminology.hl7.org/CodeSystem/condition-category', {
        code: 'encounter-diagnosis',
        display: 'Encounter Diagnosis',
      }),
    ],
    code: codeable(snomed, draw.frequent(conditions)),
    ...links(visit),
    onsetDateTime: instant(visit.at),
    recordedDate: instant(visit.at),
  }
}

export function medicationRequest(visit: Visit, id: string, draw: Draw): JsonObject {
  return {
    resourceType: 'MedicationRequest',
    id,
    meta: { profile: [`${core}/us-core-medicationrequest`] },
    status: draw.oneOf(['active', 'stopped', 'completed']),
    intent: 'order',
    medicationCodeableConcept: codeable('http://www.nlm.nih.gov/research/umls/rxnorm', draw.frequent(medications)),
    ...links(visit),
    authoredOn: instant(visit.at),
    requester: { reference: `Practitioner/${visit.practitioner.id}`, display: `Dr. ${visit.practitioner.name}` },
    dosageInstruction: [
      {
        sequence: 1,
        text: 'Take with water after meals.',
        timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
        asNeededBoolean: false,
      },
    ],
  }
}

export function procedure(visit: Visit, id: string, draw: Draw): JsonObject {
  return {
    resourceType: 'Procedure',
    id,
    meta: { profile: [`${core}/us-core-procedure`] },
    status: 'completed',
    code: codeable(snomed, draw.frequent(procedures)),
    ...links(visit),
    performedPeriod: { start: instant(visit.at), end: instant(visit.at + 15 * 60_000) },
    performer: [
      { actor: { reference: `Practitioner/${visit.practitioner.id}`, display: `Dr. ${visit.practitioner.name}` } },
    ],
  }
}

export function diagnosticReport(visit: Visit, id: string, results: readonly JsonObject[], draw: Draw): JsonObject {
  return {
    resourceType: 'DiagnosticReport',
    id,
    meta: { profile: [`${core}/us-core-diagnosticreport-lab`] },
    status: 'final',
    category: [codeable('http://terminology.hl7.org/CodeSystem/v2-0074', { code: 'LAB', display: 'Laboratory' })],
    code: codeable('http://loinc.org', draw.frequent(reports)),
    ...links(visit),
    effectiveDateTime: instant(visit.at),
    issued: new Date(visit.at + 190).toISOString(),
    performer: [{ reference: `Organization/${visit.organization.id}`, display: visit.organization.name }],
    result: results.map((result) => ({
      reference: `Observation/${result['id']}`,
      display: (result['code'] as JsonObject)['text']!,
    })),
  }
}
