import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await server.fhir('PUT', 'Patient/a', {
    resourceType: 'Patient',
    id: 'a',
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Anna</div>' },
    name: [{ family: 'Rivera' }],
    gender: 'female',
    birthDate: '1984-03-09',
  })
})
afterAll(() => server.close())

describe('the form of a reply', () => {
  test('JSON is sent as it is stored', async () => {
    const reply = await server.fhir('GET', 'Patient/a')
    expect(reply.headers['content-type']).toBe('application/fhir+json; charset=utf-8')
    expect(reply.text.startsWith('{"resourceType":"Patient","id":"a","meta":{"versionId":"1"')).toBe(true)
  })

  test.each([
    ['Patient/a?_format=xml', undefined],
    ['Patient/a', 'application/fhir+xml'],
  ])('XML for %s with Accept %s', async (path, accept) => {
    const reply = await server.fhir('GET', path, undefined, accept === undefined ? {} : { accept })
    expect(reply.headers['content-type']).toBe('application/fhir+xml; charset=utf-8')
    expect(reply.text).toContain('<gender value="female"/>')
  })

  test('_pretty indents both formats', async () => {
    expect((await server.fhir('GET', 'Patient/a?_pretty=true')).text).toContain('{\n  "resourceType": "Patient",\n')
    expect((await server.fhir('GET', 'Patient/a?_format=xml&_pretty=true')).text).toContain('\n  <gender')
  })

  test('_summary and _elements shorten, and say so', async () => {
    const summary = (await server.fhir('GET', 'Patient/a?_summary=true')).json
    expect(summary).not.toHaveProperty('text')
    expect(summary).toMatchObject({ gender: 'female', meta: { tag: [{ code: 'SUBSETTED' }] } })
    expect((await server.fhir('GET', 'Patient/a?_summary=text')).json).toHaveProperty('text')
    const elements = (await server.fhir('GET', 'Patient/a?_elements=birthDate')).json
    expect(elements).toMatchObject({ id: 'a', birthDate: '1984-03-09' })
    expect(elements).not.toHaveProperty('gender')
  })

  test.each([
    ['Patient/a?_format=ttl', {}, 406, 'not-acceptable'],
    ['Patient/a', { accept: 'image/png' }, 406, 'not-acceptable'],
    ['Patient/a?_pretty=maybe', {}, 400, 'invalid-search-value'],
    ['Patient/a?_summary=most', {}, 400, 'invalid-search-value'],
    ['Patient/a?_summary=count', {}, 400, 'invalid-search-value'],
    ['Patient/a?_elements=na-me', {}, 400, 'invalid-search'],
  ])('%s with %j is refused', async (path, headers, status, code) => {
    const reply = await server.fhir('GET', path, undefined, headers)
    expect(reply.status).toBe(status)
    expect(reply.json).toMatchObject({ issue: [{ details: { coding: [{ code }] } }] })
    const lenient = await server.fhir('GET', path, undefined, { ...headers, prefer: 'handling=lenient' })
    expect(lenient.status).toBe(status === 406 && 'accept' in headers ? 406 : 200)
  })

  test('a type that cannot be sent is refused before anything is done', async () => {
    const body = { resourceType: 'Patient', id: 'never' }
    expect((await server.fhir('PUT', 'Patient/never', body, { accept: 'image/png' })).status).toBe(406)
    expect((await server.fhir('GET', 'Patient/never')).status).toBe(404)
  })

  test('faults come in the format that was asked for', async () => {
    const reply = await server.fhir('GET', 'Patient/none', undefined, { accept: 'application/fhir+xml' })
    expect(reply.status).toBe(404)
    expect(reply.headers['content-type']).toBe('application/fhir+xml; charset=utf-8')
    expect(reply.text).toContain('<OperationOutcome xmlns="http://hl7.org/fhir"><issue>')
    const pretty = await server.fhir('GET', 'Patient/none?_pretty=true')
    expect(pretty.text).toContain('\n  "issue"')
  })
})

describe('what is sent', () => {
  test('XML is stored like JSON', async () => {
    const body = '<Patient xmlns="http://hl7.org/fhir"><id value="x"/><birthDate value="2001-02-03"/></Patient>'
    const reply = await server.fhir('PUT', 'Patient/x', body, { 'content-type': 'application/fhir+xml' })
    expect(reply.status).toBe(201)
    expect((await server.fhir('GET', 'Patient/x')).json).toMatchObject({ id: 'x', birthDate: '2001-02-03' })
  })

  test.each([
    ['no body', undefined, {}, 400],
    ['an empty body', '', { 'content-type': 'application/fhir+json' }, 400],
    ['another type', 'x', { 'content-type': 'text/plain' }, 415],
    ['no media type at all', '{"resourceType":"Patient"}', { 'content-type': 'nonsense' }, 415],
    ['another character set', '{}', { 'content-type': 'application/fhir+json; charset=utf-16' }, 415],
    ['broken JSON', '{"resourceType":"Patient"', {}, 400],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), {}, 400],
    ['deep nesting', '['.repeat(100_000), {}, 400],
  ])('%s is refused', async (_case, body, headers, status) => {
    const reply = await server.fhir('POST', 'Patient', body, headers)
    expect(reply.status).toBe(status)
    expect(reply.json['resourceType']).toBe('OperationOutcome')
  })

  test('a body larger than the limit is refused', async () => {
    const reply = await server.fhir('POST', 'Patient', `{"a":"${'x'.repeat(48 * 1024 * 1024)}"}`)
    expect(reply.status).toBe(413)
    expect(reply.json).toMatchObject({ issue: [{ code: 'too-long' }] })
  })

  test.each([
    ['GET', 'Patient/%E0%A4%A'],
    ['GET', 'Patient/%00'],
    ['GET', 'Patient/..%2f..%2fetc'],
    ['GET', `Patient/${'a'.repeat(65)}`],
    ['GET', 'Patient/__proto__'],
    ['GET', '__proto__/1'],
    ['GET', 'constructor'],
    ['GET', 'Patient/a/_history/99999999999999999999'],
    ['POST', 'Nonsense'],
    ['GET', 'x'.repeat(5000)],
  ])('%s %.60s is answered with an outcome', async (method, path) => {
    const reply = await server.fhir(method, path, method === 'POST' ? {} : undefined)
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect(reply.status).toBeLessThan(500)
    expect(reply.json['resourceType']).toBe('OperationOutcome')
    expect(reply.text.length).toBeLessThan(2000)
  })

  test('a slash too many changes nothing', async () => {
    expect((await server.inject({ url: '/fhir//Patient/a/' })).status).toBe(200)
  })
})

test('an operation that is not there is told apart from an interaction', async () => {
  const reply = await server.fhir('GET', 'Patient/a/$nonsense')
  expect(reply.status).toBe(404)
  expect((await server.inject({ url: '/metrics' })).text).toContain('{interaction="operation",status="4xx"} 1')
})
