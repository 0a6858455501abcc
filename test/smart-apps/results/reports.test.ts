/** Reports in words and documents, grouped by this server and found by plain searches elsewhere. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { type Ehr, startEhr } from '../../standins/ehr/ehr-server.ts'
import { quirkProfiles } from '../../standins/ehr/quirks.ts'
import { type AppServer, appServer, signIn } from '../../support/app-server.ts'
import { accessibilityFaults, isTooWide } from '../../support/chromium-page.ts'
import { report } from '../../support/observations.ts'

const clientId = 'results-at-the-ehr'
const pdf = '%PDF-1.4\n% a report that was signed\n%%EOF\n'
const letter = 'Dear Ana,\nall is well.'
const base64 = (text: string) => Buffer.from(text).toString('base64')
let ehr: Ehr
let home: AppServer

beforeAll(async () => {
  ehr = await startEhr({
    ...{ quirks: quirkProfiles[0]!, resources: records() as never, patient: 'p1', clientId, secret: '' },
  })
  home = await appServer([...records(), { resourceType: 'Practitioner', id: 'd1' }], {
    issuers: [{ iss: ehr.iss, clients: { results: clientId } }],
    others: [ehr.origin],
  })
}, 120_000)
afterAll(async () => {
  await home?.close()
  await ehr?.close()
})

function records(): JsonObject[] {
  const subject = { reference: 'Patient/p1' }
  const category = (code: string) => [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code }] }]
  return [
    { resourceType: 'Patient', id: 'p1', name: [{ family: 'Rivera' }] },
    {
      resourceType: 'Binary',
      id: 'signed',
      contentType: 'application/pdf',
      data: base64(pdf),
      securityContext: subject,
    },
    report({
      ...{ id: 'chest', subject, category: category('RAD'), code: { text: 'Chest X-ray' } },
      text: {
        status: 'additional',
        div: '<div xmlns="http://www.w3.org/1999/xhtml"><h2>Findings</h2><ul><li>Both lungs are clear.</li></ul></div>',
      },
    }),
    report({
      ...{ id: 'biopsy', subject, category: category('SP'), code: { text: 'Skin biopsy' } },
      conclusion: 'Benign.\nNo further treatment is needed.',
      presentedForm: [
        { contentType: 'application/pdf', title: 'Signed report', url: 'Binary/signed', size: pdf.length },
        { contentType: 'application/pdf', title: 'Copy', data: base64(pdf) },
        { contentType: 'text/plain', title: 'Letter', data: base64(letter) },
        { contentType: 'application/pdf', title: 'Photograph', url: 'https://images.example.org/1.pdf' },
        { contentType: 'application/pdf', title: 'Gone', url: 'Binary/none' },
      ],
    }),
  ]
}

async function opened(place: string) {
  const visit = await home.browser.open()
  const { page } = visit
  if (place === 'here') {
    await page.goto('/apps/results/')
    await signIn(visit, 'patient')
  } else {
    await page.goto(ehr.launchUrl(`${home.origin}/apps/results/launch.html`))
    await page.getByRole('button', { name: 'Allow' }).click()
  }
  await page.getByRole('heading', { name: 'Skin biopsy' }).waitFor()
  return visit
}

describe.each(['here', 'elsewhere'])('%s', (place) => {
  const saved = ['Signed report', 'Copy']
  const refusal = 'The document could not be read.'

  test('a report is read as words', async () => {
    const { page, faults, close } = await opened(place)
    await page.getByRole('heading', { name: 'Chest X-ray' }).waitFor()
    await page.getByText('Both lungs are clear.').waitFor()
    expect(await page.getByText('Benign.').innerText()).toContain('\nNo further')
    expect(await accessibilityFaults(page)).toEqual([])
    await page.setViewportSize({ width: 320, height: 700 })
    expect(await isTooWide(page)).toBe(false)
    expect(faults.filter((fault) => !/status of 40[04]/.test(fault))).toEqual([])
    await close()
  })

  test('its documents are read in the page, or saved', async () => {
    const { page, close } = await opened(place)
    for (const name of saved) {
      const saving = page.waitForEvent('download')
      await page.getByRole('button', { name: `${name} (PDF, ${pdf.length} byte)` }).click()
      const download = await saving
      expect(download.suggestedFilename()).toBe(`${name.replace(' ', '-')}.pdf`)
      expect(await readFile(await download.path(), 'utf8')).toBe(pdf)
    }
    await page.getByText('Saved to your downloads.').first().waitFor()

    const read = page.getByRole('button', { name: `Letter (${letter.length} byte)` })
    await read.focus()
    await page.keyboard.press('Enter')
    await page.getByText('all is well.').waitFor()
    expect(await read.getAttribute('aria-expanded')).toBe('true')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByText('all is well.').count()).toBe(0)

    await page
      .getByRole('button', { name: /^Gone|^Signed/ })
      .last()
      .click()
    await page.getByText(refusal).waitFor()
    const away = page.getByRole('link', { name: 'Photograph' })
    expect(await away.getAttribute('rel')).toBe('noreferrer noopener')
    await close()
  })
})
