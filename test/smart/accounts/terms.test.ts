import { afterAll, beforeAll, expect, test } from 'vitest'
import { acceptTerms, publishTerms, termsToAccept } from '../../../server/smart/accounts/terms.ts'
import { acceptancesOf } from '../../../server/store/accounts/terms.ts'
import { verifiedAccount } from '../../support/account-database.ts'
import { type RecordWorld, recordWorld } from '../../support/record-world.ts'

let world: RecordWorld
const day = 24 * 3_600_000

beforeAll(async () => {
  world = await recordWorld()
  await world.put({ resourceType: 'Patient', id: 'p1' })
})
afterAll(() => world.close())

const terms = (version: string, inDays = 0) => ({
  version,
  title: 'Terms of use',
  content: 'Be kind.',
  effective: world.clock.now() + inDays * day,
})

test('each version is asked for once, and older acceptances are kept', async () => {
  const account = await verifiedAccount(world, 'marta', { fhirUser: 'Patient/p1' })
  expect(await termsToAccept(world.powers, account)).toBeUndefined()
  expect(await publishTerms(world.powers, terms('1'))).toBe(true)
  expect(await publishTerms(world.powers, { ...terms('1'), content: 'Be unkind.' })).toBe(false)
  expect(await termsToAccept(world.powers, account)).toMatchObject({ version: '1', content: 'Be kind.' })

  await Promise.all([1, 2, 3].map(() => acceptTerms(world.powers, account, '1')))
  expect(await termsToAccept(world.powers, account)).toBeUndefined()
  const [acceptance] = await acceptancesOf(world.database, account)
  expect(await world.powers.record.read(acceptance!.consent!)).toMatchObject({
    resourceType: 'Consent',
    status: 'active',
    patient: { reference: 'Patient/p1' },
    policy: [{ uri: 'urn:candela:terms-of-use:1' }],
  })

  await publishTerms(world.powers, terms('2', 7))
  expect(await termsToAccept(world.powers, account)).toBeUndefined()
  world.clock.pass(7 * day)
  expect(await termsToAccept(world.powers, account)).toMatchObject({ version: '2' })
  await acceptTerms(world.powers, account, '2')
  expect((await acceptancesOf(world.database, account)).map(({ version }) => version)).toEqual(['2', '1'])
  expect(world.events.filter(({ kind }) => kind === 'terms-accepted')).toHaveLength(2)
})

test('whoever is not known yet accepts them, too', async () => {
  const account = await verifiedAccount(world, 'new')
  expect(await acceptTerms(world.powers, account, '1')).toBe(true)
  expect(await acceptTerms(world.powers, account, 'none')).toBe(false)
})
