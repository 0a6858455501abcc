/**
 * What a caller may not see is as if it were not there: two servers that differ only in it answer every request with the
 * same bytes. `SEED` replays a run.
 */
import { describe, expect, test } from 'vitest'
import { testConfig } from '../../support/test-postgres.ts'
import { testDatabase } from '../../support/test-server.ts'
import { kinds } from './callers.ts'
import { runTwins } from './twin-run.ts'

const long = process.env['LONG'] === '1'
const seed = Number(process.env['SEED'] ?? 20_260_417)
const requests = Math.ceil(Number(process.env['REQUESTS'] ?? (long ? 200_000 : 20_000)) / kinds.length)

describe.each(kinds.map((kind) => [kind.name, kind] as const))('%s', (_name, kind) => {
  test(
    `cannot tell two worlds apart by ${requests} requests (seed ${seed})`,
    async () => {
      const databases = [await testDatabase(), await testDatabase()] as const
      const [one, two] = databases
      const config = (url: string) => testConfig(url, { publicUrl: 'http://localhost', validation: 'off' })
      const outcome = await runTwins({ kind, urls: [one.url, two.url], config, seed, requests })
      for (const database of databases) await database.drop()
      const { differences, faults, toAdministrator, toCaller } = outcome
      if (process.env['SHOW']) console.log(kind.name, toAdministrator, toCaller, JSON.stringify([...outcome.kinds]))
      expect({ differences, faults }).toEqual({ differences: [], faults: [] })
      expect(toAdministrator).toBeGreaterThan(0.6)
      expect(toCaller).toBeGreaterThan(kind.leastPower ?? 0.3)
    },
    long ? 3_600_000 : 300_000,
  )
})
