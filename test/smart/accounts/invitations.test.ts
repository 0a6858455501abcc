import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type InvitationAsked,
  invitationAge,
  invite,
  revokeInvitation,
  useInvitation,
} from '../../../server/smart/accounts/invitations.ts'
import { requestLink } from '../../../server/smart/accounts/link-requests.ts'
import { listInvitations } from '../../../server/store/accounts/invitations.ts'
import { proxiedPatients } from '../../../server/store/accounts/proxies.ts'
import { verifiedAccount } from '../../support/account-database.ts'
import { type RecordWorld, recordWorld } from '../../support/record-world.ts'

let world: RecordWorld
let count = 0
let patient: string
const staff = '7'
let networks = 0
const network = () => `192.0.2.${++networks % 250}`

beforeAll(async () => {
  world = await recordWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  patient = `p${++count}`
  await world.put({ resourceType: 'Patient', id: patient, birthDate: '1980-04-02' })
  world.notices.length = 0
  world.events.length = 0
})

async function invited(changes: Partial<InvitationAsked> = {}) {
  const result = await invite(world.powers, { patient, by: staff, ...changes })
  if (result.kind !== 'invited') throw new Error(result.reason)
  return result
}

const account = (changes = {}) => verifiedAccount(world, `account${++count}`, changes)
const use = (number: string, code: string) => useInvitation(world.powers, number, code, network())
const found = async (number: string) => (await world.powers.directory.find(world.database, number))!

test('a code links an account to its patient, and who invited whom is kept', async () => {
  const number = await account()
  const { code } = await invited()
  expect(await use(number, ` ${code.toLowerCase().replaceAll('-', ' ')}`)).toEqual({
    kind: 'linked',
    fhirUser: `Patient/${patient}`,
    patient,
  })
  expect(await found(number)).toMatchObject({ fhirUser: `Patient/${patient}`, roles: ['patient'] })
  expect(await listInvitations(world.database, patient, 10)).toMatchObject([{ createdBy: staff, usedBy: number }])
  expect(world.notices).toMatchObject([{ template: 'account-linked' }])
  expect(world.events.map(({ kind }) => kind)).toEqual(['invited', 'invitation-used'])
})

test('of twenty accounts that use one code at once, one is linked', async () => {
  const numbers = await Promise.all(Array.from({ length: 20 }, () => account()))
  const { code } = await invited()
  const uses = await Promise.all(numbers.map((number) => use(number, code)))
  expect(uses.filter(({ kind }) => kind === 'linked')).toHaveLength(1)
  expect(uses.filter(({ kind }) => kind === 'refused')).toHaveLength(19)
})

describe('a code is refused', () => {
  test('that was revoked', async () => {
    const { code, number } = await invited()
    expect(await revokeInvitation(world.powers, { patient, number }, staff)).toBe(true)
    expect(await revokeInvitation(world.powers, { patient, number }, staff)).toBe(false)
    expect(await use(await account(), code)).toEqual({ kind: 'refused' })
  })

  test('that another letter took the place of', async () => {
    const first = await invited()
    const second = await invited()
    const number = await account()
    expect(await use(number, first.code)).toEqual({ kind: 'refused' })
    expect(await use(number, second.code)).toMatchObject({ kind: 'linked' })
  })

  test('that is a month old', async () => {
    const { code } = await invited()
    world.clock.pass(invitationAge)
    expect(await use(await account(), code)).toEqual({ kind: 'refused' })
  })

  test('that nobody was given', async () => {
    expect(await use(await account(), '0000-0000-0000-0000')).toEqual({ kind: 'refused' })
    expect(await use(await account(), 'hello')).toEqual({ kind: 'refused' })
  })

  test('after ten attempts of an account, and another account goes on', async () => {
    const [guessing, other] = [await account(), await account()]
    for (let i = 0; i < 10; i++) await use(guessing, '0000-0000-0000-0000')
    const { code } = await invited()
    expect(await use(guessing, code)).toMatchObject({ kind: 'later' })
    expect(await use(other, code)).toMatchObject({ kind: 'linked' })
  })
})

test('an account whose address is not proved cannot use a code', async () => {
  const number = await account({ emailVerified: false })
  expect(await use(number, (await invited()).code)).toEqual({ kind: 'unverified' })
})

test('an account that is another person’s stays that person’s, and the code stays usable', async () => {
  const [patients, staffs] = [
    await account({ fhirUser: 'Patient/other', roles: ['patient'] }),
    await account({ fhirUser: 'Practitioner/1' }),
  ]
  const { code } = await invited()
  expect(await use(patients, code)).toEqual({ kind: 'other-person' })
  expect(await use(staffs, code)).toEqual({ kind: 'other-person' })
  expect(await use(await account(), code)).toMatchObject({ kind: 'linked' })
})

test('whoever has an account of the same record already is told of another', async () => {
  await account({ fhirUser: `Patient/${patient}`, email: 'first@example.org' })
  await use(await account(), (await invited()).code)
  expect(world.notices).toContainEqual(
    expect.objectContaining({ address: 'first@example.org', template: 'details-changed' }),
  )
})

describe('a guardian', () => {
  beforeEach(async () => {
    await world.put({ resourceType: 'Patient', id: patient, birthDate: '2012-06-01' })
    await world.put({ resourceType: 'RelatedPerson', id: `r-${patient}`, patient: { reference: `Patient/${patient}` } })
  })

  test('is invited, and acts for the child until the birthday', async () => {
    const number = await account()
    const { code } = await invited({ relatedPerson: `r-${patient}` })
    expect(await use(number, code)).toMatchObject({ kind: 'linked', fhirUser: `RelatedPerson/r-${patient}` })
    const at = (date: string) => proxiedPatients(world.database, number, Date.parse(date))
    expect(await at('2030-05-31T23:59:59Z')).toEqual([patient])
    expect(await at('2030-06-01T00:00:00Z')).toEqual([])
  })

  test('who is a patient too stays that, and acts for the child besides', async () => {
    const number = await account({ fhirUser: 'Patient/mother', roles: ['patient'] })
    await use(number, (await invited({ relatedPerson: `r-${patient}` })).code)
    expect(await found(number)).toMatchObject({ fhirUser: 'Patient/mother' })
    expect(await proxiedPatients(world.database, number, world.clock.now())).toEqual([patient])
  })
})

test.each([
  ['a patient whom nobody knows', { patient: 'nobody' }, 'unknown-person'],
  ['a relative whom nobody knows', { relatedPerson: 'nobody' }, 'unknown-person'],
])('%s is not invited', async (_case, changes, reason) => {
  expect(await invite(world.powers, { patient, by: staff, ...changes })).toEqual({ kind: 'refused', reason })
})

test('a relative of another patient is not invited', async () => {
  await world.put({ resourceType: 'RelatedPerson', id: 'stranger', patient: { reference: 'Patient/p1' } })
  const result = await invite(world.powers, { patient, relatedPerson: 'stranger', by: staff })
  expect(result).toEqual({ kind: 'refused', reason: 'other-patient' })
})

test('a request that waits ends when its account is linked by a letter', async () => {
  const number = await account()
  const asked = await requestLink(world.powers, number, { name: 'Marta', birthDate: '1980-04-02' })
  await use(number, (await invited()).code)
  const task = asked.kind === 'waiting' ? asked.task : ''
  expect(await world.powers.record.read(task)).toMatchObject({ status: 'cancelled' })
})
