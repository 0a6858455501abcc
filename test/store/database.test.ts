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
