import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await server.fhir('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a' })
})
afterAll(() => server.close())

test('a server with its database is alive and ready', async () => {
  expect(await server.inject({ url: '/healthz' })).toMatchObject({ status: 200, json: { status: 'alive' } })
  expect(await server.inject({ url: '/readyz' })).toMatchObject({ status: 200, json: { status: 'ready' } })
})

test('without its database it is alive but not ready', async () => {
  const lost = await testServer({ databaseUrl: server.databaseUrl })
  await lost.context.store.database.close()
  expect((await lost.inject({ url: '/healthz' })).status).toBe(200)
  const ready = await lost.inject({ url: '/readyz' })
  expect(ready.status).toBe(503)
  expect(ready.json).toEqual({ status: 'not ready', reason: 'the database cannot be reached' })
  await lost.app.close()
})

test('a database that does not answer in time makes it not ready', async () => {
  const { database } = server.context.store
  const clients = await Promise.all(Array.from({ length: 10 }, () => database.pool.connect()))
  const ready = await server.inject({ url: '/readyz' })
  for (const client of clients) client.release()
  expect(ready.status).toBe(503)
  expect(ready.json['reason']).toBe('the database does not answer')
})

test('metrics count requests by interaction and class of status', async () => {
  await server.fhir('GET', 'Patient/a')
  await server.fhir('GET', 'Patient/a')
  await server.fhir('GET', 'Patient/none')
  const { headers, text } = await server.inject({ url: '/metrics' })
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(text).toContain('candela_request_duration_seconds_count{interaction="read",status="2xx"} 2\n')
  expect(text).toContain('candela_request_duration_seconds_count{interaction="read",status="4xx"} 1\n')
  expect(text).toContain('candela_request_duration_seconds_count{interaction="update",status="2xx"} 1\n')
  expect(text).toMatch(/\nprocess_resident_memory_bytes \d{7,}\n/)
  expect(text).toMatch(/\ncandela_database_connections{state="idle"} \d+\n/)
  expect(text).toMatch(/\ncandela_event_loop_delay_seconds{quantile="0.99"} \d/)
})

test('while shutting down it is not ready, and what has begun is finished', async () => {
  const url = await server.app.listen({ port: 0, host: '127.0.0.1' })
  const { database } = server.context.store
  const clients = await Promise.all(Array.from({ length: 10 }, () => database.pool.connect()))
  const reading = fetch(`${url}/fhir/Patient/a`)
  await expect.poll(() => database.pool.waitingCount).toBe(1)
  const closed = server.app.close()
  expect((await server.inject({ url: '/readyz' }).catch(() => ({ status: 503 }))).status).toBe(503)
  for (const client of clients) client.release()
  expect((await reading).status).toBe(200)
  await closed
})
