/** People sign in by another OpenID provider, in Chromium. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findAccountByLogin } from '../../server/store/accounts/accounts.ts'
import { findClient, putClient } from '../../server/store/smart/clients.ts'
import { type AccountServer, accountServer, heading, password, signIn } from '../support/account-server.ts'
import { authorizeParameters } from '../support/browser.ts'
import { accessibilityFaults, isTooWide, type TestBrowser, testBrowser } from '../support/chromium-page.ts'
import { type OpenIdProvider, openIdProvider } from '../support/openid-provider.ts'
import { photograph } from '../support/photograph.ts'

let world: AccountServer
let browser: TestBrowser
let provider: OpenIdProvider
let name: string
const callback = 'http://127.0.0.1:9/callback'

beforeAll(async () => {
  provider = await openIdProvider({ id: 'candela', secret: 'shared' })
  name = new URL(provider.issuer).host
  world = await accountServer({
    ...{ oidcIssuer: provider.issuer, oidcClientId: 'candela', oidcClientSecret: 'shared' },
    oidcRoles: new Map([
      ['doctors', 'practitioner'],
      ['office', 'receptionist'],
    ]),
  })
  browser = await testBrowser(world.origin, provider.issuer, new URL(callback).origin)
  await world.put({ resourceType: 'Patient', id: 'p1' })
  await world.put({ resourceType: 'Condition', id: 'c1', subject: { reference: 'Patient/p1' } })
  const { database } = world.server.context.store
  await putClient(database, { ...(await findClient(database, 'public'))!, redirectUris: [callback] })
}, 120_000)
afterAll(async () => {
  await browser.close()
  await world.close()
  await provider.close()
})

async function check(page: Page, picture: string): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  await photograph(page, picture)
}

const follow = (page: Page, text: string) => page.getByRole('link', { name: text, exact: true }).click()
const account = (username: string) => findAccountByLogin(world.server.context.store.database, username)

test.each([true, false])(
  'a group there is a role here, on the way to an app; scripts: %s',
  async (javaScriptEnabled) => {
    const username = `doctor-${javaScriptEnabled}`
    provider.person = { sub: username, name: 'Dr. Lang', preferred_username: username, groups: ['doctors', 'all'] }
    const { page, faults, close } = await browser.open({ javaScriptEnabled })
    const given = { redirect_uri: callback, aud: `${world.origin}/fhir`, scope: 'openid user/Condition.rs' }
    await page.goto(`/auth/authorize?${authorizeParameters({ client_id: 'public', ...given }).query}`)
    await follow(page, `Sign in with ${name}`)
    expect(await heading(page)).toBe('Let Growth Chart in?')
    const { number, roles } = (await account(username))!
    expect(roles).toEqual(['practitioner'])
    const fhir = await world.as(number, 'user/*.rs')
    expect((await fhir('GET', 'Condition/c1')).status).toBe(200)

    provider.person = { ...provider.person, groups: ['office'] }
    await page.context().clearCookies()
    await page.goto('/auth/sign-in')
    await follow(page, `Sign in with ${name}`)
    expect(await heading(page)).toBe('Your account')
    expect((await account(username))!.roles).toEqual(['receptionist'])
    expect((await fhir('GET', 'Condition/c1')).status).toBe(403)
    expect(faults).toEqual([])
    await close()
  },
)

test('nobody gets an account by an address; who has one links it, and unlinks it', async () => {
  await world.add('anna', { roles: ['patient'], fhirUser: 'Patient/p1' })
  provider.person = { sub: 'anna-there', email: 'anna@example.org', email_verified: true }
  const { page, close } = await browser.open({ viewport: { width: 390, height: 844 } })
  await page.goto('/auth/sign-in')
  await check(page, 'sign-in-external')
  await follow(page, `Sign in with ${name}`)
  expect(await page.getByText('We do not know yet who you are here').isVisible()).toBe(true)
  await check(page, 'external-unknown')
  await follow(page, 'Sign in')
  await signIn(page, 'anna')
  await follow(page, 'Other ways to sign in')
  await follow(page, `Link ${name}`)
  expect(await page.getByText(`You can sign in with ${name} from now on.`).isVisible()).toBe(true)
  await follow(page, 'Go on')
  await check(page, 'external')
  expect((await world.mails('anna@example.org'))[0]?.template).toBe('details-changed')

  await page.context().clearCookies()
  await page.goto('/auth/sign-in')
  await follow(page, `Sign in with ${name}`)
  expect(await page.getByText('You are signed in as anna.').isVisible()).toBe(true)
  await page.goto('/auth/account/external')
  await page.getByRole('button', { name: `Remove: ${name}` }).click()
  expect(await page.getByRole('status').innerText()).toBe('That way to sign in is removed.')
  await close()
})

test('whoever finds a browser open types the password before they link their own', async () => {
  await world.add('left-open', { roles: ['patient'], fhirUser: 'Patient/p1' })
  provider.person = { sub: 'passer-by' }
  const { page, close } = await browser.open()
  await page.goto('/auth/account')
  await signIn(page, 'left-open')
  world.pass(11 * 60_000)
  await follow(page, 'Other ways to sign in')
  await check(page, 'external-password')
  const link = page.getByRole('button', { name: `Link ${name}` })
  await page.getByLabel(/password/i).fill('wrong')
  await link.click()
  expect(await page.getByRole('alert').innerText()).toContain('password')
  const csrf = await page.locator('input[name=csrf]').first().inputValue()
  await page.goto(`/auth/external/begin?link=${csrf}`)
  expect(new URL(page.url()).pathname).toBe('/auth/account/external')
  await page.getByLabel(/password/i).fill(password)
  await link.click()
  await follow(page, `Link ${name}`)
  expect(await page.getByText(`You can sign in with ${name} from now on.`).isVisible()).toBe(true)
  await close()
})

test('a link that another page made up links nothing', async () => {
  await world.add('victim', { roles: ['patient'], fhirUser: 'Patient/p1' })
  provider.person = { sub: 'attacker' }
  const { page, close } = await browser.open()
  await page.goto('/auth/account')
  await signIn(page, 'victim')
  await page.goto('/auth/external/begin?link=made-up')
  expect(await heading(page)).toBe('Your account')
  await page.goto('/auth/external?code=stolen&state=made-up')
  expect(await page.getByText('Signing in there did not work').isVisible()).toBe(true)
  await page.goto('/auth/account/external')
  expect(await page.getByRole('button', { name: /^Remove/ }).count()).toBe(0)
  await close()
})

test('a provider whose answer cannot be trusted signs nobody in, and nobody is led elsewhere', async () => {
  provider.person = { sub: 'doctor-true', groups: ['doctors'] }
  const { page, close } = await browser.open()
  provider.tamper = (claims) => ({ ...claims, aud: 'another' })
  await page.goto('/auth/sign-in')
  await follow(page, `Sign in with ${name}`)
  expect(await page.getByText('Signing in there did not work').isVisible()).toBe(true)
  provider.tamper = (claims) => claims
  await page.goto('/auth/sign-in?next=//evil.example/')
  await follow(page, `Sign in with ${name}`)
  expect(new URL(page.url()).pathname).toBe('/auth/account')
  await close()
})
