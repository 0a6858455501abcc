/** The results app inside EHRs that are not this server, with the ways in which these differ. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { type Ehr, startEhr } from '../../standins/ehr/ehr-server.ts'
import { type Quirks, quirkProfiles } from '../../standins/ehr/quirks.ts'
import { type AppServer, appServer } from '../../support/app-server.ts'
import { observation, quantity, refer, report } from '../../support/observations.ts'

const clientId = 'results-at-the-ehr'
const secret = 'a-secret-of-the-relay'
let ehrs: ReadonlyMap<string, Ehr>
let home: AppServer

beforeAll(async () => {
  const started = await Promise.all(
    quirkProfiles.map(async (quirks) => {
      const ehr = await startEhr({ quirks, resources: records() as never, patient: 'e7', clientId, secret })
      return [quirks, ehr] as const
    }),
  )
  ehrs = new Map(started.map(([{ name }, ehr]) => [name, ehr]))
  const issuers = started.map(([quirks, ehr]) => issuerOf(quirks, ehr))
  home = await appServer([], { issuers, others: started.map(([, { origin }]) => origin) })
}, 120_000)
afterAll(async () => {
  await home?.close()
  for (const ehr of ehrs?.values() ?? []) await ehr.close()
})

function issuerOf({ confidential }: Quirks, { iss, origin }: Ehr): JsonObject {
  const relay = { tokenEndpoint: `${origin}/oauth2/token`, secrets: { [clientId]: secret } }
  return { iss, clients: { results: clientId }, ...(confidential && relay) }
}

/** Thirty potassiums over some years, in two panels each year. */
function records(): JsonObject[] {
  const subject = { reference: 'Patient/e7' }
  const code = { coding: [{ system: 'http://loinc.org', code: '2823-3' }], text: 'Potassium' }
  const range = [{ low: quantity(3.5, 'mmol/L'), high: quantity(5.1, 'mmol/L') }]
  const potassiums = Array.from({ length: 30 }, (_, i) =>
    observation({
      ...{ id: `k${i}`, subject, code, referenceRange: range, valueQuantity: quantity(3.4 + (i % 7) * 0.3, 'mmol/L') },
      effectiveDateTime: `${2011 + Math.floor(i / 2)}-0${(i % 2) * 5 + 1}-15T08:00:00Z`,
    }),
  )
  const reports = potassiums.map((one, i) =>
    report({ id: `d${i}`, subject, result: refer(one), effectiveDateTime: one['effectiveDateTime']! }),
  )
  return [{ resourceType: 'Patient', id: 'e7', name: [{ family: 'Elsewhere' }] }, ...potassiums, ...reports]
}

/** What Chromium itself says of an answer that is an error; the app deals with those. */
const network = /^Failed to load resource: the server responded with a status of (400|401|404|429)/

describe.each(quirkProfiles.map(({ name }) => name))('%s', (name) => {
  test.each(['launched from inside', 'on its own'])('%s the app shows the course of a test', async (way) => {
    const ehr = ehrs.get(name)!
    const { page, faults, close } = await home.browser.open()
    const launch = `${home.origin}/apps/results/launch.html`
    await page.goto(way === 'on its own' ? `${launch}?iss=${encodeURIComponent(ehr.iss)}` : ehr.launchUrl(launch))
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByRole('button', { name: 'Potassium: see how it changed' }).first().click({ timeout: 20_000 })
    await page.getByRole('group', { name: 'Potassium over time' }).waitFor()
    await expect.poll(() => page.locator('.mark').count()).toBe(30)
    expect(faults.filter((fault) => !network.test(fault))).toEqual([])
    await close()
  })
})

test('a server that nobody has configured opens nothing', async () => {
  const { page, close } = await home.browser.open()
  await page.goto(`${home.origin}/apps/results/launch.html?iss=https%3A%2F%2Fevil.example%2Ffhir&launch=x`)
  await page.getByRole('alert').waitFor()
  expect(await page.getByRole('alert').innerText()).toContain('The app could not be opened.')
  await close()
})

test('what apps are told of servers has no secret in it', async () => {
  const response = await fetch(`${home.origin}/apps/issuers.json`)
  expect(await response.text()).not.toContain(secret)
})
