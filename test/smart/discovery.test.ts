import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { appPaths } from '../../server/http/cors.ts'
import { routes } from '../../server/http/smart-route-table.ts'
import { rotateKeys } from '../../server/smart/keys.ts'
import { fhirBase, origin, type SmartServer, smartServer } from '../support/smart-server.ts'

let server: SmartServer

beforeAll(async () => {
  server = await smartServer()
})
afterAll(() => server?.close())

test('smart-configuration tells where everything is', async () => {
  const { status, json, headers } = await server.get('/fhir/.well-known/smart-configuration', {
    accept: 'application/json',
  })
  expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/json; charset=utf-8' })
  expect(json).toMatchObject({
    issuer: origin,
    jwks_uri: `${origin}/auth/jwks`,
    authorization_endpoint: `${origin}/auth/authorize`,
    token_endpoint: `${origin}/auth/token`,
    introspection_endpoint: `${origin}/auth/introspect`,
    revocation_endpoint: `${origin}/auth/revoke`,
    registration_endpoint: `${origin}/auth/register`,
    management_endpoint: `${origin}/auth/apps`,
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    code_challenge_methods_supported: ['S256'],
    response_types_supported: ['code'],
    user_access_brand_bundle: `${origin}/auth/brands.json`,
  })
  const demanded = [
    ...[
      'launch-standalone',
      'launch-ehr',
      'client-public',
      'client-confidential-symmetric',
      'client-confidential-asymmetric',
    ],
    ...['sso-openid-connect', 'context-banner', 'context-style', 'context-ehr-patient', 'context-ehr-encounter'],
    ...['context-standalone-patient', 'permission-offline', 'permission-patient', 'permission-user', 'authorize-post'],
    ...['permission-v1', 'permission-v2'],
  ]
  expect(demanded.filter((one) => !(json['capabilities'] as string[]).includes(one))).toEqual([])
  expect((json['scopes_supported'] as string[]).some((scope) => /^patient\/\w+\.c?r?u?d?s?$/.test(scope))).toBe(true)
})

test('openid-configuration has what OpenID Connect demands', async () => {
  const { json } = await server.get('/.well-known/openid-configuration')
  expect(json).toMatchObject({
    issuer: origin,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
  })
})

test('the CapabilityStatement leads there, too', async () => {
  const { json } = await server.fhir('GET', 'metadata')
  const { security } = (json as unknown as { rest: { security: JsonObject }[] }).rest[0]!
  expect(JSON.stringify(security)).toContain('SMART-on-FHIR')
  expect(JSON.stringify(security)).toContain(`{"url":"token","valueUri":"${origin}/auth/token"}`)
})

describe('pages of other origins may use', () => {
  test.each([
    ['GET', '/fhir/.well-known/smart-configuration'],
    ['GET', '/fhir/metadata'],
    ['GET', '/.well-known/openid-configuration'],
    ['GET', '/auth/jwks'],
    ['GET', '/auth/brands.json'],
    ['GET', '/auth/smart-style.json'],
    ['POST', '/auth/token'],
    ['POST', '/auth/introspect'],
    ['POST', '/auth/revoke'],
    ['POST', '/auth/register'],
  ] as const)('%s %s', async (method, url) => {
    const headers = { origin: 'https://app.example.org' }
    const asked = await server.inject({
      method: 'OPTIONS',
      url,
      headers: {
        ...headers,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization',
      },
    })
    expect({
      status: asked.status,
      origin: asked.headers['access-control-allow-origin'],
      headers: asked.headers['access-control-allow-headers'],
    }).toEqual({
      status: 204,
      origin: '*',
      headers: 'authorization',
    })
    const sent = await server.inject({ method, url, headers })
    expect(sent.headers['access-control-allow-origin']).toBe('*')
    expect(sent.headers).not.toHaveProperty('access-control-allow-credentials')
  })
})

describe('pages of other origins may neither read nor send', () => {
  const known = new Set(appPaths.map(({ path }) => path))
  const ours = [...routes].filter(({ path }) => !known.has(path))

  test('what people see, and nothing but that', () => {
    const others = ours.filter(({ page, path }) => !page && path !== '/auth/passkey-options')
    expect(others.map(({ path }) => path)).toEqual([])
    expect(routes.filter(({ page, path }) => page && known.has(path))).toEqual([])
    expect(ours.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/', '/auth/authorize', '/auth/authorize/next', '/auth/sign-in', '/auth/account']),
    )
  })

  test.each(ours.map(({ method, path }) => [method, path] as const))('%s %s', async (method, url) => {
    const headers = { origin: 'https://app.example.org', 'access-control-request-method': method }
    for (const asked of ['OPTIONS', method] as const) {
      const names = Object.keys((await server.inject({ method: asked, url, headers })).headers)
      expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })
})

test('what a browser kept for one origin serves others', async () => {
  const { headers } = await server.get('/fhir/.well-known/smart-configuration')
  expect(headers['cache-control']).toContain('max-age')
  expect(headers['access-control-allow-origin']).toBe('*')
})

test('an app of another origin may read how to sign in', async () => {
  const { status, headers } = await server.get('/fhir/Patient', { origin: 'https://app.example.org' })
  expect(status).toBe(401)
  expect(headers['www-authenticate']).toContain('Bearer')
  expect(headers['access-control-expose-headers']).toContain('WWW-Authenticate')
})

test('the brands of the server are a Bundle with its endpoint', async () => {
  const { json } = await server.get('/auth/brands.json')
  expect(json['resourceType']).toBe('Bundle')
  expect(JSON.stringify(json)).toContain(`"address":"${fhirBase}"`)
})

test('keys are changed while what they signed is still recognized', async () => {
  const kids = async () =>
    ((await server.get('/auth/jwks')).json as unknown as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
  const before = await kids()
  const { store, sealer } = server.context
  const kid = await rotateKeys({ database: store.database, sealer, now: server.now })
  expect(new Set(await kids())).toEqual(new Set([kid, ...before]))
  server.pass(3 * 86_400_000)
  expect(await kids()).toEqual([kid])
})

test('the private key lies sealed', async () => {
  await server.get('/auth/jwks')
  const rows = await server.context.store.database.pool.query('select private_key, public_key from signing_key')
  for (const { private_key: secret, public_key: known } of rows.rows as { private_key: Buffer; public_key: object }[]) {
    expect(secret.toString('latin1')).not.toContain('"d"')
    expect(known).not.toHaveProperty('d')
  }
})

test.each([
  ['GET', '/auth/token'],
  ['PUT', '/auth/token'],
  ['GET', '/auth/revoke'],
  ['DELETE', '/auth/authorize'],
  ['POST', '/auth/jwks'],
] as const)('%s %s is not allowed', async (method, url) => {
  const { status, headers, json } = await server.inject({ method, url })
  expect({ status, error: json['error'] }).toEqual({ status: 405, error: 'invalid_request' })
  expect(headers['allow']).toContain('OPTIONS')
})
