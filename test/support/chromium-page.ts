/** Chromium on the pages of a server that runs, as a person would use them. */
import AxeBuilder from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findChromium } from './chromium.ts'

export interface TestBrowser {
  /** A page of its own, with what it says that went wrong. */
  open(options?: BrowserContextOptions): Promise<TestPage>
  close(): Promise<void>
}

export interface TestPage {
  readonly page: Page
  /** Errors on the console, exceptions, and requests that leave the server's own origin. */
  readonly faults: readonly string[]
  close(): Promise<void>
}

export const phone = { width: 360, height: 740 }
export const desktop = { width: 1280, height: 800 }

/** Chromium needs these as root and without a network. */
const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

/** `others` are origins that pages may ask besides. */
export async function testBrowser(origin: string, ...others: readonly string[]): Promise<TestBrowser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('There is no Chromium: run npm test, or set CHROMIUM_PATH.')
  const browser = await chromium.launch({ executablePath, args: flags })
  return { open: (options) => openPage(browser, [origin, ...others], options), close: () => browser.close() }
}

async function openPage(
  browser: Browser,
  origins: readonly [string, ...string[]],
  options: BrowserContextOptions = {},
): Promise<TestPage> {
  const context = await browser.newContext({ baseURL: origins[0], viewport: desktop, ...options })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !isRefusal(message.text())) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol.startsWith('http') && !origins.includes(url.origin)) faults.push(`asked ${url.origin}`)
  })
  return { page, faults, close: () => context.close() }
}

/** A form that is shown again with what is wrong in it is no error, though Chromium notes its status. */
function isRefusal(text: string): boolean {
  return /^Failed to load resource: the server responded with a status of (?:403|409|422|429) /.test(text)
}

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds on a page: `rule: element`. https://www.w3.org/TR/WCAG22/ */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(wcag).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

/** Whether the page must be scrolled sideways. */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
}

/** What the Tab key reaches, in order, until it comes round: the names or texts of elements. */
export async function tabStops(page: Page, most = 60): Promise<string[]> {
  const stops: string[] = []
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(() => {
      const element = document.activeElement
      if (!element || element === document.body) return undefined
      return element.getAttribute('name') ?? element.textContent?.trim().slice(0, 40) ?? element.tagName
    })
    if (stop === undefined) break
    stops.push(stop)
  }
  return stops
}
