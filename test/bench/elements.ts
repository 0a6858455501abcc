/** Elements of the templates of resources. */
import type { JsonObject } from '../../server/fhir/json.ts'
import type { Analyte, Coded, Component } from './codes.ts'
import type { Draw } from './draw.ts'
import type { Visit } from './resources.ts'

export const core = 'http://hl7.org/fhir/us/core/StructureDefinition'
export const snomed = 'http://snomed.info/sct'

export function links(visit: Visit): JsonObject {
  const { person } = visit
  return {
    subject: { reference: `Patient/${person.id}`, display: `${person.given} ${person.family}` },
    encounter: { reference: `Encounter/${visit.id}` },
  }
}

export function codeable(system: string, coded: { code: string; display?: string }): JsonObject {
  return { coding: [{ system, ...coded }], ...(coded.display !== undefined && { text: coded.display }) }
}

export function quantity({ low, high, unit }: Component | Analyte, draw: Draw) {
  const value = Math.round((low + (high - low) * draw.number()) * 10) / 10
  return { value, unit, system: 'http://unitsofmeasure.org', code: unit }
}

export function component(part: Component, draw: Draw): JsonObject {
  return {
    code: codeable('http://loinc.org', { code: part.code, display: part.display }),
    valueQuantity: quantity(part, draw),
  }
}

export function interpretation(value: number, { low, high }: Analyte): JsonObject {
  const share = (value - low) / (high - low)
  const coded: Coded =
    share > 0.9
      ? { code: 'H', display: 'High' }
      : share < 0.1
        ? { code: 'L', display: 'Low' }
        : { code: 'N', display: 'Normal' }
  return codeable('http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', coded)
}

export function raceExtension(name: string, code: string, display: string): JsonObject {
  return {
    url: `${core}/${name}`,
    extension: [
      { url: 'ombCategory', valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code, display } },
      { url: 'text', valueString: display },
    ],
  }
}

export function identifierOf(code: string, display: string, system: string, value: string): JsonObject {
  return { type: codeable('http://terminology.hl7.org/CodeSystem/v2-0203', { code, display }), system, value }
}

export function geolocation(draw: Draw): JsonObject {
  return {
    url: 'http://hl7.org/fhir/StructureDefinition/geolocation',
    extension: [
      { url: 'latitude', valueDecimal: 41 + draw.number() },
      { url: 'longitude', valueDecimal: -71 - draw.number() },
    ],
  }
}

export function address(draw: Draw): JsonObject {
  return {
    line: [`${draw.digits(3)} ${draw.family()} Street`],
    city: `${draw.family()}ton`,
    state: 'MA',
    postalCode: `01${draw.digits(3)}`,
    country: 'US',
  }
}

export function phone(draw: Draw): string {
  return `555-${draw.digits(3)}-${draw.digits(4)}`
}

/** With an offset, as most systems write times; not the form that the server stores its own in. */
export function instant(at: number): string {
  return `${new Date(at - 5 * 3_600_000).toISOString().slice(0, 19)}-05:00`
}
