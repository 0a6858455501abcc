/** A clinician works off the inbox in Chromium, by keyboard alone. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { parseReleaseRules } from '../../../server/fhir/review/release-rules.ts'
import { type AppServer, appServer, signIn } from '../../support/app-server.ts'
import { accessibilityFaults, isTooWide } from '../../support/chromium-page.ts'
import { observation, quantity } from '../../support/observations.ts'

let home: AppServer
const subject = { reference: 'Patient/p1' }
const pathology = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'SP' }] }]
const interpretation = [
  { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code: 'HH' }] },
]

beforeAll(async () => {
  const report = (id: string, text: string): JsonObject => ({
    ...{ resourceType: 'DiagnosticReport', id, status: 'final', subject, category: pathology, code: { text } },
    issued: '2026-03-02T08:00:00Z',
    conclusion: 'Benign.',
  })
  home = await appServer(
    [
      { resourceType: 'Patient', id: 'p1', name: [{ family: 'Rivera', given: ['Ana'] }], birthDate: '1984-03-09' },
      { resourceType: 'Practitioner', id: 'd1', name: [{ family: 'Doctor' }] },
      observation({
        ...{ id: 'k', subject, code: { text: 'Potassium' }, valueQuantity: quantity(6.9, 'mmol/L'), interpretation },
        performer: [{ reference: 'Practitioner/d1' }],
      }),
      report('skin', 'Skin biopsy'),
      report('colon', 'Colon biopsy'),
    ],
    { config: { releaseRules: parseReleaseRules('pathology=after-review')! } },
  )
}, 120_000)
afterAll(() => home?.close())

async function opened(options = {}) {
  const visit = await home.browser.open(options)
  await visit.page.goto('/apps/inbox/')
  await signIn(visit, 'clinician')
  const allow = visit.page.getByRole('button', { name: /^(?:Allow|Permitir)/ })
  const list = visit.page.getByRole('list', { name: /^(?:Results|Resultados)$/ })
  await allow.or(list).waitFor()
  if (await allow.isVisible()) await allow.click()
  await list.waitFor()
  return visit
}

const stored = async (path: string) => (await home.server.fhir('GET', path)).json

test('what waits is read on a phone, in both languages, light and dark', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, faults, close } = await opened({ colorScheme })
    expect(await page.getByRole('checkbox', { name: /Ana Rivera/ }).count()).toBe(3)
    expect(await page.locator('.item').first().innerText()).toContain('Critical')
    expect(await accessibilityFaults(page)).toEqual([])
    await page.setViewportSize({ width: 320, height: 700 })
    await page.getByRole('button', { name: 'Español' }).click()
    await page.getByRole('heading', { name: 'Resultados por revisar' }).waitFor()
    expect(await isTooWide(page)).toBe(false)
    expect(await accessibilityFaults(page)).toEqual([])
    expect(faults).toEqual([])
    await close()
  }
})

test('two apps in one tab have a session each', async () => {
  const { page, close } = await opened()
  // Results asks about whom it is: with the inbox's token it would not.
  await page.goto('/apps/results/')
  await page.waitForURL(/\/auth\//)
  await page.goto('/apps/inbox/')
  await page.getByRole('list', { name: 'Results' }).waitFor()
  await close()
})

test('a critical value is acknowledged, and a report released with a comment, by keyboard', async () => {
  const { page, faults, close } = await opened()
  const focused = () => page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.value)
  await page.locator('.item input').first().focus()
  expect(await focused()).toBe('Observation/k')
  await page.keyboard.press('a')
  await page.getByText('1 result is done.').waitFor()
  expect(await page.locator('.item').count()).toBe(2)
  const { entry } = (await stored('Task?_count=5')) as unknown as { entry: { resource: JsonObject }[] }
  expect(entry.map(({ resource }) => resource['status'])).toEqual(['completed'])

  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('c')
  await page.getByRole('dialog', { name: 'Comment on 1 result' }).waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  const reference = await focused()
  await page.keyboard.press('c')
  await page.getByRole('dialog').waitFor()
  await page.getByLabel('What the patient will read').focus()
  await page.keyboard.type('All is well.')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.locator('.item').count()).toBe(1)
  const released = await stored(reference!)
  expect(JSON.stringify(released['meta'])).toContain('released')
  const comments = (await stored('Communication')) as unknown as { entry: { resource: JsonObject }[] }
  expect(JSON.stringify(comments.entry)).toContain('All is well.')
  expect(faults).toEqual([])
  await close()
})

test('nothing is sent without words, and all that is left is released at once', async () => {
  const { page, close } = await opened()
  await page.getByRole('checkbox', { name: 'Select all' }).press('Space')
  await page.getByRole('button', { name: 'Comment…' }).press('Enter')
  await page.getByRole('button', { name: 'Send' }).press('Enter')
  await page.getByText('Write what the patient is to read.').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Release…' }).press('Enter')
  await page.getByRole('dialog', { name: 'Release 1 result to the patient?' }).waitFor()
  await page.getByRole('button', { name: 'Release', exact: true }).press('Enter')
  await page.getByText('Nothing waits for you.').waitFor()
  await close()
})
