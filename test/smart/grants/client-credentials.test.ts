import { generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assertionType, bearer, type SmartServer, smartServer } from '../../support/smart-server.ts'

let server: SmartServer

beforeAll(async () => {
  server = await smartServer()
})
afterAll(() => server?.close())

async function ask(form: Record<string, string> = {}, assertion?: string) {
  return server.post('/auth/token', {
    grant_type: 'client_credentials',
    scope: 'system/Patient.rs',
    client_assertion_type: assertionType,
    client_assertion: assertion ?? (await server.assertion()),
    ...form,
  })
}

test('a backend service gets a token of five minutes and reads with it', async () => {
  const { status, json, headers } = await ask({
    scope: 'system/Patient.rs system/Observation.cruds patient/Patient.rs',
  })
  expect({ status, scope: json['scope'], type: json['token_type'], expires: json['expires_in'] }).toEqual({
    status: 200,
    scope: 'system/Patient.rs system/Observation.rs',
    type: 'Bearer',
    expires: 300,
  })
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    pragma: 'no-cache',
    'content-type': expect.stringMatching('^application/json'),
  })
  const token = bearer(String(json['access_token']))
  expect((await server.fhir('GET', 'Patient', undefined, token)).status).toBe(200)
  expect((await server.fhir('GET', 'Condition', undefined, token)).status).toBe(403)
  expect((await server.fhir('POST', 'Patient', { resourceType: 'Patient' }, token)).status).toBe(403)
})

test('without a token nothing is read but what everybody may', async () => {
  const refused = await server.fhir('GET', 'Patient/p1')
  expect(refused.status).toBe(401)
  expect(refused.json['resourceType']).toBe('OperationOutcome')
  expect(refused.headers['www-authenticate']).toBe('Bearer realm="fhir"')
  expect((await server.fhir('GET', 'metadata')).status).toBe(200)
  expect((await server.fhir('GET', '.well-known/smart-configuration')).headers['content-type']).toMatch(
    'application/json',
  )
})

test.each(['Bearer', 'Bearer ', 'Bearer x', `Bearer ${'x'.repeat(43)}`, 'Basic YTpi', 'Bearer a b'])(
  'the Authorization header %s is no access',
  async (authorization) => {
    const { status, headers } = await server.fhir('GET', 'Patient', undefined, { authorization })
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toMatch(/^Bearer realm="fhir"/)
  },
)

test('a token ends after its five minutes', async () => {
  const { json } = await ask()
  const token = bearer(String(json['access_token']))
  expect((await server.fhir('GET', 'Patient', undefined, token)).status).toBe(200)
  server.pass(301_000)
  expect((await server.fhir('GET', 'Patient', undefined, token)).status).toBe(401)
})

test('an assertion is taken once', async () => {
  const assertion = await server.assertion()
  expect((await ask({}, assertion)).status).toBe(200)
  expect((await ask({}, assertion)).json).toMatchObject({
    error: 'invalid_client',
    error_description: expect.stringContaining('jti'),
  })
})

describe('an assertion is refused', () => {
  const seconds = () => Math.floor(server.now() / 1000)
  test.each<[string, (name: string) => Promise<string>]>([
    ['that has expired', () => server.assertion({ exp: seconds() - 60 })],
    ['that lives for more than five minutes', () => server.assertion({ exp: seconds() + 900 })],
    ['without exp', () => server.assertion({ exp: undefined })],
    ['without jti', () => server.assertion({ jti: undefined })],
    ['for somebody else', () => server.assertion({ aud: 'https://elsewhere.example.org/token' })],
    [
      'for us and somebody else',
      () => server.assertion({ aud: ['http://localhost:8080/auth/token', 'https://elsewhere.example.org'] }),
    ],
    ['without aud', () => server.assertion({ aud: undefined })],
    ['of another issuer', () => server.assertion({ iss: 'public' })],
    ['of an unknown client', () => server.assertion({ iss: 'nobody', sub: 'nobody' })],
    ['of a client without keys', () => server.assertion({ iss: 'confidential', sub: 'confidential' })],
    ['with an unknown kid', () => server.assertion({}, { kid: 'other' })],
    ['without kid', () => server.assertion({}, { kid: undefined })],
    ['with a jku that is not registered', () => server.assertion({}, { jku: 'https://evil.example.org/jwks' })],
    ['of another type', () => server.assertion({}, { typ: 'at+jwt' })],
    ['that is not valid yet', () => server.assertion({ nbf: seconds() + 100 })],
    ['from the future', () => server.assertion({ iat: seconds() + 100 })],
    ['with another key', async () => server.assertion({}, {}, (await generateKeyPair('ES384')).privateKey)],
    [
      'with another algorithm',
      async () => server.assertion({}, { alg: 'ES256' }, (await generateKeyPair('ES256')).privateKey),
    ],
    ['that is no JWT', async () => 'x.y.z'],
    ['without a signature', async () => `${(await server.assertion()).split('.').slice(0, 2).join('.')}.`],
    [
      'whose claims were changed',
      async () => {
        const [head, , signature] = (await server.assertion()).split('.')
        const claims = Buffer.from(
          JSON.stringify({
            iss: 'backend',
            sub: 'backend',
            aud: 'http://localhost:8080/auth/token',
            exp: seconds() + 100,
            jti: 'x',
          }),
        )
        return [head, claims.toString('base64url'), signature].join('.')
      },
    ],
    [
      'that says alg none',
      async () => {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
        return `${part({ alg: 'none', kid: 'key-1' })}.${part({ iss: 'backend', sub: 'backend' })}.`
      },
    ],
    ['that is huge', () => server.assertion({ more: 'x'.repeat(20_000) })],
    ['with a critical header', () => server.assertion({}, { crit: ['b64'], b64: true })],
  ])('%s', async (name, make) => {
    const { status, json, headers } = await ask({}, await make(name))
    expect({ status, error: json['error'] }).toEqual({ status: 401, error: 'invalid_client' })
    expect(json).not.toHaveProperty('access_token')
    expect(headers['cache-control']).toBe('no-store')
  })
})
