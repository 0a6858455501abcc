/** The results app in Chromium, at home. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { type AppServer, appServer, signIn } from '../../support/app-server.ts'
import { accessibilityFaults, isTooWide } from '../../support/chromium-page.ts'
import { observation, quantity, refer, report } from '../../support/observations.ts'

let home: AppServer
const subject = { reference: 'Patient/p1' }

beforeAll(async () => {
  const before = observation({ id: 'g1', subject, effectiveDateTime: '2025-12-01', valueQuantity: quantity(90) })
  const glucose = observation({
    id: 'g2',
    subject,
    valueQuantity: quantity(112),
    effectiveDateTime: '2026-03-01T08:00:00Z',
  })
  const sodium = observation({
    ...{ id: 'n1', subject, code: { text: 'Sodium' }, valueQuantity: quantity(140, 'mmol/L') },
    referenceRange: [{ low: quantity(135, 'mmol/L'), high: quantity(145, 'mmol/L') }],
  })
  const hiv = observation({
    ...{
      id: 'h1',
      subject,
      code: { text: 'HIV 1+2 antibodies' },
      effectiveDateTime: '2026-01-10',
      valueString: 'Not detected',
    },
    ...{ valueQuantity: undefined, referenceRange: undefined },
  } as unknown as JsonObject)
  home = await appServer([
    { resourceType: 'Patient', id: 'p1', name: [{ family: 'Rivera', given: ['Ana'] }], birthDate: '1984-03-09' },
    { resourceType: 'Practitioner', id: 'd1', name: [{ family: 'Doctor' }] },
    before,
    glucose,
    sodium,
    report({ id: 'r1', subject, result: refer(glucose, sodium) }),
    hiv,
  ])
}, 120_000)
afterAll(() => home?.close())

async function opened(options = {}) {
  const visit = await home.browser.open(options)
  await visit.page.goto('/apps/results/')
  await signIn(visit, 'patient')
  await visit.page.getByRole('heading', { name: 'Basic metabolic panel' }).waitFor()
  return visit
}

test('a patient opens the app, signs in, and reads the results', async () => {
  const { page, faults, close } = await opened()
  const text = await page.locator('main').innerText()
  expect(text).toContain('112 mg/dL')
  expect(text).toContain('Usual range: 70–99 mg/dL')
  expect(text).toContain('Higher than before')
  expect(new URL(page.url()).search).toBe('')
  expect(await accessibilityFaults(page)).toEqual([])
  expect(faults).toEqual([])
  await close()
})

test('what was searched for is there after a reload and on the way back', async () => {
  const { page, close } = await opened()
  await page.getByLabel('Find a test').fill('glucose')
  await page.reload()
  await page.getByRole('heading', { name: 'Basic metabolic panel' }).waitFor()
  expect(await page.getByLabel('Find a test').inputValue()).toBe('glucose')
  await page.getByRole('button', { name: 'Blood sugar (glucose): see how it changed' }).first().click()
  await page.getByRole('group', { name: 'Blood sugar (glucose) over time' }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: 'Basic metabolic panel' }).waitFor()
  expect(await page.getByLabel('Find a test').inputValue()).toBe('glucose')
  expect(page.url()).not.toContain('glucose')
  await close()
})

test('whoever wants to be asked before sensitive results are shown is asked', async () => {
  const { page, faults, close } = await opened()
  expect(await page.locator('main').innerText()).toContain('Not detected')
  await page.getByLabel('Ask me before showing sensitive results').press('Space')
  await page.reload()
  const shows = page.getByRole('button', { name: 'Show this result: HIV 1+2 antibodies' })
  await shows.waitFor()
  const closed = await page.locator('main').innerText()
  expect(closed).not.toContain('Not detected')
  expect(closed).toContain('112 mg/dL')
  expect(await accessibilityFaults(page)).toEqual([])
  await shows.press('Enter')
  await page.getByText('Not detected').waitFor()
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('HIV 1+2 antibodies')
  expect(faults).toEqual([])
  await close()
})

test('the course of an analyte is read by keyboard alone, and the way back is the browser’s', async () => {
  const { page, faults, close } = await opened()
  await page.getByRole('button', { name: 'Blood sugar (glucose): see how it changed' }).first().focus()
  await page.keyboard.press('Enter')
  await page.getByRole('group', { name: 'Blood sugar (glucose) over time' }).waitFor()
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Blood sugar (glucose)')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText('The amount of sugar in your blood.').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  expect(await focused()).toBe('March 1, 2026 at 8:00 AM, 112 mg/dL, High')
  await page.keyboard.press('ArrowLeft')
  expect(await focused()).toBe('December 1, 2025, 90 mg/dL, In range')
  expect(await page.getByRole('row').allInnerTexts()).toHaveLength(3)
  expect(page.url()).toBe(`${home.origin}/apps/results/`)
  expect(await accessibilityFaults(page)).toEqual([])
  await page.screenshot({ path: '/tmp/results-detail.png', fullPage: true })
  await page.goBack()
  await page.getByRole('heading', { name: 'Basic metabolic panel' }).waitFor()
  expect(faults).toEqual([])
  await close()
})

test('at 320 pixels, in Spanish, nothing is cut off', async () => {
  const { page, faults, close } = await opened({ viewport: { width: 320, height: 700 } })
  await page.getByRole('button', { name: 'Español' }).click()
  await page.getByRole('heading', { name: 'Resultados de pruebas' }).waitFor()
  expect(await isTooWide(page)).toBe(false)
  await page.screenshot({ path: '/tmp/results-phone.png', fullPage: true })
  await page.getByRole('button', { name: 'Azúcar en la sangre (glucosa): ver cómo cambió' }).first().click()
  await page.getByRole('group', { name: 'Azúcar en la sangre (glucosa) a lo largo del tiempo' }).waitFor()
  expect(await isTooWide(page)).toBe(false)
  expect(await accessibilityFaults(page)).toEqual([])
  await page.screenshot({ path: '/tmp/results-phone-detail.png', fullPage: true })
  expect(faults).toEqual([])
  await close()
})
