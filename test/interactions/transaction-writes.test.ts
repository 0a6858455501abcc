import { afterAll, beforeAll, expect, test } from 'vitest'
import { readEntry } from '../../server/fhir/transaction/entry.ts'
import { writeEntries } from '../../server/interactions/transaction-writes.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  for (const id of ['a', 'b', 'c']) await server.fhir('PUT', `Patient/${id}`, { resourceType: 'Patient', id })
})
afterAll(() => server.close())

test('a conditional delete removes all that it found and has no version to tell of', async () => {
  const { context } = server
  const options = { definitions: context.definitions, base: context.base }
  const entries = [readEntry({ request: { method: 'DELETE', url: 'Patient?active=true' } }, 0, options)]
  const replies = await context.store.database.transaction((tx) =>
    writeEntries(entries, [{ act: 'delete', type: 'Patient', ids: ['a', 'b'] }], tx, context),
  )
  expect(replies).toEqual([{ status: 204 }])
  const statuses = ['a', 'b', 'c'].map(async (id) => (await server.fhir('GET', `Patient/${id}`)).status)
  expect(await Promise.all(statuses)).toEqual([410, 410, 200])
})
