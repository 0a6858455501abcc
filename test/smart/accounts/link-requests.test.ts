import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { decideLink, requestLink } from '../../../server/smart/accounts/link-requests.ts'
import { waitingRequest } from '../../../server/store/accounts/link-requests.ts'
import { verifiedAccount } from '../../support/account-database.ts'
import { type RecordWorld, recordWorld } from '../../support/record-world.ts'

let world: RecordWorld
let account: string
let count = 0
const claim = { name: 'Marta Lindqvist', birthDate: '1980-04-02', note: 'I come on Mondays.' }
const staff = '7'

beforeAll(async () => {
  world = await recordWorld()
  // Two whom the claim fits: that alone links nothing.
  for (const id of ['p1', 'p2']) {
    await world.put({ resourceType: 'Patient', id, birthDate: claim.birthDate, name: [{ text: claim.name }] })
  }
  await world.put({ resourceType: 'Patient', id: 'merged', active: false })
})
afterAll(() => world.close())
beforeEach(async () => {
  account = await verifiedAccount(world, `account${++count}`)
  world.notices.length = 0
})

async function asked() {
  const result = await requestLink(world.powers, account, claim)
  if (result.kind !== 'waiting') throw new Error(result.kind)
  const { number } = (await waitingRequest(world.database, account))!
  return { task: result.task, number }
}

const found = async () => (await world.powers.directory.find(world.database, account))!

test('a request is a Task for staff, and links nothing', async () => {
  const { task, number } = await asked()
  expect(await world.powers.record.read(task)).toMatchObject({
    status: 'requested',
    identifier: [{ system: 'urn:candela:link-request', value: number }],
    input: expect.arrayContaining([{ type: { text: 'Date of birth' }, valueString: '1980-04-02' }]),
  })
  expect(await found()).toMatchObject({ roles: [] })
  expect((await found()).fhirUser).toBeUndefined()
})

test('asked twice at once, there is one Task', async () => {
  const all = await Promise.all([1, 2, 3].map(() => requestLink(world.powers, account, claim)))
  expect(new Set(all.map((one) => (one.kind === 'waiting' ? one.task : one.kind))).size).toBe(1)
})

test('staff approve it once, and the person is told', async () => {
  const { task, number } = await asked()
  const decisions = await Promise.all(
    [1, 2, 3].map(() => decideLink(world.powers, number, { by: staff, fhirUser: 'Patient/p1' })),
  )
  expect(decisions.toSorted()).toEqual(['approved', 'gone', 'gone'])
  expect(await found()).toMatchObject({ fhirUser: 'Patient/p1', roles: ['patient'] })
  expect(await world.powers.record.read(task)).toMatchObject({
    status: 'completed',
    for: { reference: 'Patient/p1' },
  })
  expect(world.notices).toContainEqual(expect.objectContaining({ template: 'account-linked' }))
})

test('staff refuse it, and it can be asked again', async () => {
  const { task, number } = await asked()
  expect(await decideLink(world.powers, number, { by: staff })).toBe('refused')
  expect(await world.powers.record.read(task)).toMatchObject({ status: 'rejected' })
  expect(world.notices).toMatchObject([{ template: 'link-refused' }])
  expect((await asked()).task).not.toBe(task)
})

test.each(['Patient/nobody', 'Patient/merged', 'Practitioner/1', 'p1'])('%s is linked to nobody', async (fhirUser) => {
  const { number } = await asked()
  expect(await decideLink(world.powers, number, { by: staff, fhirUser })).toBe('unknown-person')
  expect(await waitingRequest(world.database, account)).toMatchObject({ state: 'waiting' })
})

test('an account that has become somebody’s meanwhile is not linked anew', async () => {
  const { number } = await asked()
  await world.powers.directory.change(world.database, account, { fhirUser: 'Patient/p2' })
  expect(await decideLink(world.powers, number, { by: staff, fhirUser: 'Patient/p1' })).toBe('other-person')
  expect(await found()).toMatchObject({ fhirUser: 'Patient/p2' })
})

test('an account without a proved address asks for nothing', async () => {
  const number = await verifiedAccount(world, 'unproved', { emailVerified: false })
  expect(await requestLink(world.powers, number, claim)).toEqual({ kind: 'unverified' })
})

test('nobody asks more than five times a day', async () => {
  for (let i = 0; i < 5; i++) {
    const { number } = await asked()
    await decideLink(world.powers, number, { by: staff })
  }
  expect(await requestLink(world.powers, account, claim)).toMatchObject({ kind: 'later' })
})
