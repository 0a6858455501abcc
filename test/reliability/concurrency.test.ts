/** Many clients on several server processes at once: what they saw must have one explanation. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Core, openCore } from '../../server/main.ts'
import { testConfig } from '../support/test-postgres.ts'
import { runAppends } from './append-workload.ts'
import { checkBundles, checkOneWinner } from './bundles.ts'
import { httpSend } from './client.ts'
import { checkListAppend } from './list-append.ts'
import { type Processes, startProcesses } from './processes.ts'
import { long, seed, size } from './seed.ts'
import { historiesOf, historyDifferences, storedVersions } from './stored.ts'
import { checkVersionOrder } from './version-order.ts'
import { runWorkload } from './workload.ts'

let processes: Processes
let core: Core

beforeAll(async () => {
  processes = await startProcesses(3)
  core = await openCore(testConfig(processes.databaseUrl))
}, 120_000)
afterAll(async () => {
  await core?.close()
  await processes?.close()
})

test(
  `what concurrent clients see has one order of versions (SEED=${seed})`,
  async () => {
    const servers = processes.servers.map((server) => httpSend(() => server.url))
    const count = size(5_000, 40_000)
    const sizes = { clients: 18, resources: size(12, 60), criteria: size(6, 30) }
    const { operations, surprises } = await runWorkload({ servers, seed, name: 'w', ...sizes }, count)
    const histories = historiesOf(await storedVersions(core.context))
    const violations = [
      ...checkVersionOrder(operations, histories),
      ...checkBundles(operations, histories),
      ...checkOneWinner(operations, histories),
      ...(await historyDifferences(servers[0]!, histories, [...histories.keys()].slice(0, long ? 1000 : 50))),
    ]
    expect(violations).toEqual([])
    expect(surprises).toEqual([])
    expect(operations.length).toBeGreaterThanOrEqual(count)
    console.log(summary(operations))
  },
  size(120_000, 3_600_000),
)

test(
  `transactions that append to lists have one order (SEED=${seed})`,
  async () => {
    const servers = processes.servers.map((server) => httpSend(() => server.url))
    const transactions = size(1_200, 10_000)
    const log = await runAppends({ servers, seed, name: 'a', clients: 12, lists: 5, transactions })
    const cycles = checkListAppend(log.transactions, log.final)
    expect(cycles).toEqual([])
    expect(log.surprises).toEqual([])
  },
  size(120_000, 3_600_000),
)

function summary(operations: readonly { act: string; outcome: string; absent?: string }[]): string {
  const counts = Object.entries(Object.groupBy(operations, ({ act, outcome, absent }) => `${act} ${absent ?? outcome}`))
  return counts.map(([kind, list]) => `${kind}: ${list!.length}`).join(', ')
}
