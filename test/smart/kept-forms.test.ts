/** What people were typing while their session ended. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publishTerms } from '../../server/smart/accounts/terms.ts'
import { sql } from '../../server/sql.ts'
import { type AccountServer, accountServer, signIn } from '../support/account-server.ts'
import { accessibilityFaults, isTooWide, phone, testBrowser } from '../support/chromium-page.ts'
import { type FormBrowser, formBrowser } from '../support/form-browser.ts'

const minute = 60_000
const path = '/auth/account/name'
let world: AccountServer

beforeAll(async () => {
  world = await accountServer()
}, 120_000)
afterAll(() => world.close())

async function begun(username: string, page = path): Promise<{ user: FormBrowser; text: string }> {
  await world.add(username)
  const user = formBrowser(world.origin)
  await user.signIn(username)
  return { user, text: (await user.get(page)).text }
}

/** Sends a form as its page has it, with all that is hidden in its first form of that page. */
function submit(user: FormBrowser, text: string, page: string, fields: Readonly<Record<string, string>>) {
  const [form = ''] = new RegExp(`<form method="post" action="${page}">.*?</form>`, 's').exec(text) ?? []
  const hidden = [...form.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
    name,
    value,
  ])
  return user.post(page, { ...Object.fromEntries(hidden), ...fields })
}

const nameOf = async (username: string) => {
  const { database } = world.server.context.store
  const [row] = await database.query<{ name: string }>(sql`select name from account where username = ${username}`)
  return row?.name
}

test('what was typed is shown after signing in again, and sent when the person says so', async () => {
  const { user, text } = await begun('anna')
  world.pass(31 * minute)
  const sent = await submit(user, text, path, { name: 'Anna Rivera' })
  expect(sent).toMatchObject({ status: 303, location: '/auth/sign-in?next=%2Fauth%2Faccount%2Fname&ended=kept' })
  expect((await user.get(sent.location!)).text).toContain('We keep what you typed for an hour')
  await user.signIn('anna')
  const { text: kept } = await user.get(path)
  expect(kept).toContain('<h1>You were about to send this</h1>')
  expect(kept).toContain('Anna Rivera')
  expect(await nameOf('anna')).toBe('anna')
  expect(await submit(user, kept, path, {})).toMatchObject({ status: 303, location: '/auth/account' })
  expect(await nameOf('anna')).toBe('Anna Rivera')
  expect((await user.get(path)).text).not.toContain('about to send')
})

test('it is kept after signing out, too, and can be discarded', async () => {
  const { user, text } = await begun('bert')
  await submit(user, (await user.get('/auth/account')).text, '/auth/logout', { do: 'sign-out' })
  expect((await submit(user, text, path, { name: 'Bert B' })).location).toContain('ended=kept')
  await user.signIn('bert')
  const { text: kept } = await user.get(path)
  expect(kept).toContain('Bert B')
  expect(await submit(user, kept, path, { do: 'discard-kept' })).toMatchObject({ status: 303, location: path })
  expect((await user.get(path)).text).not.toContain('Bert B')
  expect(await nameOf('bert')).toBe('bert')
})

test('a page that was opened before signing in again is not sent by itself either', async () => {
  const { user, text } = await begun('cora')
  await user.signIn('cora')
  expect(await submit(user, text, path, { name: 'Cora C' })).toMatchObject({ status: 303, location: path })
  expect((await user.get(path)).text).toContain('Cora C')
  expect(await nameOf('cora')).toBe('cora')
})

test('nobody else sees it', async () => {
  const { user, text } = await begun('dina')
  await world.add('other')
  world.pass(31 * minute)
  await submit(user, text, path, { name: 'Dina Secret' })
  await user.signIn('other')
  expect((await user.get(path)).text).not.toContain('Dina Secret')
  // The page of one person is left open while another signs in.
  const late = await submit(user, text, path, { name: 'Dina Again' })
  expect(late.text).toContain('Nothing was changed')
  expect(late.text).not.toContain('Dina Again')
  await user.signIn('dina')
  expect((await user.get(path)).text).toContain('Dina Again')
})

test.each([
  ['without whose it is', { owner: '' }],
  ['with what is no token', { owner: 'bm9uZQ' }],
  ['with nothing typed', { name: '  ' }],
])('a form %s is not kept', async (_case, fields) => {
  const username = `eva${_case.length}`
  const { user, text } = await begun(username)
  world.pass(31 * minute)
  const { location } = await submit(user, text, path, { name: 'Eva E', ...fields })
  expect(location).toContain('ended=unsent')
  expect((await user.get(location!)).text).toContain('nothing was changed')
  await user.signIn(username)
  expect((await user.get(path)).text).not.toContain('Eva E')
})

test('whose a form is counts on its own page only', async () => {
  const { user, text } = await begun('finn')
  const owner = /name="owner" value="([^"]+)"/.exec(text)![1]!
  world.pass(31 * minute)
  const { location } = await user.post('/auth/account/email', { owner, email: 'finn@example.net' })
  expect(location).toContain('ended=unsent')
})

test('it is kept for an hour', async () => {
  const { user, text } = await begun('gina')
  world.pass(31 * minute)
  await submit(user, text, path, { name: 'Gina G' })
  world.pass(61 * minute)
  await user.signIn('gina')
  expect((await user.get(path)).text).not.toContain('Gina G')
})

test('passwords are not kept, and are asked for when the rest is sent', async () => {
  const page = '/auth/account/email'
  const { user, text } = await begun('hugo', page)
  world.pass(31 * minute)
  await submit(user, text, page, { email: 'hugo@example.net', current: 'lantern orchid 42' })
  await user.signIn('hugo')
  const { text: kept } = await user.get(page)
  expect(kept).toContain('hugo@example.net')
  expect(kept).not.toContain('lantern')
  const { text: form } = await submit(user, kept, page, {})
  expect(form).toContain('value="hugo@example.net"')
  expect(form).toContain('type="password"')
  expect(form).not.toContain('That is not your password')
})

test('nothing of it lies in clear in the database', async () => {
  const { user, text } = await begun('iris')
  world.pass(31 * minute)
  await submit(user, text, path, { name: 'Iris Clearly' })
  const { database } = world.server.context.store
  const rows = await database.query<{ sealed: Buffer }>(sql`select sealed from kept_form`)
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.some(({ sealed }) => sealed.includes('Clearly'))).toBe(false)
})

describe('pages tell when the session ends', () => {
  test('in words, with a way to stay', async () => {
    const { user, text } = await begun('jana')
    expect(text).toMatch(/If you do nothing for \d\d minutes, you are signed out: at \d+:\d\d [AP]M UTC\./)
    expect(text).toContain('Days and times are in UTC.')
    world.pass(20 * minute)
    const stayed = await submit(user, text.replace(' target="_blank"', ''), '/auth/stay', {})
    expect(stayed.text).toContain('<h1>You are still signed in</h1>')
    world.pass(20 * minute)
    expect(await submit(user, text, path, { name: 'Jana J' })).toMatchObject({ status: 303, location: '/auth/account' })
  })

  test('a session that cannot be put off says that', async () => {
    const { user } = await begun('kilian')
    for (let passed = 0; passed < 11 * 60 + 40; passed += 20) {
      world.pass(20 * minute)
      await user.get(path)
    }
    const { text } = await user.get(path)
    expect(text).toMatch(/You are signed out at \d+:\d\d [AP]M UTC/)
    expect(text).not.toContain('Stay signed in')
  })
})

test('a question about an access is kept with what it is about, in Chromium', async () => {
  await world.put({ resourceType: 'Patient', id: 'lena', name: [{ text: 'Lena Ortiz' }] })
  await world.add('lena', { roles: ['patient'], fhirUser: 'Patient/lena' })
  await world.put({ resourceType: 'Practitioner', id: 'okafor', name: [{ text: 'Grace Okafor' }] })
  const doctor = await world.add('grace', { roles: ['practitioner'], fhirUser: 'Practitioner/okafor' })
  expect((await (await world.as(doctor, 'user/Patient.rs'))('GET', 'Patient/lena')).status).toBe(200)
  const browser = await testBrowser(world.origin)
  const { page, faults, close } = await browser.open({ viewport: phone, javaScriptEnabled: false })
  await page.goto('/auth/access')
  await signIn(page, 'lena')
  await page
    .getByRole('link', { name: /^Question this access/ })
    .first()
    .click()
  await page.getByLabel('What is in doubt?').fill('Who\nwas this?')
  world.pass(31 * minute)
  await page.getByRole('button', { name: 'Send the question' }).click()
  expect(await page.getByRole('status').innerText()).toContain('We keep what you typed')
  await signIn(page, 'lena')
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('You were about to send this')
  expect(await page.locator('.as-typed').innerText()).toBe('Who\nwas this?')
  expect(await page.locator('main strong').innerText()).toContain('Grace Okafor')
  expect(await isTooWide(page)).toBe(false)
  await page.getByRole('button', { name: 'Send it now' }).click()
  expect(await page.getByRole('status').innerText()).toContain('Your question was sent')
  expect(faults).toEqual([])
  await close()
  const { page: again, close: closeAgain } = await browser.open({ viewport: phone })
  await again.goto('/auth/account/name')
  await signIn(again, 'lena')
  expect(await accessibilityFaults(again)).toEqual([])
  await closeAgain()
  await browser.close()
}, 120_000)

test('new terms of use do not lose what was typed', async () => {
  const { user, text } = await begun('mona')
  const { database } = world.server.context.store
  const { now } = world.server.context
  await publishTerms({ database, now }, { version: '1', title: 'Terms', content: 'Be kind.', effective: now() - 1 })
  expect((await submit(user, text, path, { name: 'Mona M' })).location).toContain('/auth/terms')
  const { text: terms } = await user.get('/auth/terms')
  await submit(user, terms, '/auth/terms', { accept: '1', version: '1' })
  expect((await user.get(path)).text).toContain('Mona M')
})
