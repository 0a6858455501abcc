import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestId } from '../../server/http/headers.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await server.fhir('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a' })
})
afterAll(() => server.close())

test.each(['/fhir/Patient/a', '/fhir/Patient/none', '/fhir/Nonsense', '/nowhere', '/healthz', '/fhir/%zz'])(
  'browsers may only show what %s answers',
  async (url) => {
    const { headers } = await server.inject({ url })
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    })
  },
)

test('where clients come by TLS they are told to go on so', async () => {
  const secure = await testServer({
    databaseUrl: server.databaseUrl,
    config: { publicUrl: 'https://fhir.example.org' },
  })
  expect((await secure.inject({ url: '/healthz' })).headers['strict-transport-security']).toMatch(/^max-age=/)
  await secure.close()
  expect((await server.inject({ url: '/healthz' })).headers).not.toHaveProperty('strict-transport-security')
})

test('well-formed ids of requests come back', async () => {
  const ids = { 'x-request-id': '5c3f1d2e-0a', 'x-correlation-id': 'visit:42' }
  expect((await server.fhir('GET', 'Patient/a', undefined, ids)).headers).toMatchObject(ids)
  const odd = { 'x-request-id': '<script>', 'x-correlation-id': 'a b' }
  const { headers } = await server.fhir('GET', 'Patient/a', undefined, odd)
  expect(headers['x-request-id']).toMatch(/^[\w-]+$/)
  expect(headers).not.toHaveProperty('x-correlation-id')
})

test('ids of our own differ', () => {
  const ids = new Set(Array.from({ length: 100 }, () => requestId({ headers: {} })))
  expect(ids.size).toBe(100)
})

const readable = [
  ...[
    'ETag',
    'Location',
    'Content-Location',
    'Last-Modified',
    'WWW-Authenticate',
    'Retry-After',
    'Content-Disposition',
  ],
  ...['Link', 'Allow', 'Preference-Applied', 'X-Request-Id', 'X-Correlation-Id', 'X-Progress'],
]

test('apps of other origins may read every header that matters', async () => {
  const { headers } = await server.fhir('GET', 'Patient/a', undefined, { origin: 'http://localhost:5173' })
  expect(headers['access-control-allow-origin']).toBe('*')
  expect(headers).not.toHaveProperty('access-control-allow-credentials')
  for (const name of readable) {
    expect(headers['access-control-expose-headers']!.split(', ')).toContain(name)
  }
  const failed = await server.fhir('GET', 'Patient/none', undefined, { origin: 'http://127.0.0.1:3000' })
  expect(failed.headers['access-control-allow-origin']).toBe('*')
})

test('other origins may send every method and header of FHIR', async () => {
  const reply = await server.inject({
    method: 'OPTIONS',
    url: '/fhir/Patient/a',
    headers: {
      origin: 'http://app.localhost',
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization,content-type,if-match,prefer,x-request-id',
    },
  })
  expect(reply.status).toBe(204)
  expect(reply.headers['access-control-allow-origin']).toBe('*')
  expect(reply.headers['access-control-allow-headers']).toBe('authorization,content-type,if-match,prefer,x-request-id')
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    expect(reply.headers['access-control-allow-methods']!.split(', ')).toContain(method)
  }
})

test.each(['/', '/healthz', '/metrics', '/docs', '/docs/style.css', '/fhirish', '/nowhere'])(
  'pages of other origins may not read %s',
  async (url) => {
    const headers = { origin: 'http://app.localhost', 'access-control-request-method': 'GET' }
    for (const method of ['GET', 'OPTIONS'] as const) {
      const names = Object.keys((await server.inject({ method, url, headers })).headers)
      expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  },
)

test('OPTIONS without a question is answered with the methods', async () => {
  const reply = await server.inject({ method: 'OPTIONS', url: '/fhir/Patient/a' })
  expect(reply.status).toBe(204)
  expect(reply.headers['allow']).toContain('DELETE')
  expect(reply.headers).not.toHaveProperty('access-control-allow-origin')
})
