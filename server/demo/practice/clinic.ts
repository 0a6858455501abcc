/** The clinic itself: organizations, locations, services, its electronic address and its code system of charges. */
import type {
  CodeSystem,
  Endpoint,
  HealthcareService,
  Location,
  Organization,
  OrganizationContact,
  Resource,
} from '@medplum/fhirtypes'
import { timeZone } from '../calendar.ts'
import { organizationReference } from '../chart.ts'
import { chargeCodes, claims, coding, concept, hl7, identifier, npi, ownSystem, reference } from '../elements.ts'
import { charges } from '../tables/charges.ts'
import { type LocationRow, locations, type OrganizationRow, organizations } from '../tables/places.ts'
import { practitioners } from '../tables/practitioners.ts'
import { type Specialty, specialties } from '../tables/specialties.ts'

/** The provider taxonomy of the National Uniform Claim Committee. */
export const nucc = 'http://nucc.org/provider-taxonomy'
const officeDays: ('mon' | 'tue' | 'wed' | 'thu' | 'fri')[] = ['mon', 'tue', 'wed', 'thu', 'fri']

/** Everything that exists before the first clinician and the first patient. */
export function clinicResources(): Resource[] {
  return [
    ...organizations.map(organization),
    ...Object.values(locations).map(location),
    endpoint(),
    ...(Object.keys(specialties) as Specialty[]).map(service),
    chargeCodeSystem(),
  ]
}

function organization(row: OrganizationRow): Organization {
  const npis = row.npi ? [identifier('http://hl7.org/fhir/sid/us-npi', npi(row.npi))] : []
  const clias = row.clia ? [identifier('urn:oid:2.16.840.1.113883.4.7', row.clia)] : []
  const identifiers = [...npis, ...clias]
  return {
    resourceType: 'Organization',
    id: `demo-organization-${row.key}`,
    meta: claims('organization'),
    ...(identifiers.length > 0 && { identifier: identifiers }),
    active: true,
    type: [hl7('organization-type', ...row.type)],
    name: row.name,
    telecom: [
      { system: 'phone', value: row.phone, use: 'work' },
      { system: 'url', value: `https://${row.key}.larkfield.example` },
    ],
    address: [
      { use: 'work', line: [row.line], city: row.city, state: 'MA', postalCode: row.postalCode, country: 'US' },
    ],
    ...(row.partOf && { partOf: organizationReference(row.partOf) }),
    ...(row.key === 'clinic' && { contact: clinicContacts() }),
  }
}

function clinicContacts(): OrganizationContact[] {
  return [
    {
      purpose: hl7('contactentity-type', 'BILL', 'Billing'),
      telecom: [{ system: 'phone', value: '781-555-0108', use: 'work' }],
    },
    {
      purpose: hl7('contactentity-type', 'PATINF', 'Patient'),
      telecom: [{ system: 'phone', value: '781-555-0100', use: 'work' }],
    },
  ]
}

function location(row: LocationRow): Location {
  return {
    resourceType: 'Location',
    id: `demo-location-${row.number}`,
    meta: claims('location'),
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: timeZone }],
    identifier: [identifier(ownSystem('location'), `LC-LOC-${row.number}`)],
    status: 'active',
    name: row.name,
    description: row.about,
    mode: 'instance',
    type: [hl7('v3-RoleCode', 'OF', 'Outpatient facility')],
    telecom: [{ system: 'phone', value: row.phone, use: 'work' }],
    address: { use: 'work', line: [row.line], city: row.city, state: 'MA', postalCode: row.postalCode, country: 'US' },
    physicalType: hl7('location-physical-type', 'bu', 'Building'),
    position: { longitude: row.longitude, latitude: row.latitude },
    managingOrganization: organizationReference('clinic'),
    hoursOfOperation: [
      { daysOfWeek: officeDays, openingTime: '08:30:00', closingTime: '17:00:00' },
      ...(row.key === 'main'
        ? [{ daysOfWeek: ['sat' as const], openingTime: '09:00:00', closingTime: '12:00:00' }]
        : []),
    ],
    availabilityExceptions: 'Closed on public holidays.',
  }
}

/** Where other systems reach the clinic. */
function endpoint(): Endpoint {
  return {
    resourceType: 'Endpoint',
    id: 'demo-endpoint-fhir',
    status: 'active',
    connectionType: coding(
      'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
      'hl7-fhir-rest',
      'HL7 FHIR',
    ),
    name: 'Larkfield Clinic FHIR R4',
    managingOrganization: organizationReference('clinic'),
    payloadType: [hl7('endpoint-payload-type', 'any', 'Any')],
    payloadMimeType: ['application/fhir+json'],
    address: 'https://fhir.larkfield.example/r4',
  }
}

function service(key: Specialty): HealthcareService {
  const row = specialties[key]
  const places = new Set(
    practitioners
      .filter((each) => each.specialty === key)
      .flatMap((each) => each.sessions.map((session) => session.at)),
  )
  return {
    resourceType: 'HealthcareService',
    id: `demo-service-${key}`,
    active: true,
    providedBy: organizationReference(row.department),
    category: [
      row.department === 'primary-care'
        ? hl7('service-category', '17', 'General Practice')
        : hl7('service-category', '27', 'Specialist Medical'),
    ],
    specialty: [concept(nucc, row.code, row.display, row.name)],
    location: [...places].map((at) => reference(`Location/demo-location-${locations[at].number}`, locations[at].name)),
    name: row.name,
    comment: row.about,
    telecom: [{ system: 'phone', value: locations[[...places][0]!].phone, use: 'work' }],
    appointmentRequired: true,
    availableTime: [{ daysOfWeek: officeDays, availableStartTime: '09:00:00', availableEndTime: '15:30:00' }],
    endpoint: [reference('Endpoint/demo-endpoint-fhir', 'Larkfield Clinic FHIR R4')],
  }
}

/** The clinic's own codes for what it charges, so that no licensed code set is needed. */
function chargeCodeSystem(): CodeSystem {
  return {
    resourceType: 'CodeSystem',
    id: 'demo-codesystem-charges',
    url: chargeCodes,
    version: '1.0.0',
    name: 'LarkfieldCharges',
    title: 'Larkfield Clinic charges',
    status: 'active',
    experimental: true,
    publisher: 'Larkfield Clinic',
    description: 'What Larkfield Clinic charges for, in its own codes.',
    caseSensitive: true,
    content: 'complete',
    count: Object.keys(charges).length,
    concept: Object.entries(charges).map(([code, { name }]) => ({ code, display: name })),
  }
}
