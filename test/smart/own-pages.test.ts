/** People manage their own accounts in Chromium. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../server/app.ts'
import { createSealer } from '../../server/sealing.ts'
import { hashPassword } from '../../server/smart/accounts/password.ts'
import { addAccount } from '../../server/store/accounts/accounts.ts'
import { freePort } from '../../server/store/embedded-postgres.ts'
import { addClient } from '../../server/store/smart/clients.ts'
import { codeAt } from '../support/authenticator.ts'
import { accessibilityFaults, isTooWide, phone, type TestBrowser, testBrowser } from '../support/chromium-page.ts'
import { type ForeignApp, foreignApp } from '../support/foreign-app.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const password = 'lantern orchid 42'
let server: TestServer
let app: Awaited<ReturnType<typeof createApp>>
let foreign: ForeignApp
let browser: TestBrowser
let origin: string

beforeAll(async () => {
  const port = await freePort()
  origin = `http://localhost:${port}`
  const open = await testServer({ config: { publicUrl: origin } })
  await open.fhir('PUT', 'Patient/p1', {
    resourceType: 'Patient',
    id: 'p1',
    name: [{ given: ['Anna'], family: 'Rivera' }],
  })
  const sealer = createSealer([Buffer.alloc(32, 3)])
  server = { ...open, context: { ...open.context, sealer, config: { ...open.context.config, auth: 'smart' } } }
  const scopes = 'openid fhirUser launch/patient patient/Patient.rs patient/Condition.rs'
  foreign = await foreignApp({
    fhirBase: `${origin}/fhir`,
    secrets: {},
    scopes: { standalone: scopes, inside: scopes },
  })
  const { database } = server.context.store
  const account = { email: null, emailVerified: false, password: await hashPassword(password), roles: ['patient'] }
  const state = { state: 'active', demo: false } as const
  for (const username of ['anna', 'safe']) {
    await addAccount(
      database,
      { ...account, ...state, username, name: 'Anna Rivera', fhirUser: 'Patient/p1' },
      Date.now(),
    )
  }
  await addClient(database, {
    ...{ id: 'public', name: 'Growth Chart', state: 'active', source: 'administrator', jwks: null, jwksUri: null },
    ...{ authMethod: 'none', trusted: false, created: 0, metadata: {}, grantTypes: ['authorization_code'] },
    ...{ redirectUris: [foreign.callbackUrl('public')], scopes },
  })
  app = await createApp(server.context)
  await app.listen({ port, host: '127.0.0.1' })
  browser = await testBrowser(origin, foreign.origin)
}, 120_000)
afterAll(async () => {
  await browser.close()
  await app.close()
  await foreign.close()
  await server.close()
})

async function signIn(page: Page, username = 'anna'): Promise<void> {
  await page.getByLabel('Username or e-mail address').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function check(page: Page): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
}

const heading = (page: Page) => page.getByRole('heading', { level: 1 }).innerText()

test('apps are listed with what they may do, and stopped', async () => {
  const { page, faults, close } = await browser.open({ viewport: phone })
  await page.goto(foreign.launchUrl('public'))
  await signIn(page)
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
  expect(await heading(page)).toBe('The record of Rivera')
  const { access_token: token } = foreign.token('public')
  const read = () => fetch(`${origin}/fhir/Patient/p1`, { headers: { authorization: `Bearer ${token}` } })
  expect((await read()).status).toBe(200)

  await page.goto('/auth/apps')
  await check(page)
  await page.getByText('What it may use').click()
  expect(await page.getByText('Health problems and diagnoses: see').isVisible()).toBe(true)
  expect(await page.getByText('For Anna Rivera').isVisible()).toBe(true)
  await page.getByRole('button', { name: 'Stop Growth Chart' }).click()
  expect(await page.getByRole('status').innerText()).toBe('Growth Chart can no longer use your record.')
  await check(page)
  expect((await read()).status).toBe(401)
  expect(faults).toEqual([])
  await close()
})

test('whoever is not signed in signs in first, and comes back', async () => {
  const { page, close } = await browser.open()
  await page.goto('/auth/apps')
  expect(await heading(page)).toBe('Sign in')
  await signIn(page)
  expect(await heading(page)).toBe('Connected apps')
  await page.goto('/auth/sign-in?next=//evil.example/x')
  expect(new URL(page.url()).pathname).toBe('/auth/account')
  await close()
})

test('other browsers are signed out, and this one', async () => {
  const [here, there] = [await browser.open(), await browser.open()]
  for (const { page } of [here, there]) {
    await page.goto('/auth/account')
    await signIn(page)
    expect(await heading(page)).toBe('Your account')
  }
  await here.page.reload()
  await check(here.page)
  await here.page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  expect(await here.page.getByRole('status').innerText()).toBe('All other browsers are signed out.')
  await there.page.reload()
  expect(await heading(there.page)).toBe('Sign in')
  await here.page.getByRole('button', { name: 'Sign out', exact: true }).click()
  expect(await heading(here.page)).toBe('You are signed out')
  await check(here.page)
  await here.page.getByRole('link', { name: 'Sign in again' }).click()
  expect(await heading(here.page)).toBe('Sign in')
  await here.page.goto('/auth/account')
  expect(await heading(here.page)).toBe('Sign in')
  await Promise.all([here.close(), there.close()])
})

describe('A second step', () => {
  test('is set up with an app, and asked for the next time', async () => {
    const { page, close } = await browser.open({ viewport: phone })
    await page.goto('/auth/account')
    await signIn(page, 'safe')
    await page.getByRole('link', { name: 'Set up a second step' }).click()
    await check(page)
    const secret = async () => (await page.locator('p > code').innerText()).replaceAll(' ', '')
    const first = await secret()
    await page.getByLabel('Code that the app shows').fill('000000')
    await page.getByRole('button', { name: 'Turn on' }).click()
    expect(await page.getByRole('alert').innerText()).toContain('That code is not right')
    expect(await secret()).toBe(first)
    await page.getByLabel('Code that the app shows').fill(codeAt(first, Date.now()))
    await page.getByRole('button', { name: 'Turn on' }).click()
    expect(await heading(page)).toBe('The second step is on')
    await check(page)
    const codes = await page.locator('.codes code').allInnerTexts()
    expect(new Set(codes).size).toBe(10)

    await page.getByRole('link', { name: 'I have kept them' }).click()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.goto('/auth/account')
    await signIn(page, 'safe')
    await page.getByLabel('Code').fill(codes[3]!)
    await page.getByRole('button', { name: 'Confirm' }).click()
    expect(await page.getByText('You are asked for a code').isVisible()).toBe(true)
    await close()
  })
})

test('a form that comes from elsewhere changes nothing', async () => {
  const { page, close } = await browser.open()
  await page.goto('/auth/account')
  await signIn(page)
  for (const csrf of ['', 'x'.repeat(43)]) {
    const reply = await page.request.post('/auth/logout', { form: { do: 'sign-out', csrf } })
    expect(reply.status()).toBe(403)
    await page.goto('/auth/account')
    expect(await heading(page)).toBe('Your account')
  }
  await close()
})
