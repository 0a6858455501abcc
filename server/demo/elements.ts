/** Short ways to write the data types that every demo resource is made of. https://hl7.org/fhir/R4/datatypes.html */
import type {
  CodeableConcept,
  Coding,
  Identifier,
  Meta,
  Money,
  Narrative,
  Quantity,
  Reference,
  Resource,
} from '@medplum/fhirtypes'

/** SNOMED CT */
export const snomed = 'http://snomed.info/sct'
/** LOINC */
export const loinc = 'http://loinc.org'
/** ICD-10-CM */
export const icd10 = 'http://hl7.org/fhir/sid/icd-10-cm'
/** RxNorm */
export const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm'
const ucum = 'http://unitsofmeasure.org'
/** The code system in which the clinic codes what it charges. */
export const chargeCodes = 'https://larkfield.example/fhir/CodeSystem/charges'

const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition/'
const hl7Terminology = 'http://terminology.hl7.org/CodeSystem/'

/** A coding with the display that its system gives. */
export function coding(system: string, code: string, display: string): Coding {
  return { system, code, display }
}

/** A concept of a code system below terminology.hl7.org, named by the last part of its URL. */
export function hl7(name: string, code: string, display: string): CodeableConcept {
  return { coding: [coding(hl7Terminology + name, code, display)], text: display }
}

/** A concept with one coding; `text` is what patients read. */
export function concept(system: string, code: string, display: string, text = display): CodeableConcept {
  return { coding: [coding(system, code, display)], text }
}

/** UCUM's `code` is given where it differs from the unit that people read. */
export function quantity(value: number, unit: string, code = unit): Quantity {
  return { value, unit, system: ucum, code }
}

/** Cents as Money: whole cents keep sums exact. */
export function dollars(cents: number): Money {
  return { value: cents / 100, currency: 'USD' }
}

/** A number with at most so many decimals. */
export function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}

/** An identifier of a system. */
export function identifier(system: string, value: string): Identifier {
  return { system, value }
}

/** The system of the identifiers that the clinic gives to one kind of thing. */
export function ownSystem(kind: string): string {
  return `https://larkfield.example/identifiers/${kind}`
}

/** An identifier whose kind is one of HL7 table 0203. */
export function typedIdentifier(type: [code: string, display: string], system: string, value: string): Identifier {
  return { type: hl7('v2-0203', ...type), system, value }
}

/** A relative reference to a resource that is at hand. */
export function referenceTo<T extends Resource>(resource: T, display?: string): Reference<T> {
  return reference<T>(`${resource.resourceType}/${resource.id}`, display)
}

/** A relative reference, such as `Patient/demo-patient-01`. */
export function reference<T extends Resource>(path: string, display?: string): Reference<T> {
  return { reference: path, ...(display && { display }) }
}

/** `meta` that claims a profile of US Core 6.1.0, named without its `us-core-`. */
export function claims(profile: string): Meta {
  return { profile: [`${usCore}us-core-${profile}`] }
}

/** The few profiles of US Core whose names begin otherwise. */
export function claimsExactly(profile: string): Meta {
  return { profile: [usCore + profile] }
}

/** A code system of US Core, named by the last part of its URL. */
export function usCoreCodeSystem(name: string): string {
  return `http://hl7.org/fhir/us/core/CodeSystem/${name}`
}

/** An extension of US Core, named without its `us-core-`. */
export function usCoreExtension(name: string): string {
  return `${usCore}us-core-${name}`
}

/** A generated narrative; `html` is already escaped markup. https://hl7.org/fhir/R4/narrative.html */
export function narrative(html: string): Narrative {
  return { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${html}</div>` }
}

/** Text as it may stand between the tags of a narrative. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

/** The check digit of a National Provider Identifier: Luhn over the number with 80840 before it. */
export function npi(firstNine: string): string {
  let sum = 24
  for (let i = 0; i < 9; i++) {
    const digit = Number(firstNine[i])
    sum += i % 2 === 0 ? Math.floor((digit * 2) / 10) + ((digit * 2) % 10) : digit
  }
  return firstNine + String((10 - (sum % 10)) % 10)
}
