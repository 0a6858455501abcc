import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSealer } from '../../server/sealing.ts'
import { linkIdentity, signInByIdentity, unlinkIdentity } from '../../server/smart/accounts/external-identity.ts'
import { externalLogin, type Login } from '../../server/smart/login.ts'
import { type AccountWorld, accountWorld, verifiedAccount } from '../support/account-database.ts'
import { type OpenIdProvider, openIdProvider } from '../support/openid-provider.ts'

let world: AccountWorld
let provider: OpenIdProvider
let login: Login
let subject: string
let count = 0

beforeAll(async () => {
  ;[world, provider] = await Promise.all([accountWorld(), openIdProvider({ id: 'candela', secret: 'shared' })])
  const roles = new Map([
    ['doctors', 'practitioner'],
    ['admins', 'admin'],
  ])
  const settings = { issuer: provider.issuer, clientId: 'candela', clientSecret: 'shared', roleClaim: 'groups', roles }
  login = externalLogin(
    { ...settings, redirectUri: 'https://health.example/auth/external' },
    { sealer: createSealer([randomBytes(32)]), now: world.clock.now },
  )
})
afterAll(() => Promise.all([world.close(), provider.close()]))
beforeEach(() => {
  subject = `s${++count}`
  provider.tamper = (claims) => claims
  world.notices.length = 0
})

async function cameBack(claims: Record<string, unknown> = {}) {
  const { url, cookie } = await login.begin()
  return login.finish(provider.signIn(url, { sub: subject, ...claims }), cookie)
}

async function signIn(claims: Record<string, unknown> = {}) {
  const identity = await cameBack(claims)
  return signInByIdentity(world.powers, identity!)
}

const found = async (number: string) => (await world.powers.directory.find(world.database, number))!

test('whoever has one of our roles there has an account here, with that role', async () => {
  const claims = {
    groups: ['doctors', 'skiing'],
    preferred_username: 'amara@clinic',
    name: 'Amara',
    amr: ['pwd', 'mfa'],
  }
  const first = await signIn(claims)
  expect(first).toMatchObject({ kind: 'signed-in', methods: ['fed', 'pwd', 'mfa'] })
  const { account } = first as { account: string }
  expect(await found(account)).toMatchObject({ username: 'amara', name: 'Amara', roles: ['practitioner'] })
  expect(await signIn(claims)).toMatchObject({ account })
})

test('roles are as the provider says now, but for those that it says nothing of', async () => {
  const { account } = (await signIn({ groups: ['doctors', 'admins'] })) as { account: string }
  await world.powers.directory.change(world.database, account, { roles: ['practitioner', 'admin', 'patient'] })
  await signIn({ groups: ['doctors'] })
  expect((await found(account)).roles).toEqual(['patient', 'practitioner'])
  await signIn({})
  expect((await found(account)).roles).toEqual(['patient'])
})

test('whoever has none of our roles is nobody until they link an account of ours', async () => {
  expect(await signIn({ groups: ['skiing'] })).toEqual({ kind: 'unknown' })
  const account = await verifiedAccount(world, `own${count}`)
  const identity = (await cameBack())!
  expect(await linkIdentity(world.powers, account, identity)).toBe(true)
  expect(world.notices).toMatchObject([{ template: 'details-changed' }])
  expect(await signIn()).toMatchObject({ kind: 'signed-in', account })
  expect(await unlinkIdentity(world.powers, account, identity)).toBe(true)
  expect(await signIn()).toEqual({ kind: 'unknown' })
})

test('an identity is one account’s', async () => {
  const identity = (await cameBack())!
  const accounts = [await verifiedAccount(world, `a${count}`), await verifiedAccount(world, `b${count}`)]
  const links = await Promise.all(accounts.map((account) => linkIdentity(world.powers, account, identity)))
  expect(links.toSorted()).toEqual([false, true])
})

test('an address opens nobody’s account', async () => {
  const owner = await verifiedAccount(world, 'victim', { roles: ['patient'] })
  const claims = { email: 'victim@example.org', email_verified: true, preferred_username: 'victim' }
  expect(await signIn(claims)).toEqual({ kind: 'unknown' })
  const other = (await signIn({ ...claims, groups: ['doctors'] })) as { account: string }
  expect(other.account).not.toBe(owner)
  expect((await found(other.account)).email).toBeUndefined()
})

test('a disabled account is not signed in', async () => {
  const { account } = (await signIn({ groups: ['doctors'] })) as { account: string }
  await world.powers.directory.change(world.database, account, { state: 'disabled' })
  expect(await signIn({ groups: ['doctors'] })).toEqual({ kind: 'disabled' })
})

describe('nobody is believed who comes back', () => {
  test.each<[string, Record<string, unknown>]>([
    ['with a token of another provider', { iss: 'https://evil.example' }],
    ['with a token for another program', { aud: 'other' }],
    ['with a token that has expired', { exp: 1 }],
    ['with a token of another sign-in', { nonce: 'other' }],
  ])('%s', async (_case, changes) => {
    provider.tamper = (claims) => ({ ...claims, ...changes })
    expect(await cameBack({ groups: ['admins'] })).toBeUndefined()
  })

  test('in another browser', async () => {
    const [mine, theirs] = [await login.begin(), await login.begin()]
    expect(await login.finish(provider.signIn(mine.url, { sub: subject }), theirs.cookie)).toBeUndefined()
    expect(await login.finish(provider.signIn(mine.url, { sub: subject }), 'made up')).toBeUndefined()
  })

  test('twice with one code', async () => {
    const { url, cookie } = await login.begin()
    const back = provider.signIn(url, { sub: subject })
    expect(await login.finish(back, cookie)).toBeDefined()
    expect(await login.finish(back, cookie)).toBeUndefined()
  })

  // RFC 9207: the code of an honest provider is not to be given to another one.
  test('from another provider than was asked', async () => {
    const { url, cookie } = await login.begin()
    const back = provider.signIn(url, { sub: subject })
    back.searchParams.set('iss', 'https://evil.example')
    expect(await login.finish(back, cookie)).toBeUndefined()
    const own = await login.begin()
    const ownBack = provider.signIn(own.url, { sub: subject })
    ownBack.searchParams.set('iss', provider.issuer)
    expect(await login.finish(ownBack, own.cookie)).toBeDefined()
  })

  test('with the state of another sign-in', async () => {
    const [mine, other] = [await login.begin(), await login.begin()]
    const back = provider.signIn(mine.url, { sub: subject })
    back.searchParams.set('state', new URL(other.url).searchParams.get('state')!)
    expect(await login.finish(back, mine.cookie)).toBeUndefined()
    back.searchParams.delete('state')
    expect(await login.finish(back, mine.cookie)).toBeUndefined()
  })

  test('too late', async () => {
    const { url, cookie } = await login.begin()
    world.clock.pass(15 * 60_000)
    expect(await login.finish(provider.signIn(url, { sub: subject }), cookie)).toBeUndefined()
  })

  test('because the provider refused', async () => {
    const { url, cookie } = await login.begin()
    const back = new URL('https://health.example/auth/external?error=access_denied')
    back.searchParams.set('state', new URL(url).searchParams.get('state')!)
    expect(await login.finish(back, cookie)).toBeUndefined()
  })
})
