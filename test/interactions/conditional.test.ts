import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const criteria = (value: string) => `Patient?identifier=urn:test%7C${value}`

/** Stores Patients of that many versions each, found by the same identifier. */
async function store(value: string, ...versions: readonly number[]): Promise<string[]> {
  const ids = versions.map((_, i) => `${value}-${i}`)
  for (const [i, id] of ids.entries()) {
    for (let version = 1; version <= versions[i]!; version++) {
      const identifier = [{ system: 'urn:test', value }]
      await server.fhir('PUT', `Patient/${id}`, {
        resourceType: 'Patient',
        id,
        identifier,
        multipleBirthInteger: version,
      })
    }
  }
  return ids
}

const statusOf = async (id: string) => (await server.fhir('GET', `Patient/${id}`)).status

test('a conditional delete deletes everything that matches', async () => {
  const ids = await store('all', 1, 2)
  expect((await server.fhir('DELETE', criteria('all'))).status).toBe(204)
  expect(await Promise.all(ids.map(statusOf))).toEqual([410, 410])
})

test('with If-Match it deletes what is at that version', async () => {
  const [id] = await store('at', 2)
  const old = await server.fhir('DELETE', criteria('at'), undefined, { 'if-match': 'W/"1"' })
  expect([old.status, await statusOf(id!)]).toEqual([412, 200])
  const current = await server.fhir('DELETE', criteria('at'), undefined, { 'if-match': 'W/"2"' })
  expect([current.status, await statusOf(id!)]).toEqual([204, 410])
})

test('of several with If-Match all or none', async () => {
  const ids = await store('both', 1, 2)
  const headers = { 'if-match': 'W/"1"' }
  expect((await server.fhir('DELETE', criteria('both'), undefined, headers)).status).toBe(412)
  expect(await Promise.all(ids.map(statusOf))).toEqual([200, 200])
})

test('in a transaction too', async () => {
  const [id] = await store('bundled', 2)
  const entry = [{ request: { method: 'DELETE', url: criteria('bundled'), ifMatch: 'W/"1"' } }]
  const { status } = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
  expect([status, await statusOf(id!)]).toEqual([412, 200])
})

test('a count is a number, however it is written', async () => {
  await store('count', 1)
  expect((await server.fhir('GET', `${criteria('count')}&_count=1e9`)).json['entry']).toHaveLength(1)
  expect((await server.fhir('GET', `${criteria('count')}&_count=1e-9`)).status).toBe(400)
})

test('a page of a history beyond all numbers is empty', async () => {
  const cursor = (text: string) => Buffer.from(text).toString('base64url')
  for (const [path, text] of [
    ['Patient/_history', 'n1 1 999999999999999'],
    ['Patient/all-0/_history', 'n999999999999999'],
    ['_history', 'n999999999999999999'],
  ] as const) {
    const { status } = await server.fhir('GET', `${path}?_cursor=${cursor(text)}`)
    expect([path, status < 500]).toEqual([path, true])
  }
})
