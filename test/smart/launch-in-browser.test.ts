/** People launch apps of others in Chromium: with and without scripts, from outside and from inside, by keyboard alone. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../server/app.ts'
import { createSealer } from '../../server/sealing.ts'
import { unrecorded } from '../../server/smart/accounts/account-event.ts'
import { hashPassword } from '../../server/smart/accounts/password.ts'
import { beginTotp, confirmTotp } from '../../server/smart/accounts/second-factor.ts'
import { addAccount } from '../../server/store/accounts/accounts.ts'
import { secretHash } from '../../server/store/accounts/codes.ts'
import { freePort } from '../../server/store/embedded-postgres.ts'
import { addClientSecret, type ClientRecord, putClient } from '../../server/store/smart/clients.ts'
import { codeAt } from '../support/authenticator.ts'
import { accessibilityFaults, isTooWide, phone, type TestBrowser, testBrowser } from '../support/chromium-page.ts'
import { type ForeignApp, foreignApp } from '../support/foreign-app.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const password = 'lantern orchid 42'
const clients = ['public', 'confidential'] as const
const secret = 'a-secret-of-the-confidential-client'
const scopes = {
  standalone:
    'openid fhirUser offline_access launch/patient patient/Patient.rs patient/Condition.rs patient/Observation.rs',
  inside: 'launch openid fhirUser offline_access user/Patient.rs user/Encounter.rs',
}
let origin: string
let server: TestServer
let app: Awaited<ReturnType<typeof createApp>>
let foreign: ForeignApp
let browser: TestBrowser
let totp: string

beforeAll(async () => {
  const port = await freePort()
  origin = `http://localhost:${port}`
  const open = await testServer({ config: { publicUrl: origin } })
  await storeRecords(open)
  const sealer = createSealer([Buffer.alloc(32, 3)])
  server = { ...open, context: { ...open.context, sealer, config: { ...open.context.config, auth: 'smart' } } }
  foreign = await foreignApp({ fhirBase: `${origin}/fhir`, secrets: { confidential: secret }, scopes })
  await addPeople()
  await addClients()
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

async function storeRecords(open: TestServer): Promise<void> {
  const people = { p1: 'Rivera', p2: 'Rivera-Child' }
  for (const [id, family] of Object.entries(people)) {
    await open.fhir('PUT', `Patient/${id}`, {
      resourceType: 'Patient',
      id,
      name: [{ family }],
      birthDate: '1984-03-09',
    })
  }
  const visit = { resourceType: 'Encounter', id: 'e1', status: 'finished', class: { code: 'AMB' } }
  await open.fhir('PUT', 'Encounter/e1', { ...visit, subject: { reference: 'Patient/p1' } })
}

async function addPeople(): Promise<void> {
  const { store, now, sealer } = server.context
  const hash = await hashPassword(password)
  const add = (username: string, fhirUser: string, role: string) => {
    const account = { username, name: username, email: null, emailVerified: false, password: hash, roles: [role] }
    return addAccount(store.database, { ...account, fhirUser, state: 'active', demo: false }, now())
  }
  await add('patient', 'Patient/p1', 'patient')
  await add('clinician', 'Practitioner/d1', 'practitioner')
  const careful = (await add('careful', 'Patient/p1', 'patient'))!
  const powers = { database: store.database, sealer, now, audit: unrecorded }
  totp = (await beginTotp(powers, { number: careful, label: 'careful' }, 'Candela')).secret
  await confirmTotp(powers, careful, codeAt(totp, now() - 30_000))
}

async function addClients(): Promise<void> {
  const { database } = server.context.store
  for (const id of clients) {
    const client: ClientRecord = {
      ...{ id, name: 'Growth Chart', state: 'active', source: 'administrator', jwks: null, jwksUri: null },
      ...{ authMethod: id === 'public' ? 'none' : 'client_secret_basic', trusted: false, created: 0 },
      ...{ grantTypes: ['authorization_code', 'refresh_token'], redirectUris: [foreign.callbackUrl(id)] },
      scopes: 'openid fhirUser launch launch/patient offline_access patient/*.rs user/*.rs',
      metadata: { launch_uri: foreign.launchUrl(id) },
    }
    await putClient(database, client)
  }
  await addClientSecret(database, 'confidential', secretHash(secret), { now: 0, until: 0 })
}

async function signIn(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username or e-mail address').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

const allow = (page: Page) => page.getByRole('button', { name: 'Allow', exact: true }).click()
const heading = (page: Page) => page.getByRole('heading', { level: 1 }).innerText()

describe.each([
  ['with scripts', true],
  ['without scripts', false],
] as const)('%s', (_name, javaScriptEnabled) => {
  test.each(clients)('a patient launches a %s app, and keeps some things', async (client) => {
    const { page, faults, close } = await browser.open({ javaScriptEnabled, viewport: phone })
    await page.goto(foreign.launchUrl(client))
    await signIn(page, 'patient')
    expect(await heading(page)).toBe('Let Growth Chart in?')
    expect(await page.getByText('Rivera').first().isVisible()).toBe(true)
    await page.getByLabel('Lab results, vital signs and other measurements see').uncheck()
    await page.getByText('Only some of it').first().click()
    await page.getByLabel('Diagnoses of visits').check()
    await allow(page)
    expect(await heading(page)).toBe('The record of Rivera')
    const { scope, refresh_token: refresh, ...token } = foreign.token(client)
    expect([token['patient'], typeof refresh]).toEqual(['p1', 'string'])
    const category = 'http://terminology.hl7.org/CodeSystem/condition-category|encounter-diagnosis'
    expect(scope?.split(' ')).toEqual([
      ...['openid', 'fhirUser', 'offline_access', 'launch/patient', 'patient/Patient.rs'],
      `patient/Condition.rs?category=${category}`,
    ])
    expect(faults).toEqual([])
    await close()
  })

  test.each(clients)('a clinician launches a %s app from inside', async (client) => {
    const { page, faults, close } = await browser.open({ javaScriptEnabled })
    await page.goto(foreign.launchUrl(client, 'openid fhirUser launch/patient user/Patient.rs user/Encounter.rs'))
    await signIn(page, 'clinician')
    await page.getByLabel('Find a patient').fill('Rivera')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByLabel('Rivera-Child').check()
    await page.getByRole('button', { name: 'Continue' }).click()
    await allow(page)
    expect(await heading(page)).toBe('The record of Rivera-Child')
    await page.goto(await insideUrl(client))
    // Signed in already.
    expect(await heading(page)).toBe('Let Growth Chart in?')
    await allow(page)
    expect(await heading(page)).toBe('The record of Rivera')
    expect(foreign.token(client)).toMatchObject({ patient: 'p1', encounter: 'e1', need_patient_banner: true })
    expect(faults).toEqual([])
    await close()
  })

  test.each(clients)('a clinician opens a %s app on the launcher with a patient', async (client) => {
    const { page, faults, close } = await browser.open({ javaScriptEnabled, viewport: phone })
    const check = async () => {
      if (javaScriptEnabled) expect(await accessibilityFaults(page)).toEqual([])
      expect(await isTooWide(page)).toBe(false)
    }
    await page.goto('/')
    await check()
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, 'clinician')
    expect(await heading(page)).toBe('Welcome, clinician')
    await check()
    await page.getByLabel('Find a patient').fill('Nobody')
    await page.getByRole('button', { name: 'Find' }).click()
    expect(await page.getByRole('status').innerText()).toContain('No patient was found')
    await page.getByLabel('Find a patient').fill('Rivera')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByLabel('Rivera-Child').check()
    await check()
    expect(page.url()).toBe(`${origin}/`)
    await page.locator(`button[value="${client}"]`).click()
    await allow(page)
    expect(await heading(page)).toBe('The record of Rivera-Child')
    expect(foreign.token(client)).toMatchObject({ patient: 'p2' })
    expect(faults).toEqual([])
    await close()
  })

  test.each(clients)('a clinician opens a %s app on the launcher with a visit', async (client) => {
    const { page, faults, close } = await browser.open({ javaScriptEnabled, viewport: phone })
    await page.goto('/')
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, 'clinician')
    const choose = async (id: string) => {
      await page.getByLabel('Find a patient').fill('Rivera')
      await page.getByRole('button', { name: 'Find' }).click()
      await page.locator(`#patient-${id}`).check()
      await page.getByRole('button', { name: 'Choose a visit, too' }).click()
      if (javaScriptEnabled) expect(await accessibilityFaults(page)).toEqual([])
      expect(await isTooWide(page)).toBe(false)
    }
    await choose('p2')
    expect(await page.getByRole('status').innerText()).toBe('No visits are recorded for this patient.')
    await choose('p1')
    expect(await page.locator('#encounter-e1').isChecked()).toBe(true)
    await page.locator(`button[value="${client}"]`).click()
    await allow(page)
    expect(await heading(page)).toBe('The record of Rivera')
    expect(foreign.token(client)).toMatchObject({ patient: 'p1', encounter: 'e1' })
    expect(faults).toEqual([])
    await close()
  })

  test('a second factor is asked for', async () => {
    const { page, close } = await browser.open({ javaScriptEnabled })
    await page.goto(foreign.launchUrl('public'))
    await signIn(page, 'careful')
    await page.getByLabel('Code').fill('000000')
    await page.getByRole('button', { name: 'Confirm' }).click()
    expect(await page.getByRole('alert').innerText()).toContain('That code is not right')
    // The steps before now, now and after it are taken, each once.
    const step = javaScriptEnabled ? 0 : 30_000
    await page.getByLabel('Code').fill(codeAt(totp, Date.now() + step))
    await page.getByRole('button', { name: 'Confirm' }).click()
    expect(await heading(page)).toBe('Let Growth Chart in?')
    await close()
  })
})

/** Where the clinician's token has an app launched for a patient and a visit. */
async function insideUrl(client: string): Promise<string> {
  const { access_token: token } = foreign.token(client)
  const parameter = [
    { name: 'patient', valueString: 'p1' },
    { name: 'encounter', valueString: 'Encounter/e1' },
    { name: 'client', valueString: client },
  ]
  const response = await fetch(`${origin}/fhir/$smart-launch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Parameters', parameter }),
  })
  const reply = (await response.json()) as { parameter?: { name: string; valueUrl?: string }[] }
  const url = reply.parameter?.find(({ name }) => name === 'url')?.valueUrl
  if (url === undefined) throw new Error(JSON.stringify(reply))
  return url
}

test('everything can be done with the keyboard, on pages that are accessible', async () => {
  const { page, faults, close } = await browser.open({ viewport: phone, colorScheme: 'dark' })
  const check = async () => {
    expect(await accessibilityFaults(page)).toEqual([])
    expect(await isTooWide(page)).toBe(false)
  }
  await page.goto(foreign.launchUrl('public'))
  await check()
  await page.keyboard.type('patient')
  await page.keyboard.press('Tab')
  await page.keyboard.type('wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  await check()
  // The name is still there, and the password is what is asked for.
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await page.getByText('Let Growth Chart in?').waitFor()
  await check()
  const named = () => page.evaluate(() => (document.activeElement as HTMLButtonElement | null)?.value)
  for (let i = 0; i < 40 && (await named()) !== 'allow'; i++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText('The record of Rivera').waitFor()
  expect(faults).toEqual([])
  await close()
})

test('the language is changed on the way, and stays', async () => {
  const { page, close } = await browser.open({ locale: 'en-US' })
  await page.goto(foreign.launchUrl('public'))
  await page.getByRole('button', { name: 'Español' }).click()
  expect(await heading(page)).toContain('Iniciar sesión')
  await page.getByLabel('Nombre de usuario o correo electrónico').fill('patient')
  await page.getByLabel('Contraseña').fill(password)
  await page.getByRole('button', { name: 'Iniciar sesión', exact: true }).click()
  expect(await heading(page)).toBe('¿Permitir el acceso a Growth Chart?')
  await close()
})

test('what is refused goes back to the app, and a wrong address to the person', async () => {
  const { page, close } = await browser.open()
  await page.goto(foreign.launchUrl('public'))
  await signIn(page, 'patient')
  await page.getByRole('button', { name: 'Do not allow' }).click()
  expect(page.url()).toContain('error=access_denied')
  await page.goto('/auth/authorize/next?request=nothing')
  expect(await heading(page)).toBe('The app cannot be opened')
  expect(await accessibilityFaults(page)).toEqual([])
  await close()
})
