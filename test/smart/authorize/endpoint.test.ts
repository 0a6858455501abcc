import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authorizeParameters, browser, exchange, launchApp } from '../../support/browser.ts'
import {
  assertionFor,
  assertionType,
  basic,
  bearer,
  confidentialSecret,
  fhirBase,
  origin,
  type SmartServer,
  smartServer,
} from '../../support/smart-server.ts'
import { testServer } from '../../support/test-server.ts'

let server: SmartServer

beforeAll(async () => {
  server = await smartServer()
  await storeResources(server)
})
afterAll(() => server?.close())

async function storeResources({ databaseUrl }: SmartServer) {
  const open = await testServer({ databaseUrl, config: { publicUrl: origin } })
  const put = async (type: string, id: string, more: object) => {
    expect((await open.fhir('PUT', `${type}/${id}`, { resourceType: type, id, ...more })).status).toBe(201)
  }
  await put('Patient', 'p1', { name: [{ family: 'Person', given: ['First'] }], birthDate: '1980-01-02' })
  await put('Patient', 'p2', { name: [{ family: 'Person', given: ['Second'] }] })
  await put('Practitioner', 'd1', { name: [{ family: 'Doctor' }] })
  await put('Encounter', 'e1', { status: 'finished', class: { code: 'AMB' }, subject: { reference: 'Patient/p1' } })
  await put('Observation', 'o1', { status: 'final', code: { text: 'x' }, subject: { reference: 'Patient/p1' } })
  await put('Observation', 'o2', { status: 'final', code: { text: 'x' }, subject: { reference: 'Patient/p2' } })
  await open.close()
}

test('a public app is launched on its own and reads what was granted', async () => {
  const launched = await launchApp(server, { nonce: 'n-1' })
  expect(Object.fromEntries(launched.parameters)).toEqual({
    code: expect.any(String),
    state: 'state-of-the-app',
    iss: origin,
  })
  const { status, json, headers } = await exchange(server, launched)
  expect(status).toBe(200)
  expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' })
  expect(json).toMatchObject({
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'openid fhirUser launch/patient offline_access patient/Patient.rs patient/Observation.rs',
    patient: 'p1',
    need_patient_banner: true,
    smart_style_url: `${origin}/auth/smart-style.json`,
    refresh_token: expect.any(String),
  })
  const token = bearer(String(json['access_token']))
  expect((await server.fhir('GET', 'Patient/p1', undefined, token)).status).toBe(200)
  expect((await server.fhir('GET', 'Patient/p2', undefined, token)).status).toBe(404)
  expect((await server.fhir('GET', 'Observation', undefined, token)).json['entry']).toHaveLength(1)
  expect((await server.fhir('GET', 'Condition', undefined, token)).status).toBe(403)
})

test('the id_token says who signed in, and everybody can check it', async () => {
  const launched = await launchApp(server, { nonce: 'n-1' })
  const { json } = await exchange(server, launched)
  const keys = (await server.get('/auth/jwks')).json as unknown as JSONWebKeySet
  const options = { issuer: origin, audience: 'public', algorithms: ['RS256'] }
  const { payload } = await jwtVerify(String(json['id_token']), createLocalJWKSet(keys), options)
  expect(payload).toMatchObject({
    sub: '1',
    nonce: 'n-1',
    fhirUser: `${fhirBase}/Patient/p1`,
    auth_time: expect.any(Number),
  })
  expect(keys.keys.every((key) => !('d' in key))).toBe(true)
})

describe('a client that can keep a secret', () => {
  test.each([
    ['by Basic', 'confidential', async () => ({ form: { client_id: undefined }, headers: basic('confidential') })],
    [
      'in the form',
      'posting',
      async () => ({ form: { client_id: 'posting', client_secret: confidentialSecret }, headers: {} }),
    ],
    [
      'by a signed assertion',
      'asymmetric',
      async () => ({
        form: {
          client_id: undefined,
          client_assertion_type: assertionType,
          client_assertion: await assertionFor('asymmetric', server.now(), {}, {}, server.key),
        },
        headers: {},
      }),
    ],
  ])('authenticates %s', async (_name, id, credentials) => {
    const launched = await launchApp(server, { client_id: id })
    const { form, headers } = await credentials()
    const { status, json } = await exchange(server, launched, form, headers)
    expect({ status, patient: json['patient'] }).toEqual({ status: 200, patient: 'p1' })
    const again = await credentials()
    const refreshed = await server.post(
      '/auth/token',
      withoutUndefined({ ...again.form, grant_type: 'refresh_token', refresh_token: String(json['refresh_token']) }),
      again.headers,
    )
    expect(refreshed.status).toBe(200)
    expect(refreshed.json['scope']).toBe(json['scope'])
  })
})

function withoutUndefined(form: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined)) as Record<string, string>
}

test('the request may be sent as a form', async () => {
  const { query } = authorizeParameters()
  const user = browser(server)
  const page = await user.post('/auth/authorize', query)
  expect(page.text).toContain('name="password"')
  const next = await user.submit(page, { username: 'patient', password: 'right' })
  expect(next.text).toContain('The public app')
})

test('what nobody asked for is not kept', async () => {
  const { query } = authorizeParameters({ zork: 'x'.repeat(3000), login_hint: 'patient' })
  await browser(server).get(`/auth/authorize?${query}`)
  const { rows } = await server.context.store.database.pool.query(
    'select parameters from authorization_request order by created desc limit 1',
  )
  expect(Object.keys(rows[0].parameters).toSorted()).toEqual(
    [...query.keys()].filter((name) => name !== 'zork').toSorted(),
  )
})

test('a wrong password is told, and nothing about whose it would be', async () => {
  const user = browser(server)
  const page = await user.get(`/auth/authorize?${authorizeParameters().query}`)
  const wrong = await user.submit(page, { username: 'patient', password: 'wrong' })
  const unknown = await user.submit(page, { username: 'nobody', password: 'wrong' })
  expect(wrong.text).toContain('That username and password do not go together.')
  expect(unknown.text.replace('nobody', 'patient')).toBe(wrong.text)
})

test('a second factor is asked for', async () => {
  const user = browser(server)
  const page = await user.get(`/auth/authorize?${authorizeParameters().query}`)
  const code = await user.submit(page, { username: 'careful', password: 'right' })
  const wrong = await user.submit(code, { otp: '000000' })
  expect(wrong.text).toContain('That code is not right')
  expect((await user.submit(wrong, { otp: '123456' })).text).toContain('name="decision"')
})

test('whoever denies sends the app away', async () => {
  const user = browser(server)
  const page = await user.get(`/auth/authorize?${authorizeParameters().query}`)
  const consent = await user.submit(page, { username: 'patient', password: 'right' })
  const { status, headers } = await user.submit(consent, { decision: 'deny' })
  expect(status).toBe(303)
  expect(Object.fromEntries(new URL(headers['location']!).searchParams)).toMatchObject({
    error: 'access_denied',
    state: 'state-of-the-app',
    iss: origin,
  })
})

test('of what is asked a part can be allowed', async () => {
  const laboratory =
    'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory'
  const launched = await launchApp(server, {}, { fields: { narrow: '1', scope: laboratory } })
  const { json } = await exchange(server, launched)
  expect(json['scope']).toBe(`openid fhirUser launch/patient ${laboratory}`)
  expect(json).not.toHaveProperty('refresh_token')
})

test('a guardian chooses for whom', async () => {
  const launched = await launchApp(server, {}, { username: 'guardian', fields: { patient: 'p2' } })
  expect((await exchange(server, launched)).json['patient']).toBe('p2')
})

test('nobody chooses a patient who is not theirs', async () => {
  const user = browser(server)
  const page = await user.get(`/auth/authorize?${authorizeParameters().query}`)
  const picker = await user.submit(page, { username: 'guardian', password: 'right' })
  const { headers } = await user.submit(picker, { patient: 'p3' })
  expect(new URL(headers['location']!).searchParams.get('error')).toBe('access_denied')
})

test('a clinician finds a patient by name, and visits with them', async () => {
  const scope = 'openid fhirUser launch/patient launch/encounter user/Patient.rs user/Encounter.rs'
  const launched = await launchApp(server, { scope }, { username: 'clinician' })
  expect((await exchange(server, launched)).json).toMatchObject({ patient: 'p1', encounter: 'e1', scope })
})

test('an encounter is one of a patient, who is chosen first', async () => {
  const scope = 'openid launch/encounter user/Encounter.rs'
  const launched = await launchApp(server, { scope }, { username: 'clinician' })
  expect((await exchange(server, launched)).json).toMatchObject({ patient: 'p1', encounter: 'e1', scope })
})

test('a trusted app is not asked about', async () => {
  const user = browser(server)
  const page = await user.get(`/auth/authorize?${authorizeParameters({ client_id: 'trusted' }).query}`)
  const { headers } = await user.submit(page, { username: 'patient', password: 'right' })
  expect(new URL(headers['location']!).searchParams.has('code')).toBe(true)
  const again = await user.get(`/auth/authorize?${authorizeParameters({ client_id: 'trusted', prompt: 'none' }).query}`)
  expect(new URL(again.headers['location']!).searchParams.has('code')).toBe(true)
})

test('a decision can be remembered', async () => {
  const { user } = await launchApp(server, {}, { fields: { remember: '1' } }).then(async (launched) => {
    await exchange(server, launched)
    return launched
  })
  const again = await user.get(`/auth/authorize?${authorizeParameters().query}`)
  expect(new URL(again.headers['location']!).searchParams.has('code')).toBe(true)
  const more = await user.get(`/auth/authorize?${authorizeParameters({ scope: 'patient/Patient.cruds' }).query}`)
  expect(more.text).toContain('name="decision"')
  const asked = await user.get(`/auth/authorize?${authorizeParameters({ prompt: 'consent' }).query}`)
  expect(asked.text).toContain('name="decision"')
})

test('who wants a new sign-in gets one', async () => {
  const { user } = await launchApp(server)
  const scope = 'patient/Patient.cruds'
  const page = await user.get(`/auth/authorize?${authorizeParameters({ prompt: 'login', scope }).query}`)
  const next = await user.submit(page, { username: 'patient', password: 'right' })
  expect(next.text).toContain('name="decision"')
})

test('a refresh token is used once, and whoever uses it again ends them all', async () => {
  const { json } = await exchange(server, await launchApp(server))
  const refresh = (token: unknown) =>
    server.post('/auth/token', { grant_type: 'refresh_token', refresh_token: String(token), client_id: 'public' })
  const second = await refresh(json['refresh_token'])
  expect(second.status).toBe(200)
  const token = bearer(String(second.json['access_token']))
  expect((await server.fhir('GET', 'Patient/p1', undefined, token)).status).toBe(200)
  expect((await refresh(json['refresh_token'])).json['error']).toBe('invalid_grant')
  expect((await server.fhir('GET', 'Patient/p1', undefined, token)).status).toBe(401)
  expect((await refresh(second.json['refresh_token'])).json['error']).toBe('invalid_grant')
})

test('a code that is used again ends what it gave', async () => {
  const launched = await launchApp(server)
  const { json } = await exchange(server, launched)
  expect((await exchange(server, launched)).json['error']).toBe('invalid_grant')
  expect((await server.fhir('GET', 'Patient/p1', undefined, bearer(String(json['access_token'])))).status).toBe(401)
})

test('less can be asked for when refreshing, and all of it again', async () => {
  const { json } = await exchange(server, await launchApp(server))
  const refresh = (token: unknown, scope?: string) =>
    server.post('/auth/token', {
      grant_type: 'refresh_token',
      refresh_token: String(token),
      client_id: 'public',
      ...(scope && { scope }),
    })
  const refused = await refresh(json['refresh_token'], 'patient/Condition.rs')
  expect(refused.json['error']).toBe('invalid_scope')
  const less = await refresh(json['refresh_token'], 'patient/Patient.r')
  expect(less.json['scope']).toBe('patient/Patient.r')
  expect((await server.fhir('GET', 'Observation', undefined, bearer(String(less.json['access_token'])))).status).toBe(
    403,
  )
  const all = await refresh(less.json['refresh_token'])
  expect(all.json['scope']).toBe(json['scope'])
})

test('online access ends with the session', async () => {
  const launched = await launchApp(server, { scope: 'launch/patient online_access patient/Patient.rs' })
  const { json } = await exchange(server, launched)
  const [secret] = [...launched.user.cookies].find(([name]) => name.includes('session'))!.slice(1)
  await server.people.signOut(secret!)
  const refused = await server.post('/auth/token', {
    grant_type: 'refresh_token',
    refresh_token: String(json['refresh_token']),
    client_id: 'public',
  })
  expect(refused.json['error']).toBe('invalid_grant')
  expect((await server.fhir('GET', 'Patient/p1', undefined, bearer(String(json['access_token'])))).status).toBe(401)
})

test('a closed account has no access any more', async () => {
  const launched = await launchApp(server, {}, { username: 'guardian' })
  const { json } = await exchange(server, launched)
  const token = bearer(String(json['access_token']))
  expect((await server.fhir('GET', 'Patient/p1', undefined, token)).status).toBe(200)
  const person = server.people.persons.find(({ username }) => username === 'guardian')!
  server.people.change('guardian', undefined)
  server.pass(1000)
  expect((await server.fhir('GET', 'Patient/p1', undefined, token)).status).toBe(401)
  server.people.persons.push(person)
})

test('a token is explained to whoever may ask', async () => {
  const { json } = await exchange(server, await launchApp(server))
  const ask = (token: unknown, headers: Record<string, string>) =>
    server.post('/auth/introspect', { token: String(token) }, headers)
  const known = await ask(json['access_token'], basic('confidential'))
  expect(known.json).toMatchObject({
    active: true,
    scope: json['scope'],
    client_id: 'public',
    patient: 'p1',
    sub: '1',
    iss: origin,
    fhirUser: `${fhirBase}/Patient/p1`,
    exp: expect.any(Number),
  })
  expect((await ask(json['access_token'], bearer(String(json['access_token'])))).json['active']).toBe(true)
  expect((await ask(json['refresh_token'], bearer(String(json['access_token'])))).json['active']).toBe(true)
  for (const token of [json['refresh_token'], 'unknown', 'x'.repeat(43)]) {
    const other = await ask(token, basic('confidential'))
    expect({ status: other.status, json: other.json }).toEqual({ status: 200, json: { active: false } })
  }
  expect((await server.post('/auth/introspect', { token: 'x' })).status).toBe(401)
})

test.each(['access_token', 'refresh_token'])('revoking the %s ends access', async (name) => {
  const { json } = await exchange(server, await launchApp(server))
  const token = bearer(String(json['access_token']))
  expect((await server.fhir('GET', 'Patient/p1', undefined, token)).status).toBe(200)
  const revoked = await server.post('/auth/revoke', { token: String(json[name]), client_id: 'public' })
  expect({ status: revoked.status, text: revoked.text }).toEqual({ status: 200, text: '' })
  expect((await server.fhir('GET', 'Patient/p1', undefined, token)).status).toBe(401)
  const refreshed = await server.post('/auth/token', {
    grant_type: 'refresh_token',
    refresh_token: String(json['refresh_token']),
    client_id: 'public',
  })
  expect(refreshed.json['error']).toBe('invalid_grant')
  expect((await server.post('/auth/revoke', { token: String(json[name]), client_id: 'public' })).status).toBe(200)
})
