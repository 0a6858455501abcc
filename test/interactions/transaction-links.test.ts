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

/** The same as a JSON Patch. */
const withSubjectAsJson = (reference: string) => ({
  resourceType: 'Binary',
  contentType: 'application/json-patch+json',
  data: Buffer.from(JSON.stringify([{ op: 'add', path: '/subject', value: { reference } }])).toString('base64'),
})

const patches = [
  ['FHIRPath', withSubject],
  ['JSON', withSubjectAsJson],
] as const

test.each(patches)('the links of a %s Patch lead to what the transaction creates', async (_kind, withLink) => {
  await server.fhir('PUT', 'Observation/a', observation('a'))
  const reply = await send([
    { resource: withLink(made), request: { method: 'PATCH', url: 'Observation/a' } },
    { fullUrl: made, resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
  ])
  expect(reply.status, reply.text).toBe(200)
  const { json } = await server.fhir('GET', 'Observation/a')
  const { reference } = json['subject'] as { reference: string }
  expect(reference).toMatch(/^Patient\/[0-9a-f-]{36}$/)
  expect((await server.fhir('GET', reference)).status).toBe(200)
})

test.each(patches)('of a %s Patch or to nothing: then nothing happens', async (kind, withLink) => {
  const id = `b-${kind}`
  await server.fhir('PUT', `Observation/${id}`, observation(id))
  const { status, text } = await send([
    { resource: withLink(made), request: { method: 'PATCH', url: `Observation/${id}` } },
  ])
  expect([status, text]).toEqual([400, expect.stringContaining(made)])
  expect((await server.fhir('GET', `Observation/${id}`)).json).toMatchObject({ meta: { versionId: '1' } })
})

test('a search in a JSON Patch leads to what it finds', async () => {
  await server.fhir('PUT', 'Observation/c', observation('c'))
  await server.fhir('PUT', 'Patient/found', { ...identified('found'), id: 'found' })
  const patch = withSubjectAsJson(`Patient?${criteria('found')}`)
  const reply = await send([{ resource: patch, request: { method: 'PATCH', url: 'Observation/c' } }])
  expect(reply.status, reply.text).toBe(200)
  expect((await server.fhir('GET', 'Observation/c')).json['subject']).toEqual({ reference: 'Patient/found' })
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
