/** People make passkeys and sign in with them, in Chromium with an authenticator of its own. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findClient, putClient } from '../../server/store/smart/clients.ts'
import { type AccountServer, accountServer, heading, password, signIn } from '../support/account-server.ts'
import { authorizeParameters } from '../support/browser.ts'
import { accessibilityFaults, isTooWide, type TestBrowser, testBrowser } from '../support/chromium-page.ts'
import { photograph } from '../support/photograph.ts'

let world: AccountServer
let browser: TestBrowser
const callback = 'http://127.0.0.1:9/callback'

beforeAll(async () => {
  world = await accountServer()
  browser = await testBrowser(world.origin, new URL(callback).origin)
  await world.put({ resourceType: 'Patient', id: 'p1' })
  const { database } = world.server.context.store
  const client = (await findClient(database, 'public'))!
  await putClient(database, { ...client, redirectUris: [callback], metadata: { require_mfa: true } })
}, 120_000)
afterAll(async () => {
  await browser.close()
  await world.close()
})

async function check(page: Page, name: string): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  await photograph(page, name)
}

/** As a telephone has it: it knows its owner. */
async function withAuthenticator(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
  })
  return {
    isOwner: (isUserVerified: boolean) => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  }
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const follow = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click()

test('a passkey is made, named, signs in without a password, and is removed', async () => {
  await world.add('anna', { roles: ['patient'], fhirUser: 'Patient/p1' })
  const { page, faults, close } = await browser.open({ viewport: { width: 390, height: 844 } })
  const { isOwner } = await withAuthenticator(page)
  await page.goto('/auth/account/passkeys')
  await signIn(page, 'anna')
  await check(page, 'passkeys-none')
  await follow(page, 'Add a passkey')
  await page.getByLabel('Your password').fill('wrong')
  await press(page, 'Continue')
  expect(await page.getByRole('alert').innerText()).toContain('That is not your password')
  await check(page, 'passkey-confirm')
  await page.getByLabel('Your password').fill(password)
  await press(page, 'Continue')
  await page.getByLabel('Name of the passkey').fill('My phone')
  await check(page, 'passkey-add')
  await press(page, 'Add a passkey')
  await page.getByText('The passkey is added.').waitFor()
  await follow(page, 'Go on')
  expect(await page.getByText('My phone').isVisible()).toBe(true)
  await check(page, 'passkeys')
  expect((await world.mails('anna@example.org')).map(({ text }) => text).join()).toContain('a passkey was added')

  await page.context().clearCookies()
  await page.goto('/auth/sign-in')
  await check(page, 'sign-in-passkey')
  await isOwner(false)
  await press(page, 'Sign in with a passkey')
  await page.getByText('That did not work').waitFor()
  await isOwner(true)
  await press(page, 'Sign in with a passkey')
  await page.getByText('You are signed in as anna.').waitFor()

  await page.context().clearCookies()
  const given = { redirect_uri: callback, aud: `${world.origin}/fhir`, scope: 'openid launch/patient patient/*.rs' }
  await page.goto(`/auth/authorize?${authorizeParameters({ client_id: 'public', ...given }).query}`)
  await press(page, 'Sign in with a passkey')
  await page.getByRole('button', { name: 'Allow', exact: true }).waitFor()
  expect(await heading(page)).toBe('Let Growth Chart in?')

  await page.goto('/auth/account/passkeys')
  await press(page, 'Remove: My phone')
  expect(await page.getByRole('status').innerText()).toBe('The passkey is removed.')
  await page.context().clearCookies()
  await page.goto('/auth/sign-in')
  await press(page, 'Sign in with a passkey')
  await page.getByRole('alert').filter({ hasText: 'do not go together' }).waitFor()
  expect(faults.filter((fault) => !fault.includes('NotAllowedError'))).toEqual([])
  await close()
})

test('without scripts the page says what it needs, and the password signs in as ever', async () => {
  await world.add('berta', { roles: ['patient'], fhirUser: 'Patient/p1' })
  const { page, close } = await browser.open({ javaScriptEnabled: false })
  await page.goto('/auth/account/passkeys/add')
  expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).count()).toBe(0)
  await signIn(page, 'berta')
  await page.getByLabel('Your password').fill(password)
  await press(page, 'Continue')
  await page.getByText('this page needs JavaScript').waitFor()
  await close()
})

test.each(['', '{}', '[]', 'null', '{"id":7}', 'x'.repeat(60_000)])(
  'an answer that is none signs nobody in: %#',
  async (passkey) => {
    const body = new URLSearchParams({ passkey, next: '/auth/account' })
    const reply = await fetch(`${world.origin}/auth/sign-in`, { method: 'POST', body, redirect: 'manual' })
    expect([reply.status, reply.headers.get('set-cookie')]).toEqual([422, null])
  },
)
