/** From the laboratory to the patient: a clinician reviews results in the inbox while the patient has the app open. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { parseReleaseRules } from '../../../server/fhir/review/release-rules.ts'
import { type AppServer, appServer, signIn } from '../../support/app-server.ts'
import { accessibilityFaults, type TestPage } from '../../support/chromium-page.ts'
import { observation, quantity } from '../../support/observations.ts'

let home: AppServer
const subject = { reference: 'Patient/p1' }
const category = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'SP' }] }]
const interpretation = [
  { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code: 'HH' }] },
]
const biopsy: JsonObject = {
  ...{
    resourceType: 'DiagnosticReport',
    id: 'skin',
    status: 'final',
    subject,
    category,
    code: { text: 'Skin biopsy' },
  },
  ...{ issued: '2026-03-02T08:00:00Z', effectiveDateTime: '2026-03-01', conclusion: 'A harmless mole.' },
}

beforeAll(async () => {
  const releaseRules = parseReleaseRules('pathology=after-review')!
  const potassium = observation({
    ...{ id: 'k', subject, code: { text: 'Potassium' }, valueQuantity: quantity(6.9, 'mmol/L'), interpretation },
    performer: [{ reference: 'Practitioner/d1' }],
  })
  home = await appServer(
    [
      { resourceType: 'Patient', id: 'p1', name: [{ family: 'Rivera', given: ['Ana'] }], birthDate: '1984-03-09' },
      { resourceType: 'Practitioner', id: 'd1', name: [{ family: 'Doctor' }] },
      ...[potassium, biopsy],
    ],
    { config: { releaseRules } },
  )
}, 120_000)
afterAll(() => home?.close())

async function openedBy(username: string, app: string): Promise<TestPage> {
  const visit = await home.browser.open()
  await visit.page.goto(`/apps/${app}/`)
  await signIn(visit, username)
  return visit
}

test('a critical value is acknowledged, a report commented on and released, and the patient sees it within two seconds', async () => {
  const patient = await openedBy('patient', 'results')
  await patient.page.getByText('Potassium').first().waitFor()
  expect(await patient.page.getByText('Skin biopsy').count()).toBe(0)

  const clinician = await openedBy('clinician', 'inbox')
  const { page } = clinician
  const allow = page.getByRole('button', { name: /^Allow/ })
  const list = page.getByRole('list', { name: 'Results' })
  await allow.or(list).waitFor()
  if (await allow.isVisible()) await allow.click()
  await list.waitFor()
  await page.getByRole('checkbox', { name: /Potassium/ }).focus()
  await page.keyboard.press('a')
  await page.getByText('1 result is done.').waitFor()
  await page.getByRole('checkbox', { name: /Skin biopsy/ }).focus()
  await page.keyboard.press('c')
  await page.getByLabel('What the patient will read').fill('All is well: nothing has to be done.')
  const releases = page.getByRole('checkbox', { name: /[Rr]elease/ })
  if ((await releases.count()) > 0) await releases.check()
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByText('Nothing waits for you.').waitFor()
  const released = performance.now()

  await patient.page.getByRole('heading', { name: 'Skin biopsy' }).waitFor()
  expect(performance.now() - released).toBeLessThan(2000)
  const said = await patient.page.locator('main').innerText()
  expect(said).toContain('Something new has come in.')
  expect(said).toContain('A harmless mole.')
  expect(said).toContain('All is well: nothing has to be done.')
  expect(await accessibilityFaults(patient.page)).toEqual([])
  expect(patient.faults).toEqual([])
  expect(clinician.faults).toEqual([])
  await clinician.close()
  await patient.close()
})
