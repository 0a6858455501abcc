import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
const base = 'http://localhost:8080/fhir'

beforeAll(async () => {
  const now = () => Date.parse('2026-03-02T08:30:15.750Z')
  server = await testServer({ config: { publicUrl: 'http://localhost:8080' }, context: { base, now } })
  await server.fhir('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a' })
  await server.fhir('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a', gender: 'female' })
})
afterAll(() => server.close())

test('a read tells version, time and place', async () => {
  const { status, headers } = await server.fhir('GET', 'Patient/a')
  expect(status).toBe(200)
  expect(headers).toMatchObject({
    etag: 'W/"2"',
    'last-modified': 'Mon, 02 Mar 2026 08:30:15 GMT',
    'content-location': `${base}/Patient/a/_history/2`,
  })
  expect(headers).not.toHaveProperty('location')
})

test('so does the read of a version', async () => {
  const { headers } = await server.fhir('GET', 'Patient/a/_history/1')
  expect(headers).toMatchObject({ etag: 'W/"1"', 'content-location': `${base}/Patient/a/_history/1` })
})

test('HEAD is a read without its body', async () => {
  const read = await server.fhir('GET', 'Patient/a')
  const head = await server.fhir('HEAD', 'Patient/a')
  expect(head.status).toBe(200)
  expect(head.text).toBe('')
  const { date: _date, ...headers } = read.headers
  expect(head.headers).toMatchObject(headers)
})

test.each([
  [{ 'if-none-match': 'W/"2"' }, 304],
  [{ 'if-none-match': 'W/"1"' }, 200],
  [{ 'if-modified-since': 'Mon, 02 Mar 2026 08:30:15 GMT' }, 304],
  [{ 'if-modified-since': 'Mon, 02 Mar 2026 08:30:14 GMT' }, 200],
])('a read with %j is answered with %i', async (headers, status) => {
  const reply = await server.fhir('GET', 'Patient/a', undefined, headers)
  expect(reply.status).toBe(status)
  expect(reply.headers['etag']).toBe('W/"2"')
  if (status === 304) expect(reply.text).toBe('')
})

test.each([
  [undefined, 'Patient', undefined],
  ['return=representation', 'Patient', 'return=representation'],
  ['return=minimal', undefined, 'return=minimal'],
  ['return=OperationOutcome', 'OperationOutcome', 'return=OperationOutcome'],
  ['handling=lenient, return=minimal', undefined, 'return=minimal'],
])('a write with Prefer: %s is answered with a %s', async (prefer, type, applied) => {
  const body = { resourceType: 'Patient' }
  const reply = await server.fhir('POST', 'Patient', body, prefer === undefined ? {} : { prefer })
  expect(reply.status).toBe(201)
  expect(reply.json['resourceType']).toBe(type)
  expect(reply.headers['preference-applied']).toBe(applied)
  expect(reply.headers['location']).toMatch(/^http:\/\/localhost:8080\/fhir\/Patient\/[\w.-]+\/_history\/1$/)
  expect(reply.headers['etag']).toBe('W/"1"')
})

test('the outcome of a write can be XML too', async () => {
  const headers = { prefer: 'return=OperationOutcome', accept: 'application/fhir+xml' }
  const reply = await server.fhir('PUT', 'Patient/o', { resourceType: 'Patient', id: 'o' }, headers)
  expect(reply.text).toContain('Patient/o is stored as version 1.')
})

test('a deletion has no body', async () => {
  await server.fhir('PUT', 'Patient/d', { resourceType: 'Patient', id: 'd' })
  const reply = await server.fhir('DELETE', 'Patient/d')
  expect(reply).toMatchObject({ status: 204, text: '' })
  expect(reply.headers).toMatchObject({ etag: 'W/"2"' })
  expect((await server.fhir('GET', 'Patient/d')).status).toBe(410)
})

test('digits survive every form', async () => {
  const body =
    '{"resourceType":"Observation","id":"n","status":"final","code":{"text":"n"},"valueQuantity":{"value":1.00}}'
  await server.fhir('PUT', 'Observation/n', body)
  expect((await server.fhir('GET', 'Observation/n')).text).toContain('"value":1.00')
  expect((await server.fhir('GET', 'Observation/n?_pretty=true')).text).toContain('"value": 1.00')
  expect((await server.fhir('GET', 'Observation/n?_elements=value')).text).toContain('"value":1.00')
  expect((await server.fhir('GET', 'Observation/n?_format=xml')).text).toContain('<value value="1.00"/>')
})
