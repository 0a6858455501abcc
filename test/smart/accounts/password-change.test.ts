import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { confirmAddress, requestAddressChange } from '../../../server/smart/accounts/address-change.ts'
import { hashPassword, verifyPassword } from '../../../server/smart/accounts/password.ts'
import { changePassword, requestPasswordReset, resetPassword } from '../../../server/smart/accounts/password-change.ts'
import { isKnownNetwork, noteNetwork } from '../../../server/store/accounts/sign-in-failures.ts'
import { type AccountWorld, accountWorld, tokenOf, verifiedAccount } from '../../support/account-database.ts'

let world: AccountWorld
let count = 0
const old = 'correct-horse-battery-staple'
const chosen = 'wicker-lantern-oboe-thirteen'
const here = '192.0.2.1'

beforeAll(async () => {
  world = await accountWorld()
})
afterAll(() => world.close())
beforeEach(() => {
  world.notices.length = 0
  world.events.length = 0
  world.revoked.length = 0
  world.clock.pass(25 * 3_600_000)
})

async function person() {
  const username = `person${++count}`
  const number = await verifiedAccount(world, username, { password: await hashPassword(old) })
  return { username, number, email: `${username}@example.org` }
}

const passwordOf = async (number: string) => (await world.powers.directory.find(world.database, number))!.password

test('a link in a mail sets another password once, ends what was signed in, and says so', async () => {
  const { username, number, email } = await person()
  await requestPasswordReset(world.powers, username.toUpperCase(), here)
  const token = tokenOf(world.notices[0])
  expect(await resetPassword(world.powers, token, chosen)).toEqual({ kind: 'changed', account: number })
  expect(await verifyPassword(chosen, await passwordOf(number))).toBe(true)
  expect(world.revoked).toEqual([number])
  expect(world.notices.map(({ address, template }) => [address, template])).toEqual([
    [email, 'reset-password'],
    [email, 'password-changed'],
  ])
  expect(await resetPassword(world.powers, token, old)).toEqual({ kind: 'expired' })
})

test('a link is of no use after half an hour', async () => {
  const { username } = await person()
  await requestPasswordReset(world.powers, username, here)
  world.clock.pass(30 * 60_000)
  expect(await resetPassword(world.powers, tokenOf(world.notices[0]), chosen)).toEqual({ kind: 'expired' })
})

test('a link that is used makes its network known, and no other one', async () => {
  const { username } = await person()
  await requestPasswordReset(world.powers, username, here)
  const token = tokenOf(world.notices[0])
  const network = '203.0.113.77'
  await resetPassword(world.powers, token, 'password123', network)
  const { number } = (await world.powers.directory.findByLogin(world.database, username))!
  expect(await isKnownNetwork(world.database, number, network, 0)).toBe(false)
  await resetPassword(world.powers, token, chosen, network)
  expect(await isKnownNetwork(world.database, number, network, 0)).toBe(true)
  // A link that was used tells nothing more.
  await resetPassword(world.powers, token, chosen, '203.0.113.78')
  expect(await isKnownNetwork(world.database, number, '203.0.113.78', 0)).toBe(false)
})

test('a weak password is refused, and the link goes on', async () => {
  const { username } = await person()
  await requestPasswordReset(world.powers, username, here)
  const token = tokenOf(world.notices[0])
  expect(await resetPassword(world.powers, token, 'password123')).toMatchObject({ kind: 'weak' })
  expect(await resetPassword(world.powers, token, chosen)).toMatchObject({ kind: 'changed' })
})

test('nothing is sent to unknown, unproved and disabled accounts', async () => {
  await verifiedAccount(world, 'unproved', { emailVerified: false })
  await verifiedAccount(world, 'closed', { state: 'disabled' })
  for (const login of ['nobody', 'nobody@example.org', 'unproved', 'unproved@example.org', 'closed']) {
    await requestPasswordReset(world.powers, login, here)
  }
  expect(world.notices).toEqual([])
})

test('whoever asks for links in the name of another does not end the link of the other', async () => {
  const { username } = await person()
  await requestPasswordReset(world.powers, username, here)
  const own = tokenOf(world.notices[0])
  await requestPasswordReset(world.powers, username, '198.51.100.7')
  expect(await resetPassword(world.powers, own, chosen)).toMatchObject({ kind: 'changed' })
  expect(await resetPassword(world.powers, tokenOf(world.notices[1]), old)).toEqual({ kind: 'expired' })
})

test('whoever asks from everywhere cannot keep a person from a link at home', async () => {
  const { username, number } = await person()
  await noteNetwork(world.database, number, here, world.clock.now())
  for (let i = 0; i < 40; i++) await requestPasswordReset(world.powers, username, `198.51.100.${i}`)
  expect(world.notices).toHaveLength(20)
  await requestPasswordReset(world.powers, username, here)
  expect(world.notices).toHaveLength(21)
})

test('whoever knows the old password sets another', async () => {
  const { number } = await person()
  expect(await changePassword(world.powers, number, { old: chosen, password: chosen })).toEqual({
    kind: 'wrong-password',
  })
  expect(await changePassword(world.powers, number, { old, password: chosen })).toMatchObject({ kind: 'changed' })
  expect(await verifyPassword(chosen, await passwordOf(number))).toBe(true)
})

test('another address counts once its link was used, and both addresses are told', async () => {
  const { number, email } = await person()
  await requestAddressChange(world.powers, number, 'new@example.org')
  expect(await world.powers.directory.findByEmail(world.database, email)).toMatchObject({ number })
  expect(await confirmAddress(world.powers, tokenOf(world.notices[0]))).toBe(number)
  expect(await world.powers.directory.findByEmail(world.database, 'new@example.org')).toMatchObject({ number })
  expect(world.notices.map(({ address, template }) => [address, template])).toEqual([
    ['new@example.org', 'confirm-new-address'],
    [email, 'address-change-requested'],
    [email, 'address-changed'],
    ['new@example.org', 'address-changed'],
  ])
})

test('the address of another account is told to its owner alone', async () => {
  const [one, two] = [await person(), await person()]
  await requestAddressChange(world.powers, one.number, two.email)
  expect(world.notices).toMatchObject([
    { address: two.email, template: 'already-registered' },
    { address: one.email, template: 'address-change-requested' },
  ])
})
