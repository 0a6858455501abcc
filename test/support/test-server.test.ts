import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from './test-server.ts'

let server: TestServer
let other: TestServer

beforeAll(async () => {
  server = await testServer()
  other = await testServer()
})
afterAll(async () => {
  await server.close()
  await other.close()
})

test('a test server stores and returns resources', async () => {
  const created = await server.fhir('POST', 'Patient', { resourceType: 'Patient', gender: 'female' })
  expect(created.status).toBe(201)
  const read = await server.fhir('GET', `Patient/${created.json['id']}`)
  expect(read.json).toMatchObject({ resourceType: 'Patient', gender: 'female' })
})

test('each test server has a database of its own', async () => {
  await server.fhir('PUT', 'Patient/one', { resourceType: 'Patient', id: 'one' })
  expect((await server.fhir('GET', 'Patient/one')).status).toBe(200)
  expect((await other.fhir('GET', 'Patient/one')).status).toBe(404)
})

test('two servers may share a database', async () => {
  const second = await testServer({ databaseUrl: server.databaseUrl })
  await server.fhir('PUT', 'Patient/shared', { resourceType: 'Patient', id: 'shared' })
  expect((await second.fhir('GET', 'Patient/shared')).status).toBe(200)
  await second.close()
})
