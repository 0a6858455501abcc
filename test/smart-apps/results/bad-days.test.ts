/** What goes wrong around the results app: the person is told, and loses nothing. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { type Ehr, startEhr } from '../../standins/ehr/ehr-server.ts'
import { quirkProfiles } from '../../standins/ehr/quirks.ts'
import { type AppServer, appServer } from '../../support/app-server.ts'
import { observation, quantity } from '../../support/observations.ts'

const clientId = 'results-at-the-ehr'
const named = (name: string) => quirkProfiles.find((one) => one.name === name)!
let ehr: Ehr
let forgetful: Ehr
let home: AppServer

beforeAll(async () => {
  const options = { resources: records() as never, patient: 'e7', clientId, secret: '' }
  ehr = await startEhr({ ...options, quirks: { ...named('plain'), pageSize: 5 } })
  forgetful = await startEhr({ ...options, quirks: { ...named('epic-like'), pageSize: 100 } })
  const issuers = [ehr, forgetful].map(({ iss }): JsonObject => ({ iss, clients: { results: clientId } }))
  home = await appServer([], { issuers, others: [ehr.origin, forgetful.origin] })
}, 120_000)
afterAll(async () => {
  await home?.close()
  await ehr?.close()
  await forgetful?.close()
})

function records(): JsonObject[] {
  const subject = { reference: 'Patient/e7' }
  const values = Array.from({ length: 12 }, (_, i) =>
    observation({
      id: `g${i}`,
      subject,
      valueQuantity: quantity(80 + i),
      effectiveDateTime: `2025-${String(i + 1).padStart(2, '0')}-01`,
    }),
  )
  return [{ resourceType: 'Patient', id: 'e7', name: [{ family: 'Elsewhere' }] }, ...values]
}

async function launch(from: Ehr) {
  const visit = await home.browser.open()
  await visit.page.goto(from.launchUrl(`${home.origin}/apps/results/launch.html`))
  await visit.page.getByRole('button', { name: 'Allow' }).click()
  await listOf(visit.page)
  // Whatever else the first view asks for has come: no token is renewed behind the test's back.
  await visit.page.locator('main[aria-busy="false"]').waitFor()
  return visit
}

const listOf = (page: Page) =>
  page
    .getByRole('button', { name: /see how it changed/ })
    .first()
    .waitFor()

test('a server that is gone is told of, and asked again when the person wants', async () => {
  const { page, close } = await launch(ehr)
  ehr.setReachable(false)
  await page.reload()
  await page.getByRole('alert').waitFor({ timeout: 30_000 })
  expect(await page.getByRole('alert').innerText()).toContain('We cannot reach the clinic right now.')
  ehr.setReachable(true)
  await page.getByRole('button', { name: 'Try again' }).click()
  await listOf(page)
  expect(await page.getByRole('alert').count()).toBe(0)
  await close()
}, 60_000)

test('whose token was revoked signs in again, and is back', async () => {
  const { page, close } = await launch(forgetful)
  forgetful.revokeAll()
  await page.reload()
  await page.getByRole('alert').waitFor()
  expect(await page.getByRole('alert').innerText()).toContain('Your session has ended.')
  await page.getByRole('button', { name: 'Sign in again' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await listOf(page)
  expect(page.url()).toBe(`${home.origin}/apps/results/`)
  await close()
})

test('a launch that is loaded twice goes on', async () => {
  const { page, close } = await home.browser.open()
  await page.goto(ehr.launchUrl(`${home.origin}/apps/results/launch.html`))
  const [, returned] = await Promise.all([
    page.getByRole('button', { name: 'Allow' }).click(),
    page.waitForRequest((request) => request.url().includes('/apps/results/?code=')),
  ])
  await listOf(page)
  await page.goto(returned.url())
  await listOf(page)
  expect(new URL(page.url()).search).toBe('')
  await close()
})

test('a launch that was begun in another tab is told of', async () => {
  const { page, close } = await home.browser.open()
  await page.goto(`${home.origin}/apps/results/?code=x&state=${'y'.repeat(43)}`)
  expect(await page.getByRole('alert').innerText()).toContain('The app could not be opened.')
  await close()
})

test('whoever does not allow it is told, and may think again', async () => {
  const { page, close } = await home.browser.open()
  await page.goto(`${home.origin}/apps/results/launch.html?iss=${encodeURIComponent(ehr.iss)}`)
  await page.getByRole('button', { name: 'Allow' }).waitFor()
  const asked = new URL(page.url())
  const state = asked.searchParams.get('state')
  await page.goto(`${home.origin}/apps/results/?error=access_denied&state=${state}`)
  await page.getByRole('alert').waitFor()
  expect(await page.getByRole('alert').innerText()).toContain('You did not allow the app to see results.')
  await close()
})

test('two tabs of one session refresh one after the other', async () => {
  const { page, close } = await launch(ehr)
  const stored = await page.evaluate(() => sessionStorage.getItem('smart-grant:results'))
  const other = await page.context().newPage()
  await other.addInitScript((grant) => sessionStorage.setItem('smart-grant:results', grant!), stored)
  await other.goto(`${home.origin}/apps/results/`)
  await listOf(other)
  ehr.revokeAll()
  const older = (one: Page) =>
    one.evaluate(() => (document.querySelector('results-app') as unknown as { reload(): void }).reload())
  await Promise.all([older(page), older(other)])
  for (const one of [page, other]) {
    await listOf(one)
    expect(await one.getByRole('alert').count()).toBe(0)
  }
  const tokens = await Promise.all(
    [page, other].map((one) => one.evaluate(() => sessionStorage.getItem('smart-grant:results'))),
  )
  expect(JSON.parse(tokens[0]!).accessToken).toBe(JSON.parse(tokens[1]!).accessToken)
  await close()
})

test('a tab that slept beyond its token goes on', async () => {
  const { page, close } = await launch(ehr)
  ehr.revokeAll()
  await page.evaluate(() => {
    const grant = JSON.parse(sessionStorage.getItem('smart-grant:results')!)
    sessionStorage.setItem('smart-grant:results', JSON.stringify({ ...grant, expires: Date.now() - 9 * 3600_000 }))
  })
  await page.reload()
  await listOf(page)
  expect(await page.getByRole('alert').count()).toBe(0)
  await close()
})

test('without a network what was loaded stays, and the person is told', async () => {
  const { page, close } = await launch(ehr)
  // Pages come one after the other.
  await expect.poll(() => page.locator('.row').count(), { timeout: 10_000 }).toBe(12)
  await page.context().setOffline(true)
  await page.getByText('You are offline. What you see may not be the latest.').waitFor()
  await openFirst(page)
  await page.goBack()
  await listOf(page)
  await page.evaluate(() => (document.querySelector('results-app') as unknown as { reload(): void }).reload())
  await page.getByText('We cannot reach the clinic right now.').waitFor({ timeout: 30_000 })
  expect(await page.locator('.row').count()).toBe(12)
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => page.getByRole('alert').count()).toBe(0)
  expect(await page.getByText('You are offline.').count()).toBe(0)
  await close()
}, 60_000)

test('whoever must sign in again comes back to what was looked at', async () => {
  const { page, close } = await launch(forgetful)
  await openFirst(page)
  forgetful.revokeAll()
  await page.reload()
  await page.getByRole('button', { name: 'Sign in again' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByRole('group', { name: /over time/ }).waitFor()
  await page.getByRole('button', { name: 'All results' }).click()
  await listOf(page)
  expect(page.url()).toBe(`${home.origin}/apps/results/`)
  await close()
})

async function openFirst(page: Page) {
  await page
    .getByRole('button', { name: /see how it changed/ })
    .first()
    .click()
  await page.getByRole('group', { name: /over time/ }).waitFor()
}

test('the way back leaves the list as it was', async () => {
  const { page, close } = await launch(ehr)
  await page.getByLabel('Find a test').fill('sugar')
  await page
    .getByRole('button', { name: /see how it changed/ })
    .first()
    .click()
  await page.getByRole('group', { name: /over time/ }).waitFor()
  await page.reload()
  await page.getByRole('group', { name: /over time/ }).waitFor()
  await page.goBack()
  await listOf(page)
  await close()
})
