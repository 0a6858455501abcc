import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { raw } from '../../server/sql.ts'
import { type Database, openDatabase } from '../../server/store/database.ts'
import { type TestDatabase, testDatabase } from '../support/test-server.ts'

let own: TestDatabase
let database: Database

beforeAll(async () => {
  own = await testDatabase()
  database = openDatabase(own.url, { connections: 2 })
})
afterAll(async () => {
  await database.close()
  await own.drop()
})

const loseConnection = raw('select pg_terminate_backend(pg_backend_pid())')
const outcome = (code: string) => ({ issues: [{ code }] })

describe('a connection that is lost', () => {
  test('before a read was answered is an outage', async () => {
    await expect(database.query(loseConnection)).rejects.toMatchObject(outcome('unavailable'))
  })

  test('before a write was answered leaves its outcome unknown', async () => {
    await expect(database.query(loseConnection, { writes: true })).rejects.toMatchObject(outcome('outcome-unknown'))
  })

  test('before a transaction was committed is an outage, for nothing has happened', async () => {
    const lost = database.transaction((tx) => tx.query(loseConnection, { writes: true }))
    await expect(lost).rejects.toMatchObject(outcome('unavailable'))
  })

  test('and asked again is an outage', async () => {
    const lost = database.transaction(async (tx) => {
      await tx.query(loseConnection).catch(() => {})
      await tx.query(raw('select 1'))
    })
    await expect(lost).rejects.toMatchObject(outcome('unavailable'))
  })

  test('while the transaction is committed leaves its outcome unknown', async () => {
    await database.query(raw('create table once (x int unique deferrable initially deferred)'))
    await database.query(
      raw(`create function lose() returns trigger language plpgsql as $$ begin
      perform pg_terminate_backend(pg_backend_pid()); return null; end $$`),
    )
    await database.query(
      raw(`create constraint trigger lose after insert on once deferrable initially deferred
      for each row execute function lose()`),
    )
    const lost = database.transaction((tx) => tx.query(raw('insert into once values (1)')))
    await expect(lost).rejects.toMatchObject(outcome('outcome-unknown'))
  })
})

test('a server that does not answer is an outage', async () => {
  const nowhere = openDatabase('postgres://candela@127.0.0.1:1/postgres')
  await expect(nowhere.query(raw('select 1'), { writes: true })).rejects.toMatchObject(outcome('unavailable'))
  await expect(nowhere.transaction((tx) => tx.query(raw('select 1')))).rejects.toMatchObject(outcome('unavailable'))
  await nowhere.close()
})

test('a transaction in which a failure was passed over is not taken for committed', async () => {
  const broken = database.transaction((tx) => tx.query(raw('select 1 / 0')).catch(() => {}))
  await expect(broken).rejects.toThrow('although a statement in it had failed')
})

describe('rows of more text than is wanted', () => {
  /** Ten rows of a megabyte each. */
  const large = raw("select repeat('x', 1000000) as content from generate_series(1, 10)")
  const tooCostly = outcome('query-too-costly')

  test.each([true, false])('are refused, and the connection is replaced: prepared %s', async (prepared) => {
    for (let i = 0; i < 5; i++) {
      await expect(database.query(large, { prepared, mostText: 4_000_000 })).rejects.toMatchObject(tooCostly)
      expect(await database.query(raw('select 1 as one'), { prepared })).toEqual([{ one: 1 }])
    }
    expect(await database.query(large, { prepared, mostText: 10_000_000 })).toHaveLength(10)
  })

  test('end the transaction that asked for them', async () => {
    const failing = database.transaction(async (tx) => {
      await tx.query(raw('create table undone (x int)'))
      await tx.query(large, { mostText: 1000 })
    })
    await expect(failing).rejects.toMatchObject(tooCostly)
    await expect(database.query(raw('select from undone'))).rejects.toMatchObject({ code: '42P01' })
  })
})

test('statements of a transaction that are asked for at once run one by one', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => void warnings.push(warning)
  process.on('warning', note)
  const numbers = [1, 2, 3, 4, 5]
  const rows = await database.transaction((tx) =>
    Promise.all(numbers.map((n) => tx.query<{ n: number }>(raw(`select ${n} as n from pg_sleep(0.01)`)))),
  )
  expect(rows.map(([row]) => row!.n)).toEqual(numbers)
  const failing = database.transaction((tx) =>
    Promise.all(['1 / 0', '1', '1', '1'].map((text) => tx.query(raw(`select ${text}`)))),
  )
  await expect(failing).rejects.toMatchObject({ code: '22012' })
  await new Promise(setImmediate)
  process.off('warning', note)
  expect(warnings).toEqual([])
})
