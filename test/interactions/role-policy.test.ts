/** What roles may do is stored as resources, and changes for tokens that are in use. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { basicOfPolicy, policyOfBasic } from '../../server/access/policy-resource.ts'
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { openCore } from '../../server/main.ts'
import { callerWith, type Granted, granted, staffAccount } from '../support/granted.ts'
import { testConfig } from '../support/test-postgres.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let admin: Granted
let nurse: Granted
const others: Granted[] = []

const as = (role: string, scopes = 'user/*.cruds') => {
  const one = granted(server, callerWith(scopes, { account: staffAccount(role) }))
  others.push(one)
  return one
}

beforeAll(async () => {
  server = await testServer()
  admin = as('admin')
  nurse = as('nurse')
  await admin.fhir('PUT', 'Patient/p1', { resourceType: 'Patient', id: 'p1' })
})
afterAll(async () => {
  for (const one of others) await one.close()
  await server.close()
})

async function policyOf(role: string): Promise<JsonObject> {
  const { json } = await admin.fhir('GET', '$role-policies')
  const entries = (json as { entry: { resource: JsonObject }[] }).entry
  return entries.find(({ resource }) => resource['id'] === `role-policy-${role}`)!.resource
}

function changed(resource: JsonObject, change: (policy: Record<string, JsonValue>) => object): JsonObject {
  return basicOfPolicy({ ...policyOfBasic(resource), ...change({ ...policyOfBasic(resource) }) } as JsonObject)
}

const put = (who: Granted, resource: JsonObject) => who.fhir('PUT', `Basic/${String(resource['id'])}`, resource)

test('the policies of all roles can be read as they are in force', async () => {
  const { status, json } = await admin.fhir('GET', '$role-policies')
  expect(status).toBe(200)
  const ids = (json as { entry: { resource: { id: string } }[] }).entry.map(({ resource }) => resource.id)
  expect(ids).toEqual(
    ['admin', 'biller', 'labtech', 'nurse', 'patient', 'pharmacist', 'practitioner', 'receptionist'].map(
      (role) => `role-policy-${role}`,
    ),
  )
  expect(policyOfBasic(await policyOf('nurse'))).toEqual(server.context.roles.files.get('nurse'))
})

test('a change counts for the next request of a token, and what is shipped counts again without it', async () => {
  expect((await nurse.fhir('GET', 'Patient/p1')).status).toBe(200)
  const before = await policyOf('nurse')
  const stored = await put(
    admin,
    changed(before, () => ({ rules: [{ types: ['Practitioner'], interactions: 'rs' }] })),
  )
  expect([stored.status, stored.text]).toEqual([201, expect.stringContaining('role-policy-nurse')])
  expect((await nurse.fhir('GET', 'Patient/p1')).status).toBe(403)
  expect((await nurse.fhir('GET', 'Practitioner?_count=1')).status).toBe(200)
  const second = changed(before, () => ({ rules: [{ types: ['Patient'], interactions: 'rs' }] }))
  expect((await put(admin, second)).status).toBe(200)
  expect((await nurse.fhir('GET', 'Patient/p1')).status).toBe(200)
  const history = await admin.fhir('GET', 'Basic/role-policy-nurse/_history')
  expect((history.json as { total: number }).total).toBe(2)
  expect((await admin.fhir('DELETE', 'Basic/role-policy-nurse')).status).toBe(204)
  expect((await nurse.fhir('GET', 'Observation?_count=1')).status).toBe(200)
})

test('another process notices within a second', async () => {
  const other = await openCore(testConfig(server.databaseUrl))
  const mayRead = async () => {
    const { policies } = await other.context.accessSource.latest()
    return policies.get('biller')!.rules.length > 0
  }
  expect(await mayRead()).toBe(true)
  const without = changed(await policyOf('biller'), () => ({ rules: [] }))
  expect((await put(admin, without)).status).toBe(201)
  await expect.poll(mayRead).toBe(false)
  await admin.fhir('DELETE', 'Basic/role-policy-biller')
  await expect.poll(mayRead).toBe(true)
  await other.close()
})

test('a role that is not shipped is one, too', async () => {
  const manager = as('practice-manager')
  expect((await manager.fhir('GET', 'Account?_count=1')).status).toBe(403)
  const policy = {
    role: 'practice-manager',
    about: 'Looks after the practice.',
    rules: [{ types: ['Account', '@scheduling'], interactions: 'rs' }],
  }
  expect((await put(admin, basicOfPolicy(policy))).status).toBe(201)
  expect((await manager.fhir('GET', 'Account?_count=1')).status).toBe(200)
  expect((await manager.fhir('GET', 'Observation?_count=1')).status).toBe(403)
})

test.each([
  ['nurse', 'user/*.cruds'],
  ['practitioner', 'user/*.cruds'],
  // An administrator whose app was not granted everything.
  ['admin', 'user/Basic.cruds user/Patient.cruds'],
])('whoever does not administer changes none: %s with %s', async (role, scopes) => {
  const who = as(role, scopes)
  const policy = await policyOf('nurse')
  await put(admin, policy)
  const versions = async () => {
    const { json } = await admin.fhir('GET', 'Basic/role-policy-nurse/_history')
    return (json as { total: number }).total
  }
  const before = await versions()
  const more = changed(policy, () => ({ administers: true, rules: [{ types: ['*'], interactions: 'cruds' }] }))
  const harmless = { resourceType: 'Basic', id: 'role-policy-nurse', code: { text: 'nothing' } }
  const entry = [{ request: { method: 'PUT', url: 'Basic/role-policy-nurse' }, resource: more }]
  const patch = [{ op: 'replace', path: '/code', value: { text: 'nothing' } }]
  const tries = [
    await put(who, more),
    await put(who, harmless),
    await who.fhir('POST', 'Basic', more),
    await who.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry }),
    await who.fhir('PUT', 'Basic?code=role-policy', more),
    await who.fhir('PATCH', 'Basic/role-policy-nurse', patch, { 'content-type': 'application/json-patch+json' }),
    await who.fhir('DELETE', 'Basic/role-policy-nurse'),
  ]
  for (const { status } of tries) expect([403, 404, 412]).toContain(status)
  const batch = await who.fhir('POST', '', { resourceType: 'Bundle', type: 'batch', entry })
  expect(batch.text).toContain('"403')
  expect((await who.fhir('GET', '$role-policies')).status).toBe(403)
  expect(await versions()).toBe(before)
  await admin.fhir('DELETE', 'Basic/role-policy-nurse')
})

const rule = { types: ['Patient'], interactions: 'r' }
const policy = { role: 'helper', about: 'Helps.', rules: [rule] }
const withId = (id: string) => ({ ...basicOfPolicy(policy), id })

test.each<[string, JsonObject]>([
  ['no resource type', basicOfPolicy({ ...policy, rules: [{ ...rule, types: ['Person', 'Nobody'] }] })],
  ['letters of cruds, in that order', basicOfPolicy({ ...policy, rules: [{ ...rule, interactions: 'rc' }] })],
  ['rows are own, shared, self', basicOfPolicy({ ...policy, rules: [{ ...rule, rows: 'some' }] })],
  ["there is no group '@nobody'", basicOfPolicy({ ...policy, rules: [{ ...rule, types: ['@nobody'] }] })],
  ['is no element of Patient', basicOfPolicy({ ...policy, rules: [{ ...rule, hidden: ['nothing'] }] })],
  ["search parameter 'nothing'", basicOfPolicy({ ...policy, rules: [{ ...rule, criteria: 'nothing=1' }] })],
  ['is said by Basic/role-policy-helper', withId('role-policy-nurse')],
  ['is fixed', basicOfPolicy({ ...policy, role: 'admin' })],
  ['has one extension', { resourceType: 'Basic', id: 'role-policy-helper', code: basicOfPolicy(policy)['code']! }],
])('what cannot be meant is refused: %s', async (reason, resource) => {
  for (const validation of ['off', 'profiles'] as const) {
    const context = { ...server.context, config: { ...server.context.config, validation } }
    const who = granted({ ...server, context }, callerWith('user/*.cruds', { account: staffAccount('admin') }))
    const { status, text } = await put(who, resource)
    expect([status, text]).toEqual([422, expect.stringContaining(reason)])
    await who.close()
  }
})
