import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../../server/context.ts'
import { updateResource } from '../../server/interactions/update.ts'
import { type HistoryQuery, systemHistory } from '../../server/store/history.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let clock = Date.UTC(2024, 0, 1)

beforeAll(async () => {
  server = await testServer({ context: { now: () => clock } })
})
afterAll(() => server.close())

async function put(id: string, context: Context = server.context): Promise<void> {
  await updateResource({ resourceType: 'Basic', id, code: { text: 'x' } }, id, undefined, context)
}

async function ids(query: Partial<HistoryQuery>): Promise<string[]> {
  const { store, access } = server.context
  const asked = { ascending: true, settled: false, limit: 1000, ...query }
  const rows = await systemHistory(store, access, asked)
  return rows.map((row) => JSON.parse(row.content!).id as string)
}

describe('the history of the system', () => {
  test('settled, shows nothing beyond a transaction that still runs', async () => {
    const { store } = server.context
    await put('before')
    await store.database.transaction(async (tx) => {
      await put('slow', { ...server.context, store: { ...store, db: tx } })
      await put('fast')
      expect(await ids({ settled: true })).toEqual(['before'])
      expect(await ids({ settled: false })).toEqual(['before', 'fast'])
    })
    expect(await ids({ settled: true })).toEqual(['before', 'slow', 'fast'])
  })

  test('since a time finds its beginning wherever that is', async () => {
    const start = clock
    for (let day = 0; day < 20; day++) {
      clock += 86_400_000
      await put(`day${day}`)
    }
    for (const day of [0, 1, 7, 18, 19]) {
      const since = start + (day + 1) * 86_400_000
      const expected = Array.from({ length: 20 - day }, (_, i) => `day${day + i}`)
      expect(await ids({ since })).toEqual(expected)
    }
    expect(await ids({ since: clock + 1 })).toEqual([])
    expect(await ids({ since: 0 })).toHaveLength(23)
  })

  test('reads on where versions were left out', async () => {
    // Only what was current at the end: each of 30 versions of one resource but the last is left out.
    for (let i = 0; i < 30; i++) {
      clock += 1000
      await put('often')
    }
    const at = { low: clock, high: clock + 1 }
    expect(await ids({ at, ascending: false, limit: 2 })).toEqual(['often', 'day19'])
  })
})
