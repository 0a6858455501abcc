/** A patient with twenty years of laboratory results, for what apps have to show at once. */
import { analytes } from '../../server/demo/tables/analytes.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import type { Listening } from './processes.ts'

export const chartPatient = 'bench-long-chart'
export const chartSize = 5000

const tests = Object.entries(analytes).slice(0, 20)
const days = 20 * 365
/** Resources of one transaction. */
const stretch = 1000

/** Stores them through a server that asks nobody who they are. */
export async function storeLongChart({ port }: Listening): Promise<void> {
  const patient = { resourceType: 'Patient', id: chartPatient, name: [{ family: 'Long', given: ['Chart'] }] }
  const all: JsonObject[] = [patient, ...Array.from({ length: chartSize }, (_, i) => observation(i))]
  for (let i = 0; i < all.length; i += stretch) {
    const entry = all.slice(i, i + stretch).map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource['resourceType']}/${resource['id']}` },
    }))
    const reply = await fetch(`http://127.0.0.1:${port}/fhir`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }),
    })
    if (!reply.ok) throw new Error(`The long chart was refused with ${reply.status}: ${await reply.text()}`)
  }
}

function observation(i: number): JsonObject {
  const [, row] = tests[i % tests.length]!
  const { loinc, display, name, unit, code = unit, typical, low, high } = row
  const [mean, deviation] = typical
  const quantity = (value: number) => ({ value, unit, system: 'http://unitsofmeasure.org', code })
  const draw = Math.floor(i / tests.length)
  const time = Date.UTC(2026, 0, 1, 8) - Math.floor((draw * days) / (chartSize / tests.length)) * 86_400_000
  return {
    resourceType: 'Observation',
    id: `${chartPatient}-${i}`,
    status: 'final',
    category: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: loinc, display }], text: name },
    subject: { reference: `Patient/${chartPatient}` },
    effectiveDateTime: new Date(time).toISOString(),
    issued: new Date(time + 3_600_000).toISOString(),
    valueQuantity: quantity(Number((mean + deviation * Math.sin(i * 1.7)).toFixed(2))),
    referenceRange: [
      { ...(low !== undefined && { low: quantity(low) }), ...(high !== undefined && { high: quantity(high) }) },
    ],
  }
}
