/** A guardian acts for a child until the child is of age; and terms of use are accepted: in Chromium. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { invite, useInvitation } from '../../server/smart/accounts/invitations.ts'
import { publishTerms } from '../../server/smart/accounts/terms.ts'
import { openSmart } from '../../server/smart/open-smart.ts'
import { acceptancesOf } from '../../server/store/accounts/terms.ts'
import { findClient, putClient } from '../../server/store/smart/clients.ts'
import { type AccountServer, accountServer, heading, signIn } from '../support/account-server.ts'
import { authorizeParameters } from '../support/browser.ts'
import { accessibilityFaults, isTooWide, type TestBrowser, testBrowser } from '../support/chromium-page.ts'
import { photograph } from '../support/photograph.ts'

let world: AccountServer
let browser: TestBrowser
const callback = 'http://127.0.0.1:9/callback'
const day = 24 * 3_600_000
const phone = { width: 390, height: 844 }

beforeAll(async () => {
  world = await accountServer({ ageOfConsent: 16 })
  browser = await testBrowser(world.origin, new URL(callback).origin)
  const { database } = world.server.context.store
  await putClient(database, { ...(await findClient(database, 'public'))!, redirectUris: [callback] })
  await world.put({ resourceType: 'Patient', id: 'mother', name: [{ text: 'Marta Rivera' }], birthDate: '1980-02-03' })
  for (const name of ['child', 'teen']) {
    // Sixteen in ten days.
    const born = new Date(Date.now() + 10 * day)
    born.setUTCFullYear(born.getUTCFullYear() - 16)
    const birthDate = born.toISOString().slice(0, 10)
    await world.put({ resourceType: 'Patient', id: name, name: [{ text: `Nina the ${name}` }], birthDate })
    await world.put({ resourceType: 'RelatedPerson', id: `of-${name}`, patient: { reference: `Patient/${name}` } })
  }
}, 120_000)
afterAll(async () => {
  await browser.close()
  await world.close()
})

async function check(page: Page, name: string): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  await photograph(page, name)
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** A letter for a guardian, which the account uses. */
async function actFor(patient: string, account: string): Promise<void> {
  const { accounts, close } = openSmart(world.server.context)
  const letter = await invite(accounts, { patient, relatedPerson: `of-${patient}`, by: '1' })
  const used = await useInvitation(accounts, account, letter.kind === 'invited' ? letter.code : '', '127.0.0.1')
  expect(used.kind).toBe('linked')
  close()
}

const authorize = () => {
  const aud = `${world.origin}/fhir`
  const given = { client_id: 'public', redirect_uri: callback, aud, scope: 'openid launch/patient patient/*.rs' }
  const { query, verifier } = authorizeParameters(given)
  return { url: `/auth/authorize?${query}`, verifier }
}

describe('A guardian', () => {
  test('chooses the child, sees until when, and narrows to their own record on the birthday', async () => {
    const mother = await world.add('mother', { name: 'Marta Rivera', roles: ['patient'], fhirUser: 'Patient/mother' })
    await actFor('child', mother)
    const { page, close } = await browser.open({ viewport: phone })
    const { url, verifier } = authorize()
    await page.goto(url)
    await signIn(page, 'mother')
    await page.getByLabel('Nina the child').check()
    await press(page, 'Continue')
    const back = page.waitForRequest((request) => request.url().startsWith(callback))
    await press(page, 'Allow')
    const code = new URL((await back).url()).searchParams.get('code')!
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
    const body = new URLSearchParams({ ...form, client_id: 'public' })
    const reply = await fetch(`${world.origin}/auth/token`, { method: 'POST', body })
    expect((await reply.json()) as JsonObject).toMatchObject({ patient: 'child' })

    await page.goto('/auth/people')
    expect(await page.getByText('Nina the child').isVisible()).toBe(true)
    expect(await page.getByText('When a child turns 16').isVisible()).toBe(true)
    await check(page, 'people')
    const scopes = 'launch/patient patient/*.rs'
    const before = await world.as(mother, scopes, 'child')
    expect((await before('GET', 'Patient/child')).status).toBe(200)
    world.pass(11 * day)
    const after = await world.as(mother, scopes, 'child')
    expect((await after('GET', 'Patient/child')).status).not.toBe(200)
    const own = await world.as(mother, scopes, 'mother')
    expect((await own('GET', 'Patient/mother')).status).toBe(200)
    await page.goto('/auth/people')
    await signIn(page, 'mother')
    expect(await page.getByText('ended on').isVisible()).toBe(true)
    expect(await page.getByRole('button', { name: 'End this: Nina the child' }).count()).toBe(0)
    await close()
  })

  test('is stopped by the patient who is of age, at once, and both are told', async () => {
    const father = await world.add('father', { roles: ['patient'], fhirUser: 'Patient/father' })
    await world.add('teen', { roles: ['patient'], fhirUser: 'Patient/teen' })
    await actFor('teen', father)
    const fhir = await world.as(father, 'launch/patient patient/*.rs', 'teen')
    expect((await fhir('GET', 'Patient/teen')).status).toBe(200)
    const { page, close } = await browser.open({ viewport: phone })
    await page.goto('/auth/people')
    await signIn(page, 'teen')
    await check(page, 'people-acting')
    await press(page, 'End this: father')
    expect(await page.getByRole('status').innerText()).toContain('That has ended')
    expect((await fhir('GET', 'Patient/teen')).status).not.toBe(200)
    for (const address of ['teen@example.org', 'father@example.org']) {
      expect((await world.mails(address))[0]?.text).toContain('who may act for whom')
    }
    await close()
  })

  test('is not stopped by a child, nor by anybody else', async () => {
    const born = new Date(Date.now() - 5 * 365 * day).toISOString().slice(0, 10)
    await world.put({ resourceType: 'Patient', id: 'small', birthDate: born })
    await world.put({ resourceType: 'RelatedPerson', id: 'of-small', patient: { reference: 'Patient/small' } })
    const aunt = await world.add('aunt', { roles: ['patient'], fhirUser: 'Patient/aunt' })
    await world.add('small', { roles: ['patient'], fhirUser: 'Patient/small' })
    await world.add('other', { roles: ['patient'], fhirUser: 'Patient/other' })
    await actFor('small', aunt)
    const { page, close } = await browser.open()
    for (const username of ['small', 'other']) {
      await page.context().clearCookies()
      await page.goto('/auth/people')
      await signIn(page, username)
      expect(await heading(page)).toBe('Who acts for whom')
      expect(await page.getByRole('button', { name: /^End/ }).count()).toBe(0)
      await page.goto('/auth/account')
      const csrf = (await page.locator('input[name=csrf]').first().getAttribute('value'))!
      for (const stop of ['1', '2', '3']) await page.request.post('/auth/people', { form: { stop, csrf } })
    }
    const fhir = await world.as(aunt, 'launch/patient patient/*.rs', 'small')
    expect((await fhir('GET', 'Patient/small')).status).toBe(200)
    await close()
  })
})

test('terms of use are accepted at sign-in, again when they change, and what was accepted is kept', async () => {
  const account = await world.add('tina', { roles: ['patient'], fhirUser: 'Patient/mother' })
  const { context } = world.server
  const { database } = context.store
  const powers = { database, now: context.now }
  const content = 'Use this with care.\n\nTell nobody your password.'
  const publish = (version: string) =>
    publishTerms(powers, { version, title: 'Rules', content, effective: context.now() })
  await publish('1')
  const { page, close } = await browser.open({ viewport: phone })
  await page.goto('/auth/apps')
  await signIn(page, 'tina')
  expect(await heading(page)).toBe('Terms of use')
  await check(page, 'terms')
  await press(page, 'Accept')
  expect(await page.getByRole('alert').innerText()).toContain('Tick the box')
  await page.getByLabel('I have read and accept').check()
  await press(page, 'Accept')
  expect(await heading(page)).toBe('Connected apps')
  await page.goto(authorize().url)
  expect(await heading(page)).toBe('Let Growth Chart in?')

  world.pass(1000)
  await publish('2')
  await page.goto(authorize().url)
  expect(await heading(page)).toBe('Terms of use')
  expect(await page.getByText('Version 2').isVisible()).toBe(true)
  await page.getByLabel('I have read and accept').check()
  await press(page, 'Accept')
  expect(await heading(page)).toBe('Let Growth Chart in?')
  const kept = await acceptancesOf(database, account)
  expect(kept.map(({ version }) => version).sort()).toEqual(['1', '2'])
  const own = await world.as(account, 'launch/patient patient/Consent.rs', 'mother')
  const { json } = await own('GET', 'Consent?status=active')
  expect((json['entry'] as unknown[]).length).toBe(2)
  await close()
})
