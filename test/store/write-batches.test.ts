import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAccess } from '../../server/access/access.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { prepareVersion } from '../../server/interactions/write.ts'
import { raw } from '../../server/sql.ts'
import { createVersion, currentVersion, insertVersion } from '../../server/store/resources.ts'
import type { NewVersion } from '../../server/store/store.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const resources: JsonObject[] = [
  { resourceType: 'Basic', code: { coding: [{ system: 'http://example.org', code: 'a' }], text: 'Ä' } },
  {
    resourceType: 'Patient',
    name: [{ family: 'Müller', given: ['Ana'] }],
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Ana Müller, zweite Müller</div>' },
    contained: [{ resourceType: 'Organization', id: 'o', name: 'Inside' }],
  },
  {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ code: 'first' }, { code: 'second' }] },
    subject: { reference: 'Patient/somebody' },
    effectiveDateTime: '2024-02-29',
    component: [{ code: { coding: [{ code: 'c' }] }, valueQuantity: { value: 1.5, unit: 'mg' } }],
  },
]

function versionOf(resource: JsonObject, key = server.context.newKey()): NewVersion {
  const id = server.context.indexes.terms.id(resource['resourceType'] as string, key)
  return prepareVersion(resource, id, key, server.context)
}

/** Everything that is stored for a key, but for what differs from write to write. */
async function rowsOf({ type, key }: NewVersion): Promise<unknown> {
  const { database } = server.context.store
  const tables = [`r_${type.toLowerCase()}`, 'x_string', 'x_number', 'x_date', 'x_code', 'x_narrative', 'change_log']
  const found = []
  for (const table of tables) {
    found.push(
      await database.query(
        raw(
          `select to_jsonb(t) - '{pk,ts,seq,xid,content,patient}'::text[] as row from ${table} t where pk = ${key} order by 1`,
        ),
        { prepared: false },
      ),
    )
  }
  found.push(
    await database.query(
      raw(
        `select to_jsonb(t) - '{pk,ts,container}'::text[] as row from contained t where container = ${key} order by 1`,
      ),
      { prepared: false },
    ),
  )
  return found
}

function storeAlone(version: NewVersion): Promise<void> {
  return insertVersion(server.context.store, version)
}

function create(version: NewVersion): Promise<void> {
  return createVersion(server.context.store, openAccess, version)
}

describe('creates of one moment', () => {
  test.each(resources)('leave the rows that one alone leaves: $resourceType', async (resource) => {
    const versions = Array.from({ length: 5 }, () => versionOf(resource))
    await Promise.all([...versions.slice(1), ...resources.map((other) => versionOf(other))].map(create))
    await storeAlone(versions[0]!)
    const alone = await rowsOf(versions[0]!)
    for (const version of versions.slice(1)) expect(await rowsOf(version)).toEqual(alone)
  })

  test('are stored, each with its own content', async () => {
    const { store, indexes } = server.context
    const made = Array.from({ length: 30 }, (_, i) => versionOf({ resourceType: 'Basic', code: { text: `n${i}` } }))
    await Promise.all(made.map(create))
    for (const [i, { id, key }] of made.entries()) {
      const found = await currentVersion(store.db, openAccess, 'Basic', indexes.terms.key('Basic', id))
      expect(JSON.parse(found!.content)).toMatchObject({ id, code: { text: `n${i}` } })
      expect(indexes.terms.key('Basic', id)).toBe(key)
    }
  })

  test('fail alone: the others are stored', async () => {
    const key = server.context.newKey()
    const twice = [versionOf(resources[0]!, key), versionOf(resources[0]!, key)]
    const others = [versionOf(resources[1]!), versionOf(resources[2]!)]
    const results = await Promise.allSettled([...twice, ...others].map(create))
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(results.slice(2).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    for (const version of others) expect(await rowsOf(version)).not.toEqual([[], [], [], [], [], [], [], []])
  })

  test('are each told that nobody knows what happened when their connection is lost', async () => {
    const { store } = server.context
    const { database } = store
    const table = raw('begin; lock table r_basic')
    const locker = await database.pool.connect()
    await locker.query(table.strings[0]!)
    const results = Promise.allSettled([1, 2, 3].map(() => create(versionOf(resources[0]!))))
    const waiting = raw(
      "select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    )
    for (let rest = 200; rest > 0; rest--) {
      const rows = await database.query<{ pid: number }>(waiting)
      if (rows.length === 0) continue
      for (const { pid } of rows) await locker.query(`select pg_terminate_backend(${pid})`)
      break
    }
    const codes = (await results).map((result) => (result as PromiseRejectedResult).reason.issues[0].code)
    await locker.query('rollback')
    locker.release()
    expect(codes).toEqual(['outcome-unknown', 'outcome-unknown', 'outcome-unknown'])
  })
})
