import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { transaction } from '../../server/interactions/transaction.ts'
import { type TestReply, type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let other: TestServer

beforeAll(async () => {
  server = await testServer()
  other = await testServer({ databaseUrl: server.databaseUrl })
})
afterAll(async () => {
  await other.close()
  await server.close()
})

type Json = JsonObject

function send(entry: readonly object[], headers?: Record<string, string>, to = server): Promise<TestReply> {
  return to.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry }, headers)
}

const request = (method: string, url: string, more: object = {}) => ({ request: { method, url, ...more } })
const patient = (more: Json = {}): Json => ({ resourceType: 'Patient', ...more })
const identified = (value: string, more: Json = {}): Json =>
  patient({ identifier: [{ system: 'http://s', value }], ...more })
const observation = (reference: string): Json => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'c' },
  subject: { reference },
})
const urn = (n: number) => `urn:uuid:00000000-0000-4000-8000-00000000000${n}`

function responses(reply: TestReply): Record<string, string>[] {
  expect(reply.json, reply.text).toMatchObject({ resourceType: 'Bundle', type: 'transaction-response' })
  return (reply.json['entry'] as unknown as { response: Record<string, string> }[]).map((entry) => entry.response)
}

function idIn(location: string | undefined): string {
  return location!.split('/_history/')[0]!
}

async function count(type: string): Promise<number> {
  const { database } = server.context.store
  const [row] = await database.query<{ n: number }>({
    strings: [`select count(*)::int as n from r_${type.toLowerCase()}`],
    values: [],
  })
  return row!.n
}

test('entries are carried out in order of their methods and answered in their own', async () => {
  await server.fhir('PUT', 'Patient/old', patient({ id: 'old' }))
  await server.fhir('PUT', 'Patient/kept', patient({ id: 'kept' }))
  const reply = await send([
    { ...request('GET', 'Patient/kept') },
    { ...request('PUT', 'Patient/kept', { ifMatch: 'W/"1"' }), resource: patient({ id: 'kept', active: true }) },
    { ...request('POST', 'Observation'), resource: observation(urn(1)) },
    { ...request('POST', 'Patient'), fullUrl: urn(1), resource: patient({ gender: 'female' }) },
    { ...request('DELETE', 'Patient/old') },
    { ...request('HEAD', 'Patient/kept') },
  ])
  expect(reply.status).toBe(200)
  const [get, put, post, created, gone, head] = responses(reply)
  expect(get).toMatchObject({ status: '200 OK', etag: 'W/"2"' })
  expect(put).toMatchObject({ status: '200 OK', etag: 'W/"2"', location: 'Patient/kept/_history/2' })
  expect(post).toMatchObject({ status: '201 Created', etag: 'W/"1"' })
  expect(gone).toMatchObject({ status: '204 No Content', etag: 'W/"2"' })
  expect(head).toMatchObject({ status: '200 OK', etag: 'W/"2"' })
  const entries = reply.json['entry'] as Json[]
  expect(entries.map((entry) => (entry['resource'] as Json)?.['active'])).toEqual([true, ...Array(5).fill(undefined)])

  const stored = await server.fhir('GET', idIn(post!['location']))
  expect(stored.json['subject']).toEqual({ reference: idIn(created!['location']) })
  expect((await server.fhir('GET', 'Patient/old')).status).toBe(410)
})

test('the time of a write is that of its resource', async () => {
  const [response] = responses(await send([{ ...request('POST', 'Patient'), resource: patient() }]))
  const stored = await server.fhir('GET', idIn(response!['location']))
  expect(stored.json['meta']).toMatchObject({ versionId: '1', lastUpdated: response!['lastModified'] })
})

test('Prefer chooses what writes are answered with', async () => {
  const entry = [{ ...request('PUT', 'Patient/p'), resource: patient({ id: 'p' }) }]
  const full = await send(entry, { prefer: 'return=representation' })
  expect(full.json['entry']).toMatchObject([{ resource: { id: 'p', meta: { versionId: '1' } } }])
  const outcome = await send(entry, { prefer: 'return=OperationOutcome' })
  expect(outcome.json['entry']).toMatchObject([{ response: { outcome: { resourceType: 'OperationOutcome' } } }])
})

test.each<[string, object, number, string, string]>([
  [
    'an invalid resource',
    { ...request('POST', 'Patient'), resource: patient({ gender: 3 }) },
    422,
    'wrong-shape',
    'Bundle.entry[1].resource.gender',
  ],
  [
    'an unknown element',
    { ...request('POST', 'Patient'), resource: patient({ plumage: 'blue' }) },
    422,
    'unknown-element',
    'Bundle.entry[1].resource',
  ],
  [
    'a version that is not there',
    { ...request('PUT', 'Patient/1', { ifMatch: 'W/"7"' }), resource: patient({ id: '1' }) },
    412,
    'no-current-version',
    'Bundle.entry[1]',
  ],
  ['a resource that is not there', request('DELETE', 'Patient/never'), 404, 'resource-not-found', 'Bundle.entry[1]'],
  ['a read that fails', request('GET', 'Patient/never'), 404, 'resource-not-found', 'Bundle.entry[1]'],
  ['a path that leads nowhere', request('GET', 'Patient/1/2/3'), 404, 'unknown-path', 'Bundle.entry[1]'],
  [
    'a reference to nothing',
    { ...request('POST', 'Observation'), resource: observation('Patient?identifier=http://s|none') },
    400,
    'unresolved-reference',
    'Bundle.entry[1]',
  ],
  [
    'a dangling urn',
    { ...request('POST', 'Observation'), resource: observation(urn(9)) },
    400,
    'unresolved-reference',
    'Bundle.entry[1]',
  ],
])('%s undoes the other entries', async (_case, entry, status, code, expression) => {
  const before = await count('Group')
  const group: Json = { resourceType: 'Group', type: 'person', actual: true }
  const reply = await send([{ ...request('POST', 'Group'), resource: group }, entry])
  expect(reply.status, reply.text).toBe(status)
  const [issue] = reply.json['issue'] as Json[]
  expect(issue).toMatchObject({ details: { coding: [{ code }] } })
  expect((issue!['expression'] as string[])[0]).toContain(expression)
  expect(await count('Group')).toBe(before)
})

test.each([
  ['no Bundle', patient(), 'wrong-resource-type'],
  ['a Bundle of another type', { resourceType: 'Bundle', type: 'collection' }, 'invalid-bundle'],
  ['entries that are no list', { resourceType: 'Bundle', type: 'transaction', entry: {} }, 'invalid-bundle'],
])('%s is refused', async (_case, body, code) => {
  const reply = await server.fhir('POST', '', body)
  expect(reply.status).toBe(400)
  expect(reply.json['issue']).toMatchObject([{ details: { coding: [{ code }] } }])
})

test('an empty transaction is answered with an empty Bundle', async () => {
  const reply = await send([])
  expect(reply.json).toEqual({ resourceType: 'Bundle', type: 'transaction-response' })
})

test('conditions and searches find what is stored and what the transaction stores', async () => {
  await send([
    { ...request('PUT', 'Practitioner/dr'), resource: { ...identified('dr'), resourceType: 'Practitioner', id: 'dr' } },
  ])
  const entries = [
    {
      ...request('POST', 'Patient', { ifNoneExist: 'identifier=http://s|one' }),
      fullUrl: urn(1),
      resource: identified('one'),
    },
    {
      ...request('POST', 'Patient', { ifNoneExist: 'identifier=http://s|one' }),
      fullUrl: urn(2),
      resource: identified('one'),
    },
    {
      ...request('POST', 'Observation'),
      resource: {
        ...observation('Patient?identifier=http://s|one'),
        performer: [{ reference: 'Practitioner?identifier=http://s|dr' }, { reference: urn(2) }],
      },
    },
  ]
  const first = responses(await send(entries))
  expect(first.map((response) => response['status'])).toEqual(['201 Created', '200 OK', '201 Created'])
  expect(first[1]!['location']).toBe(first[0]!['location'])
  const stored = (await server.fhir('GET', idIn(first[2]!['location']))).json
  const one = idIn(first[0]!['location'])
  expect(stored).toMatchObject({
    subject: { reference: one },
    performer: [{ reference: 'Practitioner/dr' }, { reference: one }],
  })

  const again = responses(await send(entries))
  expect(again.map((response) => response['status'])).toEqual(['200 OK', '200 OK', '201 Created'])
  expect(idIn(again[0]!['location'])).toBe(one)
})

test('a conditional update creates, then updates; one that finds several is refused', async () => {
  const entry = [{ ...request('PUT', 'Patient?identifier=http%3A%2F%2Fs%7Cupdated'), resource: identified('updated') }]
  const [created] = responses(await send(entry))
  const [updated] = responses(await send(entry))
  expect([created!['status'], updated!['status']]).toEqual(['201 Created', '200 OK'])
  expect(idIn(updated!['location'])).toBe(idIn(created!['location']))

  await send([{ ...request('POST', 'Patient'), resource: identified('updated') }])
  expect((await send(entry)).status).toBe(412)
})

test.each(['POST', 'PUT'])('what is deleted by criteria is replaced by a conditional %s', async (method) => {
  const query = `identifier=http://s|replaced-${method}`
  const resource = identified(`replaced-${method}`)
  const [old] = responses(await send([{ ...request('POST', 'Patient'), resource }]))
  const replacing =
    method === 'PUT' ? request('PUT', `Patient?${query}`) : request('POST', 'Patient', { ifNoneExist: query })
  const [created, deleted, read] = responses(
    await send([{ ...replacing, resource }, request('DELETE', `Patient?${query}`), request('GET', `Patient?${query}`)]),
  )
  expect([created!['status'], deleted!['status'], read!['status']]).toEqual(['201 Created', '204 No Content', '200 OK'])
  expect((await server.fhir('GET', idIn(old!['location']))).status).toBe(410)
  expect((await server.fhir('GET', `Patient?${query}`)).json['entry']).toMatchObject([
    { resource: { id: idIn(created!['location']).split('/')[1] } },
  ])
})

test('a deleted resource goes on with its history, and is deleted without complaint', async () => {
  const put = { ...request('PUT', 'Patient/back'), resource: patient({ id: 'back' }) }
  await send([put])
  expect(responses(await send([request('DELETE', 'Patient/back')]))).toMatchObject([{ etag: 'W/"2"' }])
  expect(responses(await send([request('DELETE', 'Patient/back')]))).toMatchObject([
    { status: '204 No Content', etag: 'W/"2"' },
  ])
  expect(responses(await send([put]))).toMatchObject([{ etag: 'W/"3"' }])
})

test('of a hundred equal transactions over two processes one creates', async () => {
  const entry = (i: number) => [
    {
      ...request('POST', 'Patient', { ifNoneExist: 'identifier=http://s|raced' }),
      fullUrl: urn(1),
      resource: identified('raced'),
    },
    { ...request('POST', 'Observation'), resource: { ...observation(urn(1)), valueInteger: i } },
  ]
  const replies = await Promise.all(Array.from({ length: 100 }, (_, i) => send(entry(i), {}, i % 2 ? other : server)))
  const firsts = replies.map((reply) => responses(reply)[0]!)
  expect(firsts.filter((response) => response['status'] === '201 Created')).toHaveLength(1)
  expect(new Set(firsts.map((response) => idIn(response['location']))).size).toBe(1)
})

test('transactions that change the same resources in different orders all succeed, each once', async () => {
  const put = (id: string, i: number) => ({
    ...request('PUT', `Basic/${id}`),
    resource: { resourceType: 'Basic', id, code: { text: `${i}` } },
  })
  const ids = ['a', 'b', 'c', 'd']
  const rounds = 20
  const replies = await Promise.all(
    Array.from({ length: rounds }, (_, i) => {
      const turned = [...ids.slice(i % 4), ...ids.slice(0, i % 4)]
      return send(
        turned.map((id) => put(id, i)),
        {},
        i % 2 ? other : server,
      )
    }),
  )
  const won = replies.filter((reply) => reply.status === 200).length
  for (const reply of replies) expect([200, 409], reply.text).toContain(reply.status)
  const versions = await Promise.all(ids.map(async (id) => (await server.fhir('GET', `Basic/${id}`)).json['meta']))
  expect(versions.map((meta) => (meta as Json)['versionId'])).toEqual(ids.map(() => String(won)))
})

test('five thousand entries are one transaction', async () => {
  const before = await count('Observation')
  const entries = Array.from({ length: 5000 }, (_, i) =>
    i === 0
      ? { ...request('POST', 'Patient'), fullUrl: urn(1), resource: patient() }
      : { ...request('POST', 'Observation'), resource: { ...observation(urn(1)), valueInteger: i } },
  )
  const replies = responses(await send(entries))
  expect(replies).toHaveLength(5000)
  expect(await count('Observation')).toBe(before + 4999)
})

test('what an entry reads or searches is read inside the transaction', async () => {
  const stores: object[] = []
  const watched = await testServer({
    databaseUrl: server.databaseUrl,
    context: {
      dispatch: async (_request, context) => {
        stores.push({ ...context.store })
        return { status: 200, content: '{}' }
      },
    },
  })
  const bundle: Json = { resourceType: 'Bundle', type: 'transaction', entry: [request('GET', 'Patient?name=a')] }
  await transaction(bundle, { method: 'POST', path: [], query: '', headers: {} }, watched.context)
  await watched.close()
  const [store] = stores as { db: object; searchDb: object; database: object }[]
  expect(store!.searchDb).toBe(store!.db)
  expect(store!.db).not.toBe(store!.database)
})
