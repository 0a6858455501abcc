import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../server/sql.ts'
import type { Database } from '../../server/store/database.ts'
import { analyzeTables, packIndexes } from '../../server/store/maintain.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let database: Database

beforeAll(async () => {
  server = await testServer()
  database = server.context.store.database
})
afterAll(() => server.close())

/** Rows whose keys and codes are in no order. */
async function scatter(seed: number, count: number): Promise<void> {
  for (let part = 0; part < 4; part++) {
    await database.query(sql`
      insert into r_basic (pk, version, ts, patient, d0, code, present, terms, content)
      select hashint8extended(i, ${seed}::bigint), 1, i, hashint8extended(i % 500, 1), i, hashint8extended(i % 50, 2), 0,
        '{}', '{}'
      from generate_series(${part * count}::bigint, ${(part + 1) * count - 1}::bigint) i`)
  }
}

test('scattered indexes are rebuilt, dense ones are left alone', async () => {
  await scatter(1, 10_000)
  await analyzeTables(database, ['Basic'])
  const heard: string[] = []
  const packed = await packIndexes(database, ['Basic'], (done, all) => heard.push(`${done}/${all}`), 100_000)
  expect(packed.indexes).toBeGreaterThanOrEqual(3)
  expect(packed.bytesAfter).toBeLessThan(packed.bytesBefore * 0.85)
  expect(heard).toHaveLength(packed.indexes)
  await analyzeTables(database, ['Basic'])
  expect(await packIndexes(database, ['Basic'], undefined, 100_000)).toMatchObject({ indexes: 0 })
})

test('beside others it builds without locking them out, and takes away what a killed rebuild left', async () => {
  await scatter(2, 10_000)
  await analyzeTables(database, ['Basic'])
  const other = new pg.Client({ connectionString: server.databaseUrl })
  await other.connect()
  try {
    await database.query(sql`create index r_basic_d_ccnew on r_basic (d0)`)
    await database.query(sql`update pg_index set indisvalid = false where indexrelid = 'r_basic_d_ccnew'::regclass`)
    const packed = await packIndexes(database, ['Basic'], undefined, 100_000)
    expect(packed.indexes).toBeGreaterThan(0)
    const left = await database.query(sql`select relname from pg_class where relname ~ '_cc(new|old)'`)
    expect(left).toEqual([])
  } finally {
    await other.end()
  }
})

test('small indexes are not touched', async () => {
  expect(await packIndexes(database, ['Basic'])).toEqual({ indexes: 0, bytesBefore: 0, bytesAfter: 0 })
})

test('one process packs at a time', async () => {
  await scatter(3, 10_000)
  await analyzeTables(database, ['Basic'])
  const [first, second] = await Promise.all([1, 2].map(() => packIndexes(database, ['Basic'], undefined, 100_000)))
  expect([first!.indexes, second!.indexes].filter((count) => count === 0)).toHaveLength(1)
})
