/** Patients read in Chromium who looked at their record, and question it. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAccess } from '../../server/access/access.ts'
import type { Caller } from '../../server/access/caller.ts'
import { createApp } from '../../server/app.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import type { Method } from '../../server/fhir/request.ts'
import { accessOf } from '../../server/interactions/access/caller-access.ts'
import { createSealer } from '../../server/sealing.ts'
import { hashPassword } from '../../server/smart/accounts/password.ts'
import { addAccount } from '../../server/store/accounts/accounts.ts'
import { freePort } from '../../server/store/embedded-postgres.ts'
import { putClient } from '../../server/store/smart/clients.ts'
import { accessibilityFaults, isTooWide, type TestBrowser, tabStops, testBrowser } from '../support/chromium-page.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const password = 'lantern orchid 42'
let server: TestServer
let app: Awaited<ReturnType<typeof createApp>>
let browser: TestBrowser
let origin: string
/** Milliseconds: accesses are spread over days. */
let time = Date.UTC(2026, 4, 4, 14)

const doctor: Caller = {
  ...{ client: 'chart', grant: '1', scopes: ['user/*.cruds'] },
  account: { number: '900', roles: ['practitioner'], fhirUser: 'Practitioner/d1', patients: [] },
}
const billing: Caller = { client: 'billing', grant: '2', scopes: ['system/*.rs'] }
const stored: JsonObject[] = [
  { resourceType: 'Patient', id: 'p1', name: [{ given: ['Anna'], family: 'Rivera' }] },
  { resourceType: 'Patient', id: 'p2', name: [{ given: ['Leo'], family: 'Rivera' }] },
  { resourceType: 'Practitioner', id: 'd1', name: [{ given: ['Grace'], family: 'Okafor' }] },
  ...['p1', 'p2'].map((id) => ({
    ...{ resourceType: 'Observation', id: `o-${id}`, status: 'final', code: { text: 'Weight' } },
    subject: { reference: `Patient/${id}` },
  })),
]

async function ask(caller: Caller, method: Method, path: string, body?: JsonObject): Promise<void> {
  const [place = '', query = ''] = path.split('?')
  const access = await accessOf(caller, server.context)
  const from = { address: '192.0.2.7', id: 'r-1' }
  const request = { method, path: place.split('/'), query, headers: {}, from, ...(body && { body }) }
  const { status } = await server.context.dispatch(request, { ...server.context, access })
  expect(status).toBeLessThan(300)
}

beforeAll(async () => {
  const port = await freePort()
  origin = `http://localhost:${port}`
  const context = { sealer: createSealer([Buffer.alloc(32, 3)]), now: () => time }
  server = await testServer({ config: { auth: 'smart', publicUrl: origin }, context })
  for (const body of stored) {
    const path = [String(body['resourceType']), String(body['id'])]
    await server.context.dispatch(
      { method: 'PUT', path, query: '', headers: {}, body },
      { ...server.context, access: openAccess },
    )
  }
  const { database } = server.context.store
  const shared = {
    email: null,
    emailVerified: false,
    password: await hashPassword(password),
    state: 'active',
    demo: false,
  } as const
  const anna = { ...shared, roles: ['patient'], username: 'anna', name: 'Anna Rivera', fhirUser: 'Patient/p1' }
  await addAccount(database, anna, time)
  await putClient(database, {
    ...{ id: 'chart', name: 'Clinic Chart', state: 'active', source: 'administrator', jwks: null, jwksUri: null },
    ...{ authMethod: 'none', trusted: false, created: 0, metadata: {}, grantTypes: ['authorization_code'] },
    ...{ redirectUris: [], scopes: '' },
  })
  await ask(doctor, 'GET', 'Observation/o-p1')
  await ask(doctor, 'GET', 'Condition?patient=p1')
  await ask(doctor, 'GET', 'Observation?_id=o-p1&_include=Observation:subject&_revinclude=Provenance:target')
  time += 24 * 3_600_000
  await ask({ ...doctor, purposeOfUse: 'BTG' }, 'GET', 'Patient/p1/$everything')
  await ask(billing, 'GET', 'Patient?name=rivera')
  await ask(doctor, 'GET', 'Observation/o-p2')
  time += 24 * 3_600_000
  await ask(doctor, 'PUT', 'Observation/o-p1', { ...stored[3]!, status: 'amended' })
  app = await createApp(server.context)
  await app.listen({ port, host: '127.0.0.1' })
  browser = await testBrowser(origin)
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await app?.close()
  await server?.close()
})

const heading = (page: Page) => page.getByRole('heading', { level: 1 }).innerText()

async function signIn(page: Page): Promise<void> {
  await page.goto('/auth/access')
  await page.getByLabel('Username or e-mail address').fill('anna')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL(/\/auth\/access$/)
}

async function check(page: Page): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
}

/** A picture where one is wanted. */
async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
}

const days = (page: Page) => page.getByRole('heading', { level: 2 }).allInnerTexts()
const cards = (page: Page) => page.getByRole('main').locator('.card').allInnerTexts()

describe('Who looked at my record', () => {
  test.each([
    ['phone', { width: 390, height: 844 }],
    ['desktop', { width: 1280, height: 800 }],
  ])('by day, with who, which app, what and why: on a %s', async (name, viewport) => {
    const { page, faults, close } = await browser.open({ viewport })
    await signIn(page)
    expect(await heading(page)).toBe('Who looked at my record')
    await check(page)
    await photograph(page, `access-${name}`)
    expect((await days(page)).filter((day) => day.startsWith('May '))).toEqual([
      'May 6, 2026',
      'May 5, 2026',
      'May 4, 2026',
    ])
    const all = (await cards(page)).join('\n---\n').replace(/\n+/g, '\n')
    expect(all).toContain('Grace Okafor\nClinician · With Clinic Chart · at 14:00')
    expect(all).toContain('Changed: Lab results, vital signs and other measurements')
    expect(all).toMatch(/You\n(?:\d+ times, from [\d:]+ to|at) [\d:]+\nSigned in: with a password/)
    expect(all).toContain('Emergency access.')
    expect(all).toContain('Looked at: The whole record')
    expect(all).toContain('Why: an emergency')
    expect(all).toContain('No person: the app worked by itself\nWith billing')
    expect(all).toContain(
      'Looked at: Health problems and diagnoses; Lab results, vital signs and other measurements; Who recorded what; What belongs to it',
    )
    expect(await page.content()).not.toMatch(/Leo|p2/)
    expect(faults).toEqual([])
    await close()
  })

  test('within a time', async () => {
    const { page, close } = await browser.open()
    await signIn(page)
    await page.getByLabel('From').fill('2026-05-04')
    await page.getByLabel('Up to').fill('2026-05-05')
    await page.getByRole('button', { name: 'Show' }).click()
    expect(await days(page)).toEqual(['May 5, 2026', 'May 4, 2026'])
    expect(page.url()).not.toContain('p1')
    await page.getByLabel('From').fill('2020-01-01')
    await page.getByLabel('Up to').fill('2020-01-02')
    await page.getByRole('button', { name: 'Show' }).click()
    expect(await page.getByText('Nobody looked at this record in this time.').isVisible()).toBe(true)
    await page.goto('/auth/access?from=2026-99-99&cursor=x&record=7')
    expect(await heading(page)).toBe('Who looked at my record')
    await close()
  })

  test('in Spanish', async () => {
    const { page, close } = await browser.open({ viewport: { width: 390, height: 844 } })
    await signIn(page)
    await page.getByRole('button', { name: 'Español' }).click()
    expect(await heading(page)).toBe('Quién vio mi expediente')
    expect((await cards(page)).join()).toContain('Vio: Todo el expediente')
    await check(page)
    await close()
  })

  test('is left to those who sign in', async () => {
    const reply = await fetch(`${origin}/auth/access`, { redirect: 'manual' })
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/auth/sign-in?next=%2Fauth%2Faccess'])
  })
})

describe('Questioning an access', () => {
  test('opens a task for the clinic, by keyboard alone', async () => {
    const { page, faults, close } = await browser.open({ viewport: { width: 390, height: 844 } })
    await signIn(page)
    expect((await tabStops(page)).some((stop) => stop.startsWith('Question this access'))).toBe(true)
    await page
      .getByRole('link', { name: /^Question this access Grace Okafor/ })
      .first()
      .focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/question/)
    expect(await heading(page)).toBe('Question this access')
    expect((await cards(page)).join()).toContain('Grace Okafor, May 6, 2026')
    await check(page)
    await photograph(page, 'access-question')
    await page.getByLabel('What is in doubt?').fill('I was not there.')
    await page.getByRole('button', { name: 'Send the question' }).focus()
    await page.keyboard.press('Enter')
    expect(await page.getByRole('status').innerText()).toContain('Your question was sent.')
    await check(page)
    const request = { method: 'GET', path: ['Task'], query: 'patient=Patient/p1', headers: {} } as const
    const { content } = await server.context.dispatch(request, { ...server.context, access: openAccess })
    expect(content).toContain('"description":"I was not there."')
    expect(faults).toEqual([])
    await close()
  })

  test('needs words, and an event of their own record', async () => {
    const { page, close } = await browser.open()
    await signIn(page)
    await page
      .getByRole('link', { name: /^Question this access/ })
      .first()
      .click()
    await page.getByLabel('What is in doubt?').fill('  ')
    await page.getByRole('button', { name: 'Send the question' }).click()
    expect(await page.getByRole('alert').innerText()).toContain('Write what is in doubt')
    await check(page)
    const events = {
      method: 'GET',
      path: ['AuditEvent'],
      query: 'patient=Patient/p2&_elements=id',
      headers: {},
    } as const
    const { content } = await server.context.dispatch(events, { ...server.context, access: openAccess })
    const { entry } = JSON.parse(content!) as { entry: { resource: { id: string } }[] }
    await page.goto(`/auth/access/question?event=${entry[0]!.resource.id}`)
    expect(await heading(page)).toBe('Who looked at my record')
    await close()
  })
})
