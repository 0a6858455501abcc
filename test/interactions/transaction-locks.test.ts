import { afterAll, beforeAll, expect, test } from 'vitest'
import { raw, sql } from '../../server/sql.ts'
import { lockResource } from '../../server/store/lock.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  for (const id of ['a', 'b'])
    await server.fhir('PUT', `Basic/${id}`, { resourceType: 'Basic', id, code: { text: id } })
})
afterAll(() => server.close())

const keyOf = (id: string) => server.context.indexes.terms.key('Basic', id)
/** The two resources in order of their keys, in which they are locked. */
const inOrder = () => ['a', 'b'].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)) as [string, string]

const data = Buffer.from('[{"op":"replace","path":"/code/text","value":"new"}]').toString('base64')
const patch = (id: string) => ({
  request: { method: 'PATCH', url: `Basic/${id}` },
  resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data },
})
const get = (id: string) => ({ request: { method: 'GET', url: `Basic/${id}` } })

/** Sends the entries while the first resource is held, and tells whether the second is held by them meanwhile. */
async function holdsSecond(entry: object[]): Promise<boolean> {
  const [first, second] = inOrder()
  const { database } = server.context.store
  let sending: Promise<{ status: number }> | undefined
  const held = await database.transaction(async (tx) => {
    await lockResource(tx, 'Basic', keyOf(first))
    sending = server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    await somebodyWaits()
    const free = await tx.query(sql`select from r_basic where pk = ${keyOf(second)} for update skip locked`)
    return free.length === 0
  })
  expect((await sending!).status).toBe(200)
  return held
}

/** Until a session of this database waits for a lock. */
async function somebodyWaits(): Promise<void> {
  const waiting = raw(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
  for (;;) {
    const rows = await server.context.store.database.query(waiting)
    if (rows.length > 0) return
  }
}

test('what is patched is held in order of keys, not of entries', async () => {
  const [first, second] = inOrder()
  expect(await holdsSecond([patch(second), patch(first)])).toBe(false)
  expect(await holdsSecond([patch(first), patch(second)])).toBe(false)
})

test('what is read beside a write is held too', async () => {
  const [first, second] = inOrder()
  expect(await holdsSecond([patch(second), get(first)])).toBe(false)
})

test('a transaction that only reads waits for nobody', async () => {
  const reply = await server.context.store.database.transaction(async (tx) => {
    await lockResource(tx, 'Basic', keyOf('a'))
    return server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [get('a'), get('b')] })
  })
  expect(reply.status).toBe(200)
})
