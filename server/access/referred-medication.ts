/**
 * What is taken or given may be named by a Medication that the resource refers to: then its codes are elsewhere, and a
 * denial of codes cannot tell. It counts against access, as all does that cannot be told.
 */
import type { JsonObject } from '../fhir/json.ts'
import { type Terms, tweak } from '../fhir/search/term.ts'

/** Types with `medication[x]`, a code or a reference. */
export const medicationTypes: ReadonlySet<string> = new Set([
  'MedicationAdministration',
  'MedicationDispense',
  'MedicationRequest',
  'MedicationStatement',
])

const domain = tweak('candela medication by reference')

/** The term of resources that refer to their medication. */
export function referredMedicationTerm(terms: Terms): bigint {
  return terms.term(domain, '')
}

export function refersToMedication(resource: JsonObject): boolean {
  return resource['medicationReference'] !== undefined
}

/** Systems of tests, diagnoses and services. */
const otherSystems: ReadonlySet<string> = new Set([
  'http://loinc.org',
  'http://hl7.org/fhir/sid/icd-10',
  'http://hl7.org/fhir/sid/icd-10-cm',
  'http://hl7.org/fhir/sid/icd-9-cm',
  'http://www.cms.gov/Medicare/Coding/ICD10',
  'http://www.ama-assn.org/go/cpt',
])

/** Whether a code of the system, which is empty where none is given, may be that of a medication. */
export function mayNameMedication(system: string): boolean {
  return !otherSystems.has(system)
}
