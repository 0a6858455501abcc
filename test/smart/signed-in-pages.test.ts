/** What is around the pages of people who are signed in, in Chromium. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publishTerms } from '../../server/smart/accounts/terms.ts'
import { type AccountServer, accountServer, heading, signIn } from '../support/account-server.ts'
import { accessibilityFaults, isTooWide, type TestBrowser, testBrowser } from '../support/chromium-page.ts'
import { photograph } from '../support/photograph.ts'

let world: AccountServer
let browser: TestBrowser

beforeAll(async () => {
  world = await accountServer()
  browser = await testBrowser(world.origin)
  await world.put({ resourceType: 'Patient', id: 'rosa' })
  await world.add('rosa', { name: 'Rosa Ibarra', roles: ['patient'], fhirUser: 'Patient/rosa' })
  await world.add('nell', { name: 'Nell Marsh', roles: ['nurse'] })
}, 120_000)
afterAll(async () => {
  await browser.close()
  await world.close()
})

describe.each([
  ['on a phone, without scripts', { javaScriptEnabled: false, viewport: { width: 360, height: 740 } }],
  ['on a desktop', { viewport: { width: 1280, height: 800 } }],
] as const)('%s', (_name, options) => {
  test.each([
    ['/', 'Start'],
    ['/auth/account', 'Account'],
    ['/auth/apps', 'Apps'],
    ['/auth/access', 'Who looked'],
    ['/auth/people', 'People'],
    ['/auth/account/password', undefined],
    ['/auth/account/passkeys', undefined],
    ['/auth/help', undefined],
  ])('%s says who is signed in, and signs them out', async (path, current) => {
    const { page, close } = await browser.open(options)
    await page.goto('/auth/account')
    await signIn(page, 'rosa')
    await page.goto(path)
    const bar = page.getByRole('banner')
    expect(await bar.innerText()).toContain('Signed in: Rosa Ibarra')
    expect(await bar.getByRole('link').allInnerTexts()).toEqual(['Start', 'Account', 'Apps', 'Who looked', 'People'])
    expect(await bar.locator('[aria-current=page]').allInnerTexts()).toEqual(current === undefined ? [] : [current])
    if (!('javaScriptEnabled' in options)) {
      expect(await accessibilityFaults(page)).toEqual([])
      expect(await isTooWide(page)).toBe(false)
    }
    await photograph(page, `signed-in${path.replaceAll('/', '-')}-${options.viewport.width}`)
    await bar.getByRole('button', { name: 'Sign out' }).click()
    expect(await heading(page)).toBe('You are signed out')
    await page.goto('/auth/account')
    expect(await heading(page)).toBe('Sign in')
    await close()
  })
})

test('staff see their own links alone', async () => {
  const { page, close } = await browser.open()
  await page.goto('/auth/account')
  await signIn(page, 'nell')
  expect(await page.getByRole('banner').getByRole('link').allInnerTexts()).toEqual(['Start', 'Account', 'Apps'])
  await close()
})

test('another page cannot sign anybody out', async () => {
  const { page, close } = await browser.open()
  await page.goto('/auth/account')
  await signIn(page, 'nell')
  const reply = await page.request.post('/auth/logout', { form: { do: 'sign-out', csrf: 'guessed' } })
  expect(await reply.text()).toContain('Sign out?')
  await page.goto('/auth/account')
  expect(await heading(page)).toBe('Your account')
  await close()
})

test.each([
  ['en', 'Help', 'I forgot my password'],
  ['es', 'Ayuda', 'Olvidé mi contraseña'],
])('help in %s is for people', async (locale, title, topic) => {
  const { page, faults, close } = await browser.open({ locale, viewport: { width: 360, height: 740 } })
  await page.goto('/auth/sign-in')
  await page.getByRole('link', { name: title, exact: true }).click()
  expect(await heading(page)).toBe(title)
  expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toContain(topic)
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  await photograph(page, `help-${locale}`)
  expect(faults).toEqual([])
  await close()
})

test('who does not accept the terms of use can sign out instead, and read help', async () => {
  const { context } = world.server
  const powers = { database: context.store.database, now: context.now }
  const terms = {
    version: '1',
    title: 'Terms',
    content: 'Be kind.',
    published: context.now(),
    effective: context.now(),
  }
  await publishTerms(powers, terms)
  const { page, close } = await browser.open()
  await page.goto('/auth/account')
  await signIn(page, 'nell')
  expect(await heading(page)).toBe('Terms of use')
  await page.goto('/auth/help')
  expect(await heading(page)).toBe('Help')
  await page.goto('/auth/terms')
  await page.getByRole('link', { name: 'Sign out instead' }).click()
  await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
  expect(await heading(page)).toBe('You are signed out')
  await close()
})
