/** Forms of the pages of accounts, as a browser without scripts sends them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findAccountByLogin } from '../../server/store/accounts/accounts.ts'
import { type AccountServer, accountServer, password } from '../support/account-server.ts'
import { codeAt } from '../support/authenticator.ts'
import { type FormBrowser, formBrowser } from '../support/form-browser.ts'

let world: AccountServer

beforeAll(async () => {
  world = await accountServer()
}, 120_000)
afterAll(() => world.close())

async function signedIn(username: string): Promise<FormBrowser> {
  const user = formBrowser(world.origin)
  await user.signIn(username)
  return user
}

test.each(['/auth/account', '/auth/account/password', '/auth/account/email', '/auth/sign-up', '/auth/forgotten'])(
  'a form of %s that is refused says so, and what to do',
  async (path) => {
    const username = `refused${path.replaceAll(/\W/g, '')}`
    await world.add(username)
    const user = await signedIn(username)
    expect((await user.get(path)).text).not.toContain('Nothing was changed')
    const { text } = await user.post(path, { csrf: 'of another session' })
    expect(text).toContain('Nothing was changed')
    expect(text).toContain('send it again')
    expect(text).toContain('role="alert"')
  },
)

test('a refused form is explained in Spanish, too', async () => {
  await world.add('lucia')
  const user = formBrowser(world.origin, 'es')
  await user.signIn('lucia')
  expect((await user.post('/auth/account', {})).text).toContain('No se cambió nada')
})

test('who has no address is told so, not that it is confirmed', async () => {
  await world.add('nomail', { email: null, emailVerified: false })
  const { text } = await (await signedIn('nomail')).get('/auth/account/resend')
  expect(text).toContain('<h1>Your account has no e-mail address</h1>')
  expect(text).toContain('href="/auth/account/email"')
  expect(text).not.toContain('Your address is confirmed')
})

test('somebody changes how they are addressed, and is told by mail; their record stays as it is', async () => {
  await world.put({ resourceType: 'Patient', id: 'kim', name: [{ text: 'Kim Old' }] })
  const account = await world.add('kim', { name: 'Kim Old', roles: ['patient'], fhirUser: 'Patient/kim' })
  const user = await signedIn('kim')
  const { text } = await user.get('/auth/account/name')
  expect(text).toContain('value="Kim Old"')
  const reply = await user.submit(text, '/auth/account/name', { name: '  Kim   New ' })
  expect(reply).toMatchObject({ status: 303, location: '/auth/account' })
  expect((await user.get('/auth/account')).text).toContain('Signed in: Kim New')
  expect((await world.mails('kim@example.org'))[0]!.text).toContain(': your name.')
  const fhir = await world.as(account, 'launch/patient patient/Patient.rs', 'kim')
  expect((await fhir('GET', 'Patient/kim')).json).toMatchObject({ name: [{ text: 'Kim Old' }] })
})

test.each(['', '   ', 'x'.repeat(201), 'Kim\u202eweN'])('"%s" is no name', async (name) => {
  const username = `name${name.length}`
  await world.add(username)
  const user = await signedIn(username)
  const { text } = await user.get('/auth/account/name')
  const refused = await user.submit(text, '/auth/account/name', { name })
  expect(refused.text).toContain('Say your name, in at most 200 characters.')
  expect((await findAccountByLogin(world.server.context.store.database, username))!.name).toBe(username)
})

test('a second step is put in the place of another by who knows the password alone', async () => {
  await world.add('vera')
  const user = await signedIn('vera')
  const path = '/auth/account/second-factor'
  const keyOf = (page: string) => /<code>([A-Z2-7 ]+)<\/code>/.exec(page)![1]!.replaceAll(' ', '')
  const first = await user.get(path)
  // Who has just signed in, and has none, has proved enough.
  expect(first.text).not.toContain('name="current"')
  const done = await user.submit(first.text, path, { otp: codeAt(keyOf(first.text), Date.now()) })
  expect(done.text).toContain('The second step is on')

  const second = await user.get(path)
  expect(second.text).toContain('name="current"')
  const otp = codeAt(keyOf(second.text), Date.now())
  for (const current of ['', 'wrong']) {
    const refused = await user.submit(second.text, path, { otp, current })
    expect(refused.text).toContain('That is not your password.')
  }
  const changed = await user.submit(second.text, path, { otp, current: password })
  expect(changed.text).toContain('The second step is on')
})

test('whoever finds a browser open sets up no second step', async () => {
  await world.add('olga')
  const user = await signedIn('olga')
  world.pass(11 * 60_000)
  const { text } = await user.get('/auth/account/second-factor')
  expect(text).toContain('name="current"')
})

test('whose password is guessed at is told by mail, once', async () => {
  await world.add('target', { language: 'es' })
  const attacker = formBrowser(world.origin)
  for (let i = 0; i < 14; i++) {
    await attacker.signIn('target', 'wrong')
    world.pass(20 * 60_000)
  }
  const told = async () =>
    (await world.mails('target@example.org')).filter((one) => one.template === 'sign-in-attempts')
  await expect.poll(async () => (await told()).length).toBe(1)
  expect((await told())[0]!.text).toContain('Alguien ha intentado muchas veces')
})

describe('a form that is refused is answered with what is wrong, and a status that says so', () => {
  const posted = async (username: string, path: string, fields: Readonly<Record<string, string>>) => {
    await world.add(username)
    const user = await signedIn(username)
    return user.submit((await user.get(path)).text, path, fields)
  }

  test.each([
    ['/auth/account/name', { name: '' }],
    ['/auth/account/email', { email: 'none', current: password }],
    ['/auth/account/email', { email: 'new@example.net', current: 'wrong' }],
    ['/auth/account/password', { current: 'wrong', password: 'violet harbour 77' }],
    ['/auth/account/second-factor', { otp: '000000' }],
    ['/auth/account/passkeys/add', { current: 'wrong' }],
    ['/auth/invitation', { code: 'none' }],
    ['/auth/ask', { name: '', birthDate: 'soon' }],
    ['/auth/sign-up', { name: '', username: 'a', email: 'none', password: 'short' }],
  ])('%s %j', async (path, fields) => {
    const username = `form${path.replaceAll(/\W/g, '')}${Object.values(fields).join('').length}`
    const { status, text } = await posted(username, path, fields)
    expect(status).toBe(422)
    expect(text).toContain('role="alert"')
  })

  test('the page of another session: 403', async () => {
    await world.add('stale')
    expect((await (await signedIn('stale')).post('/auth/account', {})).status).toBe(403)
  })

  test('a wrong password: 422, and after many: 429', async () => {
    await world.add('many')
    const statuses: number[] = []
    for (let i = 0; i < 12; i++) statuses.push((await formBrowser(world.origin).signIn('many', 'wrong')).status)
    expect(statuses[0]).toBe(422)
    expect(statuses.at(-1)).toBe(429)
  })

  test('a name that is changed too often: 429, with what was typed', async () => {
    await world.add('often')
    const user = await signedIn('often')
    const { text: form } = await user.get('/auth/account/name')
    for (let i = 0; i < 10; i++) await user.submit(form, '/auth/account/name', { name: `Name ${i}` })
    const { status, text } = await user.submit(form, '/auth/account/name', { name: 'Once more' })
    expect(status).toBe(429)
    expect(text).toContain('value="Once more"')
  })

  test('what is shown for the first time, or was done: 200', async () => {
    await world.add('fine')
    const user = await signedIn('fine')
    for (const path of ['/auth/account', '/auth/account/name', '/auth/ask', '/auth/sign-up', '/auth/sign-in']) {
      expect([200, 303]).toContain((await user.get(path)).status)
    }
  })
})
