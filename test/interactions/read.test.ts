import { afterAll, beforeAll, expect, test } from 'vitest'
import { read } from '../../server/interactions/read.ts'
import type { Sql } from '../../server/sql.ts'
import type { Db, QueryOptions } from '../../server/store/database.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const put = (id: string) => server.fhir('PUT', `Basic/${id}`, { resourceType: 'Basic', id, code: { text: 'x' } })

/** The database, with `work` done after its first statement. */
function interrupted(db: Db, work: () => Promise<unknown>): Db {
  let pending: (() => Promise<unknown>) | undefined = work
  return {
    query: async <Row extends object>(query: Sql, options?: QueryOptions) => {
      const rows = await db.query<Row>(query, options)
      const now = pending
      pending = undefined
      await now?.()
      return rows
    },
  }
}

function readWhile(id: string, work: () => Promise<unknown>) {
  const { context } = server
  const store = { ...context.store, db: interrupted(context.store.db, work) }
  return read({ method: 'GET', path: ['Basic', id], query: '', headers: {} }, { ...context, store })
}

test('a resource that is deleted was deleted, even if it returns meanwhile', async () => {
  await put('returning')
  await server.fhir('DELETE', 'Basic/returning')
  const reading = readWhile('returning', async () => {
    await put('returning')
    await put('returning')
  })
  await expect(reading).rejects.toMatchObject({ issues: [{ code: 'resource-deleted' }] })
})

test('a resource that never was is not found, even if it appears meanwhile', async () => {
  const reading = readWhile('appearing', async () => {
    await put('appearing')
    await put('appearing')
  })
  await expect(reading).rejects.toMatchObject({ issues: [{ code: 'resource-not-found' }] })
})
