import { afterAll, beforeAll, expect, test } from 'vitest'
import { estimatedCounts, ping } from '../../server/store/status.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

test('a database that runs answers', async () => {
  await expect(ping(server.context.store.database)).resolves.toBeUndefined()
})

test('resources are counted by type, most first, types without any left out', async () => {
  const { database } = server.context.store
  expect(await estimatedCounts(database)).toEqual([])
  await server.fhir('POST', 'Encounter', { resourceType: 'Encounter', status: 'finished', class: { code: 'AMB' } })
  for (const id of ['a', 'b']) await server.fhir('PUT', `Patient/${id}`, { resourceType: 'Patient', id })
  // PostgreSQL's running counts are at most a second behind.
  await expect
    .poll(() => estimatedCounts(database), { timeout: 10_000 })
    .toEqual([
      { type: 'Patient', count: 2 },
      { type: 'Encounter', count: 1 },
    ])
})
