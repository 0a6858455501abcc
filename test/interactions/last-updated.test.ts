import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let now = 0

beforeAll(async () => {
  server = await testServer({ context: { now: () => now } })
})
afterAll(() => server.close())

const start = Date.parse('2026-05-01T10:00:00.123Z')
const early = '2026-05-01T10:00:00.123Z'

beforeEach(() => {
  now = start
})

const basic = (id: string, text: string) => ({ resourceType: 'Basic', id, code: { text } })
const put = (id: string, text: string) => server.fhir('PUT', `Basic/${id}`, basic(id, text))
const timeOf = (resource: object) => (resource as { meta: { lastUpdated: string } }).meta.lastUpdated

/** Of all versions, oldest first; deletions by their response. */
async function times(id: string): Promise<string[]> {
  const { json } = await server.fhir('GET', `Basic/${id}/_history`)
  const entries = json['entry'] as unknown as { response: { lastModified: string } }[]
  return entries.toReversed().map(({ response }) => response.lastModified)
}

test('a version is never older than the one before it, though the clock is behind', async () => {
  await put('a', 'first')
  now = start - 60_000
  const second = await put('a', 'second')
  expect(second.status).toBe(200)
  expect(timeOf(second.json)).toBe(early)
  expect(second.headers['last-modified']).toBe('Fri, 01 May 2026 10:00:00 GMT')
  const read = await server.fhir('GET', 'Basic/a')
  expect(read.text).toBe(second.text)
  expect(read.json).toMatchObject({ meta: { versionId: '2' }, code: { text: 'second' } })
})

test('nor is a deletion, nor what comes after it', async () => {
  await put('b', 'first')
  now = start - 1
  await server.fhir('DELETE', 'Basic/b')
  now = start - 3_600_000 * 24 * 40
  const third = await put('b', 'third')
  expect(third.status).toBe(201)
  expect(timeOf(third.json)).toBe(early)
  expect(await times('b')).toEqual([early, early, early])
})

test('nor is what a transaction writes', async () => {
  await put('c', 'first')
  await put('d', 'first')
  now = start - 5000
  const reply = await server.fhir(
    'POST',
    '',
    {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: basic('c', 'second'), request: { method: 'PUT', url: 'Basic/c' } },
        { request: { method: 'DELETE', url: 'Basic/d' } },
        { resource: basic('e', 'first'), request: { method: 'PUT', url: 'Basic/e' } },
      ],
    },
    { prefer: 'return=representation' },
  )
  const [changed, , made] = reply.json['entry'] as unknown as { resource: object; response: { lastModified: string } }[]
  expect(timeOf(changed!.resource)).toBe(early)
  expect(changed!.response.lastModified).toBe(early)
  expect(timeOf(made!.resource)).toBe('2026-05-01T09:59:55.123Z')
  expect((await server.fhir('GET', 'Basic/c')).json).toEqual(changed!.resource)
  expect(await times('c')).toEqual([early, early])
  expect(await times('d')).toEqual([early, early])
})

test('a later clock is taken as it is', async () => {
  await put('f', 'first')
  now = start + 1
  expect(timeOf((await put('f', 'second')).json)).toBe('2026-05-01T10:00:00.124Z')
})
