import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mostKept, parameterText, runPrepared } from '../../server/store/prepared.ts'
import { type TestDatabase, testDatabase } from '../support/test-server.ts'

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await testDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('create table thing (id int primary key, name text)')
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const run = (name: string, text: string, ...values: unknown[]) => runPrepared(client, name, text, values)

describe('a prepared statement', () => {
  test.each([
    ['text', 'äöü 🙂 "quoted" \\ back', 'äöü 🙂 "quoted" \\ back'],
    ['text', '', ''],
    ['text', null, null],
    ['text', undefined, null],
    ['int', -7, -7],
    ['bigint', -9223372036854775808n, '-9223372036854775808'],
    ['float8', 1e-300, 1e-300],
    ['float8', Infinity, Infinity],
    ['boolean', false, false],
    ['int[]', [1, null, 3], [1, null, 3]],
    ['text[]', ['a,b', '{}', '"', '\\', 'NULL', '', null], ['a,b', '{}', '"', '\\', 'NULL', '', null]],
    ['text[]', [], []],
    ['boolean[]', [true, false], [true, false]],
  ])('takes and returns %s: case %#', async (type, value, expected) => {
    for (const _time of [1, 2]) {
      expect(await run(`as ${type}`, `select $1::${type} as value`, value)).toEqual([{ value: expected }])
    }
  })

  test('without results or parameters returns no rows', async () => {
    for (const _time of [1, 2]) expect(await run('none', 'update thing set name = name where false')).toEqual([])
  })

  test('returns all rows, in order, with all columns', async () => {
    const rows = await run('series', 'select i, i % 2 = 0 as even from generate_series(1, $1::int) i', 1000)
    expect(rows).toHaveLength(1000)
    expect(rows.at(-1)).toEqual({ i: 1000, even: true })
  })

  test('is forgotten when many others were used since, and comes back', async () => {
    const statement = (i: number) => run(`many ${i}`, `select ${i} as value, $1::int as given`, i)
    const failing = (i: number) => run(`failing ${i}`, `select ${i} / $1::int as value`, 0)
    for (let i = 0; i < mostKept + 100; i++) {
      expect(await statement(i)).toEqual([{ value: i, given: i }])
      await expect(failing(i)).rejects.toMatchObject({ code: '22012' })
      expect(await statement(0)).toEqual([{ value: 0, given: 0 }])
    }
    const { rows } = await client.query(
      'select count(*)::int as kept, bool_or(name = $1) as first from pg_prepared_statements',
      ['many 0'],
    )
    expect(rows).toEqual([{ kept: mostKept, first: true }])
    expect(await statement(1)).toEqual([{ value: 1, given: 1 }])
  })

  test('that fails while it runs can be run again', async () => {
    const insert = (id: number) => run('insert', 'insert into thing (id) values ($1)', id)
    await insert(1)
    await expect(insert(1)).rejects.toMatchObject({ code: '23505' })
    await expect(insert(1)).rejects.toMatchObject({ code: '23505' })
    expect(await insert(2)).toEqual([])
  })

  test('that fails on its first run is prepared all the same', async () => {
    const divide = (by: number) => run('divide', 'select 1 / $1::int as result', by)
    await expect(divide(0)).rejects.toMatchObject({ code: '22012' })
    expect(await divide(1)).toEqual([{ result: 1 }])
  })

  test('that cannot be parsed fails each time', async () => {
    for (const _time of [1, 2]) await expect(run('wrong', 'selekt 1')).rejects.toMatchObject({ code: '42601' })
  })

  test('runs beside statements of the driver, which may have prepared it', async () => {
    const text = 'select $1::int as value'
    await client.query({ name: 'shared', text, values: [1] })
    expect(await run('shared', text, 2)).toEqual([{ value: 2 }])
    expect((await client.query({ name: 'shared', text, values: [3] })).rows).toEqual([{ value: 3 }])
    expect(await run('shared', text, 4)).toEqual([{ value: 4 }])
  })

  test('is refused when the connection has ended', async () => {
    const other = new pg.Client({ connectionString: database.url })
    other.on('error', () => {})
    await other.connect()
    const refused = expect(runPrepared(other, 'sleep', 'select pg_sleep(60)', [])).rejects.toThrow()
    await client.query('select pg_terminate_backend($1)', [(other as unknown as { processID: number }).processID])
    await refused
    await expect(runPrepared(other, 'after', 'select 1', [])).rejects.toThrow()
  })
})

test('a parameter of another kind is a bug', () => {
  expect(() => parameterText({})).toThrow(TypeError)
})
