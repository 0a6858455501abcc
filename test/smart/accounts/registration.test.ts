import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { verifyAddress } from '../../../server/smart/accounts/address-change.ts'
import { isLinkUsable } from '../../../server/smart/accounts/mailed-link.ts'
import {
  type Registration,
  type RegistrationField,
  register,
  resendVerification,
  unverifiedAge,
} from '../../../server/smart/accounts/registration.ts'
import { removeUnverified } from '../../../server/store/accounts/account-lists.ts'
import { type AccountWorld, accountWorld, tokenOf, verifiedAccount } from '../../support/account-database.ts'

let world: AccountWorld
let count = 0
const password = 'correct-horse-battery-staple'

beforeAll(async () => {
  world = await accountWorld()
})
afterAll(() => world.close())
beforeEach(() => {
  world.notices.length = 0
  world.events.length = 0
  world.clock.pass(2 * 3_600_000)
})

function person(changes: Partial<Registration> = {}): Registration {
  const username = `person${++count}`
  return { username, name: 'Marta Lindqvist', email: `${username}@example.org`, password, ...changes }
}

const registered = async (given: Registration) => {
  const result = await register(world.powers, given, '192.0.2.1')
  if (result.kind !== 'registered') throw new Error(result.kind)
  return result.account
}

test('an account counts once the link was used that was sent to its address', async () => {
  const given = person()
  const number = await registered(given)
  expect(world.notices).toMatchObject([{ address: given.email, template: 'verify-address' }])
  const { directory, database } = world.powers
  expect(await directory.findByEmail(database, given.email)).toBeUndefined()
  expect(await verifyAddress(world.powers, tokenOf(world.notices[0]))).toBe(number)
  expect(await directory.findByEmail(database, given.email.toUpperCase())).toMatchObject({ number, roles: [] })
  expect(world.events.map(({ kind }) => kind)).toEqual(['registered', 'address-verified'])
})

test('a link is used once', async () => {
  await registered(person())
  const token = tokenOf(world.notices[0])
  const uses = await Promise.all(Array.from({ length: 10 }, () => verifyAddress(world.powers, token)))
  expect(uses.filter((used) => used !== undefined)).toHaveLength(1)
  expect(await isLinkUsable(world.powers, 'verify-address', token)).toBe(false)
})

test('a link that is a day old cannot be used, and another can be had', async () => {
  const number = await registered(person())
  world.clock.pass(24 * 3_600_000)
  expect(await verifyAddress(world.powers, tokenOf(world.notices[0]))).toBeUndefined()
  expect(await resendVerification(world.powers, number)).toBe(0)
  expect(await verifyAddress(world.powers, tokenOf(world.notices[1]))).toBe(number)
})

test('nobody learns whether an address has an account, but its owner', async () => {
  const owner = await verifiedAccount(world, 'owner')
  const known = person({ email: 'owner@example.org' })
  const unknown = person()
  const answers = await Promise.all([known, unknown].map((given) => register(world.powers, given, '192.0.2.1')))
  expect(answers.map(({ kind }) => kind)).toEqual(['registered', 'registered'])
  expect(world.notices.map(({ template }) => template).sort()).toEqual(['already-registered', 'verify-address'])
  // Trying again tells nothing either: both user names are taken now.
  for (const given of [known, unknown]) {
    expect(await register(world.powers, given, '192.0.2.1')).toEqual({ kind: 'username-taken' })
  }
  const { directory, database } = world.powers
  expect(await directory.findByEmail(database, 'owner@example.org')).toMatchObject({ number: owner })
})

test('of two who claim one address, the first to prove it has it', async () => {
  const [one, two] = [person({ email: 'shared@example.org' }), person({ email: 'Shared@example.org' })]
  const number = await registered(one)
  await registered(two)
  expect(await verifyAddress(world.powers, tokenOf(world.notices[0]))).toBe(number)
  expect(await verifyAddress(world.powers, tokenOf(world.notices[1]))).toBeUndefined()
})

test('of ten who want one user name at once, one has it', async () => {
  const given = person()
  const all = await Promise.all(
    Array.from({ length: 10 }, (_, i) => register(world.powers, { ...given, email: `u${i}@example.org` }, '192.0.2.1')),
  )
  expect(all.filter(({ kind }) => kind === 'registered')).toHaveLength(1)
  expect(all.filter(({ kind }) => kind === 'username-taken')).toHaveLength(9)
})

test('a network makes no more than twenty accounts in an hour, and others go on', async () => {
  for (let i = 0; i < 20; i++) await register(world.powers, person({ username: 'taken' }), '198.51.100.1')
  expect(await register(world.powers, person(), '198.51.100.1')).toEqual({ kind: 'later', seconds: 3600 })
  expect(await register(world.powers, person(), '198.51.100.2')).toMatchObject({ kind: 'registered' })
}, 30_000)

test('an account that nobody has proved to have an address is removed after a week', async () => {
  const [kept, removed] = [await registered(person()), await registered(person())]
  await verifyAddress(world.powers, tokenOf(world.notices[0]))
  world.clock.pass(unverifiedAge + 1)
  expect(await removeUnverified(world.database, world.clock.now() - unverifiedAge)).toBeGreaterThan(0)
  const { directory, database } = world.powers
  expect(await directory.find(database, kept)).toBeDefined()
  expect(await directory.find(database, removed)).toBeUndefined()
})

describe('what is refused', () => {
  test.each<[string, RegistrationField, string]>([
    ['a user name with an @', 'username', 'marta@home'],
    ['a user name with a space', 'username', 'marta lind'],
    ['a user name of two letters', 'username', 'ml'],
    ['no name', 'name', '  '],
    ['an address without a domain', 'email', 'marta'],
    ['two addresses', 'email', 'a@example.org,b@example.org'],
    ['a password that is guessed first', 'password', 'password123'],
  ])('%s', async (_case, field, value) => {
    const result = await register(world.powers, person({ [field]: value }), '203.0.113.1')
    expect(result).toMatchObject({ kind: 'invalid', faults: { [field]: [expect.any(String)] } })
    expect(world.notices).toEqual([])
  })
})
