import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  breakGlass,
  closeGlass,
  glassTime,
  patientsBehindGlass,
  reviewGlass,
} from '../../../server/smart/accounts/break-glass.ts'
import { breaksToPatient, unreviewedBreaks } from '../../../server/store/accounts/break-glass.ts'
import { verifiedAccount } from '../../support/account-database.ts'
import { type RecordWorld, recordWorld } from '../../support/record-world.ts'

let world: RecordWorld
let nurse: string
let count = 0
let patient: string
const reason = 'Unconscious in the emergency room'

beforeAll(async () => {
  world = await recordWorld()
  await verifiedAccount(world, 'officer', { roles: ['admin'] })
})
afterAll(() => world.close())
beforeEach(async () => {
  patient = `p${++count}`
  await world.put({ resourceType: 'Patient', id: patient })
  await verifiedAccount(world, `owner${count}`, { roles: ['patient'], fhirUser: `Patient/${patient}` })
  nurse = await verifiedAccount(world, `nurse${count}`, { roles: ['nurse'] })
  world.notices.length = 0
  world.events.length = 0
})

async function broken() {
  const result = await breakGlass(world.powers, { account: nurse, patient, reason })
  if (result.kind !== 'broken') throw new Error(result.reason)
  return result
}

test('it is for one patient, one account, and one hour', async () => {
  const other = await verifiedAccount(world, `other${count}`, { roles: ['nurse'] })
  await broken()
  expect(await patientsBehindGlass(world.powers, nurse)).toEqual([patient])
  expect(await patientsBehindGlass(world.powers, other)).toEqual([])
  world.clock.pass(glassTime - 1)
  expect(await patientsBehindGlass(world.powers, nurse)).toEqual([patient])
  world.clock.pass(1)
  expect(await patientsBehindGlass(world.powers, nurse)).toEqual([])
})

test('the patient and the reviewers are told, without a word of the record', async () => {
  await broken()
  expect(world.notices.map(({ address, template }) => [address, template])).toEqual([
    ['officer@example.org', 'glass-broken'],
    [`owner${count}@example.org`, 'record-opened'],
  ])
  expect(JSON.stringify(world.notices)).not.toContain(reason)
  expect(world.events).toEqual([{ kind: 'glass-broken', account: nurse, patient, detail: reason }])
})

test('doing it again does not prolong it, nor tell of it again', async () => {
  const first = await broken()
  world.clock.pass(60_000)
  expect(await broken()).toEqual(first)
  expect(world.notices).toHaveLength(2)
})

test('it is ended by whoever began it alone', async () => {
  const { number } = await broken()
  expect(await closeGlass(world.powers, number, '999')).toBe(false)
  expect(await closeGlass(world.powers, number, nurse)).toBe(true)
  expect(await patientsBehindGlass(world.powers, nurse)).toEqual([])
})

test('it is reviewed once, by somebody else', async () => {
  const { number } = await broken()
  expect((await unreviewedBreaks(world.database)).map((one) => one.number)).toContain(number)
  expect(await reviewGlass(world.powers, number, { by: nurse, finding: 'fine' })).toBe(false)
  expect(await reviewGlass(world.powers, number, { by: '1', finding: 'An emergency indeed.' })).toBe(true)
  expect(await reviewGlass(world.powers, number, { by: '1', finding: 'again' })).toBe(false)
  expect(await breaksToPatient(world.database, patient)).toMatchObject([{ finding: 'An emergency indeed.' }])
})

test.each([
  ['without a reason', { reason: ' hurry         ' }, 'reason-too-short', {}],
  ['with a reason that is a book', { reason: 'x'.repeat(2001) }, 'reason-too-long', {}],
  ['for a patient whom nobody knows', { patient: 'nobody' }, 'unknown-patient', {}],
  ['by the front desk', {}, 'role', { roles: ['receptionist'] }],
  ['by a patient', {}, 'role', { roles: ['patient'] }],
  ['by a closed account', {}, 'role', { state: 'disabled' }],
] as const)('it is not done %s', async (_case, asked, refusal, changes) => {
  await world.powers.directory.change(world.database, nurse, changes)
  const given = { account: nurse, patient, reason, ...asked }
  expect(await breakGlass(world.powers, given)).toEqual({ kind: 'refused', reason: refusal })
  expect(await patientsBehindGlass(world.powers, nurse)).toEqual([])
})
