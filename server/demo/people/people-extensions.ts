/** Race, ethnicity, birth sex, gender identity, pronouns and interpreter need of a Patient, as US Core writes them. */
import type { Extension } from '@medplum/fhirtypes'
import { coding, concept, loinc, snomed, usCoreExtension } from '../elements.ts'
import type { PatientRow, RaceKey } from '../tables/patients.ts'

const omb = 'urn:oid:2.16.840.1.113883.6.238'
const races: Readonly<Record<RaceKey, readonly [code: string, display: string]>> = {
  white: ['2106-3', 'White'],
  black: ['2054-5', 'Black or African American'],
  asian: ['2028-9', 'Asian'],
  native: ['1002-5', 'American Indian or Alaska Native'],
  pacific: ['2076-8', 'Native Hawaiian or Other Pacific Islander'],
}
type Pronouns = 'she' | 'he' | 'they'

const pronouns: Readonly<Record<Pronouns, readonly [code: string, display: string]>> = {
  she: ['LA29519-8', 'she/her/her/hers/herself'],
  he: ['LA29518-0', 'he/him/his/his/himself'],
  they: ['LA29520-6', 'they/them/their/theirs/themselves'],
}

/** The extensions of a Patient, in the order of the US Core profile. */
export function demographicExtensions(row: PatientRow): Extension[] {
  const ethnicity = row.hispanic
    ? (['2135-2', 'Hispanic or Latino'] as const)
    : (['2186-5', 'Not Hispanic or Latino'] as const)
  return [
    categories('race', races[row.race]),
    categories('ethnicity', ethnicity),
    { url: usCoreExtension('birthsex'), valueCode: row.sex },
    ...(row.nonbinary ? [genderIdentity()] : []),
    ...(row.race === 'native' ? [tribe()] : []),
    ...(row.pronouns ? [individualPronouns(row.pronouns)] : []),
    ...(row.interpreter
      ? [{ url: 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired', valueBoolean: true }]
      : []),
  ]
}

function categories(name: 'race' | 'ethnicity', [code, display]: readonly [string, string]): Extension {
  return {
    url: usCoreExtension(name),
    extension: [
      { url: 'ombCategory', valueCoding: coding(omb, code, display) },
      { url: 'text', valueString: display },
    ],
  }
}

function genderIdentity(): Extension {
  return {
    url: usCoreExtension('genderIdentity'),
    valueCodeableConcept: concept(snomed, '33791000087105', 'Identifies as nonbinary gender', 'Nonbinary'),
  }
}

function tribe(): Extension {
  const system = 'http://terminology.hl7.org/CodeSystem/v3-TribalEntityUS'
  return {
    url: usCoreExtension('tribal-affiliation'),
    extension: [
      {
        url: 'tribalAffiliation',
        valueCodeableConcept: concept(system, '170', 'Navajo Nation, Arizona, New Mexico & Utah', 'Navajo Nation'),
      },
      { url: 'isEnrolled', valueBoolean: true },
    ],
  }
}

function individualPronouns(key: Pronouns): Extension {
  return {
    url: 'http://hl7.org/fhir/StructureDefinition/individual-pronouns',
    extension: [{ url: 'value', valueCodeableConcept: concept(loinc, ...pronouns[key]) }],
  }
}
