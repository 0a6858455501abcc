import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sql, sql } from '../../server/sql.ts'
import { batchingDb } from '../../server/store/batching-db.ts'
import { type Database, type Db, openDatabase } from '../../server/store/database.ts'
import { type TestDatabase, testDatabase } from '../support/test-server.ts'

let created: TestDatabase
let database: Database

beforeAll(async () => {
  created = await testDatabase()
  database = openDatabase(created.url, { connections: 4 })
})
afterAll(async () => {
  await database.close()
  await created.drop()
})

/** A batching Db, and the statements that reach the database. */
function batching(): { db: Db; sent: Sql[] } {
  const sent: Sql[] = []
  const counting: Db = {
    query: (query, options) => {
      sent.push(query)
      return database.query(query, options)
    },
  }
  return { db: batchingDb(counting), sent }
}

const upTo = (n: number) =>
  sql`select i::text as pk, i * 2 as twice from generate_series(1, ${n}::int) i order by i desc`

describe('statements that are asked for together', () => {
  test('are one where they differ in values alone, each with its rows in its order', async () => {
    const { db, sent } = batching()
    const results = await Promise.all([3, 0, 2, 1].map((n) => db.query(upTo(n))))
    expect(sent).toHaveLength(1)
    expect(results).toEqual([
      [
        { pk: '3', twice: 6 },
        { pk: '2', twice: 4 },
        { pk: '1', twice: 2 },
      ],
      [],
      [
        { pk: '2', twice: 4 },
        { pk: '1', twice: 2 },
      ],
      [{ pk: '1', twice: 2 }],
    ])
  })

  test('are several where they have several shapes', async () => {
    const { db, sent } = batching()
    const other = (text: string) => sql`with x as materialized (select ${text}::text as t) select t from x limit ${1}`
    const [a, b, c] = await Promise.all([db.query(other('a')), db.query(upTo(1)), db.query(other('c'))])
    expect([a, b, c]).toEqual([[{ t: 'a' }], [{ pk: '1', twice: 2 }], [{ t: 'c' }]])
    expect(sent).toHaveLength(2)
  })

  test('are no more than 50 in one', async () => {
    const { db, sent } = batching()
    const results = await Promise.all(Array.from({ length: 120 }, (_, i) => db.query(upTo(i % 3))))
    expect(results.map((rows) => rows.length)).toEqual(Array.from({ length: 120 }, (_, i) => i % 3))
    expect(sent).toHaveLength(3)
  })

  test('fail together, and only those', async () => {
    const { db } = batching()
    const divide = (by: number) => db.query(sql`select 1 / ${by}::int as result`)
    const results = await Promise.allSettled([divide(1), divide(0), db.query(upTo(1))])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  })
})

test('a statement alone is run as it is', async () => {
  const { db, sent } = batching()
  const query = upTo(1)
  expect(await db.query(query, { prepared: true })).toEqual([{ pk: '1', twice: 2 }])
  expect(sent).toEqual([query])
})

test('statements that are asked for later run later', async () => {
  const { db, sent } = batching()
  await db.query(upTo(1))
  await Promise.all([db.query(upTo(2)), db.query(upTo(3))])
  expect(sent).toHaveLength(2)
})
