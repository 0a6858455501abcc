/** How long people wait until an app shows what they came for, by the browser's own clock. */
import { type BrowserContext, chromium, type Page } from 'playwright-core'

export interface FirstView {
  /** Milliseconds from the start of the navigation until the list is painted. */
  readonly shown: number
  /** Sum of the scores of layout shifts. https://web.dev/articles/cls */
  readonly shift: number
  /** Bytes of scripts as they were transferred. */
  readonly script: number
}

export interface Visitor {
  readonly path: string
  readonly username: string
  readonly password: string
  /** What is there once the app shows what it is for. */
  readonly selector: string
}

/** Round-trip time and rate of WebPageTest's 4G profile. */
const fourG = { offline: false, latency: 170, downloadThroughput: 9_000_000 / 8, uploadThroughput: 9_000_000 / 8 }

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']

/** Signs in once, then opens the app again and again: the medians at full speed, and over 4G with an empty cache. */
export async function firstViews(
  executablePath: string,
  origin: string,
  visitor: Visitor,
  rounds: number,
): Promise<{ readonly local: FirstView; readonly mobile: FirstView }> {
  const browser = await chromium.launch({ executablePath, args: flags })
  try {
    const context = await browser.newContext({ baseURL: origin, viewport: { width: 390, height: 844 } })
    const page = await context.newPage()
    await page.addInitScript(watch, visitor.selector)
    await page.goto(visitor.path)
    await page.locator('input[name="username"]').fill(visitor.username)
    await page.locator('input[type="password"]').fill(visitor.password)
    await page.keyboard.press('Enter')
    await page.locator(visitor.selector).first().waitFor()
    const local = await views(page, visitor, rounds, async () => {})
    return { local, mobile: await throttled(context, page, visitor, rounds) }
  } finally {
    await browser.close()
  }
}

async function throttled(context: BrowserContext, page: Page, visitor: Visitor, rounds: number): Promise<FirstView> {
  const protocol = await context.newCDPSession(page)
  await protocol.send('Network.enable')
  await protocol.send('Network.emulateNetworkConditions', fourG)
  return views(page, visitor, rounds, async () => {
    await protocol.send('Network.clearBrowserCache')
  })
}

async function views(
  page: Page,
  { path, selector }: Visitor,
  rounds: number,
  before: () => Promise<void>,
): Promise<FirstView> {
  const seen: FirstView[] = []
  for (let round = 0; round <= rounds; round++) {
    await before()
    await page.goto(path)
    await page.locator(selector).first().waitFor()
    await page.waitForFunction(() => 'firstView' in globalThis)
    // Late shifts count, too.
    await page.waitForTimeout(500)
    const view = await page.evaluate(read)
    if (round > 0) seen.push(view)
  }
  const middle = (of: (view: FirstView) => number) => seen.map(of).toSorted((a, b) => a - b)[seen.length >> 1]!
  return {
    shown: middle((view) => view.shown),
    shift: Math.max(...seen.map(({ shift }) => shift)),
    script: middle((view) => view.script),
  }
}

/** In the page, before all of its scripts: notes when what is waited for has been painted. */
function watch(selector: string): void {
  const seen = globalThis as { firstView?: number }
  const look = new MutationObserver(() => {
    if (seen.firstView !== undefined || document.querySelector(selector) === null) return
    look.disconnect()
    requestAnimationFrame(() => {
      setTimeout(() => {
        seen.firstView = performance.now()
      })
    })
  })
  look.observe(document, { childList: true, subtree: true })
}

/** In the page. */
async function read(): Promise<FirstView> {
  const shifts = await new Promise<readonly { readonly value: number }[]>((done) => {
    const found: { readonly value: number }[] = []
    new PerformanceObserver((list) => {
      found.push(...(list.getEntries() as unknown as { readonly value: number }[]))
    }).observe({ type: 'layout-shift', buffered: true })
    setTimeout(() => done(found), 50)
  })
  const scripts = (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(({ name }) =>
    new URL(name).pathname.endsWith('.js'),
  )
  return {
    shown: (globalThis as { firstView?: number }).firstView!,
    shift: shifts.reduce((sum, { value }) => sum + value, 0),
    script: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  }
}
