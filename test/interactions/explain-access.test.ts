/** What `_explain=true` tells of what was left out: scopes by name, and to staff how much roles, labels and consents keep back. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CallerAccount } from '../../server/access/caller.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { callerWith, granted, patientAccount, staffAccount } from '../support/granted.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

const observation = (id: string, patient: string, label?: string) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'x' },
  subject: { reference: `Patient/${patient}` },
  ...(label && {
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: label }] },
  }),
})

const stored = [
  { resourceType: 'Patient', id: 'anna' },
  { resourceType: 'Patient', id: 'ben' },
  observation('a1', 'anna'),
  observation('a2', 'anna', 'R'),
  observation('b1', 'ben'),
  observation('b2', 'ben'),
  observation('b3', 'ben', 'V'),
  { resourceType: 'Condition', id: 'bc', subject: { reference: 'Patient/ben' } },
  {
    resourceType: 'Consent',
    id: 'of-ben',
    status: 'active',
    scope: { text: 'privacy' },
    category: [{ text: 'privacy' }],
    policyRule: { text: 'opt-out' },
    patient: { reference: 'Patient/ben' },
    provision: { type: 'deny', class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] },
  },
]

beforeAll(async () => {
  server = await testServer()
  for (const resource of stored) {
    const { status, text } = await server.fhir('PUT', `${resource.resourceType}/${resource.id}`, resource)
    expect(status, text).toBe(201)
  }
})
afterAll(() => server.close())

async function explained(scopes: string, account: CallerAccount | undefined, patient?: string): Promise<string[]> {
  const caller = granted(server, callerWith(scopes, { ...(account && { account }), ...(patient && { patient }) }))
  const { json, text, status } = await caller.fhir('GET', 'Observation?status=final&_explain=true')
  await caller.close()
  expect(status, text).toBe(200)
  const resources = ((json['entry'] ?? []) as { resource: JsonObject }[]).map(({ resource }) => resource)
  const outcome = resources.find(({ resourceType }) => resourceType === 'OperationOutcome')
  const issues = (outcome?.['issue'] ?? []) as { diagnostics?: string }[]
  return issues.map(({ diagnostics }) => String(diagnostics)).filter((one) => / left out by | limited by /.test(one))
}

test('staff are told how much labels and consents keep back', async () => {
  expect(await explained('user/*.cruds', staffAccount('nurse'))).toEqual([
    '1 of Observation left out by security labels',
    '2 of Observation left out by Consent/of-ben',
  ])
})

test('an app learns the name of the scope that confines it, and no number of what lies beyond', async () => {
  expect(await explained('patient/Observation.rs', staffAccount('admin'), 'anna')).toEqual([
    'Observation limited by scope patient/Observation.rs',
  ])
  expect(await explained('user/Observation.rs?status=preliminary', staffAccount('practitioner'))).toEqual([
    'Observation limited by scope user/Observation.rs?status=preliminary',
  ])
})

test('patients and backend services are told no numbers', async () => {
  expect(await explained('patient/*.rs', patientAccount('anna'), 'anna')).toEqual([
    'Observation limited by scope patient/*.rs',
  ])
  expect(await explained('system/*.rs', undefined)).toEqual([])
})

test('those who run the server are told the statement, too', async () => {
  const caller = granted(server, callerWith('user/*.cruds', { account: staffAccount('admin') }))
  const { text } = await caller.fhir('GET', 'Observation?status=final&_explain=true')
  await caller.close()
  expect(text).toContain('3 of Observation left out by Consent/of-ben')
  expect(text).toContain('statement: ')
})
