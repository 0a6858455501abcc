import { afterAll, beforeAll, expect, test } from 'vitest'
import { endOpenSession, openSessions } from '../../../server/smart/accounts/sessions.ts'
import { newToken, secretHash } from '../../../server/store/accounts/codes.ts'
import { addSession } from '../../../server/store/accounts/sessions.ts'
import { type AccountWorld, accountWorld, verifiedAccount } from '../../support/account-database.ts'

let world: AccountWorld
const hour = 3_600_000
const ages = { idle: hour / 2, absolute: 12 * hour }

beforeAll(async () => {
  world = await accountWorld()
})
afterAll(() => world.close())

async function session(account: string, address: string): Promise<Buffer> {
  const hash = secretHash(newToken())
  const place = { address, userAgent: 'A browser' }
  await addSession(world.database, { hash, account, created: world.clock.now(), methods: ['pwd'], ...place })
  return hash
}

test('people see their own sessions, end one, and end all others', async () => {
  const [marta, jonas] = [await verifiedAccount(world, 'marta'), await verifiedAccount(world, 'jonas')]
  const here = await session(marta, '192.0.2.1')
  await session(marta, '192.0.2.2')
  await session(marta, '192.0.2.3')
  await session(jonas, '192.0.2.4')
  const list = () => openSessions(world.powers, marta, here, ages)
  const all = await list()
  expect(all.map(({ address }) => address).toSorted()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3'])
  expect(all.filter(({ isThis }) => isThis)).toMatchObject([{ address: '192.0.2.1' }])

  const second = all.find(({ address }) => address === '192.0.2.2')!
  expect(await endOpenSession(world.powers, jonas, second.id, ages)).toBe(false)
  expect(await endOpenSession(world.powers, marta, second.id, ages)).toBe(true)
  expect(await list()).toHaveLength(2)

  await world.powers.directory.signOut(world.database, marta, { grants: true, except: here })
  expect(await list()).toMatchObject([{ isThis: true }])
  expect(world.revoked).toEqual([marta])
  expect(await openSessions(world.powers, jonas, undefined, ages)).toHaveLength(1)
})

test.each([
  ['after half an hour without use', hour / 2],
  ['after twelve hours', 12 * hour],
])('a session ends %s', async (_case, time) => {
  const account = await verifiedAccount(world, `late${time}`)
  await session(account, '192.0.2.1')
  world.clock.pass(time)
  expect(await openSessions(world.powers, account, undefined, ages)).toEqual([])
})
