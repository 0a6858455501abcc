import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAccess } from '../../server/access/access.ts'
import type { Context } from '../../server/context.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { prepareVersion } from '../../server/interactions/write.ts'
import { raw } from '../../server/sql.ts'
import { type BulkWrite, writeVersions } from '../../server/store/bulk-write.ts'
import { createVersion, deleteVersion, putVersion } from '../../server/store/resources.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

/** The same writes go into one database one by one and into another in bulk: every table must hold the same rows. */
let single: TestServer
let bulk: TestServer

const secretTables = ['setting']

beforeAll(async () => {
  single = await fixed()
  bulk = await fixed()
})
afterAll(async () => {
  await single.close()
  await bulk.close()
})

/** Time and keys count up from the same start; the secret is the template's, so that terms are equal. */
function fixed(): Promise<TestServer> {
  let key = 1_000_000n
  let time = Date.parse('2026-03-02T08:00:00Z')
  return testServer({ context: { newKey: () => ++key, now: () => (time += 1000) } })
}

interface Act {
  readonly op: BulkWrite['op']
  readonly resource: JsonObject
  readonly expected?: number
}

const patient = (id: string, more: JsonObject = {}): JsonObject => ({ resourceType: 'Patient', id, ...more })

const observation = (id: string, more: JsonObject = {}): JsonObject => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8480-6', display: 'Systolic' }, { code: 'second' }] },
  subject: { reference: 'Patient/one' },
  effectiveDateTime: '2026-01-02',
  ...more,
})

const full = patient('one', {
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Amélie <b>Poulain</b></div>' },
  name: [{ family: 'Poulain', given: ['Amélie', 'Änne'] }],
  birthDate: '1974-08-09',
  contained: [
    { resourceType: 'Organization', id: 'o', name: 'Café des 2 Moulins', address: [{ city: 'Paris' }] },
    observation('x', { valueQuantity: { value: 5, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' } }),
  ],
})

const quantity = { value: 5.4, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' }

const rounds: readonly (readonly Act[])[] = [
  [
    { op: 'create', resource: full },
    { op: 'create', resource: observation('ignored', { valueQuantity: quantity }) },
    { op: 'create', resource: observation('ignored', { valueQuantity: { ...quantity, comparator: '<' } }) },
    { op: 'put', resource: full },
    { op: 'put', resource: patient('two', { name: [{ family: 'O\'Neill \\ "quoted", {braces}' }] }) },
    { op: 'put', resource: observation('a', { component: [{ code: { text: 'c' }, valueQuantity: quantity }] }) },
    { op: 'put', resource: patient('new'), expected: 0 },
    { op: 'put', resource: patient('absent'), expected: 3 },
    { op: 'delete', resource: patient('never') },
  ],
  [
    { op: 'put', resource: patient('one', { gender: 'female' }) },
    { op: 'put', resource: patient('two', { birthDate: '1980', active: true }), expected: 1 },
    { op: 'put', resource: observation('a', { valueQuantity: { ...quantity, value: 1e-7 } }) },
    { op: 'put', resource: patient('new'), expected: 0 },
    { op: 'put', resource: patient('later') },
  ],
  [
    { op: 'delete', resource: patient('one') },
    { op: 'delete', resource: patient('two'), expected: 1 },
    { op: 'delete', resource: observation('a'), expected: 2 },
    { op: 'put', resource: patient('new', { ...full, id: 'new' }), expected: 1 },
  ],
  [
    { op: 'put', resource: full },
    { op: 'delete', resource: patient('two') },
    { op: 'put', resource: observation('a'), expected: 0 },
    { op: 'put', resource: patient('new'), expected: 2 },
    { op: 'delete', resource: patient('never') },
  ],
  [
    { op: 'delete', resource: patient('one'), expected: 4 },
    { op: 'delete', resource: patient('two') },
    { op: 'put', resource: observation('a') },
  ],
]

test('bulk writes leave the rows that single writes leave', async () => {
  for (const [i, round] of rounds.entries()) {
    const expected = await writeSingly(round, single.context)
    const results = await bulk.context.store.database.transaction((tx) =>
      writeVersions(tx, bulk.context.store, bulkWrites(round, bulk.context), bulk.context.access),
    )
    expect(results.map(plain), `round ${i}`).toEqual(expected)
    expect(await allRows(bulk), `round ${i}`).toEqual(await allRows(single))
  }
})

test('one resource may not be written twice in one call', async () => {
  const { context } = bulk
  const writes = bulkWrites(
    [
      { op: 'put', resource: patient('p') },
      { op: 'delete', resource: patient('p') },
    ],
    context,
  )
  const work = context.store.database.transaction((tx) => writeVersions(tx, context.store, writes, context.access))
  await expect(work).rejects.toThrow('twice')
})

test('a resource that another transaction creates meanwhile is contention, not a lost write', async () => {
  const { context } = bulk
  const { database } = context.store
  const write = () => bulkWrites([{ op: 'put', resource: patient('raced') }], context)
  const results = await Promise.allSettled(
    Array.from({ length: 5 }, () =>
      database.transaction((tx) => writeVersions(tx, context.store, write(), context.access)),
    ),
  )
  const done = results.flatMap((r) => (r.status === 'fulfilled' ? r.value : []))
  const versions = done.map((result) => ('version' in result ? result.version : 0)).sort()
  expect(versions).toEqual(versions.map((_, i) => i + 1))
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ status: 409 })
})

function bulkWrites(acts: readonly Act[], context: Context): BulkWrite[] {
  return acts.map(({ op, resource, expected }) => {
    const type = resource['resourceType'] as string
    if (op === 'create') {
      const key = context.newKey()
      return { op, version: prepareVersion(resource, context.indexes.terms.id(type, key), key, context) }
    }
    const id = resource['id'] as string
    const key = context.indexes.terms.key(type, id)
    if (op === 'delete') return { op, type, key, ts: context.now(), expected }
    return { op, version: prepareVersion(resource, id, key, context), expected }
  })
}

/** The version that was written; the version in the way; undefined where there was nothing to delete. */
type Outcome = number | string | undefined

async function writeSingly(acts: readonly Act[], context: Context): Promise<Outcome[]> {
  const { store } = context
  const results: Outcome[] = []
  for (const write of bulkWrites(acts, context)) {
    if (write.op === 'create') {
      await createVersion(store, openAccess, write.version)
      results.push(1)
    } else {
      const expected = write.expected as number | undefined
      const result =
        write.op === 'put'
          ? await putVersion(store, openAccess, write.version, expected)
          : await deleteVersion(store, openAccess, write.type, write.key, expected, write.ts)
      results.push(
        result &&
          ('version' in result ? result.version : `at ${'unseen' in result ? '?' : Math.abs(result.conflictWith)}`),
      )
    }
  }
  return results
}

function plain(result: Awaited<ReturnType<typeof writeVersions>>[number]): Outcome {
  if ('absent' in result) return undefined
  return 'version' in result ? result.version : `at ${'unseen' in result ? '?' : result.conflictWith}`
}

/** All rows of all tables, but for the numbers that count insertions and transactions. */
async function allRows({ context }: TestServer): Promise<Record<string, unknown[]>> {
  const { database } = context.store
  const tables = await database.query<{ name: string }>(
    raw(`select table_name as name from information_schema.tables where table_schema = 'public' order by 1`),
  )
  const rows: Record<string, unknown[]> = {}
  for (const { name } of tables.filter((table) => !secretTables.includes(table.name))) {
    const found = await database.query<{ row: string }>(
      raw(`select (to_jsonb(t) - 'seq' - 'xid' - 'applied')::text as row from ${name} t order by 1`),
    )
    if (found.length > 0) rows[name] = found.map(({ row }) => JSON.parse(row))
  }
  return rows
}
