import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSealer } from '../../../server/sealing.ts'
import { hashPassword } from '../../../server/smart/accounts/password.ts'
import { beginTotp, confirmTotp } from '../../../server/smart/accounts/second-factor.ts'
import { sessionAges, storedPeople } from '../../../server/smart/accounts/stored-people.ts'
import type { People } from '../../../server/smart/people.ts'
import { addAccount, changeAccount, findAccountByLogin } from '../../../server/store/accounts/accounts.ts'
import { secretHash } from '../../../server/store/accounts/codes.ts'
import { addProxy } from '../../../server/store/accounts/proxies.ts'
import { endSessions, sessionsOf } from '../../../server/store/accounts/sessions.ts'
import { type AccountDatabase, accountDatabase, auditLog, testClock } from '../../support/account-database.ts'
import { codeAt } from '../../support/authenticator.ts'

const home = '192.0.2.1'
const elsewhere = '198.51.100.1'
const clock = testClock()
const sealer = createSealer([Buffer.alloc(32, 7)])
const { audit } = auditLog()
let database: AccountDatabase
let people: People
let number: string

beforeAll(async () => {
  database = await accountDatabase()
  people = storedPeople({ database: database.database, sealer, now: clock.now, audit })
  number = (await add('anna', { email: 'Anna@example.org', emailVerified: true, fhirUser: 'Patient/a' }))!
})
afterAll(() => database.close())

async function add(username: string, more: object = {}): Promise<string | undefined> {
  const password = await hashPassword('lantern orchid 42')
  const account = { username, name: username, email: null, emailVerified: false, password, roles: ['patient'] }
  return addAccount(
    database.database,
    { ...account, fhirUser: null, state: 'active', demo: false, ...more },
    clock.now(),
  )
}

const signIn = (username: string, password: string, address = home, more: object = {}) =>
  people.signIn({ username, password, address, ...more })

async function secretOf(username = 'anna', more: object = {}): Promise<string> {
  const result = await signIn(username, 'lantern orchid 42', home, more)
  if (result.kind !== 'signed-in') throw new Error(`${username} is not signed in: ${result.kind}`)
  return result.secret
}

describe('Signing in', () => {
  test.each(['anna', 'ANNA', 'anna@example.org'])('goes by user name or address: %s', async (login) => {
    expect(await signIn(login, 'lantern orchid 42')).toMatchObject({ kind: 'signed-in' })
  })

  test.each([
    ['a wrong password', 'anna', 'lantern orchid 43'],
    ['an unknown name', 'nobody', 'lantern orchid 42'],
    ['no password', 'anna', ''],
  ])('is refused with the same words for %s', async (_name, username, password) => {
    expect(await signIn(username, password, elsewhere)).toEqual({ kind: 'refused' })
  })

  test('is refused for a disabled account, and its sessions end', async () => {
    const secret = await secretOf()
    await changeAccount(database.database, number, { state: 'disabled' })
    expect(await people.session(secret)).toBeUndefined()
    expect(await people.account(number)).toBeUndefined()
    expect(await signIn('anna', 'lantern orchid 42')).toEqual({ kind: 'refused' })
    await changeAccount(database.database, number, { state: 'active' })
  })

  test('keeps a hash of today', async () => {
    const old = await hashPassword('lantern orchid 42', { memory: 8192, passes: 1, parallelism: 1 })
    await changeAccount(database.database, number, { password: old })
    await secretOf()
    const { password } = (await findAccountByLogin(database.database, 'anna'))!
    expect(password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })
})

describe('Sessions', () => {
  test('tell who it is, and are another one for each sign-in', async () => {
    const first = await secretOf()
    expect(await people.session(first)).toMatchObject({
      account: { number, roles: ['patient'], fhirUser: 'Patient/a', patients: ['a'] },
      name: 'anna',
      authTime: clock.now(),
    })
    const second = await secretOf('anna', { before: first })
    expect(await people.session(first)).toBeUndefined()
    expect(await people.isSignedIn(secretHash(second))).toBe(true)
  })

  test('end when they are not used, and at last', async () => {
    const idle = await secretOf()
    clock.pass(sessionAges.idle + 1)
    expect(await people.session(idle)).toBeUndefined()
    const used = await secretOf()
    const began = clock.now()
    while (clock.now() - began < sessionAges.absolute - sessionAges.idle) {
      clock.pass(sessionAges.idle / 2)
      expect(await people.session(used)).toBeDefined()
    }
    clock.pass(sessionAges.idle)
    expect(await people.session(used)).toBeUndefined()
  })

  test('end when the person signs out, here or everywhere', async () => {
    const [here, there, other] = [await secretOf(), await secretOf(), await secretOf()]
    await people.signOut(here)
    expect(await people.session(here)).toBeUndefined()
    expect(await sessionsOf(database.database, number, sessionAges, clock.now())).toHaveLength(2)
    await endSessions(database.database, number, secretHash(other))
    expect([await people.session(there), await people.session(other)].map((one) => one !== undefined)).toEqual([
      false,
      true,
    ])
  })
})

describe('Many attempts', () => {
  test('have to wait, and never those who were there before', async () => {
    await add('victim')
    await secretOf('victim')
    for (let i = 0; i < 6; i++) expect((await signIn('victim', 'wrong', elsewhere)).kind).toBe('refused')
    expect(await signIn('victim', 'lantern orchid 42', elsewhere)).toEqual({ kind: 'later', seconds: 1 })
    // The owner, where they usually are.
    expect((await signIn('victim', 'lantern orchid 42', home)).kind).toBe('signed-in')
    clock.pass(1000)
    expect((await signIn('victim', 'lantern orchid 42', elsewhere)).kind).toBe('signed-in')
  })

  test('on names that do not exist wait as long', async () => {
    const results: string[] = []
    for (let i = 0; i < 7; i++) results.push((await signIn('ghost', 'wrong', '203.0.113.9')).kind)
    expect(results).toEqual([...Array.from({ length: 6 }, () => 'refused'), 'later'])
  })

  test('from one network wait, whatever the names', async () => {
    const results: string[] = []
    for (let i = 0; i < 52; i++) results.push((await signIn(`name-${i}`, 'wrong', '203.0.113.77')).kind)
    expect(results.slice(-2)).toEqual(['refused', 'later'])
  }, 60_000)
})

describe('A second factor', () => {
  test('is asked for, and each code counts once', async () => {
    const careful = (await add('careful'))!
    const powers = { database: database.database, sealer, now: clock.now, audit }
    const { secret } = await beginTotp(powers, { number: careful, label: 'careful' }, 'Candela')
    await confirmTotp(powers, careful, codeAt(secret, clock.now()))
    clock.pass(30_000)
    const asked = await signIn('careful', 'lantern orchid 42')
    if (asked.kind !== 'otp-wanted') throw new Error(asked.kind)
    const confirm = (otp: string) => people.confirmCode({ ticket: asked.ticket, otp, address: home })
    expect((await confirm('000000')).kind).toBe('otp-wanted')
    const otp = codeAt(secret, clock.now())
    expect((await confirm(otp)).kind).toBe('signed-in')
    expect((await confirm(otp)).kind).toBe('otp-wanted')
    clock.pass(11 * 60_000)
    expect((await confirm(codeAt(secret, clock.now()))).kind).toBe('refused')
    expect((await people.confirmCode({ ticket: 'x', otp, address: home })).kind).toBe('refused')
  })
})

test('A guardian acts for others from when to when it was said', async () => {
  const guardian = (await add('guardian', { fhirUser: 'RelatedPerson/r' }))!
  const patients = async () => (await people.account(guardian))!.account.patients
  const proxy = { account: guardian, relatedPerson: 'r', by: 'test' }
  const now = clock.now()
  await addProxy(database.database, { ...proxy, patient: 'child', starts: now, ends: now + 1000 }, now)
  await addProxy(database.database, { ...proxy, patient: 'later', starts: now + 500 }, now)
  expect(await patients()).toEqual(['child'])
  clock.pass(600)
  expect(await patients()).toEqual(['child', 'later'])
  clock.pass(600)
  expect(await patients()).toEqual(['later'])
})

test('Names and verified addresses belong to one account', async () => {
  expect(await add('Anna')).toBeUndefined()
  expect(await add('anna2', { email: 'ANNA@example.org', emailVerified: true })).toBeUndefined()
  const other = (await add('anna3', { email: 'anna@example.org', emailVerified: false }))!
  expect(await changeAccount(database.database, other, { email: 'anna@example.org', emailVerified: true })).toBe(false)
  expect(await changeAccount(database.database, other, { username: 'ANNA' })).toBe(false)
})
