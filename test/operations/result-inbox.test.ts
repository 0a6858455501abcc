/** What a clinician has to take notice of, and in which order. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { parseReleaseRules } from '../../server/fhir/review/release-rules.ts'
import { callerWith, type Granted, granted, patientAccount, staffAccount } from '../support/granted.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
const open: Granted[] = []
const now = Date.UTC(2026, 5, 20, 8)
const subject = { reference: 'Patient/p' }
const code = { coding: [{ system: 'http://loinc.org', code: '2823-3' }], text: 'Potassium' }
const held = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'SP' }] }]
const critical = [
  { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code: 'HH' }] },
]

function result(resourceType: string, id: string, issued: string, more: object = {}): JsonObject {
  return { resourceType, id, status: 'final', subject, code, issued: `${issued}T08:00:00Z`, ...more } as JsonObject
}

beforeAll(async () => {
  const releaseRules = parseReleaseRules('pathology=after-review')!
  server = await testServer({ config: { releaseRules }, context: { now: () => now } })
  const order = (id: string) => ({
    ...{ resourceType: 'ServiceRequest', id: `of-${id}`, status: 'active', intent: 'order', subject },
    requester: { reference: `Practitioner/${id}` },
  })
  const basedOn = (id: string) => [{ reference: `ServiceRequest/of-${id}` }]
  const records = [
    { resourceType: 'Patient', id: 'p', name: [{ family: 'Abt' }] },
    ...['a', 'b'].flatMap((id) => [{ resourceType: 'Practitioner', id }, order(id)]),
    result('Observation', 'critical', '2026-06-18', { interpretation: critical, basedOn: basedOn('a') }),
    result('Observation', 'biopsy', '2026-06-10', { category: held }),
    result('Observation', 'part', '2026-06-12', { category: held }),
    result('DiagnosticReport', 'pathology', '2026-06-12', {
      category: held,
      result: [{ reference: 'Observation/part' }],
    }),
    result('DiagnosticReport', 'mine', '2026-06-11', { basedOn: basedOn('a') }),
    result('DiagnosticReport', 'loaded', '2024-01-05', { basedOn: basedOn('a') }),
    result('DiagnosticReport', 'another', '2026-06-11', { basedOn: basedOn('b') }),
    result('Observation', 'plain', '2026-06-11'),
  ]
  const entry = records.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource['resourceType']}/${resource['id']}` },
  }))
  const stored = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry } as JsonObject)
  expect(stored.status, stored.text).toBe(200)
})
afterAll(async () => {
  for (const one of open) await one.close()
  await server?.close()
})

function doctor(id: string): Granted {
  const made = granted(
    server,
    callerWith('user/*.cruds', { account: staffAccount('practitioner', `Practitioner/${id}`) }),
  )
  open.push(made)
  return made
}

type Part = { readonly name: string; readonly resource?: JsonObject; readonly valueBoolean?: boolean }

async function inbox(by: Granted, query = ''): Promise<{ readonly items: string[]; readonly total: unknown }> {
  const { status, json, text } = await by.fhir('GET', `$result-inbox${query}`)
  expect(status, text).toBe(200)
  const parameters = json['parameter'] as unknown as { name: string; part: Part[]; valueInteger?: number }[]
  const items = parameters.filter(({ name }) => name === 'item')
  const marks = (part: Part[]) => part.flatMap(({ name, valueBoolean }) => (valueBoolean ? [name] : []))
  return {
    total: parameters.find(({ name }) => name === 'total')?.valueInteger,
    items: items.map(({ part }) => [part[0]!.resource!['id'], ...marks(part)].join(' ')),
  }
}

test('critical ones come first, then those that wait longest', async () => {
  expect(await inbox(doctor('a'))).toEqual({
    total: 4,
    items: ['critical critical', 'biopsy held', 'mine', 'pathology held'],
  })
})

test('others have their own', async () => {
  expect((await inbox(doctor('b'))).items).toEqual(['biopsy held', 'another', 'pathology held'])
})

test('it comes in pages, with the patients', async () => {
  expect(await inbox(doctor('a'), '?_count=2&_offset=1')).toEqual({ total: 4, items: ['biopsy held', 'mine'] })
  expect((await doctor('a').fhir('GET', '$result-inbox')).text).toContain('"family":"Abt"')
})

test('what was acknowledged is done until it is corrected', async () => {
  const a = doctor('a')
  const reviewed = ['Observation/critical', 'DiagnosticReport/mine'].map((reference) => ({
    ...{ name: 'result', valueReference: { reference } },
  }))
  const { status } = await a.fhir('POST', '$review-results', { resourceType: 'Parameters', parameter: reviewed })
  expect(status).toBe(200)
  expect((await inbox(a)).items).toEqual(['biopsy held', 'pathology held'])
  const corrected = result('DiagnosticReport', 'mine', '2026-06-11', {
    ...{ status: 'corrected', basedOn: [{ reference: 'ServiceRequest/of-a' }] },
  })
  await server.fhir('PUT', 'DiagnosticReport/mine', corrected)
  expect((await inbox(a)).items).toEqual(['biopsy held', 'mine', 'pathology held'])
})

test('what was loaded from an older record is no news until it changes', async () => {
  const loaded = { status: 'amended', basedOn: [{ reference: 'ServiceRequest/of-a' }] }
  await server.fhir('PUT', 'DiagnosticReport/loaded', result('DiagnosticReport', 'loaded', '2024-01-05', loaded))
  expect((await inbox(doctor('a'))).items[0]).toBe('loaded')
})

test('patients are told nothing of what is held', async () => {
  const patient = granted(server, callerWith('patient/*.rs', { account: patientAccount('p'), patient: 'p' }))
  open.push(patient)
  expect((await inbox(patient)).items).toEqual([])
})
