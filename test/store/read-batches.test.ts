import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAccess } from '../../server/access/access.ts'
import { accessOf } from '../../server/interactions/access/caller-access.ts'
import { updateResource } from '../../server/interactions/update.ts'
import type { Db } from '../../server/store/database.ts'
import { batchedReads } from '../../server/store/read-batches.ts'
import { currentVersion } from '../../server/store/resources.ts'
import { callerWith } from '../support/granted.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let statements = 0
/** Counts what reaches the database. */
let counting: Db

beforeAll(async () => {
  server = await testServer()
  const { database } = server.context.store
  counting = {
    query: (query, options) => {
      statements++
      return database.query(query, options)
    },
  }
  for (const id of ['a', 'b', 'c']) await put('Basic', id)
})
afterAll(() => server.close())

function put(type: string, id: string) {
  return updateResource({ resourceType: type, id, code: { text: id } }, id, undefined, server.context)
}

function key(type: string, id: string): bigint {
  return server.context.indexes.terms.key(type, id)
}

describe('reads of one moment', () => {
  test('are one statement, and each gets its own resource', async () => {
    const currentVersion = batchedReads(counting)
    statements = 0
    const found = await Promise.all(
      ['a', 'none', 'c', 'a', 'b'].map((id) => currentVersion(openAccess, 'Basic', key('Basic', id))),
    )
    expect(statements).toBe(1)
    expect(found.map((version) => version && JSON.parse(version.content).id)).toEqual(['a', undefined, 'c', 'a', 'b'])
    expect(found[0]).toMatchObject({ version: 1, ts: expect.any(Number) })
  })

  test('of different types are statements of their own', async () => {
    const currentVersion = batchedReads(counting)
    statements = 0
    const [basic, list] = await Promise.all([
      currentVersion(openAccess, 'Basic', key('Basic', 'a')),
      currentVersion(openAccess, 'List', key('Basic', 'a')),
    ])
    expect(statements).toBe(2)
    expect([basic?.version, list]).toEqual([1, undefined])
  })

  test('for different callers are one statement, and each sees what is theirs', async () => {
    const currentVersion = batchedReads(counting)
    const all = await accessOf(callerWith('system/Basic.rs'), server.context)
    const some = await accessOf(callerWith('system/Basic.rs?_id=b'), server.context)
    const none = await accessOf(callerWith('system/List.rs'), server.context)
    statements = 0
    const callers = [openAccess, all, some, none, { ...openAccess }]
    const found = await Promise.all(
      ['a', 'b'].flatMap((id) => callers.map((access) => currentVersion(access, 'Basic', key('Basic', id)))),
    )
    expect(statements).toBe(1)
    const [a, b] = [found.slice(0, 5), found.slice(5)].map((part) => part.map((version) => version !== undefined))
    expect({ a, b }).toEqual({ a: [true, true, false, false, true], b: [true, true, true, false, true] })
  })

  test('all fail when their statement fails, and later ones do not', async () => {
    let broken = true
    const currentVersion = batchedReads({
      query: (query, options) => (broken ? Promise.reject(new Error('lost')) : counting.query(query, options)),
    })
    const reads = ['a', 'b'].map((id) => currentVersion(openAccess, 'Basic', key('Basic', id)))
    expect((await Promise.allSettled(reads)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    broken = false
    expect(await currentVersion(openAccess, 'Basic', key('Basic', 'a'))).toMatchObject({ version: 1 })
  })

  test('are answered however many there are', async () => {
    const currentVersion = batchedReads(counting)
    const reads = Array.from({ length: 1000 }, () => currentVersion(openAccess, 'Basic', key('Basic', 'b')))
    expect(new Set((await Promise.all(reads)).map((version) => version?.version))).toEqual(new Set([1]))
  })
})

test('a read sees every write that was acknowledged before it', async () => {
  const { database } = server.context.store
  for (let n = 1; n <= 20; n++) {
    const others = Array.from({ length: 5 }, () => currentVersion(database, openAccess, 'Basic', key('Basic', 'a')))
    await put('Basic', 'written')
    const read = await currentVersion(database, openAccess, 'Basic', key('Basic', 'written'))
    expect(read?.version).toBe(n)
    await Promise.all(others)
  }
})

test('a read inside a transaction sees what the transaction wrote', async () => {
  const { store } = server.context
  await store.database.transaction(async (tx) => {
    const inside = { ...server.context, store: { ...store, db: tx } }
    await updateResource({ resourceType: 'Basic', id: 'inner', code: { text: 'x' } }, 'inner', undefined, inside)
    expect(await currentVersion(tx, openAccess, 'Basic', key('Basic', 'inner'))).toMatchObject({ version: 1 })
    expect(await currentVersion(store.database, openAccess, 'Basic', key('Basic', 'inner'))).toBeUndefined()
  })
})
