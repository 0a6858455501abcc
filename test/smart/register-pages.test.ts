/** People make accounts, prove their addresses, and say whose record they may see, in Chromium. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { invite } from '../../server/smart/accounts/invitations.ts'
import { openSmart } from '../../server/smart/open-smart.ts'
import { findAccountByLogin } from '../../server/store/accounts/accounts.ts'
import { type AccountServer, accountServer, heading, password, signIn } from '../support/account-server.ts'
import { accessibilityFaults, isTooWide, type TestBrowser, testBrowser } from '../support/chromium-page.ts'
import { photograph } from '../support/photograph.ts'

let world: AccountServer
let browser: TestBrowser
const phone = { width: 390, height: 844 }
const chosen = 'violet harbour 77'

beforeAll(async () => {
  world = await accountServer()
  browser = await testBrowser(world.origin)
  for (const id of ['rosa', 'tom']) await world.put({ resourceType: 'Patient', id, birthDate: '1961-04-07' })
}, 120_000)
afterAll(async () => {
  await browser.close()
  await world.close()
})

/** What is drawn is the same without scripts, with which it is looked at. */
async function check(page: Page, name: string, hasScripts = true): Promise<void> {
  if (!hasScripts) return
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  await photograph(page, name)
}

async function code(patient: string): Promise<string> {
  const { accounts, close } = openSmart(world.server.context)
  const result = await invite(accounts, { patient, by: '1' })
  close()
  return result.kind === 'invited' ? result.code : ''
}

async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value)
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

describe.each([
  ['with scripts', true, 'rosa'],
  ['without scripts', false, 'tom'],
] as const)('%s', (_name, javaScriptEnabled, patient) => {
  test('somebody registers, follows the mailed link, types the code, and sees one patient', async () => {
    const { page, faults, close } = await browser.open({ javaScriptEnabled, viewport: phone })
    await page.goto('/auth/account')
    await page.getByRole('link', { name: 'Create an account' }).click()
    await check(page, 'register', javaScriptEnabled)
    const mail = `${patient}@example.org`
    await fill(page, { 'Your name': 'Rosa Ibarra', 'E-mail address': mail, Username: patient, Password: 'rosa1234567' })
    await press(page, 'Create the account')
    expect(await page.getByRole('alert').innerText()).toContain('Leave out')
    await check(page, 'register-wrong', javaScriptEnabled)
    await fill(page, { Password: chosen })
    await press(page, 'Create the account')
    expect(await heading(page)).toBe('Check your mail')
    await check(page, 'register-sent', javaScriptEnabled)

    await page.goto(await world.link(mail))
    expect(await heading(page)).toBe('Confirm your address')
    await check(page, 'verify', javaScriptEnabled)
    await press(page, 'Confirm')
    await page.getByRole('link', { name: 'Go on' }).click()
    await fill(page, { 'Username or e-mail address': mail, Password: chosen })
    await press(page, 'Sign in')
    expect(await heading(page)).toBe('Use your invitation')
    await fill(page, { Code: '7K3M-9QXT-2WPA-64ZD' })
    await press(page, 'Open the record')
    expect(await page.getByRole('alert').innerText()).toContain('That code does not work')
    await check(page, 'invitation-wrong', javaScriptEnabled)
    const letter = await code(patient)
    await fill(page, { Code: letter.toLowerCase() })
    await press(page, 'Open the record')
    expect(await heading(page)).toBe('Your account is ready')
    await check(page, 'invitation-used', javaScriptEnabled)

    const { database } = world.server.context.store
    const account = (await findAccountByLogin(database, patient))!
    expect(account).toMatchObject({ fhirUser: `Patient/${patient}`, roles: ['patient'] })
    const fhir = await world.as(account.number, 'launch/patient patient/*.rs', patient)
    const { json } = await fhir('GET', 'Patient')
    expect(json['entry']).toHaveLength(1)
    expect(faults).toEqual([])
    await close()
  })
})

test('the code of a telephone’s square reaches the form, and no request', async () => {
  await world.add('uma')
  await world.put({ resourceType: 'Patient', id: 'uma' })
  const { page, faults, close } = await browser.open({ viewport: phone })
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url(), JSON.stringify(request.headers())))
  const letter = await code('uma')
  await page.goto(`/auth/invitation#${letter}`)
  await expect.poll(() => page.url()).toBe(`${world.origin}/auth/invitation`)
  await check(page, 'invitation-landing')
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signIn(page, 'uma')
  expect(await page.getByLabel('Code').inputValue()).toBe(letter)
  await check(page, 'invitation')
  expect(asked.join()).not.toContain(letter)
  await press(page, 'Open the record')
  expect(await heading(page)).toBe('Your account is ready')
  expect(faults).toEqual([])
  await close()
})

test('who has no letter asks the practice, and sees nothing until somebody there has decided', async () => {
  await world.add('ana')
  const { page, close } = await browser.open()
  await page.goto('/auth/ask')
  await signIn(page, 'ana')
  await check(page, 'ask')
  await fill(page, {
    'Your full name': 'Ana Ibarra',
    'Date of birth': '7 April 1961',
    'How they reach you': '555 0100',
  })
  await press(page, 'Send to the clinic')
  expect(await page.getByRole('alert').innerText()).toContain('year-month-day')
  await fill(page, { 'Date of birth': '1961-04-07' })
  await press(page, 'Send to the clinic')
  expect(await heading(page)).toBe('Your clinic has been asked')
  await check(page, 'asked')
  const nurse = await world.as(await world.add('nurse', { roles: ['nurse'] }), 'user/*.cruds')
  const { json } = await nurse('GET', 'Task?status=requested')
  const [{ resource }] = json['entry'] as [{ resource: object }]
  expect(JSON.stringify(resource)).toContain('Ana Ibarra')
  const { database } = world.server.context.store
  expect(await findAccountByLogin(database, 'ana')).toMatchObject({ fhirUser: null, roles: [] })
  await close()
})

test('a link is asked for once more', async () => {
  await world.add('late', { emailVerified: false })
  const { page, close } = await browser.open()
  await page.goto('/auth/account/resend')
  await signIn(page, 'late')
  await press(page, 'Send the link once more')
  expect(await page.getByRole('status').innerText()).toBe('A new link is on its way.')
  await check(page, 'resend')
  expect(await world.link('late@example.org')).toContain('/auth/verify-address?token=')
  await close()
})

describe('A forgotten password', () => {
  test('is replaced by a link that works once, and not after half an hour', async () => {
    await world.add('eva')
    const { page, faults, close } = await browser.open({ viewport: phone })
    await page.goto('/auth/sign-in')
    await page.getByRole('link', { name: 'I forgot my password' }).click()
    await check(page, 'forgotten')
    await fill(page, { 'Username or e-mail address': 'eva' })
    await press(page, 'Send the link')
    expect(await heading(page)).toBe('Check your mail')
    await check(page, 'forgotten-sent')
    await expect.poll(() => world.link('eva@example.org')).toContain('/auth/reset-password')
    const link = await world.link('eva@example.org')
    await page.goto(link)
    await check(page, 'reset')
    await fill(page, { 'New password': 'short' })
    await press(page, 'Save the new password')
    expect(await page.getByRole('alert').innerText()).toContain('at least 10 characters')
    await fill(page, { 'New password': chosen })
    await press(page, 'Save the new password')
    expect(await heading(page)).toBe('Your password is changed')
    await page.goto(link)
    expect(await heading(page)).toBe('This link does not work any more')
    await check(page, 'reset-expired')

    await page.goto('/auth/forgotten')
    await fill(page, { 'Username or e-mail address': 'eva@example.org' })
    await press(page, 'Send the link')
    // In between there is a mail that tells of the new password, with a link of its own.
    const isAnother = (found: string) => found !== link && found.includes('/auth/reset-password')
    await expect.poll(async () => isAnother(await world.link('eva@example.org'))).toBe(true)
    world.pass(31 * 60_000)
    await page.goto(await world.link('eva@example.org'))
    expect(await heading(page)).toBe('This link does not work any more')
    expect(faults).toEqual([])
    await close()
  })

  test('is answered alike for those who have an account and those who have none', async () => {
    const { page, close } = await browser.open({ locale: 'es' })
    const answers: string[] = []
    for (const login of ['eva', 'nobody', 'eva@example.org', 'nobody@example.org']) {
      await page.goto('/auth/forgotten')
      await fill(page, { 'Nombre de usuario o correo electrónico': login })
      await press(page, 'Enviar el enlace')
      answers.push(await page.locator('main').innerText())
    }
    expect(new Set(answers).size).toBe(1)
    expect(await world.mails('nobody@example.org')).toEqual([])
    await close()
  })
})

test('an address that has an account already is answered alike, and its owner told', async () => {
  await world.add('ivo')
  const { page, close } = await browser.open()
  await page.goto('/auth/sign-up')
  await fill(page, { 'Your name': 'I', 'E-mail address': 'ivo@example.org', Username: 'ivo2', Password: password })
  await press(page, 'Create the account')
  expect(await heading(page)).toBe('Check your mail')
  expect((await world.mails('ivo@example.org')).map(({ template }) => template)).toEqual(['already-registered'])
  await close()
})

test.each(['/auth/sign-up', '/auth/forgotten'])('a form of %s that comes from elsewhere does nothing', async (path) => {
  const { page, close } = await browser.open()
  const form = { username: 'eva', name: 'E', email: 'forged@example.org', password: chosen, csrf: 'x'.repeat(43) }
  for (const origin of [world.origin, 'https://evil.example']) {
    await page.goto(path)
    const reply = await page.request.post(path, { form, headers: { origin } })
    expect(await reply.text()).not.toContain('Check your mail')
  }
  expect(await world.mails('forged@example.org')).toEqual([])
  await close()
})
