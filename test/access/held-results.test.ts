/** Results under an after-review rule are kept from patients on every path, and seen by those who review them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { reviewSystem } from '../../server/fhir/review/labels.ts'
import { parseReleaseRules } from '../../server/fhir/review/release-rules.ts'
import { callerWith, type Granted, granted, patientAccount, staffAccount } from '../support/granted.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let patient: Granted
let doctor: Granted
let nurse: Granted

const subject = { reference: 'Patient/p' }
const pathology = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'SP' }] }
const released = { security: [{ system: reviewSystem, code: 'released' }] }

function biopsy(id: string, more: object = {}): JsonObject {
  return {
    ...{ resourceType: 'Observation', id, status: 'final', category: [pathology], subject },
    ...{ code: { coding: [{ system: 'http://loinc.org', code: '22637-3' }] }, valueString: 'Carcinoma', ...more },
  } as JsonObject
}

beforeAll(async () => {
  server = await testServer({ config: { releaseRules: parseReleaseRules('pathology=after-review')! } })
  const people = [
    { resourceType: 'Patient', id: 'p' },
    { resourceType: 'Practitioner', id: 'd' },
  ]
  for (const one of people) expect((await server.fhir('PUT', `${one.resourceType}/${one.id}`, one)).status).toBe(201)
  patient = granted(server, callerWith('patient/*.cruds', { account: patientAccount('p'), patient: 'p' }))
  doctor = granted(server, callerWith('user/*.cruds', { account: staffAccount('practitioner', 'Practitioner/d') }))
  nurse = granted(server, callerWith('user/*.cruds', { account: staffAccount('nurse') }))
  expect((await server.fhir('PUT', 'Observation/b', biopsy('b'))).status).toBe(201)
  const report = { ...biopsy('r'), resourceType: 'DiagnosticReport', result: [{ reference: 'Observation/b' }] }
  const { valueString: _value, ...whole } = report as JsonObject
  const entry = [{ resource: whole, request: { method: 'PUT', url: 'DiagnosticReport/r' } }]
  const stored = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
  expect(stored.status, stored.text).toBe(200)
})
afterAll(async () => {
  for (const one of [patient, doctor, nurse]) await one?.close()
  await server?.close()
})

describe('what is held', () => {
  test.each(['Observation/b', 'Observation/b/_history/1', 'Observation/b/_history', 'DiagnosticReport/r'])(
    'is not there for the patient: %s',
    async (path) => {
      expect((await patient.fhir('GET', path)).status).toBe(404)
    },
  )

  test.each([
    'Observation',
    'Observation?code=22637-3',
    'DiagnosticReport?result=Observation/b',
    'DiagnosticReport?_revinclude=Observation:subject',
    'Patient/p/$everything',
    'Patient/p/Observation',
    'Patient/p/$results?category=SP',
    'Patient?_revinclude=Observation:subject',
    'Observation/_history',
    '_history',
    'Observation/$lastn?patient=p',
  ])('is not found by the patient: %s', async (path) => {
    const { status, text } = await patient.fhir('GET', path)
    expect(status, text).toBe(200)
    expect(text).not.toMatch(/Carcinoma|"id":"[br]"/)
  })

  test('is there for those who review it', async () => {
    for (const one of [doctor, nurse]) expect((await one.fhir('GET', 'Observation/b')).text).toContain('"held"')
  })

  test.each([
    ['an update without the label', 'PUT', 'Observation/b', biopsy('b')],
    ['an update that calls it released', 'PUT', 'Observation/b', biopsy('b', { meta: released })],
    [
      '$meta-delete',
      'POST',
      'Observation/b/$meta-delete',
      {
        resourceType: 'Parameters',
        parameter: [{ name: 'meta', valueMeta: { security: [{ system: reviewSystem, code: 'held' }] } }],
      },
    ],
    [
      '$meta-add',
      'POST',
      'Observation/b/$meta-add',
      { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: released }] },
    ],
  ])('stays so after %s by who may not release', async (_case, method, path, body) => {
    expect((await nurse.fhir(method, path, body)).status).toBe(200)
    expect((await patient.fhir('GET', 'Observation/b')).status).toBe(404)
    expect((await doctor.fhir('GET', 'Observation/b')).text).toMatch(/"held"(?!.*"released")/)
  })

  test('is counted among what labels withhold', async () => {
    const { text } = await patient.fhir('GET', 'Observation?_summary=count')
    expect(text).toContain('"total":0')
  })
})

test('who may release says so by the label; a correction by others is held again', async () => {
  expect((await server.fhir('PUT', 'Observation/c', biopsy('c'))).status).toBe(201)
  expect((await doctor.fhir('PUT', 'Observation/c', biopsy('c', { meta: released }))).status).toBe(200)
  expect((await patient.fhir('GET', 'Observation/c')).status).toBe(200)
  expect((await patient.fhir('GET', 'Observation/c/_history/1')).status).toBe(404)
  const corrected = biopsy('c', { meta: released, status: 'corrected', valueString: 'Benign' })
  expect((await nurse.fhir('PUT', 'Observation/c', corrected)).status).toBe(200)
  expect((await patient.fhir('GET', 'Observation/c')).status).toBe(404)
  expect((await patient.fhir('GET', 'Observation/c/_history/2')).status).toBe(404)
})
