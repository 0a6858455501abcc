/** People change what they sign in with, in Chromium; and what demands more than a password gets it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { beginTotp, confirmTotp } from '../../server/smart/accounts/second-factor.ts'
import { openSmart } from '../../server/smart/open-smart.ts'
import { findClient, putClient } from '../../server/store/smart/clients.ts'
import { type AccountServer, accountServer, heading, password, signIn } from '../support/account-server.ts'
import { codeAt } from '../support/authenticator.ts'
import { authorizeParameters } from '../support/browser.ts'
import { accessibilityFaults, isTooWide, type TestBrowser, testBrowser } from '../support/chromium-page.ts'
import { photograph } from '../support/photograph.ts'

let world: AccountServer
let browser: TestBrowser
const phone = { width: 390, height: 844 }
let callback: string
/** Where browsers are sent back to. */
const otherApp = createServer((_request, reply) => reply.end('The app'))
const chosen = 'violet harbour 77'

beforeAll(async () => {
  world = await accountServer({ mfaRoles: ['admin'] })
  await new Promise<void>((listening) => otherApp.listen(0, '127.0.0.1', listening))
  callback = `http://127.0.0.1:${(otherApp.address() as AddressInfo).port}/callback`
  browser = await testBrowser(world.origin, new URL(callback).origin)
  await world.put({ resourceType: 'Patient', id: 'p1', name: [{ text: 'Anna Rivera' }] })
  const { database } = world.server.context.store
  const client = (await findClient(database, 'public'))!
  await putClient(database, { ...client, redirectUris: [callback] })
  await putClient(database, { ...client, id: 'strict', redirectUris: [callback], metadata: { require_mfa: true } })
}, 120_000)
afterAll(async () => {
  await browser.close()
  otherApp.close()
  await world.close()
})

async function check(page: Page, name: string): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  await photograph(page, name)
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const follow = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click()
const fill = (page: Page, label: string, value: string) => page.getByLabel(label, { exact: true }).fill(value)

async function withApp(username: string): Promise<string> {
  const number = await world.add(username, { roles: ['patient'], fhirUser: 'Patient/p1' })
  const { context } = world.server
  const { accounts, close } = openSmart(context)
  const powers = { ...accounts, sealer: context.sealer }
  const { secret } = await beginTotp(powers, { number, label: username }, 'Candela')
  await confirmTotp(powers, number, codeAt(secret, context.now() - 30_000))
  close()
  return secret
}

test('a password is changed by who knows it, who is then signed out everywhere and told', async () => {
  await world.add('anna', { roles: ['patient'], fhirUser: 'Patient/p1' })
  const { page, faults, close } = await browser.open({ viewport: phone })
  await page.goto('/auth/account')
  await signIn(page, 'anna')
  await check(page, 'account')
  await follow(page, 'Change the password')
  await check(page, 'password')
  for (const [old, next, words] of [
    ['wrong', chosen, 'That is not your password'],
    [password, 'anna1990', 'at least 10 characters'],
  ] as const) {
    await fill(page, 'Password until now', old)
    await fill(page, 'New password', next)
    await press(page, 'Save')
    expect(await page.getByRole('alert').innerText()).toContain(words)
  }
  await fill(page, 'Password until now', password)
  await fill(page, 'New password', chosen)
  await press(page, 'Save')
  expect(await heading(page)).toBe('Your password is changed')
  await page.goto('/auth/account')
  expect(await heading(page)).toBe('Sign in')
  expect((await world.mails('anna@example.org'))[0]?.template).toBe('password-changed')
  expect(faults).toEqual([])
  await close()
})

test('an address is changed by a link that goes to the new one, and the old one is told', async () => {
  await world.add('berta', { roles: ['patient'], fhirUser: 'Patient/p1' })
  const { page, close } = await browser.open({ viewport: phone })
  await page.goto('/auth/account/email')
  await signIn(page, 'berta')
  await fill(page, 'New e-mail address', 'new@example.org')
  await fill(page, 'Your password', 'wrong')
  await press(page, 'Save')
  expect(await page.getByRole('alert').innerText()).toContain('That is not your password')
  await check(page, 'email')
  expect(await world.mails('new@example.org')).toEqual([])
  await fill(page, 'Your password', password)
  await press(page, 'Save')
  expect(await heading(page)).toBe('Check your mail')
  await page.goto(await world.link('new@example.org'))
  await press(page, 'Confirm')
  expect(await heading(page)).toBe('Your address is changed')
  await page.goto('/auth/account')
  expect(await page.getByText('new@example.org').isVisible()).toBe(true)
  const told = (await world.mails('berta@example.org')).map(({ template }) => template)
  expect(told).toEqual(['address-changed', 'address-change-requested'])
  await close()
})

test('backup codes are renewed, and the second step is turned off, by who knows the password', async () => {
  const secret = await withApp('carla')
  const { page, close } = await browser.open({ viewport: phone })
  await page.goto('/auth/account')
  await signIn(page, 'carla')
  await fill(page, 'Code', codeAt(secret, Date.now()))
  await press(page, 'Confirm')
  await check(page, 'account-strong')
  await follow(page, 'New backup codes')
  await check(page, 'backup-codes')
  await fill(page, 'Your password', password)
  await press(page, 'Continue')
  expect(new Set(await page.locator('.codes code').allInnerTexts()).size).toBe(10)
  await page.goto('/auth/account')
  await follow(page, 'Turn off the second step')
  await fill(page, 'Your password', 'wrong')
  await press(page, 'Continue')
  expect(await page.getByRole('alert').innerText()).toContain('That is not your password')
  await fill(page, 'Your password', password)
  await press(page, 'Continue')
  expect(await page.getByRole('status').innerText()).toBe('The second step is off.')
  expect((await world.mails('carla@example.org')).map(({ text }) => text).join()).toContain('turned off')
  await close()
})

test('one browser is signed out from another', async () => {
  await world.add('dora', { roles: ['patient'], fhirUser: 'Patient/p1' })
  const [here, there] = [await browser.open(), await browser.open()]
  for (const { page } of [there, here]) {
    await page.goto('/auth/account')
    await signIn(page, 'dora')
  }
  await here.page.getByRole('button', { name: 'Sign out there' }).click()
  expect(await here.page.getByRole('status').innerText()).toBe('That browser is signed out.')
  await there.page.reload()
  expect(await heading(there.page)).toBe('Sign in')
  await here.page.reload()
  expect(await heading(here.page)).toBe('Your account')
  await Promise.all([here.close(), there.close()])
})

describe('A second factor that is demanded', () => {
  const authorize = (client: string, more: Record<string, string> = {}) => {
    const aud = `${world.origin}/fhir`
    const scope = 'openid fhirUser launch/patient patient/Patient.rs'
    const given = { client_id: client, redirect_uri: callback, aud, scope, ...more }
    const { query, verifier } = authorizeParameters(given)
    return { url: `/auth/authorize?${query}`, verifier }
  }
  const arrived = async (page: Page) => {
    const back = page.waitForRequest((request) => request.url().startsWith(callback))
    return async () => new URL((await back).url()).searchParams
  }

  test('is refused to an app whose person will not have one', async () => {
    await world.add('emil', { roles: ['patient'], fhirUser: 'Patient/p1' })
    const { page, close } = await browser.open({ viewport: phone })
    await page.goto(authorize('strict').url)
    await signIn(page, 'emil')
    expect(await heading(page)).toBe('A second step is needed')
    await check(page, 'second-factor-needed')
    const result = await arrived(page)
    await press(page, 'Go back to Growth Chart')
    expect((await result()).get('error')).toBe('unmet_authentication_requirements')
    const silent = await arrived(page)
    await page.goto(authorize('strict', { prompt: 'none' }).url)
    expect((await silent()).get('error')).toBe('unmet_authentication_requirements')
    const other = await page.goto(authorize('public').url)
    expect([other?.status(), await heading(page)]).toEqual([200, 'Let Growth Chart in?'])
    await close()
  })

  test('is set up on the way, and told to the app', async () => {
    await world.add('frida', { roles: ['patient'], fhirUser: 'Patient/p1' })
    const { page, close } = await browser.open({ viewport: phone })
    const { url, verifier } = authorize('strict')
    await page.goto(url)
    await signIn(page, 'frida')
    await press(page, 'Set up a second step')
    const secret = (await page.locator('p > code').innerText()).replaceAll(' ', '')
    await fill(page, 'Code that the app shows', codeAt(secret, Date.now()))
    await press(page, 'Turn on')
    await follow(page, 'I have kept them')
    expect(await heading(page)).toBe('Let Growth Chart in?')
    const result = await arrived(page)
    await press(page, 'Allow')
    const code = (await result()).get('code')!
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
    const body = new URLSearchParams({ ...form, client_id: 'strict' })
    const reply = await fetch(`${world.origin}/auth/token`, { method: 'POST', body })
    const { id_token: token } = (await reply.json()) as { id_token: string }
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as JsonObject
    expect(claims['acr']).toBe('urn:candela:acr:2')
    expect([...(claims['amr'] as string[])].sort()).toEqual(['mfa', 'otp', 'pwd'])
    await close()
  })

  test('is demanded of a role, whatever the app', async () => {
    await world.add('gerd', { roles: ['admin'], fhirUser: 'Practitioner/d1' })
    const { page, close } = await browser.open()
    await page.goto(authorize('public', { scope: 'openid user/Patient.rs' }).url)
    await signIn(page, 'gerd')
    expect(await heading(page)).toBe('A second step is needed')
    await page.goto('/auth/account/turn-off')
    expect(await page.getByText('it cannot be turned off').isVisible()).toBe(true)
    await close()
  })
})

test('what happens to accounts is in the audit log, and patients see their own', async () => {
  const account = await world.add('hanna', { roles: ['patient'], fhirUser: 'Patient/h' })
  await world.put({ resourceType: 'Patient', id: 'h' })
  const { page, close } = await browser.open({ userAgent: 'Firefox' })
  await page.goto('/auth/account')
  await fill(page, 'Username or e-mail address', 'hanna')
  await fill(page, 'Password', 'wrong')
  await press(page, 'Sign in')
  await signIn(page, 'hanna')
  expect(await heading(page)).toBe('Your account')
  await press(page, 'Sign out')
  await close()
  const fhir = await world.as(account, 'launch/patient patient/AuditEvent.rs', 'h')
  const { json } = await fhir('GET', 'AuditEvent?type=110114&_sort=date')
  const events = (json['entry'] as { resource: JsonObject }[]).map(({ resource }) => resource)
  const told = events.map(({ subtype, outcome, outcomeDesc }) => [
    (subtype as { code: string }[])[0]?.code,
    outcome,
    outcomeDesc,
  ])
  expect(told).toEqual([
    ['110122', '4', '400 sign-in-refused'],
    ['110122', '0', 'Signed in: pwd'],
    ['110123', '0', 'Signed out'],
  ])
  expect(JSON.stringify(events[0]!['agent'])).toContain('127.0.0.1')
})
