/** Pictures of pages, for people who look at them: where PHOTOGRAPHS names a folder. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'

const folder = process.env['PHOTOGRAPHS']

export async function photograph(page: Page, name: string): Promise<void> {
  if (folder === undefined) return
  const before = page.viewportSize()
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 844 })
    await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true })
  }
  if (before) await page.setViewportSize(before)
}
