import { afterAll, beforeAll, expect, test } from 'vitest'
import { grantProxy, isProxyNow, revokeProxy } from '../../../server/smart/accounts/proxy-access.ts'
import { proxiesForPatient, proxiesOfAccount } from '../../../server/store/accounts/granted-proxies.ts'
import { proxiedPatients } from '../../../server/store/accounts/proxies.ts'
import { verifiedAccount } from '../../support/account-database.ts'
import { type RecordWorld, recordWorld } from '../../support/record-world.ts'

let world: RecordWorld
let account: string
const day = 24 * 3_600_000
const by = '7'

beforeAll(async () => {
  world = await recordWorld()
  await world.put({ resourceType: 'Patient', id: 'father', birthDate: '1941-01-01' })
  await world.put({ resourceType: 'RelatedPerson', id: 'daughter', patient: { reference: 'Patient/father' } })
  await verifiedAccount(world, 'father', { fhirUser: 'Patient/father' })
  account = await verifiedAccount(world, 'daughter')
})
afterAll(() => world.close())

const now = () => proxiedPatients(world.database, account, world.clock.now())

test('it begins and ends when it was said to, and both are told', async () => {
  const starts = world.clock.now() + day
  const grant = { account, patient: 'father', relatedPerson: 'daughter', by, starts, ends: starts + day }
  expect(await grantProxy(world.powers, grant)).toEqual({ kind: 'granted', starts, ends: starts + day })
  expect(world.notices.map(({ address }) => address).toSorted()).toEqual(['daughter@example.org', 'father@example.org'])
  expect(await now()).toEqual([])
  world.clock.pass(day)
  expect(await now()).toEqual(['father'])
  world.clock.pass(day)
  expect(await now()).toEqual([])
})

test('it is revoked at once, and by whom is kept', async () => {
  await grantProxy(world.powers, { account, patient: 'father', relatedPerson: 'daughter', by })
  expect(await now()).toEqual(['father'])
  const [one] = (await proxiesOfAccount(world.database, account)).filter((proxy) =>
    isProxyNow(proxy, world.clock.now()),
  )
  expect(await revokeProxy(world.powers, one!.number, '8')).toBe(true)
  expect(await revokeProxy(world.powers, one!.number, '8')).toBe(false)
  expect(await now()).toEqual([])
  expect((await proxiesForPatient(world.database, 'father')).at(-1)).toMatchObject({ createdBy: by, revokedBy: '8' })
})

test.each([
  ['an account that nobody has', { account: '999' }, 'unknown-account'],
  ['a relative whom nobody knows', { relatedPerson: 'nobody' }, 'unknown-person'],
])('it is not granted to %s', async (_case, changes, reason) => {
  const grant = { account, patient: 'father', relatedPerson: 'daughter', by, ...changes }
  expect(await grantProxy(world.powers, grant)).toEqual({ kind: 'refused', reason })
})
