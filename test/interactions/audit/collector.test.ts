import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { unpackRecords } from '../../../server/fhir/audit/record.ts'
import { openCollector } from '../../../server/interactions/audit/collector.ts'

const who = { client: 'app' }
const record = (t: number) => ({ t, who, code: 'read', what: `Observation/${t}`, status: 200 })

/** A collector whose rows are kept; `fails` says whether the database takes nothing. */
function world() {
  const rows: string[] = []
  const state = { fails: false, warnings: 0, milliseconds: 0 }
  const collector = openCollector({
    write: async (text) => {
      await delay(state.milliseconds)
      if (state.fails) throw new Error('The database is away.')
      rows.push(text)
    },
    warn: () => {
      state.warnings += 1
    },
  })
  const times = () => rows.flatMap(unpackRecords).map(({ t }) => t)
  return { rows, state, collector, times }
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

test('records that come within some milliseconds are one row', async () => {
  const { collector, rows, times } = world()
  for (const t of upTo(100)) collector.add(record(t))
  await delay(100)
  expect(rows).toHaveLength(1)
  expect(times()).toEqual(upTo(100))
})

test('rows stay few while records keep coming', async () => {
  const { collector, rows, state, times } = world()
  state.milliseconds = 2
  const end = performance.now() + 500
  let count = 0
  for (; performance.now() < end; count++) {
    collector.add(record(count))
    await delay(1)
  }
  await collector.flush()
  expect(rows.length).toBeLessThan(30)
  expect(times()).toEqual(upTo(count))
})

test('a flush writes what was added while another was under way', async () => {
  const { collector, state, times } = world()
  state.milliseconds = 30
  collector.add(record(0))
  const first = collector.flush()
  collector.add(record(1))
  await collector.flush()
  expect(times()).toEqual([0, 1])
  await first
})

test('closing writes all that waits, in order', async () => {
  const { collector, times } = world()
  for (const t of upTo(12_345)) collector.add(record(t))
  await collector.close()
  expect(times()).toEqual(upTo(12_345))
})

test('what the database does not take waits, up to a limit beyond which nothing is taken on', async () => {
  const { collector, state, times } = world()
  state.fails = true
  for (const t of upTo(50_000)) collector.add(record(t))
  expect(() => collector.add(record(50_000))).toThrow(/database cannot be reached/)
  await expect(collector.flush()).rejects.toThrow('away')
  state.fails = false
  await collector.flush()
  expect(times()).toEqual(upTo(50_000))
  collector.add(record(50_000))
  await collector.close()
  expect(times()).toHaveLength(50_001)
})

test('writing is tried again by itself, and not every few milliseconds', async () => {
  const { collector, state, times } = world()
  state.fails = true
  collector.add(record(0))
  await delay(700)
  expect(state.warnings).toBe(1)
  state.fails = false
  await delay(900)
  expect(times()).toEqual([0])
})
