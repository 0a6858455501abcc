/** Observations and reports for tests, right in every way but what is given. */
import type { JsonObject } from '../../server/fhir/json.ts'

const ucum = 'http://unitsofmeasure.org'

export function quantity(value: number, unit = 'mg/dL', more: JsonObject = {}): JsonObject {
  return { value, unit, system: ucum, code: unit, ...more }
}

let made = 0

/** A glucose of 90 mg/dL that was in range. */
export function observation(given: JsonObject = {}): JsonObject {
  made++
  return {
    resourceType: 'Observation',
    id: `o${made}`,
    status: 'final',
    category: [{ coding: [{ code: 'laboratory' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: '2345-7' }], text: 'Glucose' },
    effectiveDateTime: '2026-03-01T08:00:00Z',
    issued: '2026-03-01T12:00:00Z',
    valueQuantity: quantity(90),
    referenceRange: [{ low: quantity(70), high: quantity(99) }],
    ...given,
  }
}

export function report(given: JsonObject = {}): JsonObject {
  made++
  return {
    resourceType: 'DiagnosticReport',
    id: `d${made}`,
    status: 'final',
    code: { text: 'Basic metabolic panel' },
    effectiveDateTime: '2026-03-01T08:00:00Z',
    issued: '2026-03-01T12:00:00Z',
    ...given,
  }
}

export function refer(...resources: readonly JsonObject[]): JsonObject[] {
  return resources.map(({ resourceType, id }) => ({ reference: `${resourceType}/${id}` }))
}
