/** People and organisations with what real names, dates and identifiers do to a search. */
import type {
  CareTeam,
  Group,
  Organization,
  Patient,
  Person,
  Practitioner,
  PractitionerRole,
  RelatedPerson,
} from '@medplum/fhirtypes'

export const mrn = 'http://hospital.example.org/mrn'
export const v2Identifiers = 'http://terminology.hl7.org/CodeSystem/v2-0203'
export const ownBase = 'http://localhost/fhir'

const narrative = (text: string) => ({
  status: 'generated' as const,
  div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${text}</p></div>`,
})

const typed = (code: string, value: string, text?: string) => ({
  type: { coding: [{ system: v2Identifiers, code }], ...(text && { text }) },
  system: mrn,
  value,
})

export const patients: readonly Patient[] = [
  {
    resourceType: 'Patient',
    id: 'muller',
    meta: {
      profile: ['http://example.org/fhir/StructureDefinition/patient-a'],
      tag: [{ system: 'http://example.org/tags', code: 'VIP', display: 'Very important' }],
      security: [
        { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R', display: 'Restricted' },
      ],
      source: 'http://example.org/feeds/adt/7',
    },
    text: narrative('Marzipan allergy &amp; penicillin rash, Z&#252;rich'),
    identifier: [
      typed('MR', 'A-100', 'Medical record'),
      { system: 'urn:oid:2.16.840.1.113883.4.1', value: '123-45-6789' },
    ],
    active: true,
    name: [
      { use: 'official', family: 'Müller-Lüdenscheidt', given: ['Jürgen', 'Karl  Heinz'], prefix: ['Dr.'] },
      { use: 'nickname', text: 'Juri the  Great' },
    ],
    telecom: [
      { system: 'phone', value: '+41 44 555 01 01', use: 'home' },
      { system: 'email', value: 'Juergen.Mueller@Example.org' },
    ],
    gender: 'male',
    birthDate: '1959-07-30',
    address: [{ line: ['Bahnhofstraße 12', 'Hof'], city: 'Zürich', state: 'ZH', postalCode: '8001', country: 'CH' }],
    maritalStatus: { text: 'Happily unmarried' },
    generalPractitioner: [{ reference: `${ownBase}/Practitioner/dr-garcia` }],
    managingOrganization: { reference: 'Organization/root' },
  },
  {
    resourceType: 'Patient',
    id: 'MULLER',
    identifier: [typed('MR', 'a-100'), { value: 'A-100' }],
    active: false,
    name: [{ family: 'MULLER', given: ['Jurgen'] }],
    gender: 'male',
    birthDate: '1959-07',
    deceasedDateTime: '2020-02-29T23:30:00-05:00',
    address: [{ text: '1 Rue de l’Église, Besançon', city: 'Besançon', country: 'FR', use: 'old' }],
    generalPractitioner: [{ reference: 'Practitioner/dr-garcia/_history/3' }],
    link: [{ other: { reference: 'Patient/muller' }, type: 'replaced-by' }],
  },
  {
    resourceType: 'Patient',
    id: 'p.3',
    meta: {
      tag: [{ system: 'http://example.org/tags', code: 'research' }, { code: 'loose' }],
      source: 'http://example.org/feeds/adt',
    },
    identifier: [{ system: mrn, value: 'x|y$z,w\\v' }],
    name: [
      { family: 'Smith, Jr.', given: ['Ann|e'] },
      { family: 'Sm$ith', given: ['Anne\\Marie'] },
    ],
    birthDate: '1959',
    deceasedBoolean: false,
    communication: [
      { language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'fr' }] } },
      { language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'nl' }] }, preferred: true },
    ],
    generalPractitioner: [{ reference: 'http://elsewhere.example.com/fhir/Practitioner/77', display: 'Dr. Elsewhere' }],
  },
  {
    resourceType: 'Patient',
    id: 'nobody',
    meta: { security: [{ code: 'R' }] },
    active: true,
    deceasedBoolean: true,
    generalPractitioner: [{ identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' } }],
  },
  {
    resourceType: 'Patient',
    id: 'nguyen',
    name: [{ family: 'Nguyễn', given: ['Thị  Hồng'], suffix: ['PhD'] }, { family: 'ĐẶNG' }],
    gender: 'female',
    birthDate: '1988-02-29',
    telecom: [
      { system: 'phone', value: '555-0102' },
      { system: 'phone', value: '555-0103', use: 'mobile' },
    ],
    address: [
      { city: 'Zurich', state: 'IL', district: 'Lake', country: 'US' },
      { city: 'Łódź', country: 'PL' },
    ],
    contact: [{ name: { family: 'Trần' }, organization: { reference: 'Organization/ward' } }],
    managingOrganization: { reference: 'Organization/ward' },
    generalPractitioner: [{ reference: 'Organization/root' }, { reference: 'PractitionerRole/garcia-cardiology' }],
  },
  {
    resourceType: 'Patient',
    id: 'osman',
    name: [{ family: "O'Smán", given: ['Ærø', '小林'] }],
    gender: 'other',
    birthDate: '2001-01-01',
    multipleBirthInteger: 2,
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'fr' }], text: 'Français' } }],
  },
]

export const practitioners: readonly (Practitioner | PractitionerRole)[] = [
  {
    resourceType: 'Practitioner',
    id: 'dr-garcia',
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' }],
    active: true,
    name: [{ family: 'García Márquez', given: ['Élodie'], prefix: ['Dra.'] }],
    gender: 'female',
    telecom: [{ system: 'email', value: 'garcia@example.org' }],
    address: [{ city: 'Sevilla', state: 'MN', country: 'ES' }],
    communication: [{ coding: [{ system: 'urn:ietf:bcp:47', code: 'es' }] }],
  },
  {
    resourceType: 'Practitioner',
    id: 'dr-joe',
    name: [{ family: 'Joe', given: ['Peter'] }],
    gender: 'unknown',
  },
  {
    resourceType: 'PractitionerRole',
    id: 'garcia-cardiology',
    active: true,
    period: { start: '2019-04' },
    practitioner: { reference: 'Practitioner/dr-garcia' },
    organization: { reference: 'Organization/ward' },
    specialty: [{ coding: [{ system: 'http://snomed.info/sct', code: '394579002', display: 'Cardiology' }] }],
    location: [{ reference: 'Location/ward-3' }],
    telecom: [
      { system: 'phone', value: '555-0199' },
      { system: 'email', value: 'heart@example.org' },
    ],
  },
  {
    resourceType: 'PractitionerRole',
    id: 'joe-role',
    period: { end: '2018-12-31' },
    practitioner: { reference: 'Practitioner/dr-joe' },
    organization: { reference: 'Organization/root' },
    specialty: [{ text: 'Hand surgery' }],
  },
]

export const others: readonly (Organization | RelatedPerson | Person | Group | CareTeam)[] = [
  {
    resourceType: 'Organization',
    id: 'root',
    active: true,
    name: 'Ärzte ohne Zögern',
    alias: ['AoZ', 'Doctors First'],
    identifier: [{ system: 'urn:ietf:rfc:3986', value: 'urn:oid:1.2.3.4' }],
  },
  {
    resourceType: 'Organization',
    id: 'clinic',
    name: 'Clinic',
    partOf: { reference: 'Organization/root' },
    address: [{ city: 'Zürich' }],
  },
  {
    resourceType: 'Organization',
    id: 'ward',
    active: false,
    name: 'Ward 3',
    partOf: { reference: 'Organization/clinic' },
    type: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/organization-type',
            code: 'dept',
            display: 'Hospital Department',
          },
        ],
      },
    ],
  },
  {
    resourceType: 'RelatedPerson',
    id: 'mother',
    patient: { reference: 'Patient/nguyen' },
    name: [{ family: 'Trần', given: ['Mai'] }],
    birthDate: '1960-03',
    gender: 'female',
    relationship: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH', display: 'mother' }] },
    ],
  },
  {
    resourceType: 'Person',
    id: 'person-1',
    name: [{ family: 'Nguyễn' }],
    link: [{ target: { reference: 'Patient/nguyen' } }, { target: { reference: 'RelatedPerson/mother' } }],
  },
  {
    resourceType: 'Group',
    id: '102',
    type: 'person',
    actual: true,
    characteristic: [
      {
        code: { text: 'gender', coding: [{ code: 'gender' }] },
        valueCodeableConcept: { coding: [{ code: 'mixed' }] },
        exclude: false,
      },
      { code: { coding: [{ code: 'owner' }] }, valueBoolean: true, exclude: true },
    ],
    member: [{ entity: { reference: 'Patient/muller' } }, { entity: { reference: 'Patient/nguyen' }, inactive: true }],
  },
  {
    resourceType: 'Group',
    id: '103',
    type: 'animal',
    actual: false,
    characteristic: [
      {
        code: { coding: [{ code: 'gender' }] },
        valueCodeableConcept: { coding: [{ code: 'female' }] },
        exclude: false,
      },
      { code: { coding: [{ code: 'owner' }] }, valueCodeableConcept: { coding: [{ code: 'mixed' }] }, exclude: false },
      { code: { coding: [{ code: 'age' }] }, valueRange: { low: { value: 18, unit: 'a' } }, exclude: false },
    ],
  },
  {
    resourceType: 'CareTeam',
    id: 'team-open',
    status: 'active',
    subject: { reference: 'Group/102' },
    period: { end: '2021-06-30' },
    participant: [{ member: { reference: 'Practitioner/dr-garcia' } }, { member: { reference: 'Organization/ward' } }],
  },
]
