/** Whoever is granted the records of some patients writes into no other, whatever element would lead there. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { callerWith, type Granted, granted, patientAccount, staffAccount } from '../support/granted.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let anna: Granted
let app: Granted
let doctor: Granted

const mine = { reference: 'Patient/anna' }
const others = { reference: 'Patient/ben' }
const observation = (more: object): JsonObject =>
  ({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, ...more }) as JsonObject

beforeAll(async () => {
  server = await testServer({ config: { validation: 'off' } })
  for (const id of ['anna', 'ben']) await server.fhir('PUT', `Patient/${id}`, { resourceType: 'Patient', id })
  await server.fhir('PUT', 'Observation/mine', observation({ id: 'mine', subject: mine }))
  const account = patientAccount('anna')
  anna = granted(server, callerWith('patient/*.cruds launch/patient', { account, patient: 'anna' }))
  const staff = staffAccount('practitioner', 'Practitioner/a')
  app = granted(server, callerWith('patient/*.cruds launch/patient', { account: staff, patient: 'anna' }))
  doctor = granted(server, callerWith('user/*.cruds', { account: staff }))
})
afterAll(async () => {
  for (const one of [anna, app, doctor]) await one.close()
  await server.close()
})

const intruders: readonly JsonObject[] = [
  observation({ subject: others, performer: [mine] }),
  observation({ subject: mine, performer: [others] }),
  observation({ subject: { reference: 'Patient/ben/_history/1' }, performer: [mine] }),
  { resourceType: 'AllergyIntolerance', patient: others, asserter: mine },
  {
    ...{ resourceType: 'Communication', status: 'completed', subject: others, sender: mine },
  },
  {
    ...{ resourceType: 'Appointment', status: 'proposed' },
    participant: [
      { actor: mine, status: 'accepted' },
      { actor: others, status: 'accepted' },
    ],
  },
  {
    resourceType: 'DocumentReference',
    status: 'current',
    subject: others,
    author: [mine],
    content: [{ attachment: { title: 'x' } }],
  },
  { resourceType: 'QuestionnaireResponse', status: 'completed', subject: others, author: mine },
]

describe.each([
  ['a patient', () => anna],
  ['an app of staff that was launched for a patient', () => app],
])('%s', (_who, caller) => {
  test.each(intruders.map((one) => [`${one['resourceType']} ${JSON.stringify(one)}`, one] as const))(
    'does not create %s',
    async (_name, resource) => {
      const type = String(resource['resourceType'])
      const alone = await caller().fhir('POST', type, resource)
      expect(alone.status, alone.text).toBe(403)
      const conditional = await caller().fhir('POST', type, resource, { 'if-none-exist': 'identifier=none|none' })
      expect(conditional.status, conditional.text).toBe(403)
      for (const kind of ['transaction', 'batch']) {
        const entry = [{ resource, request: { method: 'POST', url: type } }]
        const { text } = await caller().fhir('POST', '', { resourceType: 'Bundle', type: kind, entry })
        expect(text).toContain('out-of-reach')
      }
      expect((await server.fhir('GET', `${type}?_summary=count`)).json['total']).toBe(type === 'Observation' ? 1 : 0)
    },
  )
})

test('nor does an app make what is in its record part of another', async () => {
  const strayed = observation({ id: 'mine', subject: mine, performer: [others] })
  expect((await app.fhir('PUT', 'Observation/mine', strayed)).status).toBe(403)
  const patch = [{ op: 'add', path: '/performer', value: [others] }]
  const headers = { 'content-type': 'application/json-patch+json' }
  expect((await app.fhir('PATCH', 'Observation/mine', patch, headers)).status).toBe(403)
  expect((await app.fhir('PUT', 'Observation?_id=mine', strayed)).status).toBe(403)
})

test('what only mentions its patient an app reads, and neither changes nor deletes', async () => {
  const mentioned = observation({ id: 'mentions', subject: others, performer: [mine] })
  expect((await server.fhir('PUT', 'Observation/mentions', mentioned)).status).toBe(201)
  for (const caller of [anna, app]) {
    expect((await caller.fhir('GET', 'Observation/mentions')).status).toBe(200)
    const taken = observation({ id: 'mentions', subject: mine })
    expect((await caller.fhir('PUT', 'Observation/mentions', taken)).status).toBe(403)
    expect((await caller.fhir('DELETE', 'Observation/mentions')).status).toBe(403)
    const patch = [{ op: 'replace', path: '/subject', value: mine }]
    const headers = { 'content-type': 'application/json-patch+json' }
    expect((await caller.fhir('PATCH', 'Observation/mentions', patch, headers)).status).toBe(403)
    const entry = [{ resource: taken, request: { method: 'PUT', url: 'Observation/mentions' } }]
    await caller.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
  }
  expect((await server.fhir('GET', 'Observation/mentions')).json).toMatchObject({ subject: others })
  expect((await server.fhir('DELETE', 'Observation/mentions')).status).toBe(204)
})

test('who is granted all records connects them', async () => {
  expect((await doctor.fhir('POST', 'Observation', observation({ subject: others, performer: [mine] }))).status).toBe(
    201,
  )
})

describe('patients write tasks', () => {
  const task = (more: object) => ({ resourceType: 'Task', status: 'requested', intent: 'order', ...more })
  test.each([
    ['that they ask for', task({ for: mine, requester: mine }), 201],
    ['not those of the staff', task({ for: mine, requester: { reference: 'Practitioner/a' } }), 403],
    ['not for others', task({ for: others, requester: mine }), 403],
  ])('%s', async (_what, resource, status) => {
    expect((await anna.fhir('POST', 'Task', resource)).status).toBe(status)
  })
})

describe('what was part of another record before', () => {
  const linked = (link: readonly object[], more: object = {}): JsonObject =>
    ({ resourceType: 'Patient', id: 'anna', link, ...more }) as unknown as JsonObject
  const duplicate = [{ other: { reference: 'Patient/ben' }, type: 'replaces' }]
  const phone = { telecom: [{ system: 'phone', value: '555' }] }

  test('may be changed by its owner, and stays so', async () => {
    expect((await anna.fhir('PUT', 'Patient/anna', linked(duplicate))).status).toBe(403)
    expect((await server.fhir('PUT', 'Patient/anna', linked(duplicate))).status).toBe(200)
    expect((await anna.fhir('PUT', 'Patient/anna', linked(duplicate, phone))).status).toBe(200)
    const another = [...duplicate, { other: { reference: 'Patient/cid' }, type: 'seealso' }]
    expect((await anna.fhir('PUT', 'Patient/anna', linked(another))).status).toBe(403)
  })
})
