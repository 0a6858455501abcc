/** What records hold that should not be there: it is shown safely, or set apart with a reason. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { type Ehr, startEhr } from '../../standins/ehr/ehr-server.ts'
import { quirkProfiles } from '../../standins/ehr/quirks.ts'
import { type AppServer, appServer } from '../../support/app-server.ts'
import { accessibilityFaults, isTooWide, type TestPage } from '../../support/chromium-page.ts'
import { observation, quantity, report } from '../../support/observations.ts'

const clientId = 'results-at-the-ehr'
const attack = '<img src="https://evil.example/x.png" onerror="window.attacked=1"><script>window.attacked=1</script>'
let ehr: Ehr
let home: AppServer
let visit: TestPage
let page: Page

beforeAll(async () => {
  ehr = await startEhr({
    ...{ quirks: quirkProfiles[0]!, resources: records() as never, patient: 'e7', clientId, secret: '' },
  })
  const issuers = [{ iss: ehr.iss, clients: { results: clientId } }]
  home = await appServer([], { issuers, others: [ehr.origin] })
  visit = await home.browser.open()
  page = visit.page
  await page.goto(ehr.launchUrl(`${home.origin}/apps/results/launch.html`))
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByRole('heading', { name: 'Narrative' }).waitFor()
}, 120_000)
afterAll(async () => {
  await visit?.close()
  await home?.close()
  await ehr?.close()
})

function records(): JsonObject[] {
  const subject = { reference: 'Patient/e7' }
  const one = (text: string, given: JsonObject) =>
    observation({ id: `b-${text.toLowerCase()}`, subject, code: { text }, ...given })
  const without = (name: string, resource: JsonObject): JsonObject => {
    const { [name]: _, ...rest } = resource
    return rest
  }
  return [
    { resourceType: 'Patient', id: 'e7', name: [{ family: attack }] },
    report({
      ...{ id: 'narrative', subject, code: { text: 'Narrative' }, conclusion: `**bold** ${attack}` },
      text: {
        status: 'additional',
        div: `<div><p onclick="window.attacked=1">Seen</p>${attack}<b>and heard</b></div>`,
      },
    }),
    one('Remark', { note: [{ text: `[a](javascript:window.attacked=1) ${attack}` }] }),
    without('valueQuantity', one('Megabyte', { valueString: 'word '.repeat(200_000), interpretation: [] })),
    without('valueQuantity', one('Unbroken', { valueString: 'x'.repeat(1_000_000) })),
    one('Unit', { valueQuantity: { value: 3, unit: 'blob/fortnight', code: '???' }, referenceRange: [] }),
    one('Range', { referenceRange: [{ text: 'up to 99, or 110 in the evening' }] }),
    one('Upside', { referenceRange: [{ low: quantity(99), high: quantity(70) }] }),
    without('code', one('Nameless', {})),
    one('Tomorrow', { effectiveDateTime: '2399-01-01' }),
    one('Mistake', { status: 'entered-in-error' }),
    one('Corrected', { status: 'corrected', valueQuantity: quantity(91) }),
    one('Corrected', { id: 'b-corrected', status: 'corrected', valueQuantity: quantity(92) }),
    one('Odd', { effectiveDateTime: 'yesterday', valueQuantity: { value: 'many' }, status: 7, component: 'none' }),
    one('Number', { valueQuantity: { value: 1e300, unit: 'mg/dL' } }),
  ]
}

const row = (name: string) => page.locator('.row').filter({ has: page.locator('.name', { hasText: name }) })

test('nothing that came runs or is fetched', async () => {
  expect(await page.evaluate(() => (window as { attacked?: number }).attacked)).toBeUndefined()
  expect(visit.faults.filter((fault) => !/status of 40[04]/.test(fault))).toEqual([])
  expect(await page.locator('main img, main script, main [onclick]').count()).toBe(0)
  await page.getByText('Read the report').click()
  expect(await page.locator('.narrative').innerText()).toMatch(/Seen\s+and heard/)
  expect(await row('Remark').innerText()).toContain('[a](javascript:')
})

test.each([
  ['a unit that nobody knows', 'Unit', '3 blob/fortnight'],
  ['a range in words', 'Range', 'Usual range: up to 99, or 110 in the evening'],
  ['a range that is upside down', 'Upside', '90 mg/dL'],
  ['a time and a value that are none', 'Odd', 'Status not known'],
])('%s is shown as it is', async (_what, name, words) => {
  expect(await row(name).innerText()).toContain(words)
})

test('by a range that is upside down nothing is judged', async () => {
  expect(await row('Upside').locator('.flag, .bar').count()).toBe(0)
})

test('of a megabyte the beginning is shown, and the whole when it is wanted', async () => {
  const megabyte = row('Megabyte')
  expect((await megabyte.innerText()).length).toBeLessThan(1000)
  await megabyte.getByText('Show all of it').click()
  expect((await megabyte.innerText()).length).toBeGreaterThan(10_000)
})

test('what came twice is shown once', async () => {
  expect(await row('Corrected').count()).toBe(1)
})

test('what cannot be among the results is set apart with its reason', async () => {
  await page.getByText('3 entries are not shown among the results').click()
  const note = await page.locator('.set-aside').innerText()
  expect(note).toContain('1 does not say what was tested. Observation/b-nameless')
  expect(note).toContain('1 has a date in the future. Observation/b-tomorrow')
  expect(note).toContain('1 was withdrawn as a mistake. Observation/b-mistake')
})

test('and the page stays one that can be read, also on a phone', async () => {
  expect(await accessibilityFaults(page)).toEqual([])
  await page.setViewportSize({ width: 320, height: 700 })
  expect(await isTooWide(page)).toBe(false)
})
