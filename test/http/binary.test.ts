import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

beforeAll(async () => {
  server = await testServer()
  const contents = [
    ['png', 'image/png', png],
    ['html', 'text/html; charset=utf-8', '<script>alert(1)</script>'],
    ['svg', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['pdf', 'application/pdf', '%PDF-1.7'],
    ['text', 'text/plain', 'Grüße'],
    ['json', 'application/json', '{"resourceType":"Patient"}'],
  ] as const
  for (const [id, type, content] of contents) {
    await server.fhir('PUT', `Binary/${id}`, content, { 'content-type': type, 'x-security-context': 'Patient/1' })
  }
})
afterAll(() => server.close())

const read = (id: string, accept?: string, query = '') =>
  server.fhir('GET', `Binary/${id}${query}`, undefined, accept === undefined ? {} : { accept })

test.each([
  ['png', undefined],
  ['png', '*/*'],
  ['png', 'image/png'],
  ['png', 'image/*;q=0.5'],
  ['json', 'application/json'],
  ['text', 'text/html,application/xhtml+xml,*/*;q=0.8'],
])('the content of %s is sent to a client that accepts %s', async (id, accept) => {
  const reply = await read(id, accept)
  expect(reply.status).toBe(200)
  expect(reply.headers['content-type']).toBe({ png: 'image/png', json: 'application/json', text: 'text/plain' }[id])
  expect(reply.headers).toMatchObject({ etag: 'W/"1"', 'x-security-context': 'Patient/1' })
})

test('bytes come back as they were sent', async () => {
  expect((await read('png')).bytes).toEqual(png)
  expect((await read('text')).text).toBe('Grüße')
})

test.each([
  ['application/fhir+json', '', 'application/fhir+json; charset=utf-8'],
  ['application/fhir+xml', '', 'application/fhir+xml; charset=utf-8'],
  ['application/json', '', 'application/json; charset=utf-8'],
  ['*/*', '?_format=json', 'application/fhir+json; charset=utf-8'],
  ['image/png', '?_format=xml', 'application/fhir+xml; charset=utf-8'],
])('the resource is sent for Accept %s %s', async (accept, query, type) => {
  const reply = await read('png', accept, query)
  expect(reply.headers['content-type']).toBe(type)
  expect(reply.text).toContain(png.toString('base64'))
})

test('a client that takes neither the content nor the resource is told so', async () => {
  const reply = await read('png', 'application/pdf')
  expect(reply.status).toBe(406)
  expect(reply.headers).not.toHaveProperty('etag')
})

test.each([
  ['html', 'attachment', 'sandbox'],
  ['svg', 'attachment', 'sandbox'],
  ['png', undefined, 'sandbox'],
  ['text', undefined, 'sandbox'],
  ['pdf', undefined, undefined],
])('a browser can do no harm with %s', async (id, disposition, sandbox) => {
  const { headers } = await read(id)
  expect(headers['content-disposition']).toBe(disposition)
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(headers['content-security-policy']).toContain("default-src 'none'")
  expect(/sandbox/.exec(headers['content-security-policy']!)?.[0]).toBe(sandbox)
})

test('a content type that is none breaks out of no header', async () => {
  const body = { resourceType: 'Binary', id: 'odd', contentType: 'text/html\r\nset-cookie: a=b', data: 'YQ==' }
  const stored = await server.fhir('PUT', 'Binary/odd', body)
  if (stored.status !== 201) return expect(stored.status).toBe(422)
  const { headers } = await read('odd')
  expect(headers['content-type']).toBe('application/octet-stream')
  expect(headers).not.toHaveProperty('set-cookie')
})

test('versions are read in the same way', async () => {
  const reply = await server.fhir('GET', 'Binary/png/_history/1')
  expect(reply.bytes).toEqual(png)
})

test('a write is answered with the resource, whatever the client accepts', async () => {
  const reply = await server.fhir('POST', 'Binary', 'abc', { 'content-type': 'text/plain', accept: 'text/plain' })
  expect(reply.status).toBe(201)
  expect(reply.json).toMatchObject({ resourceType: 'Binary', contentType: 'text/plain', data: 'YWJj' })
})
