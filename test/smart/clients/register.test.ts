import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setClientState } from '../../../server/store/smart/clients.ts'
import { tidyAuthorization } from '../../../server/store/smart/tidy.ts'
import { authorizeParameters, browser } from '../../support/browser.ts'
import { basic, callback, keyId, type SmartServer, smartServer } from '../../support/smart-server.ts'

let server: SmartServer
let approving: SmartServer

beforeAll(async () => {
  server = await smartServer()
  approving = await smartServer({ clientRegistration: 'approval' })
})
afterAll(async () => {
  await server?.close()
  await approving?.close()
})

const app = { client_name: 'New app', redirect_uris: [callback], grant_types: ['authorization_code', 'refresh_token'] }

function register(metadata: unknown, on = server) {
  return on.inject({
    method: 'POST',
    url: '/auth/register',
    headers: { 'content-type': 'application/json' },
    payload: typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
  })
}

test('an app registers itself and is launched', async () => {
  const { status, json, headers } = await register({ ...app, token_endpoint_auth_method: 'client_secret_basic' })
  expect({ status, cache: headers['cache-control'] }).toEqual({ status: 201, cache: 'no-store' })
  expect(json).toMatchObject({
    ...app,
    client_secret: expect.any(String),
    client_secret_expires_at: 0,
    response_types: ['code'],
  })
  const id = String(json['client_id'])
  const page = await browser(server).get(`/auth/authorize?${authorizeParameters({ client_id: id }).query}`)
  expect(page.text).toContain('to continue to New app')
  const wrong = await server.post(
    '/auth/token',
    { grant_type: 'authorization_code', code: 'x', redirect_uri: callback },
    basic(id, 'wrong'),
  )
  expect(wrong.json['error']).toBe('invalid_client')
  const right = await server.post(
    '/auth/token',
    { grant_type: 'authorization_code', code: 'x', redirect_uri: callback },
    basic(id, String(json['client_secret'])),
  )
  expect(right.json['error']).toBe('invalid_grant')
})

test('an app without a secret gets none', async () => {
  const { json } = await register({ ...app, token_endpoint_auth_method: 'none' })
  expect(json).not.toHaveProperty('client_secret')
})

test('a backend service waits for an administrator', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES384', { extractable: true })
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: keyId }] }
  const service = {
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks,
    scope: 'system/Patient.rs',
  }
  const { status, json } = await register(service)
  expect({ status, state: json['registration_state'] }).toEqual({
    status: 201,
    state: 'waiting for the approval of an administrator',
  })
  const id = String(json['client_id'])
  const ask = async () =>
    server.post('/auth/token', {
      grant_type: 'client_credentials',
      scope: 'system/Patient.rs',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await server.assertion({ iss: id, sub: id }, {}, privateKey),
    })
  expect((await ask()).json).toMatchObject({
    error: 'invalid_client',
    error_description: expect.stringContaining('approval'),
  })
  await setClientState(server.context.store.database, id, 'active')
  expect((await ask()).json['scope']).toBe('system/Patient.rs')
})

test('where administrators approve, an app waits, too', async () => {
  const { json } = await register(app, approving)
  const user = browser(approving)
  const page = await user.get(`/auth/authorize?${authorizeParameters({ client_id: String(json['client_id']) }).query}`)
  expect({ status: page.status, location: page.headers['location'] }).toEqual({ status: 400, location: undefined })
  expect(page.text).toContain('waits for the approval')
})

describe('what cannot be meant is refused', () => {
  const jwks = { keys: [{ kty: 'EC', crv: 'P-384', x: 'a', y: 'b', kid: '1' }] }
  test.each<[string, unknown, string]>([
    ['no JSON', '{', 'invalid_request'],
    ['no object', [], 'invalid_client_metadata'],
    ['no redirect URI', { ...app, redirect_uris: [] }, 'invalid_redirect_uri'],
    ['a redirect URI that is a script', { ...app, redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['a redirect URI that is data', { ...app, redirect_uris: ['data:text/html,x'] }, 'invalid_redirect_uri'],
    ['a redirect URI that is a file', { ...app, redirect_uris: ['file:///etc/passwd'] }, 'invalid_redirect_uri'],
    ['a redirect URI without TLS', { ...app, redirect_uris: ['http://app.example.org/'] }, 'invalid_redirect_uri'],
    [
      'a redirect URI with a fragment',
      { ...app, redirect_uris: ['https://app.example.org/#x'] },
      'invalid_redirect_uri',
    ],
    ['an empty fragment', { ...app, redirect_uris: ['https://app.example.org/#'] }, 'invalid_redirect_uri'],
    ['a redirect URI with a user', { ...app, redirect_uris: ['https://a@app.example.org/'] }, 'invalid_redirect_uri'],
    ['a relative redirect URI', { ...app, redirect_uris: ['/callback'] }, 'invalid_redirect_uri'],
    ['a redirect URI with a space', { ...app, redirect_uris: ['https://app.example.org/a b'] }, 'invalid_redirect_uri'],
    ['any port of the machine', { ...app, redirect_uris: ['http://localhost:*'] }, 'invalid_redirect_uri'],
    ['a wildcard host', { ...app, redirect_uris: ['https://*.example.org/*\\'] }, 'invalid_redirect_uri'],
    ['a scheme of one word', { ...app, redirect_uris: ['myapp://x'] }, 'invalid_redirect_uri'],
    ['redirect URIs that are no list', { ...app, redirect_uris: callback }, 'invalid_redirect_uri'],
    ['an unknown method', { ...app, token_endpoint_auth_method: 'client_secret_jwt' }, 'invalid_client_metadata'],
    ['an unknown grant type', { ...app, grant_types: ['password'] }, 'invalid_client_metadata'],
    ['the implicit grant', { ...app, grant_types: ['implicit'] }, 'invalid_client_metadata'],
    ['the implicit response type', { ...app, response_types: ['token'] }, 'invalid_client_metadata'],
    ['a refresh token alone', { ...app, grant_types: ['refresh_token'] }, 'invalid_client_metadata'],
    ['a service with a secret', { grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    [
      'a service without proof',
      { grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' },
      'invalid_client_metadata',
    ],
    ['what is no scope', { ...app, scope: 'patient/Patient.rs everything' }, 'invalid_client_metadata'],
    ['assertions without keys', { ...app, token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
    ['keys in two places', { ...app, jwks, jwks_uri: 'https://app.example.org/jwks' }, 'invalid_client_metadata'],
    [
      'a private key',
      { ...app, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...jwks.keys[0], d: 'x' }] } },
      'invalid_client_metadata',
    ],
    [
      'keys inside our network',
      { ...app, token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://127.0.0.1/jwks' },
      'invalid_client_metadata',
    ],
    [
      'keys at a private address',
      { ...app, token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://10.0.0.1/jwks' },
      'invalid_client_metadata',
    ],
    [
      'keys at an address in digits',
      { ...app, token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://2130706433/jwks' },
      'invalid_client_metadata',
    ],
    [
      'keys at a mapped address',
      { ...app, token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://[::ffff:127.0.0.1]/jwks' },
      'invalid_client_metadata',
    ],
    [
      'keys without TLS',
      { ...app, token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'http://app.example.org/jwks' },
      'invalid_client_metadata',
    ],
    ['a logo that is a script', { ...app, logo_uri: 'javascript:alert(1)' }, 'invalid_client_metadata'],
    [
      'a launch address that is a directive',
      { ...app, launch_uri: 'https://a;sandbox/launch' },
      'invalid_client_metadata',
    ],
    ['a launch address with a user', { ...app, launch_uri: 'https://a@b.example/' }, 'invalid_client_metadata'],
    ['a name that is no text', { ...app, client_name: 7 }, 'invalid_client_metadata'],
    ['a name with line breaks', { ...app, client_name: 'a\nb' }, 'invalid_client_metadata'],
    ['a name that is written backwards', { ...app, client_name: 'My\u202eknab\u202c' }, 'invalid_client_metadata'],
    ['a name that is too long', { ...app, client_name: 'x'.repeat(101) }, 'invalid_client_metadata'],
    ['a software statement', { ...app, software_statement: 'x.y.z' }, 'invalid_client_metadata'],
  ])('%s', async (_name, metadata, error) => {
    const { status, json, headers } = await register(metadata)
    expect({ status, error: json['error'], cache: headers['cache-control'] }).toEqual({
      status: 400,
      error,
      cache: 'no-store',
    })
    expect(json).not.toHaveProperty('client_id')
  })
})

test('where only administrators register clients, nobody else does', async () => {
  const closed = await smartServer({ clientRegistration: 'off' })
  try {
    const { status, json } = await register(app, closed)
    expect({ status, error: json['error'] }).toEqual({ status: 403, error: 'access_denied' })
    expect((await closed.fhir('GET', '.well-known/smart-configuration')).json).not.toHaveProperty(
      'registration_endpoint',
    )
  } finally {
    await closed.close()
  }
})

test('not more than a few thousand register in an hour', async () => {
  const crowded = await smartServer()
  try {
    await crowded.context.store.database.pool.query(
      `insert into client select 'c' || n, 'x', 'active', 'registration', 'none', '{}', '{}', '', null, null, false, '{}', now()
       from generate_series(1, 3000) n`,
    )
    const { status, json } = await register(app, crowded)
    expect({ status, error: json['error'] }).toEqual({ status: 503, error: 'temporarily_unavailable' })
    crowded.pass(3_700_000)
    expect((await register(app, crowded)).status).toBe(201)
    await tidyAuthorization(crowded.context.store.database, crowded.now() + 31 * 86_400_000)
    const { rows } = await crowded.context.store.database.pool.query("select from client where source = 'registration'")
    expect(rows).toHaveLength(0)
  } finally {
    await crowded.close()
  }
})

test('the addresses of one network count together', async () => {
  const crowded = await smartServer()
  try {
    const statuses = []
    for (let i = 0; i < 31; i++) {
      const reply = await crowded.app.inject({
        method: 'POST',
        url: '/auth/register',
        remoteAddress: `2a00:1:2:3::${i.toString(16)}`,
        headers: { 'content-type': 'application/json' },
        payload: app,
      })
      statuses.push(reply.statusCode)
    }
    expect([statuses.slice(0, 30).every((status) => status === 201), statuses.at(-1)]).toEqual([true, 503])
  } finally {
    await crowded.close()
  }
})

test('not more than thirty register in an hour from one address', async () => {
  const crowded = await smartServer()
  try {
    const statuses = []
    for (let i = 0; i < 31; i++) statuses.push((await register(app, crowded)).status)
    expect([statuses.slice(0, 30).every((status) => status === 201), statuses.at(-1)]).toEqual([true, 503])
    crowded.pass(3_700_000)
    expect((await register(app, crowded)).status).toBe(201)
  } finally {
    await crowded.close()
  }
})
