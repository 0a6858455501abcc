/** Ways to be wrong at the authorization endpoint: what is told, to whom, and that nothing is issued. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { authorizeParameters, browser } from '../../support/browser.ts'
import { callback, fhirBase, origin, type SmartServer, smartServer } from '../../support/smart-server.ts'
import { issuedCount, storePatients } from '../../support/smart-world.ts'

let server: SmartServer
let before: number

beforeAll(async () => {
  server = await smartServer()
  await storePatients(server)
})
afterAll(() => server?.close())
beforeEach(async () => {
  before = await issuedCount(server)
})

type Given = Record<string, string | undefined>
type Change = Given | ((query: URLSearchParams) => void)

function queryOf(change: Change): URLSearchParams {
  if (typeof change !== 'function') return authorizeParameters(change).query
  const { query } = authorizeParameters()
  change(query)
  return query
}

const twice = (name: string, value?: string) => (query: URLSearchParams) =>
  query.append(name, value ?? query.get(name)!)

/** What is wrong with the app or where the answer would go: the person is told, and nobody else. */
const onPage: Record<string, Change> = {
  'no client_id': { client_id: undefined },
  'an empty client_id': { client_id: '' },
  'an unknown client_id': { client_id: 'nobody' },
  'a client_id in other letters': { client_id: 'PUBLIC' },
  'a client_id that is SQL': { client_id: "' or 1=1 --" },
  'a client_id with a null': { client_id: 'public\u0000' },
  'two client_ids': twice('client_id'),
  'two other client_ids': twice('client_id', 'confidential'),
  'a client that waits': { client_id: 'waiting' },
  'a client that is disabled': { client_id: 'disabled' },
  'a backend service': { client_id: 'backend' },
  'no redirect_uri': { redirect_uri: undefined },
  'an empty redirect_uri': { redirect_uri: '' },
  'two redirect_uris': twice('redirect_uri'),
  'a second, foreign redirect_uri': twice('redirect_uri', 'https://evil.example/'),
  'a foreign redirect_uri': { redirect_uri: 'https://evil.example/callback' },
  'a redirect_uri with more path': { redirect_uri: `${callback}/more` },
  'a redirect_uri with a slash more': { redirect_uri: `${callback}/` },
  'a redirect_uri with a query': { redirect_uri: `${callback}?x=1` },
  'a redirect_uri with a fragment': { redirect_uri: `${callback}#x` },
  'a redirect_uri that goes up': { redirect_uri: `${callback}/../callback` },
  'a redirect_uri of a longer host': { redirect_uri: 'https://app.example.org.evil.example/callback' },
  'a redirect_uri with the host as user': { redirect_uri: 'https://app.example.org@evil.example/callback' },
  'a redirect_uri without TLS': { redirect_uri: callback.replace('https', 'http') },
  'a redirect_uri with a port': { redirect_uri: 'https://app.example.org:8443/callback' },
  'a redirect_uri in other letters': { redirect_uri: callback.toUpperCase() },
  'a redirect_uri that is a script': { redirect_uri: 'javascript:alert(1)' },
  'a redirect_uri that is data': { redirect_uri: 'data:text/html,x' },
  'a redirect_uri with a backslash': { redirect_uri: 'https://app.example.org\\@evil.example/callback' },
  'a relative redirect_uri': { redirect_uri: '/callback' },
  'a redirect_uri without scheme': { redirect_uri: '//evil.example/callback' },
  'a redirect_uri with a line break': { redirect_uri: `${callback}\r\nx: y` },
  'a redirect_uri of another client': { redirect_uri: 'org.example.app:/done' },
  'another path on the own machine': { client_id: 'native', redirect_uri: 'http://127.0.0.1:4000/other' },
  'the own machine by name': { client_id: 'native', redirect_uri: 'http://localhost:4000/done' },
  'everything wrong': { client_id: 'nobody', redirect_uri: 'https://evil.example/', scope: 'x', aud: 'y' },
  'nothing at all': (query) => {
    for (const name of [...query.keys()]) query.delete(name)
  },
}

describe('the person is told, and the browser goes nowhere', () => {
  test.each(Object.entries(onPage))('%s', async (_name, change) => {
    const user = browser(server)
    for (const page of [
      await user.get(`/auth/authorize?${queryOf(change)}`),
      await user.post('/auth/authorize', queryOf(change)),
    ]) {
      expect({ status: page.status, location: page.headers['location'] }).toEqual({ status: 400, location: undefined })
      expect(page.text).toContain('<code>invalid_request</code>')
      expect(page.text).not.toContain('<form')
      expect(page.headers['cache-control']).toBe('no-store')
      expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(page.text).not.toMatch(/(?:href|src|action)="(?![/#])/)
    }
    expect(await issuedCount(server)).toBe(before)
  })
})

/** Everything else is told to the app. */
const byRedirect: Record<string, readonly [error: string, change: Change]> = {
  'no response_type': ['invalid_request', { response_type: undefined }],
  'the response_type token': ['unsupported_response_type', { response_type: 'token' }],
  'the response_type id_token': ['unsupported_response_type', { response_type: 'id_token' }],
  'the response_type code token': ['unsupported_response_type', { response_type: 'code token' }],
  'the response_type CODE': ['unsupported_response_type', { response_type: 'CODE' }],
  'two response_types': ['invalid_request', twice('response_type')],
  'the response_mode fragment': ['invalid_request', { response_mode: 'fragment' }],
  'the response_mode form_post': ['invalid_request', { response_mode: 'form_post' }],
  'no state': ['invalid_request', { state: undefined }],
  'two states': ['invalid_request', twice('state', 'another')],
  'no code_challenge': ['invalid_request', { code_challenge: undefined }],
  'no code_challenge_method': ['invalid_request', { code_challenge_method: undefined }],
  'no PKCE at all': ['invalid_request', { code_challenge: undefined, code_challenge_method: undefined }],
  'the method plain': ['invalid_request', { code_challenge_method: 'plain' }],
  'the method s256': ['invalid_request', { code_challenge_method: 's256' }],
  'the method S512': ['invalid_request', { code_challenge_method: 'S512' }],
  'a short challenge': ['invalid_request', { code_challenge: 'x'.repeat(42) }],
  'a long challenge': ['invalid_request', { code_challenge: 'x'.repeat(44) }],
  'a challenge with other characters': ['invalid_request', { code_challenge: `${'x'.repeat(42)}=` }],
  'two challenges': ['invalid_request', twice('code_challenge')],
  'two methods': ['invalid_request', twice('code_challenge_method', 'plain')],
  'no aud': ['invalid_request', { aud: undefined }],
  'another aud': ['invalid_request', { aud: 'https://elsewhere.example.org/fhir' }],
  'an aud that begins with ours': ['invalid_request', { aud: `${fhirBase}.evil.example` }],
  'the issuer as aud': ['invalid_request', { aud: origin }],
  'a resource as aud': ['invalid_request', { aud: `${fhirBase}/Patient` }],
  'an aud in other letters': ['invalid_request', { aud: fhirBase.toUpperCase() }],
  'two auds': ['invalid_request', twice('aud')],
  'another resource': ['invalid_target', { resource: 'https://elsewhere.example.org/fhir' }],
  'no scope': ['invalid_request', { scope: undefined }],
  'a scope that is none': ['invalid_scope', { scope: 'everything' }],
  'only scopes of backend services': ['invalid_scope', { scope: 'system/*.rs system/Patient.read' }],
  'a scope beyond the registration': [
    'invalid_scope',
    { client_id: 'modest', scope: 'patient/Observation.rs user/Patient.rs' },
  ],
  'a scope of an unknown type': ['invalid_scope', { scope: 'patient/Patients.rs' }],
  'letters in another order': ['invalid_scope', { scope: 'patient/Patient.sr' }],
  'a criterion that is none': ['invalid_scope', { scope: 'patient/Observation.rs?colour=red' }],
  'a criterion that cannot restrict': ['invalid_scope', { scope: 'patient/Observation.rs?date=ge2020' }],
  'a criterion of the first version': ['invalid_scope', { scope: 'patient/Observation.read?category=laboratory' }],
  'two scopes': ['invalid_request', twice('scope')],
  'only lasting access, which the client cannot use': [
    'invalid_scope',
    { client_id: 'brief', scope: 'offline_access' },
  ],
  'the scope launch alone, without a handle': ['invalid_request', { scope: 'launch' }],
  'a handle that is none': ['invalid_request', { scope: 'launch user/Patient.rs', launch: 'x' }],
  'a handle without the scope': ['invalid_scope', { launch: 'x'.repeat(43) }],
  'a request object': ['request_not_supported', { request: 'x.y.z' }],
  'a request_uri': ['request_uri_not_supported', { request_uri: 'https://app.example.org/request' }],
  'a registration': ['registration_not_supported', { registration: '{}' }],
  'an unknown prompt': ['invalid_request', { prompt: 'create' }],
  'the prompts none and login': ['invalid_request', { prompt: 'none login' }],
  'prompt none without a session': ['login_required', { prompt: 'none' }],
  'a max_age that is no number': ['invalid_request', { max_age: '-1' }],
  'a huge nonce': ['invalid_request', { nonce: 'x'.repeat(5000) }],
  'two nonces': ['invalid_request', (query) => [query.append('nonce', 'a'), query.append('nonce', 'b')]],
}

describe('the app is told, with its state and who says so', () => {
  test.each(Object.entries(byRedirect))('%s', async (_name, [error, change]) => {
    const user = browser(server)
    const query = queryOf(change)
    const replies = [await user.get(`/auth/authorize?${query}`), await user.post('/auth/authorize', query)]
    for (const [i, { status, headers }] of replies.entries()) {
      expect({ status, text: headers['location'] }).toEqual({
        status: i === 0 ? 302 : 303,
        text: expect.stringMatching(/./),
      })
      const location = new URL(headers['location']!)
      expect(`${location.origin}${location.pathname}`).toBe(callback)
      const told = Object.fromEntries(location.searchParams)
      const states = query.getAll('state')
      expect(told).toEqual({
        error,
        error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
        iss: origin,
        ...(states.length === 1 && { state: states[0] }),
      })
      expect(headers['cache-control']).toBe('no-store')
    }
    expect(await issuedCount(server)).toBe(before)
  })
})

test('a state of any characters comes back as it was', async () => {
  for (const state of ['a b&c=d%20?#"\'<>', 'ünï', 'x'.repeat(3000)]) {
    const { headers } = await browser(server).get(`/auth/authorize?${authorizeParameters({ aud: 'x', state }).query}`)
    expect(new URL(headers['location']!).searchParams.get('state')).toBe(state)
  }
})

describe('a form is of use to its page alone', () => {
  async function atConsent() {
    const user = browser(server)
    const page = await user.get(`/auth/authorize?${authorizeParameters().query}`)
    const consent = await user.submit(page, { username: 'patient', password: 'right' })
    const [, handle] = /name="request" value="([^"]*)"/.exec(consent.text)!
    return { user, handle: handle! }
  }
  const path = '/auth/authorize/next'
  const allow = (handle: string) => ({ request: handle, step: 'consent', decision: 'allow' })

  async function expectNothing(reply: { status: number; headers: Readonly<Record<string, string>> }) {
    expect({ status: reply.status, location: reply.headers['location'] }).toEqual({ status: 400, location: undefined })
    expect(await issuedCount(server)).toBe(before)
  }

  test('not in another browser', async () => {
    const { handle } = await atConsent()
    await expectNothing(await browser(server).post(path, allow(handle)))
  })

  test('not in another browser where the same person is signed in', async () => {
    const { user, handle } = await atConsent()
    const other = browser(server)
    // It has a request of its own.
    await other.get(`/auth/authorize?${authorizeParameters().query}`)
    const [name, value] = [...user.cookies].find(([key]) => key.includes('session'))!
    other.cookies.set(name, value)
    await expectNothing(await other.post(path, allow(handle)))
  })

  test('not sent from another origin', async () => {
    const { user, handle } = await atConsent()
    const cookie = [...user.cookies].map((pair) => pair.join('=')).join('; ')
    for (const from of ['https://evil.example', 'null', `${origin}.evil.example`]) {
      await expectNothing(await server.post(path, allow(handle), { cookie, origin: from }))
    }
  })

  test('not with a handle that was made up', async () => {
    const { user } = await atConsent()
    await expectNothing(await user.post(path, allow('x'.repeat(43))))
  })

  test('not without a handle', async () => {
    const { user } = await atConsent()
    await expectNothing(await user.post(path, { step: 'consent', decision: 'allow' }))
  })

  test('not after half an hour', async () => {
    const { user, handle } = await atConsent()
    server.pass(1_801_000)
    await expectNothing(await user.post(path, allow(handle)))
  })

  test('not for a step that has no form', async () => {
    const { user, handle } = await atConsent()
    expect((await user.post(path, { ...allow(handle), step: 'code' })).text).toContain('name="decision"')
    expect(await issuedCount(server)).toBe(before)
  })

  test('not for a step before which something is missing', async () => {
    const user = browser(server)
    const page = await user.get(`/auth/authorize?${authorizeParameters().query}`)
    const [, handle] = /name="request" value="([^"]*)"/.exec(page.text)!
    const reply = await user.post(path, allow(handle!))
    expect(reply.text).toContain('name="password"')
    expect(await issuedCount(server)).toBe(before)
  })

  test('not once the person has signed out', async () => {
    const { user, handle } = await atConsent()
    const [, secret] = [...user.cookies].find(([key]) => key.includes('session'))!
    await server.people.signOut(secret)
    expect((await user.post(path, allow(handle))).text).toContain('name="password"')
    expect(await issuedCount(server)).toBe(before)
  })

  test('not on what somebody else allowed, who signed in there before', async () => {
    const { user, handle } = await atConsent()
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin }
    const cookie = [...user.cookies].map((pair) => pair.join('=')).join('; ')
    const payload = new URLSearchParams(allow(handle)).toString()
    const allowed = await server.app.inject({ method: 'POST', url: path, headers: { ...headers, cookie }, payload })
    expect(allowed.headers.location).toContain(path)
    const [name, secret] = [...user.cookies].find(([key]) => key.includes('session'))!
    await server.people.signOut(secret)
    user.cookies.delete(name)
    await user.submit(await user.get('/auth/sign-in'), { username: 'guardian', password: 'right' })
    const page = await user.submit(await user.get(String(allowed.headers.location)), { patient: 'p1' })
    expect(page.text).toContain('name="decision"')
    expect(await issuedCount(server)).toBe(before)
  })

  test('not twice', async () => {
    const { user, handle } = await atConsent()
    expect((await user.post(path, allow(handle))).headers['location']).toContain('code=')
    before = await issuedCount(server)
    await expectNothing(await user.post(path, allow(handle)))
  })

  test('not after it was denied', async () => {
    const { user, handle } = await atConsent()
    await user.post(path, { ...allow(handle), decision: 'deny' })
    await expectNothing(await user.post(path, allow(handle)))
  })

  test('not for a decision that is none', async () => {
    const { user, handle } = await atConsent()
    const reply = await user.post(path, { ...allow(handle), decision: 'perhaps' })
    expect(reply.text).toContain('name="decision"')
    expect(await issuedCount(server)).toBe(before)
  })

  const narrowed = async (scopes: readonly string[]) => {
    const { user, handle } = await atConsent()
    const form = new URLSearchParams({ ...allow(handle), narrow: '1' })
    for (const scope of scopes) form.append('scope', scope)
    return user.post(path, form)
  }

  test('not to allow more than was asked for', async () => {
    const { headers } = await narrowed(['patient/Condition.rs', 'user/*.cruds', 'patient/Patient.cruds', 'system/*.rs'])
    expect(headers['location']).toMatch(/[?&]code=/)
    const grants = 'select scopes from grant_ order by number desc limit 1'
    const { rows } = await server.context.store.database.pool.query(grants)
    expect(rows).toEqual([{ scopes: 'openid fhirUser launch/patient patient/Patient.rs' }])
  })

  test.each([[['everything']], [[]]])('not to allow nothing: %j', async (scopes) => {
    const reply = await narrowed(scopes)
    expect([reply.status, reply.text.includes('Choose at least one thing')]).toEqual([400, true])
    expect(await issuedCount(server)).toBe(before)
  })
})

test('two tabs that send the same answer at once get one code', async () => {
  const user = browser(server)
  const page = await user.get(`/auth/authorize?${authorizeParameters().query}`)
  const consent = await user.submit(page, { username: 'patient', password: 'right' })
  const replies = await Promise.all(Array.from({ length: 20 }, () => user.submit(consent, { decision: 'allow' })))
  expect(replies.filter(({ headers }) => headers['location']?.includes('code='))).toHaveLength(1)
})
