import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const send = (entry: readonly object[]) =>
  server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })

const observation = (id: string) => ({ resourceType: 'Observation', id, status: 'final', code: { text: 'c' } })
const made = 'urn:uuid:00000000-0000-4000-8000-000000000001'

/** A FHIRPath Patch that adds a subject. */
const withSubject = (reference: string) => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'add' },
        { name: 'path', valueString: 'Observation' },
        { name: 'name', valueString: 'subject' },
        { name: 'value', valueReference: { reference } },
      ],
    },
  ],
})

test('the links of a FHIRPath Patch lead to what the transaction creates', async () => {
  await server.fhir('PUT', 'Observation/a', observation('a'))
  const reply = await send([
    { resource: withSubject(made), request: { method: 'PATCH', url: 'Observation/a' } },
    { fullUrl: made, resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
  ])
  expect(reply.status, reply.text).toBe(200)
  const { json } = await server.fhir('GET', 'Observation/a')
  const { reference } = json['subject'] as { reference: string }
  expect(reference).toMatch(/^Patient\/[0-9a-f-]{36}$/)
  expect((await server.fhir('GET', reference)).status).toBe(200)
})

test('or to nothing: then nothing happens', async () => {
  await server.fhir('PUT', 'Observation/b', observation('b'))
  const { status, text } = await send([
    { resource: withSubject(made), request: { method: 'PATCH', url: 'Observation/b' } },
  ])
  expect([status, text]).toEqual([400, expect.stringContaining(made)])
  expect((await server.fhir('GET', 'Observation/b')).json).toMatchObject({ meta: { versionId: '1' } })
})

const identified = (value: string, more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: 'urn:test', value }],
  ...more,
})
const criteria = (value: string) => `identifier=urn:test%7C${value}`

test.each([
  ['updates', (value: string) => ({ request: { method: 'PUT', url: `Patient?${criteria(value)}` } })],
  ['creates', (value: string) => ({ request: { method: 'POST', url: 'Patient', ifNoneExist: criteria(value) } })],
])('a condition that finds nothing makes one resource: of an update beside %s', async (name, first) => {
  const { status, text } = await send([
    { resource: identified(name), ...first(name) },
    { resource: identified(name, { gender: 'other' }), request: { method: 'PUT', url: `Patient?${criteria(name)}` } },
  ])
  expect([status, text]).toEqual([400, expect.stringContaining('another entry would create it')])
  expect((await server.fhir('GET', `Patient?${criteria(name)}&_summary=count`)).json['total']).toBe(0)
})
