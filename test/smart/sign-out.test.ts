/** Signing out ends what was opened in the session, and tells the apps. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../server/app.ts'
import { hashPassword } from '../../server/smart/accounts/password.ts'
import { addAccount } from '../../server/store/accounts/accounts.ts'
import { type ClientRecord, findClient, putClient } from '../../server/store/smart/clients.ts'
import { authorizeParameters, type Browser, browser, launchApp } from '../support/browser.ts'
import { bearer, callback, origin, type SmartServer, smartServer } from '../support/smart-server.ts'
import { storePatients } from '../support/smart-world.ts'

const after = 'https://app.example.org/signed-out'
const receiver = { tokens: [] as string[], failures: 0, origin: '', close: () => {} }
let server: SmartServer
let app: FastifyInstance

beforeAll(async () => {
  await listen()
  server = await smartServer({ fetchAllow: [receiver.origin] })
  await storePatients(server)
  const { store, now } = server.context
  const password = await hashPassword('right')
  for (const username of ['anna', 'berta']) {
    const account = { username, name: username, email: null, emailVerified: false, password, roles: ['patient'] }
    await addAccount(store.database, { ...account, fhirUser: 'Patient/p1', state: 'active', demo: false }, now())
  }
  app = await createApp(server.context)
  server = { ...server, app }
})
afterAll(async () => {
  await app?.close()
  await server?.close()
  receiver.close()
})

/** Takes logout tokens, after as many failures as it is told. */
async function listen(): Promise<void> {
  const http = createServer((request, reply) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      if (receiver.failures-- > 0) return reply.writeHead(503).end()
      receiver.tokens.push(new URLSearchParams(body).get('logout_token')!)
      return reply.writeHead(204).end()
    })
  })
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  receiver.origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  receiver.close = () => http.close()
}

async function change(id: string, metadata: ClientRecord['metadata']): Promise<void> {
  const { database } = server.context.store
  await putClient(database, { ...(await findClient(database, id))!, metadata })
}

async function launch(user: Browser, given: Record<string, string> = {}, username = 'anna', fields = {}) {
  const launched = await launchApp(
    server,
    { scope: 'openid launch/patient patient/Patient.rs', ...given },
    { username, user, fields },
  )
  const url = '/auth/token'
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code: launched.parameters.get('code')!,
    redirect_uri: callback,
    code_verifier: launched.verifier,
    client_id: given['client_id'] ?? 'public',
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const reply = await app.inject({ method: 'POST', url, headers, payload: form.toString() })
  return reply.json() as Record<string, string>
}

async function reads(token: string | undefined): Promise<number> {
  return (await app.inject({ url: '/fhir/Patient/p1', headers: bearer(token!) })).statusCode
}

const signOut = (user: Browser, parameters: Record<string, string>) =>
  user.get(`/auth/logout?${new URLSearchParams(parameters)}`)

test('an app that shows whom it means signs out at once, and what was opened in the session ends', async () => {
  await change('public', { post_logout_redirect_uris: [after] })
  const user = browser(server)
  const one = await launch(user)
  const other = await launch(user, { client_id: 'trusted' })
  const elsewhere = await launch(browser(server))
  expect([await reads(one['access_token']), await reads(other['access_token'])]).toEqual([200, 200])
  const hint = { id_token_hint: one['id_token']!, post_logout_redirect_uri: after, state: 'x y' }
  const { status, headers } = await signOut(user, hint)
  expect([status, headers['location']]).toEqual([302, `${after}?state=x+y`])
  expect([await reads(one['access_token']), await reads(other['access_token'])]).toEqual([401, 401])
  expect(await reads(elsewhere['access_token'])).toBe(200)
  const { query } = authorizeParameters({ prompt: 'none' })
  expect((await user.get(`/auth/authorize?${query}`)).headers['location']).toContain('error=login_required')
})

test('an app that stays connected goes on', async () => {
  const user = browser(server)
  const scope = 'openid offline_access launch/patient patient/Patient.rs'
  const { access_token: token, id_token: hint } = await launch(user, { scope })
  await signOut(user, { id_token_hint: hint! })
  expect(await reads(token)).toBe(200)
})

test('consent that was to be remembered is remembered', async () => {
  const user = browser(server)
  const { access_token: token } = await launch(user, {}, 'berta', { remember: 'yes' })
  expect(await reads(token)).toBe(200)
  await user.submit(await signOut(user, {}), { do: 'sign-out' })
  expect(await reads(token)).toBe(401)
  const { query } = authorizeParameters({ scope: 'openid launch/patient patient/Patient.rs' })
  const page = await user.get(`/auth/authorize?${query}`)
  const answer = await user.submit(page, { username: 'berta', password: 'right' })
  expect(answer.headers['location']).toContain('code=')
})

test('without that, with that of somebody else, or with a forged one the person is asked', async () => {
  const user = browser(server)
  const { access_token: token, id_token: own } = await launch(user)
  const { id_token: others } = await launch(browser(server), {}, 'berta')
  const [head, claims] = own!.split('.')
  for (const hint of [undefined, others!, `${head}.${claims}.AAAA`, 'x']) {
    const page = await signOut(user, hint === undefined ? {} : { id_token_hint: hint })
    expect(page.text).toContain('Sign out?')
    expect(await reads(token)).toBe(200)
  }
  const forged = await user.post('/auth/logout', { do: 'sign-out' })
  expect(forged.text).toContain('Sign out?')
  expect(await reads(token)).toBe(200)
  const done = await user.submit(await signOut(user, {}), { do: 'sign-out' })
  expect(done.text).toContain('You are signed out')
  expect(await reads(token)).toBe(401)
})

test.each([
  ['that is not registered', { client_id: 'public', post_logout_redirect_uri: 'https://evil.example/' }],
  ['of another client', { client_id: 'trusted', post_logout_redirect_uri: after }],
  ['without a client', { post_logout_redirect_uri: after }],
])('nobody is sent to an address %s', async (_name, parameters) => {
  const { status, headers, text } = await signOut(browser(server), parameters as Record<string, string>)
  expect([status, headers['location']]).toEqual([200, undefined])
  expect(text).toContain('You are signed out')
  expect(text).not.toContain('evil')
})

test('apps are told: by a request, again where it fails, and by a page', async () => {
  const front = 'https://app.example.org/front?a=b'
  await change('public', { backchannel_logout_uri: `${receiver.origin}/out`, frontchannel_logout_uri: front })
  receiver.failures = 1
  const user = browser(server)
  const { id_token: hint } = await launch(user)
  const { payload } = await verified(hint!)
  const page = await signOut(user, { id_token_hint: hint! })
  const source = `${front}&iss=${encodeURIComponent(origin)}&sid=${payload['sid']}`.replaceAll('&', '&#38;')
  expect(page.text).toContain(`<iframe src="${source}"`)
  expect(page.headers['content-security-policy']).toContain('frame-src https://app.example.org;')
  await expect.poll(() => receiver.tokens.length).toBe(1)
  const { payload: told, protectedHeader } = await verified(receiver.tokens[0]!)
  expect(protectedHeader.typ).toBe('logout+jwt')
  expect(told).toMatchObject({ sub: payload.sub, sid: payload['sid'], aud: 'public', jti: expect.any(String) })
  expect(told['events']).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} })
  expect(told['nonce']).toBeUndefined()
})

test('a logout token is no hint', async () => {
  const user = browser(server)
  await launch(user)
  expect((await signOut(user, { id_token_hint: receiver.tokens[0]! })).text).toContain('Sign out?')
})

async function verified(token: string) {
  const keys = (await app.inject({ url: '/auth/jwks' })).json() as JSONWebKeySet
  return jwtVerify(token, createLocalJWKSet(keys), { issuer: origin })
}

test('is told in the discovery document', async () => {
  const { json } = await server.get('/.well-known/openid-configuration')
  expect(json).toMatchObject({
    end_session_endpoint: `${origin}/auth/logout`,
    backchannel_logout_supported: true,
    frontchannel_logout_supported: true,
  })
})
