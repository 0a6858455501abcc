/** Ways to be wrong at the token endpoint, at introspection, at revocation, and with access tokens. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exchange, type Launched, launchApp } from '../../support/browser.ts'
import {
  assertionFor,
  assertionType,
  basic,
  bearer,
  callback,
  confidentialSecret,
  pkce,
  type SmartServer,
  smartServer,
} from '../../support/smart-server.ts'
import { issuedCount, storePatients } from '../../support/smart-world.ts'
import type { TestReply } from '../../support/test-server.ts'

let server: SmartServer

beforeAll(async () => {
  server = await smartServer()
  await storePatients(server)
})
afterAll(() => server?.close())

type Form = Record<string, string | undefined>

/** Exactly this error, nothing issued, nothing to be kept. */
function expectError(reply: TestReply, error: string, status = 400): void {
  expect({ status: reply.status, error: reply.json['error'] }).toEqual({ status, error })
  expect(Object.keys(reply.json).sort()).toEqual(['error', 'error_description'])
  expect(String(reply.json['error_description'])).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
  expect(reply.headers).toMatchObject({
    'cache-control': 'no-store',
    pragma: 'no-cache',
    'content-type': 'application/json; charset=utf-8',
  })
}

async function withoutIssue(work: () => Promise<TestReply>): Promise<TestReply> {
  const before = await issuedCount(server)
  const reply = await work()
  expect(await issuedCount(server)).toBe(before)
  return reply
}

describe('a code is not exchanged', () => {
  const cases: Record<string, readonly [error: string, form: Form | ((launched: Launched) => Form), status?: number]> =
    {
      'without a code': ['invalid_request', { code: undefined }],
      'with an empty code': ['invalid_request', { code: '' }],
      'with a code that was made up': ['invalid_grant', { code: 'x'.repeat(43) }],
      'with a part of the code': ['invalid_grant', ({ parameters }) => ({ code: parameters.get('code')!.slice(1) })],
      'with more than the code': ['invalid_grant', ({ parameters }) => ({ code: `${parameters.get('code')}x` })],
      'without redirect_uri': ['invalid_grant', { redirect_uri: undefined }],
      'with another redirect_uri': ['invalid_grant', { redirect_uri: `${callback}/` }],
      'without a verifier': ['invalid_grant', { code_verifier: undefined }],
      'with an empty verifier': ['invalid_grant', { code_verifier: '' }],
      'with another verifier': ['invalid_grant', { code_verifier: pkce().verifier }],
      'with the challenge as verifier': [
        'invalid_grant',
        ({ verifier }) => ({ code_verifier: createHash('sha256').update(verifier).digest('base64url') }),
      ],
      'with a short verifier': ['invalid_grant', { code_verifier: 'x'.repeat(42) }],
      'with a long verifier': ['invalid_grant', { code_verifier: 'x'.repeat(129) }],
      'with a verifier of other characters': ['invalid_grant', { code_verifier: `${'x'.repeat(43)}+` }],
      'by another public client': ['invalid_grant', { client_id: 'modest' }],
      'without a client': ['invalid_client', { client_id: undefined }, 401],
      'by an unknown client': ['invalid_client', { client_id: 'nobody' }, 401],
      'by a client that waits': ['invalid_client', { client_id: 'waiting' }, 401],
      'by a confidential client without its secret': ['invalid_client', { client_id: 'confidential' }, 401],
      'by an asymmetric client without its assertion': ['invalid_client', { client_id: 'asymmetric' }, 401],
      'by a public client with a secret': ['invalid_client', { client_secret: 'x' }, 401],
      'without grant_type': ['invalid_request', { grant_type: undefined }],
      'with an unknown grant_type': ['unsupported_grant_type', { grant_type: 'not_a_grant_type' }],
      'with the grant_type password': ['unsupported_grant_type', { grant_type: 'password' }],
      'with the grant_type implicit': ['unsupported_grant_type', { grant_type: 'implicit' }],
      'with a grant_type of the prototype': ['unsupported_grant_type', { grant_type: 'constructor' }],
      'as a refresh token': ['invalid_request', { grant_type: 'refresh_token' }],
      'as client_credentials': ['unauthorized_client', { grant_type: 'client_credentials', scope: 'system/*.rs' }],
    }

  test.each(Object.entries(cases))('%s', async (_name, [error, form, status]) => {
    const launched = await launchApp(server)
    const given = typeof form === 'function' ? form(launched) : form
    expectError(await withoutIssue(() => exchange(server, launched, given)), error, status)
  })

  test('after a minute', async () => {
    const launched = await launchApp(server)
    server.pass(61_000)
    expectError(await withoutIssue(() => exchange(server, launched)), 'invalid_grant')
  })

  test('after a wrong verifier, by anyone', async () => {
    const launched = await launchApp(server)
    await exchange(server, launched, { code_verifier: pkce().verifier })
    expectError(await withoutIssue(() => exchange(server, launched)), 'invalid_grant')
  })

  test('after its account was closed', async () => {
    const launched = await launchApp(server, {}, { username: 'guardian' })
    const person = server.people.persons.find(({ username }) => username === 'guardian')!
    server.people.change('guardian', undefined)
    expectError(await exchange(server, launched), 'invalid_grant')
    server.people.persons.push(person)
  })

  test('in a query', async () => {
    const { parameters, verifier } = await launchApp(server)
    const form = {
      grant_type: 'authorization_code',
      code: parameters.get('code')!,
      redirect_uri: callback,
      code_verifier: verifier,
      client_id: 'public',
    }
    expectError(
      await withoutIssue(() => server.post(`/auth/token?${new URLSearchParams(form)}`, '')),
      'invalid_request',
    )
  })

  test.each([
    ['code', 'x'],
    ['grant_type', 'authorization_code'],
    ['client_id', 'public'],
    ['redirect_uri', callback],
    ['code_verifier', 'x'.repeat(43)],
    ['scope', 'x'],
  ])('with %s twice', async (name, value) => {
    const { parameters, verifier } = await launchApp(server)
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code: parameters.get('code')!,
      redirect_uri: callback,
      code_verifier: verifier,
      client_id: 'public',
      scope: 'x',
    })
    form.append(name, value)
    expectError(await withoutIssue(() => server.post('/auth/token', form.toString())), 'invalid_request')
  })

  test.each([
    ['JSON', 'application/json'],
    ['a form in parts', 'multipart/form-data; boundary=x'],
    ['text', 'text/plain'],
    ['nothing', ''],
  ])('as %s', async (_name, type) => {
    const body = { grant_type: 'authorization_code', code: 'x', client_id: 'public' }
    expectError(await withoutIssue(() => server.post('/auth/token', body, { 'content-type': type })), 'invalid_request')
  })

  test('in a body that is too large', async () => {
    expectError(await withoutIssue(() => server.post('/auth/token', { code: 'x'.repeat(200_000) })), 'invalid_request')
  })

  test('with a null', async () => {
    expectError(
      await withoutIssue(() =>
        server.post('/auth/token', { grant_type: 'authorization_code', code: 'x\u0000', client_id: 'public' }),
      ),
      'invalid_request',
    )
  })
})

describe('a client is not believed', () => {
  const form = { grant_type: 'authorization_code', code: 'x', redirect_uri: callback }
  const encoded = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
  const cases: Record<
    string,
    readonly [headers: Record<string, string>, more?: Form, error?: string, status?: number]
  > = {
    'with a wrong secret': [basic('confidential', 'wrong')],
    'with an empty secret': [basic('confidential', '')],
    'with a part of the secret': [basic('confidential', confidentialSecret.slice(1))],
    'that is not known': [basic('BAD_CLIENT_ID')],
    'without a name': [basic('')],
    'with the name of another': [basic('confidential'), { client_id: 'public' }],
    'by Basic where the form was registered': [basic('posting')],
    'by the form where Basic was registered': [{}, { client_id: 'confidential', client_secret: confidentialSecret }],
    'by Basic where none was registered': [basic('public')],
    'by Basic where assertions were registered': [basic('asymmetric')],
    'that is disabled': [basic('disabled')],
    'without a colon': [encoded('confidential')],
    'with what is no base64': [{ authorization: 'Basic ***' }],
    'by Digest': [{ authorization: 'Digest username="confidential"' }],
    'by Bearer': [bearer('x'.repeat(43))],
    'with a null in its name': [encoded('confi\u0000dential:x')],
    'with a broken escape': [encoded('confidential:%zz')],
    'in two ways': [
      basic('confidential'),
      { client_id: 'confidential', client_secret: confidentialSecret },
      'invalid_request',
      400,
    ],
    'with a secret and an assertion': [
      basic('confidential'),
      { client_assertion: 'x', client_assertion_type: assertionType },
      'invalid_request',
      400,
    ],
    'with another type of assertion': [{}, { client_assertion: 'x', client_assertion_type: 'not_an_assertion_type' }],
    'with an assertion without type': [{}, { client_assertion: 'x' }],
    'with a type without assertion': [{}, { client_assertion_type: assertionType }],
    'with a null in the assertion': [
      {},
      {
        client_assertion: `x.${Buffer.from('{"iss":"a\\u0000","sub":"a\\u0000"}').toString('base64url')}.x`,
        client_assertion_type: assertionType,
      },
    ],
  }

  test.each(Object.entries(cases))(
    '%s',
    async (_name, [headers, more = {}, error = 'invalid_client', status = 401]) => {
      const given = Object.fromEntries(Object.entries({ ...form, ...more }).filter(([, value]) => value !== undefined))
      for (const path of ['/auth/token', '/auth/revoke']) {
        const reply = await withoutIssue(() =>
          server.post(path, { ...(given as Record<string, string>), token: 'x' }, headers),
        )
        expectError(reply, error, status)
        if (status === 401 && headers['authorization'] !== undefined)
          expect(reply.headers['www-authenticate']).toMatch(/^Basic realm=/)
      }
    },
  )

  test('by an assertion for another endpoint of somebody else', async () => {
    const claims = { aud: 'http://localhost:8080.evil.example/auth/token' }
    const client_assertion = await assertionFor('asymmetric', server.now(), claims, {}, server.key)
    expectError(
      await server.post('/auth/token', { ...form, client_assertion_type: assertionType, client_assertion }),
      'invalid_client',
      401,
    )
  })
})

describe('a refresh token is not taken', () => {
  const refresh = (token: unknown, more: Form = {}, headers = {}) => {
    const form = { grant_type: 'refresh_token', refresh_token: String(token), client_id: 'public', ...more }
    return server.post(
      '/auth/token',
      Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined)) as Record<string, string>,
      headers,
    )
  }
  const tokens = async (given = {}) => (await exchange(server, await launchApp(server, given))).json

  test.each<[string, Form, string, number]>([
    ['that is missing', { refresh_token: undefined }, 'invalid_request', 400],
    ['that is empty', { refresh_token: '' }, 'invalid_request', 400],
    ['that was made up', { refresh_token: crypto.randomUUID() }, 'invalid_grant', 400],
    ['for more than was granted', { scope: 'patient/*.cruds' }, 'invalid_scope', 400],
    ['for another context', { scope: 'user/Patient.rs' }, 'invalid_scope', 400],
    ['for more letters', { scope: 'patient/Patient.cruds' }, 'invalid_scope', 400],
    ['for what is no scope', { scope: 'patient/Patient.rs everything' }, 'invalid_scope', 400],
    ['without a client', { client_id: undefined }, 'invalid_client', 401],
    ['of an unknown client', { client_id: 'nobody' }, 'invalid_client', 401],
    ['of another client', { client_id: 'modest' }, 'invalid_grant', 400],
    ['of a client that does not refresh', { client_id: 'brief' }, 'unauthorized_client', 400],
  ])('%s', async (_name, more, error, status) => {
    const { refresh_token } = await tokens()
    expectError(await withoutIssue(() => refresh(refresh_token, more)), error, status)
  })

  test('that is an access token', async () => {
    expectError(await refresh((await tokens())['access_token']), 'invalid_grant')
  })

  test('that is a code', async () => {
    const { parameters } = await launchApp(server)
    expectError(await refresh(parameters.get('code')), 'invalid_grant')
  })

  test('after it was shown by another client', async () => {
    const { refresh_token } = await tokens()
    await refresh(refresh_token, { client_id: 'modest' })
    expectError(await refresh(refresh_token), 'invalid_grant')
  })

  test('after four months', async () => {
    const { refresh_token } = await tokens()
    server.pass(121 * 86_400_000)
    expectError(await withoutIssue(() => refresh(refresh_token)), 'invalid_grant')
  })

  test('after a mistake it is', async () => {
    const { refresh_token } = await tokens()
    await refresh(refresh_token, { scope: 'patient/*.cruds' })
    expect((await refresh(refresh_token)).status).toBe(200)
  })

  test('and none is given without being asked for', async () => {
    expect(await tokens({ scope: 'patient/Patient.rs' })).not.toHaveProperty('refresh_token')
    const brief = await exchange(server, await launchApp(server, { client_id: 'brief' }), { client_id: 'brief' })
    expect(brief.json).not.toHaveProperty('refresh_token')
    expect(brief.json['scope']).not.toContain('offline_access')
  })
})

describe('introspection is refused', () => {
  test.each<[string, Record<string, string>, Record<string, string>, string, number]>([
    ['to nobody', { token: 'x' }, {}, 'invalid_client', 401],
    ['to a public client', { token: 'x', client_id: 'public' }, {}, 'invalid_client', 401],
    ['with a wrong secret', { token: 'x' }, basic('confidential', 'wrong'), 'invalid_client', 401],
    ['with an unknown access token', { token: 'x' }, bearer('x'.repeat(43)), 'invalid_token', 401],
    ['without a token', {}, basic('confidential'), 'invalid_request', 400],
    ['of two tokens', { token: 'x', more: 'x' }, basic('confidential'), 'invalid_request', 400],
  ])('%s', async (_name, form, headers, error, status) => {
    const sent = new URLSearchParams(form)
    if (form['more']) sent.append('token', 'y')
    expectError(await server.post('/auth/introspect', sent.toString(), headers), error, status)
  })

  test('to a token that has ended', async () => {
    const { json } = await exchange(server, await launchApp(server))
    const token = String(json['access_token'])
    await server.post('/auth/revoke', { token, client_id: 'public' })
    expectError(await server.post('/auth/introspect', { token }, bearer(token)), 'invalid_token', 401)
    expect((await server.post('/auth/introspect', { token }, basic('confidential'))).text).toBe('{"active":false}')
  })

  test('of codes: they are no tokens', async () => {
    const { parameters } = await launchApp(server)
    const reply = await server.post('/auth/introspect', { token: parameters.get('code')! }, basic('confidential'))
    expect(reply.text).toBe('{"active":false}')
  })
})

describe('revocation', () => {
  test('of the token of another client is refused, and does nothing', async () => {
    const { json } = await exchange(server, await launchApp(server))
    const token = String(json['access_token'])
    expectError(await server.post('/auth/revoke', { token }, basic('confidential')), 'invalid_grant')
    expect((await server.fhir('GET', 'Patient/p1', undefined, bearer(token))).status).toBe(200)
  })

  test('of nothing is refused', async () => {
    expectError(await server.post('/auth/revoke', { client_id: 'public' }), 'invalid_request')
  })

  test('of what is not known is done already', async () => {
    expect(
      (await server.post('/auth/revoke', { token: 'x', client_id: 'public', token_type_hint: 'strange' })).status,
    ).toBe(200)
  })
})

describe('an access token is not taken', () => {
  test.each<[string, (token: string) => { url: string; headers: Record<string, string> }]>([
    ['in the query', (token) => ({ url: `/fhir/Patient/p1?access_token=${token}`, headers: {} })],
    ['as Basic', (token) => ({ url: '/fhir/Patient/p1', headers: { authorization: `Basic ${token}` } })],
    ['without Bearer', (token) => ({ url: '/fhir/Patient/p1', headers: { authorization: token } })],
    ['with one character more', (token) => ({ url: '/fhir/Patient/p1', headers: bearer(`${token}x`) })],
    ['with one character less', (token) => ({ url: '/fhir/Patient/p1', headers: bearer(token.slice(1)) })],
    ['in other letters', (token) => ({ url: '/fhir/Patient/p1', headers: bearer(token.toLowerCase()) })],
    ['twice', (token) => ({ url: '/fhir/Patient/p1', headers: { authorization: `Bearer ${token}, Bearer ${token}` } })],
    ['as a cookie', (token) => ({ url: '/fhir/Patient/p1', headers: { cookie: `candela_session_8080=${token}` } })],
  ])('%s', async (_name, make) => {
    const { json } = await exchange(server, await launchApp(server))
    const { status, headers } = await server.get(
      make(String(json['access_token'])).url,
      make(String(json['access_token'])).headers,
    )
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toMatch(/^Bearer/)
  })

  test('that is a refresh token or a code', async () => {
    const launched = await launchApp(server)
    const { json } = await exchange(server, launched)
    for (const token of [json['refresh_token'], launched.parameters.get('code'), json['id_token']]) {
      expect((await server.fhir('GET', 'Patient/p1', undefined, bearer(String(token)))).status).toBe(401)
    }
  })

  test('after an hour', async () => {
    const { json } = await exchange(server, await launchApp(server))
    server.pass(3_601_000)
    expect((await server.fhir('GET', 'Patient/p1', undefined, bearer(String(json['access_token'])))).status).toBe(401)
  })

  test('and a session is none', async () => {
    const { user } = await launchApp(server)
    const cookie = [...user.cookies].map((pair) => pair.join('=')).join('; ')
    expect((await server.fhir('GET', 'Patient/p1', undefined, { cookie })).status).toBe(401)
  })
})
