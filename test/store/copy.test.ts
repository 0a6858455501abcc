import { afterAll, beforeAll, expect, test } from 'vitest'
import { raw, sql } from '../../server/sql.ts'
import { type Copy, copyIn } from '../../server/store/copy.ts'
import { beginRow, copyRows, putInt4, putText } from '../../server/store/copy-format.ts'
import { type Database, openDatabase } from '../../server/store/database.ts'
import { type TestDatabase, testDatabase } from '../support/test-server.ts'

let test_: TestDatabase
let database: Database

beforeAll(async () => {
  test_ = await testDatabase()
  database = openDatabase(test_.url, { connections: 1 })
  for (const name of ['one', 'two']) {
    await database.query(sql`create table ${raw(name)} (n int primary key, t text)`)
  }
})
afterAll(async () => {
  await database.close()
  await test_.drop()
})

function copyOf(table: string, numbers: readonly number[], text = 'x'): Copy {
  const rows = copyRows()
  for (const number of numbers) {
    beginRow(rows, 2)
    putInt4(rows, number)
    putText(rows, text)
  }
  return { statement: sql`copy ${raw(table)} (n, t) from stdin (format binary)`, rows }
}

async function numbersIn(table: string): Promise<number[]> {
  const rows = await database.query<{ n: number }>(sql`select n from ${raw(table)} order by n`)
  return rows.map((row) => row.n)
}

test('rows go into several tables in one round trip', async () => {
  await database.transaction(async (tx) => {
    await copyIn(tx.client, [copyOf('one', [1, 2]), copyOf('two', [3]), copyOf('one', [])])
    await copyIn(tx.client, [copyOf('one', [4], 'ü'.repeat(500_000))])
  })
  expect(await numbersIn('one')).toEqual([1, 2, 4])
  expect(await numbersIn('two')).toEqual([3])
  const [long] = await database.query<{ length: number }>(sql`select length(t) as length from one where n = 4`)
  expect(long!.length).toBe(500_000)
})

test('an error undoes all tables and leaves the connection usable', async () => {
  const many = Array.from({ length: 20_000 }, (_, i) => 1000 + i)
  const work = database.transaction((tx) =>
    copyIn(tx.client, [copyOf('two', [10]), copyOf('one', [1, 11]), copyOf('two', many)]),
  )
  await expect(work).rejects.toMatchObject({ status: 409 })
  expect(await numbersIn('two')).toEqual([3])
  expect(await numbersIn('one')).toEqual([1, 2, 4])
})

test('no rows need no round trip', async () => {
  await expect(database.transaction((tx) => copyIn(tx.client, [copyOf('nowhere', [])]))).resolves.toBeUndefined()
})
