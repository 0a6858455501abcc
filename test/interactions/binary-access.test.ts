/** Who may see a Binary is decided by its security context. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { callerWith, type Granted, granted, patientAccount, staffAccount } from '../support/granted.ts'
import { type TestReply, type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
const callers: Granted[] = []
let anna: Granted
let annasDocuments: Granted
let nurse: Granted
let receptionist: Granted
let service: Granted

const binary = (id: string, context?: string, more: object = {}) => ({
  ...{ resourceType: 'Binary', id, contentType: 'text/plain', data: 'YQ==' },
  ...(context !== undefined && { securityContext: { reference: context } }),
  ...more,
})
const document = (id: string, patient: string, security?: string) => ({
  ...{ resourceType: 'DocumentReference', id, status: 'current' },
  ...(security && {
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: security }] },
  }),
  subject: { reference: `Patient/${patient}` },
  content: [{ attachment: { url: `Binary/of-${id}` } }],
})

const stored: readonly JsonObject[] = [
  { resourceType: 'Patient', id: 'anna' },
  { resourceType: 'Patient', id: 'ben' },
  { resourceType: 'Organization', id: 'clinic' },
  document('da', 'anna'),
  document('db', 'ben'),
  document('ds', 'ben', 'V'),
  binary('free'),
  binary('anna', 'Patient/anna'),
  binary('ben', 'Patient/ben'),
  binary('of-da', 'DocumentReference/da'),
  binary('of-db', 'DocumentReference/db'),
  binary('of-ds', 'DocumentReference/ds'),
  binary('logo', 'Organization/clinic'),
  binary('lost', 'DocumentReference/none'),
  binary('foreign', 'https://elsewhere.example/fhir/Patient/anna'),
  binary('of-binary', 'Binary/of-da'),
]

const put = async (resource: JsonObject) => {
  const reply = await server.fhir('PUT', `${resource['resourceType']}/${resource['id']}`, resource)
  expect(reply.status, reply.text).toBeLessThan(202)
}

beforeAll(async () => {
  server = await testServer({ config: { validation: 'off' } })
  for (const resource of stored) await put(resource)
  // It was of a document of her, and is of another's now.
  await put(binary('moved', 'DocumentReference/da'))
  await put(binary('moved', 'DocumentReference/db'))
  await put(binary('gone', 'DocumentReference/db'))
  await server.fhir('DELETE', 'Binary/gone')

  const one = (...given: Parameters<typeof callerWith>) => {
    const made = granted(server, callerWith(...given))
    callers.push(made)
    return made
  }
  anna = one('patient/*.cruds', { patient: 'anna', account: patientAccount('anna') })
  annasDocuments = one('patient/Binary.rs', { patient: 'anna', account: patientAccount('anna') })
  nurse = one('user/*.cruds', { account: staffAccount('nurse') })
  receptionist = one('user/*.cruds', { account: staffAccount('receptionist') })
  service = one('system/*.cruds')
})
afterAll(async () => {
  for (const one of callers) await one.close()
  await server.close()
})

const ids = (reply: TestReply) =>
  ((reply.json['entry'] ?? []) as JsonObject[])
    .flatMap(({ resource }) => (resource ? [(resource as JsonObject)['id']] : []))
    .sort()

const statuses = async (caller: Granted, suffix = '') => {
  const found: Record<string, number> = {}
  for (const { id } of [...stored.filter(({ resourceType }) => resourceType === 'Binary'), { id: 'moved' }]) {
    found[String(id)] = (await caller.fhir('GET', `Binary/${id}${suffix}`)).status
  }
  return Object.keys(found).filter((id) => found[id] === 200)
}

test('a patient reads what belongs to their record, and what documents decide that they may read', async () => {
  expect(await statuses(anna)).toEqual(['anna', 'of-da', 'logo'])
  expect(await statuses(anna, '/_history')).toEqual(['anna', 'of-da', 'logo'])
  expect(await statuses(anna, '/_history/1')).toEqual(['anna', 'of-da', 'logo'])
})

test('whoever may not read the document may not read its content', async () => {
  expect(await statuses(annasDocuments)).toEqual(['anna'])
})

test('a nurse reads all but what is very restricted, and what nobody can decide', async () => {
  expect(await statuses(nurse)).toEqual(['free', 'anna', 'ben', 'of-da', 'of-db', 'logo', 'moved'])
})

test('a role without Binaries reads none', async () => {
  expect(await statuses(receptionist)).toEqual([])
})

test('a service that sees everything reads everything', async () => {
  expect(await statuses(service)).toHaveLength(11)
})

test('lists show what surely may be seen', async () => {
  expect(ids(await anna.fhir('GET', 'Binary'))).toEqual(['anna'])
  const nurses = ids(await nurse.fhir('GET', 'Binary'))
  expect(nurses).toEqual(['anna', 'ben', 'free'])
  const { entry } = (await nurse.fhir('GET', 'Binary/_history')).json as unknown as { entry: { fullUrl: string }[] }
  expect(entry.map(({ fullUrl }) => fullUrl.split('/').at(-1)).sort()).toEqual(nurses)
  expect(ids(await service.fhir('GET', 'Binary?_count=50'))).toHaveLength(11)
})

test('what was deleted is known to have been by those who could see it', async () => {
  expect((await nurse.fhir('GET', 'Binary/gone')).status).toBe(410)
  expect((await anna.fhir('GET', 'Binary/gone')).status).toBe(404)
})

describe('changes', () => {
  test('are for those who may change what decides', async () => {
    const own = await anna.fhir('PUT', 'Binary/of-da', binary('of-da', 'DocumentReference/da', { data: 'Yg==' }))
    expect(own.status).toBe(403)
    const denied = await nurse.fhir('PUT', 'Binary/of-ds', binary('of-ds', 'Patient/anna'))
    expect(denied.status).toBeGreaterThanOrEqual(400)
    expect((await server.fhir('GET', 'Binary/of-ds/_history')).json['total']).toBe(1)
    const allowed = await nurse.fhir('PUT', 'Binary/of-db', binary('of-db', 'DocumentReference/db', { data: 'Yg==' }))
    expect(allowed.status, allowed.text).toBe(200)
  })

  test('bring nothing into the record of another', async () => {
    const other = await anna.fhir('POST', 'Binary', binary('x', 'Patient/ben'))
    expect(other.status).toBe(403)
    const moved = await anna.fhir('PUT', 'Binary/anna', binary('anna', 'Patient/ben'))
    expect(moved.status).toBe(403)
  })

  test.each(['transaction', 'batch'])('in a %s go by the same', async (type) => {
    const bundle = (caller: Granted, id: string, context: string) =>
      caller.fhir('POST', '', {
        ...{ resourceType: 'Bundle', type },
        entry: [{ resource: binary(id, context, { data: 'Yw==' }), request: { method: 'PUT', url: `Binary/${id}` } }],
      })
    const status = ({ status: whole, json }: TestReply) =>
      whole === 200
        ? Number.parseInt(
            (json as unknown as { entry: { response: { status: string } }[] }).entry[0]!.response.status,
            10,
          )
        : whole
    expect(status(await bundle(nurse, 'of-db', 'DocumentReference/db'))).toBe(200)
    expect(status(await bundle(nurse, 'of-ds', 'DocumentReference/ds'))).toBeGreaterThanOrEqual(400)
  })
})

test('a consent withholds what belongs to the record', async () => {
  const consent = {
    ...{ resourceType: 'Consent', id: 'no', status: 'active', patient: { reference: 'Patient/ben' } },
    ...{ scope: { text: 'privacy' }, category: [{ text: 'privacy' }], policyRule: { text: 'practice' } },
    provision: { type: 'deny' },
  }
  await put(consent)
  expect(await statuses(service)).not.toContain('ben')
  expect(await statuses(service)).not.toContain('of-db')
  expect(await statuses(service)).toContain('of-da')
  expect(await statuses(nurse)).toEqual(['free', 'anna', 'of-da', 'logo'])
  const update = { ...binary('of-da', 'DocumentReference/da', { data: 'ZA==' }) }
  const entry = [{ resource: update, request: { method: 'PUT', url: 'Binary/of-da' } }]
  const reply = await service.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
  expect(reply.status, reply.text).toBe(200)
})
