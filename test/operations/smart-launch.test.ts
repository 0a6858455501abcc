import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { findClient, putClient } from '../../server/store/smart/clients.ts'
import { authorizeParameters, browser, exchange, launchApp } from '../support/browser.ts'
import { bearer, fhirBase, origin, type SmartServer, smartServer } from '../support/smart-server.ts'
import { testServer } from '../support/test-server.ts'

let server: SmartServer
let token: Record<string, string>

beforeAll(async () => {
  server = await smartServer()
  const open = await testServer({ databaseUrl: server.databaseUrl, config: { publicUrl: origin } })
  for (const id of ['p1', 'p2'])
    await open.fhir('PUT', `Patient/${id}`, { resourceType: 'Patient', id, name: [{ family: 'Person' }] })
  const encounter = {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/p1' },
  }
  await open.fhir('PUT', 'Encounter/e1', encounter)
  await open.close()
  const { database } = server.context.store
  const app = (await findClient(database, 'public'))!
  await putClient(database, { ...app, metadata: { launch_uri: 'https://app.example.org/launch?x=1' } })
  const launched = await launchApp(server, { scope: 'user/Patient.rs user/Encounter.rs' }, { username: 'clinician' })
  const { json } = await exchange(server, launched)
  token = bearer(String(json['access_token']))
})
afterAll(() => server?.close())

type Parameter = Record<string, unknown> & { readonly name: string }

async function launch(...parameter: Parameter[]) {
  const reply = await server.fhir('POST', '$smart-launch', { resourceType: 'Parameters', parameter }, token)
  const list = (reply.json['parameter'] ?? []) as unknown as Parameter[]
  const value = (name: string, type: string) =>
    list.find((one) => one.name === name)?.[`value${type}`] as string | undefined
  return { reply, handle: value('launch', 'String') ?? '', url: value('url', 'Url') }
}

const patient = { name: 'patient', valueString: 'p1' }
const encounter = { name: 'encounter', valueString: 'Encounter/e1' }
const scope = 'launch openid fhirUser offline_access user/Patient.rs user/Encounter.rs'

test('an app that is launched from inside learns about whom', async () => {
  const { handle, url } = await launch(
    patient,
    encounter,
    { name: 'client', valueString: 'public' },
    { name: 'intent', valueString: 'review' },
    { name: 'tenant', valueString: 'north' },
    { name: 'needPatientBanner', valueBoolean: false },
    {
      name: 'fhirContext',
      part: [
        { name: 'reference', valueString: 'ImagingStudy/1' },
        { name: 'role', valueString: 'http://x.example/role' },
      ],
    },
  )
  expect(url).toBe(`https://app.example.org/launch?x=1&iss=${encodeURIComponent(fhirBase)}&launch=${handle}`)
  const launched = await launchApp(server, { scope, launch: handle }, { username: 'clinician' })
  const { json } = await exchange(server, launched)
  expect(json).toMatchObject({
    scope,
    patient: 'p1',
    encounter: 'e1',
    intent: 'review',
    tenant: 'north',
    need_patient_banner: false,
    smart_style_url: `${origin}/auth/smart-style.json`,
    fhirContext: [{ reference: 'ImagingStudy/1', role: 'http://x.example/role' }],
  })
  expect((await server.get('/auth/smart-style.json')).status).toBe(200)
  const read = bearer(String(json['access_token']))
  for (const path of ['Patient/p1', 'Encounter/e1'])
    expect((await server.fhir('GET', path, undefined, read)).status).toBe(200)
  const introspected = await server.post('/auth/introspect', { token: String(json['access_token']) }, read)
  expect(introspected.json).toMatchObject({
    patient: 'p1',
    encounter: 'e1',
    intent: 'review',
    fhirContext: [{ reference: 'ImagingStudy/1' }],
  })
})

test('whose encounter it is need not be said', async () => {
  const { handle } = await launch(encounter)
  const launched = await launchApp(server, { scope, launch: handle }, { username: 'clinician' })
  expect((await exchange(server, launched)).json).toMatchObject({ patient: 'p1', encounter: 'e1' })
})

test('a handle is used once', async () => {
  const { handle } = await launch(patient)
  await launchApp(server, { scope, launch: handle }, { username: 'clinician' })
  const again = await launchApp(server, { scope, launch: handle }, { username: 'clinician' })
  expect(again.parameters.get('error')).toBe('invalid_request')
})

describe('a handle is of no use', () => {
  test.each<[string, () => Promise<string>, string]>([
    ['that was made up', async () => 'x'.repeat(43), 'invalid_request'],
    ['that was tampered with', async () => `${(await launch(patient)).handle}x`, 'invalid_request'],
    [
      'of another app',
      async () => (await launch(patient, { name: 'client', valueString: 'trusted' })).handle,
      'invalid_request',
    ],
    [
      'that has expired',
      async () => {
        const { handle } = await launch(patient)
        server.pass(601_000)
        return handle
      },
      'invalid_request',
    ],
  ])('%s', async (_name, make, error) => {
    const { parameters } = await launchApp(server, { scope, launch: await make() }, { username: 'clinician' })
    expect({ error: parameters.get('error'), code: parameters.get('code') }).toEqual({ error, code: null })
  })

  test('of somebody else', async () => {
    const { handle } = await launch(patient)
    const { parameters } = await launchApp(server, { scope, launch: handle }, { username: 'patient' })
    expect(parameters.get('error')).toBe('access_denied')
  })

  test('without the scope launch', async () => {
    const { handle } = await launch(patient)
    const { parameters } = await launchApp(
      server,
      { scope: 'user/Patient.rs', launch: handle },
      { username: 'clinician' },
    )
    expect(parameters.get('error')).toBe('invalid_scope')
  })
})

test('the page of a launched app can be loaded again', async () => {
  const { handle } = await launch(patient)
  const user = browser(server)
  const page = await user.get(`/auth/authorize?${authorizeParameters({ scope, launch: handle }).query}`)
  const consent = await user.submit(page, { username: 'clinician', password: 'right' })
  expect(consent.text).toContain('name="decision"')
})

describe('refused is a launch', () => {
  test.each<[string, Parameter[], number]>([
    ['with a patient who is not there', [{ name: 'patient', valueString: 'p9' }], 404],
    ['with an encounter of another patient', [{ name: 'patient', valueString: 'p2' }, encounter], 400],
    ['of an unknown app', [{ name: 'client', valueString: 'nobody' }], 400],
    ['with a context that points nowhere', [{ name: 'fhirContext', part: [] }], 400],
    [
      'with an absolute context',
      [{ name: 'fhirContext', part: [{ name: 'reference', valueString: 'https://x.example/A/1' }] }],
      400,
    ],
    [
      'with a patient as context',
      [{ name: 'fhirContext', part: [{ name: 'reference', valueString: 'Patient/p1' }] }],
      400,
    ],
    ['with an unknown parameter', [{ name: 'colour', valueString: 'red' }], 400],
  ])('%s', async (_name, parameters, status) => {
    const { reply, handle } = await launch(...parameters)
    expect({ status: reply.status, handle }).toEqual({ status, handle: '' })
    expect((reply.json as JsonObject)['resourceType']).toBe('OperationOutcome')
  })

  test('of a backend service', async () => {
    const { json } = await server.post('/auth/token', {
      grant_type: 'client_credentials',
      scope: 'system/*.rs',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await server.assertion(),
    })
    const body = { resourceType: 'Parameters' }
    expect((await server.fhir('POST', '$smart-launch', body, bearer(String(json['access_token'])))).status).toBe(400)
  })
})
