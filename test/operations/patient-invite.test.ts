import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { requestLink } from '../../server/smart/accounts/link-requests.ts'
import { openSmart } from '../../server/smart/open-smart.ts'
import { listInvitations } from '../../server/store/accounts/invitations.ts'
import { type AccountServer, accountServer, type Fhir } from '../support/account-server.ts'

let world: AccountServer
const staff = new Map<string, Fhir>()
const numbers = new Map<string, string>()
const scopes = 'user/*.cruds'

beforeAll(async () => {
  world = await accountServer()
  await world.put({ resourceType: 'Patient', id: 'rosa', name: [{ text: 'Rosa Ibarra' }] })
  for (const role of ['receptionist', 'nurse', 'practitioner', 'admin', 'biller', 'labtech', 'patient']) {
    const fhirUser = role === 'patient' ? 'Patient/rosa' : `Practitioner/${role}`
    const number = await world.add(role, { roles: [role], fhirUser })
    numbers.set(role, number)
    staff.set(role, await world.as(number, role === 'patient' ? 'patient/*.cruds' : scopes, 'rosa'))
  }
}, 120_000)
afterAll(() => world.close())

const call = (role: string, path: string, parameter: JsonObject[] = []) =>
  staff.get(role)!('POST', path, { resourceType: 'Parameters', parameter })

function answered({ json }: { json: JsonObject }, name: string): string {
  const found = (json['parameter'] as JsonObject[]).find((one) => one['name'] === name)!
  return String(Object.values(found).at(-1))
}

describe('$invite', () => {
  test.each(['receptionist', 'nurse', 'practitioner', 'admin'])('is for the %s', async (role) => {
    const reply = await call(role, 'Patient/rosa/$invite')
    expect(reply.status).toBe(200)
    expect(answered(reply, 'link')).toContain('/auth/invitation#')
    const { database } = world.server.context.store
    expect(await listInvitations(database, 'rosa', 1)).toMatchObject([{ createdBy: numbers.get(role) }])
  })

  test.each(['biller', 'labtech', 'patient'])('is not for the %s', async (role) => {
    const reply = await call(role, 'Patient/rosa/$invite')
    expect([reply.status, reply.text]).toEqual([403, expect.stringContaining('role-forbids')])
  })

  test('is of a patient who is there', async () => {
    expect((await call('nurse', 'Patient/nobody/$invite')).status).toBe(404)
  })

  test('is told in the audit log, with who invited whom', async () => {
    await call('receptionist', 'Patient/rosa/$invite')
    const { json } = await staff.get('admin')!('GET', 'AuditEvent?subtype=110136&patient=rosa&_sort=-date&_count=1')
    const [{ resource }] = json['entry'] as [{ resource: JsonObject }]
    expect(resource).toMatchObject({ action: 'C', outcome: '0', outcomeDesc: 'Was invited: Patient/rosa' })
    expect(JSON.stringify(resource['agent'])).toContain(`"value":"${numbers.get('receptionist')}"`)
  })
})

test('an invitation is revoked, once, with the patient whose it is', async () => {
  await world.put({ resourceType: 'Patient', id: 'other' })
  const parameter = [
    { name: 'invitation', valueString: answered(await call('nurse', 'Patient/rosa/$invite'), 'invitation') },
  ]
  const statuses = []
  for (const [role, patient] of [
    ['biller', 'rosa'],
    ['nurse', 'other'],
    ['nurse', 'rosa'],
    ['nurse', 'rosa'],
  ] as const) {
    statuses.push((await call(role, `Patient/${patient}/$revoke-invitation`, parameter)).status)
  }
  expect(statuses).toEqual([403, 400, 200, 400])
})

test.each([
  ['rosa', 'approved', 'completed'],
  [undefined, 'refused', 'rejected'],
] as const)('staff say whose an account is: %s', async (patient, decision, status) => {
  const account = await world.add(`new-${decision}`)
  const { accounts, close } = openSmart(world.server.context)
  const asked = await requestLink(accounts, account, { name: 'Rosa', birthDate: '1961-04-07' })
  close()
  const task = asked.kind === 'waiting' ? asked.task : ''
  const parameter = patient === undefined ? [] : [{ name: 'patient', valueString: patient }]
  expect((await call('biller', `${task}/$link-account`, parameter)).status).toBe(403)
  expect((await call('nurse', `${task}/$link-account`, parameter)).text).toContain(decision)
  expect((await call('nurse', `${task}/$link-account`, parameter)).status).toBe(400)
  expect((await staff.get('nurse')!('GET', task)).json['status']).toBe(status)
  const sent = await world.mails(`new-${decision}@example.org`)
  expect(sent[0]?.template).toBe(patient === undefined ? 'link-refused' : 'account-linked')
})
