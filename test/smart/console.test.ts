/** The documentation's console where tokens are wanted, in Chromium; and `/` before and after signing in. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../server/app.ts'
import { createSealer } from '../../server/sealing.ts'
import { hashPassword } from '../../server/smart/accounts/password.ts'
import { registerOwnClients } from '../../server/smart/clients/own-clients.ts'
import { addAccount } from '../../server/store/accounts/accounts.ts'
import { freePort } from '../../server/store/embedded-postgres.ts'
import { accessibilityFaults, isTooWide, phone, type TestBrowser, testBrowser } from '../support/chromium-page.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const password = 'lantern orchid 42'
let server: TestServer
let app: Awaited<ReturnType<typeof createApp>>
let browser: TestBrowser

beforeAll(async () => {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const open = await testServer({ config: { publicUrl: origin } })
  for (const [id, family] of Object.entries({ p1: 'Rivera', p2: 'Stranger' })) {
    await open.fhir('PUT', `Patient/${id}`, { resourceType: 'Patient', id, name: [{ family }] })
  }
  const sealer = createSealer([Buffer.alloc(32, 3)])
  server = { ...open, context: { ...open.context, sealer, config: { ...open.context.config, auth: 'smart' } } }
  await registerOwnClients(server.context)
  const account = { username: 'anna', name: 'Anna Rivera', email: null, emailVerified: false, roles: ['patient'] }
  const facts = {
    password: await hashPassword(password),
    fhirUser: 'Patient/p1',
    state: 'active',
    demo: false,
  } as const
  await addAccount(server.context.store.database, { ...account, ...facts }, Date.now())
  app = await createApp(server.context)
  await app.listen({ port, host: '127.0.0.1' })
  browser = await testBrowser(origin)
}, 120_000)
afterAll(async () => {
  await browser.close()
  await app.close()
  await server.close()
})

test('a request without a token is refused; with one it shows what its owner may see', async () => {
  const { page, faults, close } = await browser.open({ viewport: phone })
  const status = page.locator('#status')
  await page.goto('/docs/console#Patient')
  await expect.poll(() => status.innerText()).toContain('401')
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  await page.getByRole('button', { name: 'Sign in to get one' }).click()
  await page.getByLabel('Username or e-mail address').fill('anna')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
  await expect.poll(() => page.locator('#token-note').innerText()).toContain('You have a token for 60 minutes')
  expect(page.url()).not.toContain('code=')
  await expect.poll(() => status.innerText()).toContain('200')
  const body = await page.locator('#body').innerText()
  expect([body.includes('Rivera'), body.includes('Stranger')]).toEqual([true, false])
  await page.reload()
  await expect.poll(() => status.innerText()).toContain('200')
  // The browser tells of the refusal, too.
  expect(faults.filter((fault) => !fault.includes('401'))).toEqual([])
  await close()
})

test('an answer that was not asked for is not taken', async () => {
  const { page, close } = await browser.open()
  await page.goto('/docs/console?code=abc&state=xyz&iss=http://localhost')
  await expect.poll(() => page.locator('#token-note').innerText()).toContain('not asked for here')
  expect(page.url()).not.toContain('code=')
  await close()
})

test('who has not signed in is told how, and nothing of what is stored', async () => {
  const { page, faults, close } = await browser.open({ viewport: phone, colorScheme: 'dark' })
  await page.goto('/')
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  expect(await page.locator('body').innerText()).not.toContain('Patient')
  expect(faults).toEqual([])
  await close()
})
