/** A version's number is given once, whatever happens while a resource that was deleted is created again. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAccess } from '../../server/access/access.ts'
import type { Context } from '../../server/context.ts'
import { prepareVersion } from '../../server/interactions/write.ts'
import { raw, type Sql } from '../../server/sql.ts'
import { writeVersions } from '../../server/store/bulk-write.ts'
import type { Transaction } from '../../server/store/database.ts'
import { putVersion } from '../../server/store/resources.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const path = (id: string) => `Basic/${id}`
const basic = (id: string) => ({ resourceType: 'Basic', id, code: { text: 'x' } })

/** Deleted in version 2. */
async function deleted(id: string): Promise<void> {
  await server.fhir('PUT', path(id), basic(id))
  await server.fhir('DELETE', path(id))
}

/** Created and deleted once more, as versions 3 and 4. */
async function createdAndDeleted(id: string): Promise<void> {
  expect((await server.fhir('PUT', path(id), basic(id))).headers['etag']).toBe('W/"3"')
  expect((await server.fhir('DELETE', path(id))).status).toBe(204)
}

function versionFor(id: string, { indexes }: Context) {
  return prepareVersion(basic(id), id, indexes.terms.key('Basic', id), server.context)
}

/** A transaction in which `work` is done just before its first statement that matches. */
function interrupted(tx: Transaction, pattern: RegExp, work: () => Promise<void>): Transaction {
  let pending: (() => Promise<void>) | undefined = work
  return {
    ...tx,
    query: async <Row extends object>(query: Sql, options?: { prepared?: boolean }) => {
      const rows = await tx.query<Row>(query, options)
      if (pending && pattern.test(query.strings.join(''))) {
        const now = pending
        pending = undefined
        await now()
      }
      return rows
    },
  }
}

test('a transaction that looked a number up gives it to nothing when it was used meanwhile', async () => {
  await deleted('bulk')
  const { context } = server
  const { database } = context.store
  const writing = database.transaction((tx) => {
    const inside = interrupted(tx, /max\(version\)/, () => createdAndDeleted('bulk'))
    const write = { op: 'put', version: versionFor('bulk', context) } as const
    return writeVersions(inside, context.store, [write], context.access)
  })
  await expect(writing).rejects.toMatchObject({ issues: [{ code: 'contention' }] })
  expect((await server.fhir('PUT', path('bulk'), basic('bulk'))).headers['etag']).toBe('W/"5"')
})

test('a single write does neither', async () => {
  await deleted('single')
  const { context } = server
  const { database } = context.store
  // The row of whoever asks for it is added only once nobody holds the lock.
  const hindrance = `create function wait_if_slow() returns trigger language plpgsql as $$ begin
      if current_setting('application_name') = 'slow' then perform pg_advisory_xact_lock(99); end if; return new; end $$;
    create trigger wait_if_slow before insert on r_basic for each row execute function wait_if_slow()`
  await database.pool.query(hindrance)
  let writing: Promise<unknown> | undefined
  await database.transaction(async (tx) => {
    await tx.query(raw('select pg_advisory_xact_lock(99)'))
    writing = database.transaction(async (slow) => {
      await slow.query(raw(`set local application_name = 'slow'`), { prepared: false })
      return putVersion({ ...context.store, db: slow }, openAccess, versionFor('single', context), undefined)
    })
    writing.catch(() => {})
    await waiting(tx)
    await createdAndDeleted('single')
  })
  await expect(writing).rejects.toMatchObject({ issues: [{ code: 'contention' }] })
  expect((await server.fhir('PUT', path('single'), basic('single'))).headers['etag']).toBe('W/"5"')
})

/** Until somebody waits for the lock. */
async function waiting(tx: Transaction): Promise<void> {
  for (;;) {
    const rows = await tx.query(
      raw(`select from pg_locks where locktype = 'advisory' and objid = 99 and not granted
      and database = (select oid from pg_database where datname = current_database())`),
    )
    if (rows.length > 0) return
  }
}
