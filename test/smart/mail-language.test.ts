/** Mails are in the language that their reader reads, in Chromium. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findAccountByLogin } from '../../server/store/accounts/accounts.ts'
import { type AccountServer, accountServer, password } from '../support/account-server.ts'
import { accessibilityFaults, isTooWide, type TestBrowser, testBrowser } from '../support/chromium-page.ts'
import { photograph } from '../support/photograph.ts'

let world: AccountServer
let browser: TestBrowser

beforeAll(async () => {
  world = await accountServer()
  browser = await testBrowser(world.origin)
}, 120_000)
afterAll(async () => {
  await browser.close()
  await world.close()
})

const languageOf = async (login: string) =>
  (await findAccountByLogin(world.server.context.store.database, login))?.language

test('who registers on Spanish pages is written to in Spanish', async () => {
  const { page, close } = await browser.open({ locale: 'es-MX' })
  await page.goto('/auth/sign-up')
  await page.getByLabel('Su nombre').fill('Rosa Ibarra')
  await page.getByLabel('Correo electrónico').fill('rosa@example.org')
  await page.getByLabel('Nombre de usuario').fill('rosa')
  await page.getByLabel('Contraseña').fill('violet harbour 77')
  await page.getByRole('button', { name: 'Crear la cuenta' }).click()
  expect(await languageOf('rosa')).toBe('es')
  expect((await world.mails('rosa@example.org'))[0]!.text).toContain('durante 24 horas')
  await close()
})

test('the first sign-in tells the language, and the page of the account changes it', async () => {
  await world.add('jose')
  const { page, faults, close } = await browser.open({ locale: 'es', viewport: { width: 360, height: 740 } })
  const signIn = async () => {
    await page.getByRole('textbox').first().fill('jose')
    await page.locator('input[type=password]').fill(password)
    await page.locator('form button[type=submit]').last().click()
    await page.waitForURL('**/auth/account')
  }
  await page.goto('/auth/account')
  await signIn()
  expect(await languageOf('jose')).toBe('es')
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  await photograph(page, 'account-language')
  await page.getByRole('button', { name: 'Write to me in English' }).click()
  expect(await page.locator('main').innerText()).toContain('Le escribimos en este idioma: English.')
  expect(await languageOf('jose')).toBe('en')

  // What was chosen stays, whatever the language of the page.
  await page.context().clearCookies()
  await page.goto('/auth/account')
  await signIn()
  expect(await languageOf('jose')).toBe('en')
  expect(faults).toEqual([])
  await close()
})
