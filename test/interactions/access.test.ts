/** What a caller reaches by each interaction: one patient's app beside what belongs to others. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { callerWith, type Granted, granted, patientAccount, staffAccount } from '../support/granted.ts'
import { type TestReply, type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let anna: Granted
/** An app that someone who may do everything has launched for her. */
let launched: Granted

const observation = (id: string, patient: string, more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: `Patient/${patient}` },
  ...more,
})

const patch = (name: string, value: unknown) => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: `Observation.${name}` },
        typeof value === 'string' ? { name: 'value', valueCode: value } : { name: 'value', valueReference: value },
      ],
    },
  ],
})

const metaParameters = {
  resourceType: 'Parameters',
  parameter: [{ name: 'meta', valueMeta: { tag: [{ system: 'urn:t', code: 'x' }] } }],
}

const stored = [
  {
    resourceType: 'Patient',
    id: 'anna',
    name: [{ family: 'Abt' }],
    generalPractitioner: [{ reference: 'Practitioner/gp' }],
  },
  {
    resourceType: 'Patient',
    id: 'ben',
    name: [{ family: 'Berg' }],
    generalPractitioner: [{ reference: 'Practitioner/gp' }],
  },
  { resourceType: 'Practitioner', id: 'gp', name: [{ family: 'Gut' }] },
  {
    resourceType: 'Practitioner',
    id: 'odd',
    extension: [{ url: 'http://example.org/x', valueReference: { reference: 'Patient/ben' } }],
  },
  observation('a1', 'anna', { effectiveDateTime: '2024-01-01' }),
  observation('a2', 'anna', { effectiveDateTime: '2024-02-01', focus: [{ reference: 'Patient/ben' }] }),
  observation('b1', 'ben', { effectiveDateTime: '2024-03-01' }),
  observation('b2', 'ben', { performer: [{ reference: 'Patient/anna' }] }),
  observation('b3', 'ben', { focus: [{ reference: 'Patient/anna' }] }),
  {
    resourceType: 'Condition',
    id: 'ac',
    subject: { reference: 'Patient/anna' },
    encounter: { reference: 'Encounter/be' },
  },
  {
    resourceType: 'Encounter',
    id: 'be',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/ben' },
  },
  { resourceType: 'Basic', id: 'bx', code: { text: 'x' }, subject: { reference: 'Patient/ben' } },
  {
    resourceType: 'List',
    id: 'bl',
    status: 'current',
    mode: 'working',
    subject: { reference: 'Patient/ben' },
    entry: [{ item: { reference: 'Observation/a1' } }],
  },
]

beforeAll(async () => {
  server = await testServer()
  for (const resource of stored) {
    const reply = await server.fhir('PUT', `${resource.resourceType}/${resource.id}`, resource)
    expect(reply.status, reply.text).toBe(201)
  }
  anna = granted(
    server,
    callerWith('patient/*.cruds launch/patient openid fhirUser', { patient: 'anna', account: patientAccount('anna') }),
  )
  launched = granted(server, callerWith('patient/*.cruds', { patient: 'anna', account: staffAccount('admin') }))
})

afterAll(async () => {
  await anna.close()
  await launched.close()
  await server.close()
})

const ids = (reply: TestReply) =>
  ((reply.json['entry'] ?? []) as JsonObject[])
    .map(({ resource }) => resource as JsonObject)
    .filter((resource) => resource && resource['resourceType'] !== 'OperationOutcome')
    .map(({ resourceType, id }) => `${resourceType}/${id}`)
    .sort()

describe("a patient's app", () => {
  test.each([
    ['her own record', 'Patient/anna', 200],
    ["another's", 'Patient/ben', 404],
    ['what is about her', 'Observation/a1', 200],
    ["what is another's", 'Observation/b1', 404],
    ['what she said of another', 'Observation/b2', 200],
    ['what only mentions her', 'Observation/b3', 404],
    ['who works here', 'Practitioner/gp', 200],
    ['a practitioner that refers to a patient', 'Practitioner/odd', 404],
    ['what was never there', 'Observation/none', 404],
    ["a version of another's", 'Observation/b1/_history/1', 404],
    ["the history of another's", 'Observation/b1/_history', 404],
    ['her own history', 'Observation/a1/_history', 200],
    ['all of another', 'Patient/ben/$everything', 404],
  ])('reads %s: %s is %d', async (_what, path, status) => {
    expect((await anna.fhir('GET', path)).status).toBe(status)
  })

  test('is told the same of what it may not see as of what is not there', async () => {
    const hidden = await anna.fhir('GET', 'Observation/b1')
    const absent = await anna.fhir('GET', 'Observation/xx')
    expect(hidden.text.replaceAll('b1', 'xx')).toBe(absent.text)
  })

  test.each([
    ['Observation', ['Observation/a1', 'Observation/a2', 'Observation/b2']],
    ['Observation?patient=ben', ['Observation/b2']],
    ['Observation?code=8867-4', ['Observation/a1', 'Observation/a2', 'Observation/b2']],
    ['Observation?_sort=-_lastUpdated', ['Observation/a1', 'Observation/a2', 'Observation/b2']],
    ['Observation?_sort=code', ['Observation/a1', 'Observation/a2', 'Observation/b2']],
    ['Observation?subject:Patient.family=Berg', []],
    ['Observation?subject:Patient.family=Abt', ['Observation/a1', 'Observation/a2']],
    ['Observation?_id=b1', []],
    ['Observation?_list=bl', []],
    ['Observation?_filter=subject.family%20eq%20%22Berg%22', []],
    ['Patient?_has:Observation:focus:status=final', []],
    ['Patient?_has:Observation:subject:status=final', ['Patient/anna']],
    ['Practitioner', ['Practitioner/gp']],
    ['Practitioner?_has:Patient:general-practitioner:family=Berg', []],
    ['Practitioner?_has:Patient:general-practitioner:family=Abt', ['Practitioner/gp']],
    ['Patient?_revinclude=Observation:subject', ['Observation/a1', 'Observation/a2', 'Patient/anna']],
    ['Condition?_include=Condition:encounter', ['Condition/ac']],
    ['Observation?_id=a2&_include=Observation:focus', ['Observation/a2']],
    ['Practitioner?_revinclude=Patient:general-practitioner', ['Patient/anna', 'Practitioner/gp']],
    ['?_type=Patient,Encounter,Basic', ['Patient/anna']],
    ['?_id=anna', ['Patient/anna']],
    ['Patient/ben/Observation', ['Observation/b2']],
    ['Patient/anna/*', ['Condition/ac', 'Observation/a1', 'Observation/a2', 'Observation/b2', 'Patient/anna']],
    [
      'Patient/anna/$everything',
      ['Condition/ac', 'Observation/a1', 'Observation/a2', 'Observation/b2', 'Patient/anna', 'Practitioner/gp'],
    ],
    ['Observation/$lastn?patient=ben', ['Observation/b2']],
    ['Observation/_history', ['Observation/a1', 'Observation/a2', 'Observation/b2']],
    [
      '_history',
      ['Condition/ac', 'Observation/a1', 'Observation/a2', 'Observation/b2', 'Patient/anna', 'Practitioner/gp'],
    ],
  ])('finds by %s: %j', async (query, expected) => {
    const reply = await anna.fhir('GET', query)
    expect(reply.status, reply.text).toBe(200)
    expect(ids(reply)).toEqual(expected)
  })

  test.each(['accurate', 'estimate'])('counts what it sees, %s', async (mode) => {
    expect((await anna.fhir('GET', `Observation?_total=${mode}&_count=1`)).json['total']).toBe(3)
  })

  test('counts what it sees alone', async () => {
    expect((await anna.fhir('GET', 'Observation?_summary=count&code=8867-4')).json['total']).toBe(3)
  })

  test('goes through the history of the system page by page', async () => {
    const found: string[] = []
    let path: string | undefined = '_history?_count=2'
    while (path !== undefined) {
      const reply: TestReply = await anna.fhir('GET', path)
      found.push(...ids(reply))
      const links = reply.json['link'] as { relation: string; url: string }[]
      path = links.find(({ relation }) => relation === 'next')?.url.split('/fhir/')[1]
    }
    expect(found.sort()).toEqual([
      'Condition/ac',
      'Observation/a1',
      'Observation/a2',
      'Observation/b2',
      'Patient/anna',
      'Practitioner/gp',
    ])
  })
})

describe('an app launched for a patient', () => {
  const write = async (method: string, path: string, body?: JsonObject | object) => {
    const reply = await launched.fhir(method, path, body)
    return [reply.status, ((reply.json['issue'] ?? []) as JsonObject[]).map(codeOf)[0] ?? ''] as const
  }
  const codeOf = ({ details }: JsonObject) => String(((details as JsonObject)['coding'] as JsonObject[])[0]!['code'])
  const fresh = (patient: string, more: object = {}) => {
    const { id: _id, ...rest } = observation('x', patient, more)
    return rest
  }
  const refused = [403, 'out-of-reach'] as const
  const absent = [404, 'resource-not-found'] as const

  test.each([
    ["may not change what is another's", 'PUT', 'Observation/b1', observation('b1', 'anna'), absent],
    ['may not choose an id, which could be taken', 'PUT', 'Observation/free', observation('free', 'anna'), absent],
    ['may not give away what is hers', 'PUT', 'Observation/a1', observation('a1', 'ben'), refused],
    ["may not add to another's record", 'POST', 'Observation', fresh('ben'), refused],
    ["may not delete what is another's", 'DELETE', 'Observation/b1', undefined, absent],
    ['may not delete what is not there', 'DELETE', 'Observation/none', undefined, absent],
    ["finds nothing of another's to delete", 'DELETE', 'Observation?_id=b1', undefined, [204, '']],
    ["finds nothing of another's to update", 'PUT', 'Observation?_id=b1', fresh('anna'), [201, '']],
    ['may not choose an id where nothing is found', 'PUT', 'Observation?_id=b1', observation('b1', 'anna'), absent],
    ["may not patch what is another's", 'PATCH', 'Observation/b1', patch('status', 'amended'), absent],
    ['patches what is hers', 'PATCH', 'Observation/a1', patch('status', 'amended'), [200, '']],
    ['may not patch it away', 'PATCH', 'Observation/a1', patch('subject', { reference: 'Patient/ben' }), refused],
    ['may not run the server', 'POST', '$reindex', { resourceType: 'Parameters' }, [403, 'administrators-only']],
    [
      'may not remove for good',
      'POST',
      'Observation/a1/$expunge',
      { resourceType: 'Parameters' },
      [403, 'administrators-only'],
    ],
    ["may not label what is another's", 'POST', 'Observation/b1/$meta-add', metaParameters, absent],
    ['labels what is hers', 'POST', 'Observation/a1/$meta-add', metaParameters, [200, '']],
  ])('%s', async (_what, method, path, body, expected) => {
    expect(await write(method, path, body)).toEqual(expected)
  })

  test('is told of If-Match what it is told of what is not there', async () => {
    const replies = await Promise.all(
      ['Observation/b1', 'Observation/none'].map((path) =>
        launched.fhir('PUT', path, observation(path.slice(12), 'anna'), { 'if-match': 'W/"1"' }),
      ),
    )
    expect(replies.map(({ status }) => status)).toEqual([412, 412])
    expect(replies[0]!.text.replaceAll('b1', 'none')).toBe(replies[1]!.text)
  })

  test.each([
    ["another's by id", 'PUT', 'Observation/b1', observation('b1', 'anna'), 404],
    ['a free id', 'PUT', 'Observation/free', observation('free', 'anna'), 404],
    ["into another's record", 'POST', 'Observation', fresh('ben'), 403],
    ["the deletion of another's", 'DELETE', 'Observation/b1', undefined, 404],
    ['her own', 'PUT', 'Observation/a2', observation('a2', 'anna', { effectiveDateTime: '2024-02-01' }), 200],
    ['by a search that finds nothing', 'DELETE', 'Observation?_id=b1', undefined, 200],
    [
      "a reference to another's by a search",
      'POST',
      'Observation',
      { ...fresh('anna'), hasMember: [{ reference: 'Observation?_id=b1' }] },
      400,
    ],
  ])('writes in a transaction %s: %d', async (_what, method, url, resource, status) => {
    const entry = [{ request: { method, url }, ...(resource && { resource }) }]
    const reply = await launched.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect(reply.status, reply.text).toBe(status)
  })

  test('creates unless it finds, among what it sees', async () => {
    const sent = { ...fresh('anna'), identifier: [{ system: 'urn:x', value: '1' }] }
    const other = await server.fhir('PUT', 'Observation/bi', {
      ...observation('bi', 'ben'),
      identifier: sent.identifier,
    })
    expect(other.status).toBe(201)
    const header = { 'if-none-exist': 'identifier=urn:x|1' }
    expect((await launched.fhir('POST', 'Observation', sent, header)).status).toBe(201)
    expect((await launched.fhir('POST', 'Observation', sent, header)).status).toBe(200)
  })
})

describe('what moved to another patient', () => {
  beforeAll(async () => {
    const steps = ['anna', 'ben'] as const
    for (const patient of steps) await server.fhir('PUT', 'Observation/moved', observation('moved', patient))
    for (const patient of steps) await server.fhir('PUT', 'Observation/gone', observation('gone', patient))
    await server.fhir('DELETE', 'Observation/gone')
    await server.fhir('PUT', 'Observation/hers', observation('hers', 'anna'))
    await server.fhir('DELETE', 'Observation/hers')
    await server.fhir('PUT', 'Observation/came', observation('came', 'ben'))
    await server.fhir('PUT', 'Observation/came', observation('came', 'anna'))
  })

  test.each([
    ['Observation/moved', 404],
    ['Observation/moved/_history/1', 404],
    ['Observation/moved/_history', 404],
    ['Observation/gone', 404],
    ['Observation/gone/_history', 404],
    ['Observation/gone/_history/3', 404],
    ['Observation/hers', 410],
    ['Observation/hers/_history/1', 200],
    ['Observation/came', 200],
    ['Observation/came/_history/1', 404],
    ['Observation/came/_history/2', 200],
  ])('%s is answered with %d', async (path, status) => {
    expect((await anna.fhir('GET', path)).status).toBe(status)
  })

  test('leaves no trace in histories, but for its versions of now', async () => {
    const found = [
      await anna.fhir('GET', 'Observation/_history?_count=100'),
      await anna.fhir('GET', '_history?_count=100'),
    ]
    for (const reply of found) {
      const urls = ((reply.json['entry'] ?? []) as JsonObject[]).map(({ fullUrl }) => String(fullUrl).split('/').at(-1))
      expect(urls.filter((id) => ['moved', 'gone', 'hers', 'came'].includes(id!)).sort()).toEqual([
        'came',
        'hers',
        'hers',
      ])
    }
  })
})

const names = (reply: TestReply) =>
  ((reply.json['issue'] ?? []) as JsonObject[]).map(({ diagnostics }) => String(diagnostics)).join(' ')

describe('what is missing is named', () => {
  test.each([
    ['patient/Patient.rs', 'GET', 'Observation', 'patient/Observation.s'],
    ['patient/Observation.r', 'GET', 'Observation', 'patient/Observation.s'],
    ['patient/Observation.s', 'GET', 'Observation/a1', 'patient/Observation.r'],
    ['patient/Observation.s', 'GET', 'Observation/a1/_history', 'patient/Observation.r'],
    ['patient/Observation.r', 'GET', 'Observation/_history', 'patient/Observation.s'],
    ['patient/Observation.rs', 'POST', 'Observation', 'patient/Observation.c'],
    ['patient/Observation.rs', 'DELETE', 'Observation/a1', 'patient/Observation.d'],
    ['patient/Observation.d', 'DELETE', 'Observation?_id=a1', 'patient/Observation.s'],
    ['patient/Observation.rs', 'GET', '?_type=Observation,Condition', 'patient/Condition.s'],
    ['patient/Observation.rs', 'GET', 'Patient/anna/$everything', 'patient/Patient.r'],
    ['patient/Observation.r', 'GET', 'Observation/$lastn?patient=anna', 'patient/Observation.s'],
    [
      'patient/Observation.rs',
      'GET',
      'ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender',
      'patient/ValueSet.r',
    ],
    ['openid', 'GET', 'Patient', 'patient/Patient.s'],
  ])('%s: %s %s needs %s', async (scopes, method, path, missing) => {
    const caller = granted(server, callerWith(scopes, { patient: 'anna', account: staffAccount('admin') }))
    const body = method === 'POST' ? observation('', 'anna') : undefined
    const reply = await caller.fhir(method, path, body)
    expect(reply.status, reply.text).toBe(403)
    expect(names(reply)).toContain(`'${missing}'`)
    await caller.close()
  })
})
