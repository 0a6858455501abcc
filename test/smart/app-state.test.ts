/** https://hl7.org/fhir/smart-app-launch/STU2.2/app-state.html */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { findClient, putClient } from '../../server/store/smart/clients.ts'
import { exchange, launchApp } from '../support/browser.ts'
import { bearer, fhirBase, type SmartServer, smartServer } from '../support/smart-server.ts'
import { storePatients } from '../support/smart-world.ts'
import type { TestReply } from '../support/test-server.ts'

const base = `${fhirBase}/$smart-app-state`
const app = 'https://app.example.org'

let server: SmartServer

beforeAll(async () => {
  server = await smartServer()
  await storePatients(server)
})
afterAll(() => server.close())

function state(code: string, subject?: string, value = '{"view":"list"}') {
  return {
    resourceType: 'Basic',
    code: { coding: [{ system: app, code }] },
    ...(subject !== undefined && {
      subject: { reference: subject.includes(':') ? subject : `${fhirBase}/${subject}` },
    }),
    extension: [{ url: `${app}/settings`, valueString: value }],
  }
}

function send(token: string, method: string, path: string, body?: object, headers = {}) {
  return server.fhir(method, `$smart-app-state/${path}`, body, { ...bearer(token), ...headers })
}

/** The access token of an app that was allowed everything. */
async function launchedToken(given: { username: string; scope: string; client?: string }): Promise<string> {
  const { username, scope, client = 'public' } = given
  const launched = await launchApp(server, { scope, client_id: client }, { username })
  const { json } = await exchange(server, launched, { client_id: client })
  return String(json['access_token'])
}

function textOf({ json }: TestReply): JsonValue | undefined {
  const [first] = json['extension'] as JsonObject[]
  return first?.['valueString']
}

const patientToken = () => launchedToken({ username: 'patient', scope: 'launch/patient patient/Basic.cruds' })

test('is told in the discovery document', async () => {
  const { json } = await server.get('/fhir/.well-known/smart-configuration')
  expect(json['associated_endpoints']).toEqual([{ url: base, capabilities: ['smart-app-state'] }])
})

test('is kept, found, changed and removed', async () => {
  const token = await patientToken()
  const created = await send(token, 'POST', 'Basic', state('keys', 'Patient/p1'))
  expect([created.status, created.headers['etag']]).toEqual([201, 'W/"1"'])
  const { id } = created.json
  expect(created.headers['location']).toBe(`${base}/Basic/${id}`)
  expect(created.json).toMatchObject({ ...state('keys', 'Patient/p1'), meta: { versionId: '1' } })

  const query = `Basic?code=${encodeURIComponent(`${app}|keys`)}&subject=${fhirBase}/Patient/p1`
  const found = await send(token, 'GET', query)
  expect(found.json).toMatchObject({ type: 'searchset', total: 1, entry: [{ resource: { id } }] })

  const next = { ...state('keys', 'Patient/p1', 'other'), id }
  const changed = await send(token, 'PUT', `Basic/${id}`, next, { 'if-match': 'W/"1"' })
  expect([changed.status, changed.headers['etag'], textOf(changed)]).toEqual([200, 'W/"2"', 'other'])
  expect(textOf(await send(token, 'GET', `Basic/${id}`))).toBe('other')

  expect((await send(token, 'PUT', `Basic/${id}`, next, { 'if-match': 'W/"1"' })).status).toBe(412)
  expect((await send(token, 'PUT', `Basic/${id}`, next)).status).toBe(412)
  expect((await send(token, 'DELETE', `Basic/${id}`)).status).toBe(412)
  expect((await send(token, 'DELETE', `Basic/${id}`, undefined, { 'if-match': 'W/"1"' })).status).toBe(412)
  const moved = { ...state('other-keys', 'Patient/p1'), id }
  expect((await send(token, 'PUT', `Basic/${id}`, moved, { 'if-match': 'W/"2"' })).status).toBe(412)
  expect((await send(token, 'DELETE', `Basic/${id}`, undefined, { 'if-match': 'W/"2"' })).status).toBe(204)
  expect((await send(token, 'GET', `Basic/${id}`)).status).toBe(404)
  expect((await send(token, 'PUT', `Basic/${id}`, next, { 'if-match': 'W/"2"' })).status).toBe(412)
  expect((await send(token, 'DELETE', `Basic/${id}`, undefined, { 'if-match': 'W/"2"' })).status).toBe(412)
})

test('is no resource of the record, and lies sealed in the database', async () => {
  const token = await launchedToken({ username: 'admin', scope: 'openid fhirUser user/Basic.cruds' })
  expect((await send(token, 'POST', 'Basic', state('secret', 'Practitioner/d2', 'top-secret-key'))).status).toBe(201)
  const { status, json } = await server.fhir('GET', 'Basic', undefined, bearer(token))
  expect([status, json['entry']]).toEqual([200, undefined])
  const { rows } = await server.context.store.database.pool.query('select * from app_state')
  expect(rows.length).toBeGreaterThan(0)
  expect(JSON.stringify(rows.map(({ sealed }) => sealed.toString('latin1')))).not.toContain('top-secret-key')
})

describe('is refused', () => {
  const p1 = 'Patient/p1'
  const cases: readonly (readonly [string, object, number])[] = [
    ['about another patient', state('a', 'Patient/p2'), 403],
    ['about the user with a scope of the patient', state('a', 'Practitioner/d1'), 403],
    ['for all people', state('a'), 403],
    ['about a resource of another server', state('a', 'https://elsewhere.example/fhir/Patient/p1'), 422],
    ['with a relative reference', { ...state('a'), subject: { reference: p1 } }, 422],
    [
      'with two codings',
      {
        ...state('a', p1),
        code: {
          coding: [
            { system: app, code: 'a' },
            { system: app, code: 'b' },
          ],
        },
      },
      422,
    ],
    [
      'with a coding that has a display',
      { ...state('a', p1), code: { coding: [{ system: app, code: 'a', display: 'A' }] } },
      422,
    ],
    ['with an element that would not be kept', { ...state('a', p1), created: '2026-01-01' }, 422],
    ['with an extension that is no text', { ...state('a', p1), extension: [{ url: 'x:y', valueInteger: 1 }] }, 422],
    ['as another type', { resourceType: 'Patient' }, 422],
    ['beyond 256 KB', state('a', p1, 'x'.repeat(262_144)), 413],
  ]
  test.each(cases)('%s', async (_name, body, status) => {
    const reply = await send(await patientToken(), 'POST', 'Basic', body)
    expect([reply.status, reply.json.resourceType]).toEqual([status, 'OperationOutcome'])
  })

  test.each([
    ['without a code', `Basic?subject=${fhirBase}/Patient/p1`],
    ['without a subject', `Basic?code=${app}|keys`],
    ['by a code without a system', `Basic?code=keys&subject=${fhirBase}/Patient/p1`],
    ['by more', `Basic?code=${app}|keys&subject=${fhirBase}/Patient/p1&_lastUpdated=gt2000`],
  ])('when searched %s', async (_name, path) => {
    expect((await send(await patientToken(), 'GET', path)).status).toBe(400)
  })

  test('without a token, a scope, or the codes that the scope names', async () => {
    expect((await server.fhir('GET', '$smart-app-state/Basic')).status).toBe(401)
    const none = await launchedToken({ username: 'patient', scope: 'launch/patient patient/Patient.rs' })
    expect((await send(none, 'POST', 'Basic', state('a', p1))).status).toBe(403)
    const scope = `launch/patient patient/Basic.cs?code=${app}|keys`
    const narrow = await launchedToken({ username: 'patient', scope })
    expect((await send(narrow, 'POST', 'Basic', state('keys', p1))).status).toBe(201)
    expect((await send(narrow, 'POST', 'Basic', state('others', p1))).status).toBe(403)
  })

  test('beyond a number of resources', async () => {
    const token = await patientToken()
    const statuses: number[] = []
    for (let i = 0; i < 21; i++) statuses.push((await send(token, 'POST', 'Basic', state('many', p1))).status)
    expect(statuses.filter((status) => status === 201).length).toBe(20)
    expect(statuses.at(-1)).toBe(422)
  })
})

test('of all people is changed by administrators and read by others', async () => {
  const scope = `openid fhirUser user/Basic.cruds?code=${app}|hospital`
  const admin = await launchedToken({ username: 'admin', scope })
  const clinician = await launchedToken({ username: 'clinician', scope })
  expect((await send(clinician, 'POST', 'Basic', state('hospital'))).status).toBe(403)
  expect((await send(admin, 'POST', 'Basic', state('hospital'))).status).toBe(201)
  const found = await send(clinician, 'GET', `Basic?code=${app}|hospital&subject:missing=true`)
  expect(found.json['total']).toBe(1)
})

test('belongs to one app, unless an administrator lets several share its system', async () => {
  const query = `Basic?code=${app}|shared&subject=${fhirBase}/Patient/p1`
  const scope = 'launch/patient patient/Basic.cruds'
  const tokens = async () => [
    await launchedToken({ username: 'patient', scope }),
    await launchedToken({ username: 'patient', scope, client: 'trusted' }),
  ]
  const [one, other] = await tokens()
  const { json } = await send(one!, 'POST', 'Basic', state('shared', 'Patient/p1'))
  expect((await send(other!, 'GET', query)).json['total']).toBe(0)
  expect((await send(other!, 'GET', `Basic/${json['id']}`)).status).toBe(404)
  expect((await send(other!, 'DELETE', `Basic/${json['id']}`, undefined, { 'if-match': 'W/"1"' })).status).toBe(412)

  const { database } = server.context.store
  for (const id of ['public', 'trusted']) {
    const client = (await findClient(database, id))!
    await putClient(database, { ...client, metadata: { app_state_systems: [app] } })
  }
  expect((await send(one!, 'POST', 'Basic', state('shared', 'Patient/p1'))).status).toBe(201)
  expect((await send(other!, 'GET', query)).json['total']).toBe(1)
})
