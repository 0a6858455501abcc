/** Apps that registered themselves, and that nobody here knows: their addresses and names are those of strangers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../server/app.ts'
import { hashPassword } from '../../server/smart/accounts/password.ts'
import { addAccount } from '../../server/store/accounts/accounts.ts'
import { approveClient } from '../../server/store/smart/clients.ts'
import { authorizeParameters, type Browser, browser } from '../support/browser.ts'
import { type SmartServer, smartServer } from '../support/smart-server.ts'
import { storePatients } from '../support/smart-world.ts'

const callback = 'https://stranger.example/callback'
const after = 'https://stranger.example/bye'
let server: SmartServer

beforeAll(async () => {
  server = await smartServer()
  await storePatients(server)
  const { store, now } = server.context
  const account = { username: 'anna', name: 'Anna', email: null, emailVerified: false, roles: ['patient'] }
  const password = await hashPassword('right')
  const state = { state: 'active', demo: false } as const
  await addAccount(store.database, { ...account, ...state, password, fhirUser: 'Patient/p1' }, now())
  const known = server.app
  server = { ...server, app: await createApp(server.context) }
  server.app.addHook('onClose', () => known.close())
})
afterAll(() => server?.app.close().then(() => server.close()))

async function register(): Promise<string> {
  const { json } = await server.inject({
    method: 'POST',
    url: '/auth/register',
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify({
      ...{ client_name: 'Your clinic', redirect_uris: [callback], token_endpoint_auth_method: 'none' },
      ...{ post_logout_redirect_uris: [after], launch_uri: 'https://stranger.example/launch' },
    }),
  })
  return String(json['client_id'])
}

const approve = (id: string) => approveClient(server.context.store.database, id)

async function signedIn(): Promise<Browser> {
  const user = browser(server)
  await user.submit(await user.get('/auth/sign-in'), { username: 'anna', password: 'right' })
  return user
}

const authorize = (user: Browser, id: string, more: Record<string, string | undefined> = {}) =>
  user.get(`/auth/authorize?${authorizeParameters({ client_id: id, redirect_uri: callback, ...more }).query}`)

describe('an error of the authorization endpoint', () => {
  const mistakes: readonly (readonly [string, Record<string, string | undefined>, string])[] = [
    ['a scope that is none', { scope: 'zork' }, 'invalid_scope'],
    ['no challenge', { code_challenge: undefined }, 'invalid_request'],
    ['another audience', { aud: 'https://other.example/fhir' }, 'invalid_request'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['a launch that is none', { scope: 'launch user/Patient.rs', launch: 'x' }, 'invalid_request'],
    ['no page wanted', { prompt: 'none' }, 'login_required'],
  ]

  test.each(mistakes)('is a page, with the way to the app: %s', async (_name, more, error) => {
    const { status, headers, text } = await authorize(browser(server), await register(), more)
    expect([status, headers['location']]).toEqual([400, undefined])
    expect(text).toContain(`<code>${error}</code>`)
    expect(text).toContain(`href="${callback}?error=${error}`)
    expect(text).toContain('Go on to stranger.example')
  })

  test('is a page, too, where somebody is signed in and has not answered', async () => {
    const { status, headers } = await authorize(await signedIn(), await register(), { prompt: 'none' })
    expect([status, headers['location']]).toEqual([400, undefined])
  })

  test('goes to the app once the person has refused it', async () => {
    const user = await signedIn()
    const { headers } = await user.submit(await authorize(user, await register()), { decision: 'deny' })
    expect(headers['location']).toContain(`${callback}?error=access_denied`)
  })

  test('goes to an app that was approved', async () => {
    const id = await register()
    await approve(id)
    const { status, headers } = await authorize(browser(server), id, { scope: 'zork' })
    expect([status, headers['location']]).toEqual([302, expect.stringContaining(`${callback}?error=invalid_scope`)])
  })
})

describe('after signing out', () => {
  const leaving = (id: string, more: Record<string, string> = {}) =>
    `/auth/logout?${new URLSearchParams({ client_id: id, post_logout_redirect_uri: after, ...more })}`

  test.each([
    ['that nobody knows', false, 'Go on to Your clinic (stranger.example)'],
    ['that was approved', true, 'Go on to Your clinic'],
  ])('nobody is sent to an app %s without being asked', async (_name, approved, link) => {
    const id = await register()
    if (approved) await approve(id)
    const { status, headers, text } = await browser(server).get(leaving(id))
    expect([status, headers['location']]).toEqual([200, undefined])
    expect(text).toContain(`href="${after}">${link}</a>`)
  })

  test('whoever signs out on the page goes on to an app that was approved', async () => {
    const [id, user] = [await register(), await signedIn()]
    await approve(id)
    const page = await user.get(leaving(id))
    expect(page.headers['content-security-policy']).toContain("form-action 'self' https://stranger.example;")
    expect((await user.submit(page, { do: 'sign-out' })).headers['location']).toBe(after)
  })

  test('and is asked before going on to one that nobody knows', async () => {
    const [id, user] = [await register(), await signedIn()]
    const page = await user.get(leaving(id))
    expect(page.headers['content-security-policy']).not.toContain('stranger.example')
    const done = await user.submit(page, { do: 'sign-out' })
    expect([done.status, done.headers['location']]).toEqual([200, undefined])
    expect(done.text).toContain('Go on to Your clinic (stranger.example)')
  })
})

test('the launcher offers an app once it was approved, and opens it then', async () => {
  const [id, user] = [await register(), await signedIn()]
  const page = await user.get('/')
  expect(page.text).toContain('Welcome, Anna')
  expect(page.text).not.toContain(`value="${id}"`)
  const csrf = /name="csrf" value="([^"]*)"/.exec((await user.get('/auth/account')).text)![1]!
  const forced = await user.post('/', { csrf, app: id })
  expect([forced.status, forced.headers['location']]).toEqual([200, undefined])
  await approve(id)
  expect((await user.get('/')).text).toContain(`value="${id}"`)
  const opened = await user.post('/', { csrf, app: id })
  expect(opened.headers['location']).toContain('https://stranger.example/launch?iss=')
})
