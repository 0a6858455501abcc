import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  addMadePasskey,
  beginPasskey,
  beginPasskeySignIn,
  type PasskeyPowers,
  relyingParty,
  removePasskey,
  signInByPasskey,
} from '../../../server/smart/accounts/passkeys.ts'
import { passkeysOf } from '../../../server/store/accounts/passkeys.ts'
import { type AccountWorld, accountWorld, verifiedAccount } from '../../support/account-database.ts'
import { type SoftwareKey, softwareKey } from '../../support/software-key.ts'

let world: AccountWorld
let powers: PasskeyPowers
let account: string
let key: SoftwareKey
let count = 0
const origin = 'https://health.example'

beforeAll(async () => {
  world = await accountWorld()
  powers = { ...world.powers, relyingParty: relyingParty(origin, 'Candela') }
})
afterAll(() => world.close())
beforeEach(async () => {
  account = await verifiedAccount(world, `person${++count}`)
  key = softwareKey('health.example', origin)
  world.notices.length = 0
})

const begin = (number = account) => beginPasskey(powers, { number, username: 'marta', name: 'Marta Lindqvist' })

async function registered(): Promise<void> {
  const { challenge } = await begin()
  expect(await addMadePasskey(powers, account, key.register(challenge), 'My telephone')).toBe(true)
}

const signIn = async () => signInByPasskey(powers, key.signIn((await beginPasskeySignIn(powers)).challenge))

test('a passkey signs its owner in, without a user name', async () => {
  await registered()
  expect(world.notices).toMatchObject([{ template: 'details-changed', parameters: { what: 'passkey-added' } }])
  expect(await signIn()).toEqual({ account, methods: ['hwk', 'user', 'mfa'] })
  expect(await passkeysOf(world.database, account)).toMatchObject([{ name: 'My telephone', used: world.clock.now() }])
})

test('a browser that has one is not asked to make another', async () => {
  await registered()
  expect((await begin()).excludeCredentials).toMatchObject([{ id: key.id }])
})

test('an answer is taken once', async () => {
  await registered()
  const answer = key.signIn((await beginPasskeySignIn(powers)).challenge)
  const uses = await Promise.all([1, 2, 3, 4, 5].map(() => signInByPasskey(powers, answer)))
  expect(uses.filter((use) => use !== undefined)).toHaveLength(1)
})

test('a passkey that is removed signs nobody in, and is removed by its owner alone', async () => {
  await registered()
  expect(await removePasskey(powers, '999', key.id)).toBe(false)
  expect(await removePasskey(powers, account, key.id)).toBe(true)
  expect(await signIn()).toBeUndefined()
})

test('a copy of a key that counts is noticed', async () => {
  await registered()
  key.counter = 7
  expect(await signIn()).toBeDefined()
  key.counter = 6
  expect(await signIn()).toBeUndefined()
})

test('a disabled account is not signed in', async () => {
  await registered()
  await world.powers.directory.change(world.database, account, { state: 'disabled' })
  expect(await signIn()).toBeUndefined()
})

describe('a passkey is not added', () => {
  test('for the challenge of another account', async () => {
    const { challenge } = await begin(await verifiedAccount(world, `other${count}`))
    expect(await addMadePasskey(powers, account, key.register(challenge), '')).toBe(false)
  })

  test('for the challenge of a sign-in', async () => {
    const { challenge } = await beginPasskeySignIn(powers)
    expect(await addMadePasskey(powers, account, key.register(challenge), '')).toBe(false)
  })

  test('from another origin', async () => {
    const { challenge } = await begin()
    expect(await addMadePasskey(powers, account, key.register(challenge, 'https://evil.example'), '')).toBe(false)
  })

  test('made for another host', async () => {
    const { challenge } = await begin()
    const other = softwareKey('evil.example', origin)
    expect(await addMadePasskey(powers, account, other.register(challenge), '')).toBe(false)
  })

  test('twice with one challenge', async () => {
    const { challenge } = await begin()
    expect(await addMadePasskey(powers, account, key.register(challenge), '')).toBe(true)
    const second = softwareKey('health.example', origin)
    expect(await addMadePasskey(powers, account, second.register(challenge), '')).toBe(false)
  })

  test('too late', async () => {
    const { challenge } = await begin()
    world.clock.pass(5 * 60_000)
    expect(await addMadePasskey(powers, account, key.register(challenge), '')).toBe(false)
  })

  test('without the person being verified', async () => {
    key.verifies = false
    const { challenge } = await begin()
    expect(await addMadePasskey(powers, account, key.register(challenge), '')).toBe(false)
  })
})

describe('nobody is signed in', () => {
  beforeEach(registered)

  test('from another origin', async () => {
    const { challenge } = await beginPasskeySignIn(powers)
    expect(await signInByPasskey(powers, key.signIn(challenge, 'https://evil.example'))).toBeUndefined()
  })

  test('with what a counting key answered before', async () => {
    key.counter = 5
    expect(await signIn()).toBeDefined()
    expect(await signIn()).toBeUndefined()
  })

  test('with a challenge that nobody gave', async () => {
    expect(await signInByPasskey(powers, key.signIn('aGVsbG8'))).toBeUndefined()
  })

  test('by another key of the same name', async () => {
    const { challenge } = await beginPasskeySignIn(powers)
    const forged = softwareKey('health.example', origin).signIn(challenge)
    expect(await signInByPasskey(powers, { ...forged, id: key.id, rawId: key.id })).toBeUndefined()
  })

  test('without being verified', async () => {
    key.verifies = false
    expect(await signIn()).toBeUndefined()
  })
})
