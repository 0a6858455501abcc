import { afterAll, beforeAll, expect, test } from 'vitest'
import { documentParcel } from '../../../server/cli/import/parcels.ts'
import { storeDrafts } from '../../../server/cli/import/store-drafts.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

test('drafts can be stored anew after a transaction that was rolled back', async () => {
  const context = { ...server.context, keepHeap: () => {} }
  const { database } = context.store
  const entry = [
    {
      fullUrl: 'urn:uuid:1',
      resource: { resourceType: 'Patient', id: 'x' },
      request: { method: 'PUT', url: 'Patient/x', ifMatch: 'W/"3"' },
    },
    {
      resource: { resourceType: 'Basic', code: { text: 'c' }, subject: { reference: 'urn:uuid:2' } },
      request: { method: 'POST', url: 'Basic' },
    },
    { fullUrl: 'urn:uuid:2', resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
  ]
  const parcel = documentParcel(
    Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })),
    context,
  )
  const failing = database.transaction(async (tx) => {
    await storeDrafts(tx, parcel, { ...context, store: { ...context.store, db: tx } })
    throw new Error('rolled back')
  })
  await expect(failing).rejects.toThrow('rolled back')
  const result = await database.transaction((tx) =>
    storeDrafts(tx, parcel, { ...context, store: { ...context.store, db: tx } }),
  )
  expect(result).toMatchObject({ stored: 2, found: 0, types: new Set(['Patient', 'Basic']) })
  expect(result.rejected.map(({ issues }) => issues[0]!.code)).toEqual(['no-current-version'])
})
