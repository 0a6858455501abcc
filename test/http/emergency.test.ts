/** Records that are closed are opened in an emergency, by whoever says why; and that is told and reviewed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { findAccountByLogin } from '../../server/store/accounts/accounts.ts'
import { type AccountServer, accountServer, type Fhir, signIn } from '../support/account-server.ts'
import { accessibilityFaults, isTooWide, testBrowser } from '../support/chromium-page.ts'
import { photograph } from '../support/photograph.ts'

let world: AccountServer
let nurse: Fhir
const why = { 'x-break-glass': 'Unconscious in the emergency room' }
const secret = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' }]

beforeAll(async () => {
  world = await accountServer()
  for (const id of ['one', 'two']) {
    await world.put({ resourceType: 'Patient', id, name: [{ text: `Patient ${id}` }] })
    const subject = { reference: `Patient/${id}` }
    await world.put({ resourceType: 'Condition', id: `c-${id}`, subject, meta: { security: secret } })
  }
  await world.put({
    ...{ resourceType: 'Consent', id: 'no', status: 'active', patient: { reference: 'Patient/one' } },
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    policy: [{ uri: 'urn:example:policy' }],
    provision: {
      type: 'deny',
      actor: [{ role: { text: 'recipient' }, reference: { reference: 'Practitioner/n' } }],
      purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }],
    },
  })
  nurse = await world.as(await world.add('nurse', { roles: ['nurse'], fhirUser: 'Practitioner/n' }), 'user/*.cruds')
  await world.add('admin', { roles: ['admin'], fhirUser: 'Practitioner/a' })
  await world.add('rosa', { roles: ['patient'], fhirUser: 'Patient/one' })
}, 120_000)
afterAll(() => world.close())

const count = ({ json }: { json: JsonObject }) => (json['entry'] as unknown[] | undefined)?.length ?? 0

describe('Before', () => {
  test('the chart is closed', async () => {
    expect((await nurse('GET', 'Patient/one')).status).toBe(404)
    expect(count(await nurse('GET', 'Condition?patient=one'))).toBe(0)
    expect((await nurse('GET', 'Condition/c-two')).status).toBe(404)
  })

  test.each([
    ['no reason', 'Patient/one', 'urgent', 400],
    ['too long a reason', 'Patient/one', 'x'.repeat(2001), 400],
    ['no patient', 'Condition', why['x-break-glass'], 400],
    ['two patients', 'Condition?patient=one,two', why['x-break-glass'], 400],
    ['nobody’s record', 'Patient/nobody', why['x-break-glass'], 400],
  ])('%s opens nothing', async (_case, path, reason, status) => {
    expect((await nurse('GET', path, undefined, { 'x-break-glass': reason })).status).toBe(status)
    expect((await nurse('GET', 'Patient/one')).status).toBe(404)
  })

  test.each([
    ['receptionist', 'user/*.cruds', 403],
    ['patient', 'patient/*.rs', 403],
  ])('the %s opens nothing', async (role, scopes, status) => {
    const fhir = await world.as(await world.add(`a-${role}`, { roles: [role] }), scopes, 'two')
    expect((await fhir('GET', 'Patient/one', undefined, why)).status).toBe(status)
  })
})

describe('With a reason', () => {
  test('the chart of that patient opens, for an hour, and nobody else’s', async () => {
    expect((await nurse('GET', 'Patient/one', undefined, why)).status).toBe(200)
    expect((await nurse('GET', 'Patient/one')).status).toBe(200)
    expect(count(await nurse('GET', 'Condition?patient=one'))).toBe(1)
    expect((await nurse('GET', 'Condition/c-two')).status).toBe(404)
    world.pass(59 * 60_000)
    const again = await world.as(await numberOf('nurse'), 'user/*.cruds')
    expect((await again('GET', 'Patient/one')).status).toBe(200)
    world.pass(2 * 60_000)
    const late = await world.as(await numberOf('nurse'), 'user/*.cruds')
    expect((await late('GET', 'Patient/one')).status).toBe(404)
  })

  test('the scopes of the app are what they were', async () => {
    const narrow = await world.as(await numberOf('nurse'), 'user/Patient.r')
    expect((await narrow('GET', 'Patient/one', undefined, why)).status).toBe(200)
    expect((await narrow('GET', 'Condition/c-one')).status).toBe(403)
  })

  test('what was seen is marked, of this patient alone, and the reason is told', async () => {
    await world.put({ resourceType: 'Patient', id: 'three' })
    await nurse('GET', 'Patient/three')
    const auditor = await world.as(await numberOf('admin'), 'user/*.cruds')
    const events = async (query: string) => {
      const { json } = await auditor('GET', `AuditEvent?${query}`)
      return ((json['entry'] ?? []) as { resource: JsonObject }[]).map(({ resource }) => JSON.stringify(resource))
    }
    const broken = await events('subtype=110127&patient=one')
    expect(broken[0]).toContain('Unconscious in the emergency room')
    expect(broken[0]).toContain('"code":"BTG"')
    expect((await events('subtype=read&patient=one')).filter((text) => text.includes('"BTG"')).length).toBeGreaterThan(
      0,
    )
    expect((await events('subtype=read&patient=three')).filter((text) => text.includes('"BTG"'))).toEqual([])
  })

  test('the patient and those who review it are told by mail, without a name', async () => {
    const [patient] = await world.mails('rosa@example.org')
    const [reviewer] = await world.mails('admin@example.org')
    expect([patient?.template, reviewer?.template]).toEqual(['record-opened', 'glass-broken'])
    expect(`${patient?.text}${reviewer?.text}`).not.toMatch(/Unconscious|Patient one/)
  })
})

test('whoever opened a record ends it on the own account page', async () => {
  const again = await world.as(await numberOf('nurse'), 'user/*.cruds')
  expect((await again('GET', 'Patient/two')).status).toBe(200)
  expect((await again('GET', 'Condition/c-two', undefined)).status).toBe(404)
  await again('GET', 'Patient/one', undefined, why)
  expect((await again('GET', 'Patient/one')).status).toBe(200)
  const browser = await testBrowser(world.origin)
  const { page, close } = await browser.open({ viewport: { width: 320, height: 700 } })
  await page.goto('/auth/account')
  await signIn(page, 'nurse')
  const end = page.getByRole('button', { name: 'End now: Record of Patient one' })
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  await photograph(page, 'account-emergency-320')
  await end.press('Enter')
  await page.getByText('Your emergency access has ended.').waitFor()
  expect(await end.count()).toBe(0)
  expect((await again('GET', 'Patient/one')).status).toBe(404)
  await close()
  await browser.close()
})

test('it is reviewed on a page, by administrators alone', async () => {
  const browser = await testBrowser(world.origin)
  const { page, close } = await browser.open({ viewport: { width: 390, height: 844 } })
  await page.goto('/auth/emergency-access')
  await signIn(page, 'admin')
  expect(await page.getByRole('main').getByRole('listitem').count()).toBe(2)
  expect(await page.getByText('Unconscious in the emergency room').first().isVisible()).toBe(true)
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  await photograph(page, 'review')
  await page.getByLabel('What you found').first().fill('It was one.')
  await page.getByRole('button', { name: 'Keep this' }).first().click()
  expect(await page.getByRole('status').innerText()).toBe('Your review is kept.')
  expect(await page.getByRole('main').getByRole('listitem').count()).toBe(1)
  await close()
  const other = await browser.open()
  await other.page.goto('/auth/emergency-access')
  await signIn(other.page, 'rosa')
  expect(await other.page.getByText('for those who review').isVisible()).toBe(true)
  await other.close()
  await browser.close()
})

async function numberOf(username: string): Promise<string> {
  return (await findAccountByLogin(world.server.context.store.database, username))!.number
}
