import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

test.each([
  ['transaction', 200, 'transaction-response'],
  ['batch', 200, 'batch-response'],
  ['searchset', 400, undefined],
  [undefined, 400, undefined],
])('a Bundle of type %s is answered with %s', async (type, status, expected) => {
  const reply = await server.fhir('POST', '', { resourceType: 'Bundle', ...(type !== undefined && { type }) })
  expect(reply.status).toBe(status)
  expect(reply.json['type']).toBe(expected)
})
