/** Every element in every state, light and dark, wide and narrow. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AppServer, appServer } from '../support/app-server.ts'
import { accessibilityFaults, desktop, isTooWide } from '../support/chromium-page.ts'

let home: AppServer
beforeAll(async () => {
  home = await appServer([{ resourceType: 'Patient', id: 'p1' }])
}, 120_000)
afterAll(() => home?.close())

test.each([
  ['light', desktop],
  ['dark', desktop],
  ['light', { width: 320, height: 700 }],
  ['dark', { width: 320, height: 700 }],
] as const)('the gallery is %s at %j, and axe finds nothing', async (colorScheme, viewport) => {
  const { page, faults, close } = await home.browser.open({ colorScheme, viewport })
  await page.goto('/apps/gallery/')
  await page.getByText('Loading your results…').waitFor()
  await expect.poll(() => page.locator('.mark').count()).toBe(13)
  for (const name of [/^Letter/, /^Blank letter/, /^Lost letter/, /^Closed letter/]) {
    await page.getByRole('button', { name }).click()
  }
  await page.getByText('All is well.').waitFor()
  await page.getByText('There is nothing in this document.').waitFor()
  await page.getByText('The document could not be read.').waitFor()
  await page.getByText('You may not open this document here.').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  expect(faults).toEqual([])
  await close()
})
