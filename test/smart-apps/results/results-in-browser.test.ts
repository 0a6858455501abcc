/** The results app in Chromium, at home. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AppServer, appServer, signIn } from '../../support/app-server.ts'
import { accessibilityFaults } from '../../support/chromium-page.ts'
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
  home = await appServer([
    { resourceType: 'Patient', id: 'p1', name: [{ family: 'Rivera', given: ['Ana'] }], birthDate: '1984-03-09' },
    { resourceType: 'Practitioner', id: 'd1', name: [{ family: 'Doctor' }] },
    before,
    glucose,
    sodium,
    report({ id: 'r1', subject, result: refer(glucose, sodium) }),
  ])
}, 120_000)
afterAll(() => home?.close())

test('a patient opens the app, signs in, and reads the results', async () => {
  const visit = await home.browser.open()
  const { page, faults } = visit
  await page.goto('/apps/results/')
  await signIn(visit, 'patient')
  await page.getByRole('heading', { name: 'Basic metabolic panel' }).waitFor()
  const text = await page.locator('main').innerText()
  expect(text).toContain('112 mg/dL')
  expect(text).toContain('Usual range: 70–99 mg/dL')
  expect(text).toContain('Higher than before')
  expect(new URL(page.url()).search).toBe('')
  expect(await accessibilityFaults(page)).toEqual([])
  expect(faults).toEqual([])
  await page.screenshot({ path: '/tmp/results-list.png', fullPage: true })
  await visit.close()
})
