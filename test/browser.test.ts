/** The pages that everybody may read, in Chromium. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  accessibilityFaults,
  desktop,
  isTooWide,
  phone,
  type TestBrowser,
  testBrowser,
} from './support/chromium-page.ts'
import { type TestServer, testServer } from './support/test-server.ts'

let server: TestServer
let browser: TestBrowser
beforeAll(async () => {
  server = await testServer()
  browser = await testBrowser(await server.app.listen({ port: 0, host: '127.0.0.1' }))
}, 120_000)
afterAll(async () => {
  await browser.close()
  await server.close()
})

describe.each([
  ['phone', phone, 'light'],
  ['desktop', desktop, 'dark'],
] as const)('on a %s', (_name, viewport, colorScheme) => {
  test.each(['/', '/docs', '/docs/console', '/docs/search', '/nowhere'])('%s is accessible and fits', async (path) => {
    const { page, faults, close } = await browser.open({ viewport, colorScheme })
    await page.goto(path)
    expect(await accessibilityFaults(page)).toEqual([])
    expect(await isTooWide(page)).toBe(false)
    // That a page is not there is said on the console, too.
    expect(faults.filter((fault) => path !== '/nowhere' || !fault.includes('404'))).toEqual([])
    await close()
  })
})
