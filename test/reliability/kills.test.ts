/** Servers and PostgreSQL are killed while clients write: what was acknowledged is there, and all of it belongs together. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkStore } from '../../server/interactions/check-store.ts'
import { type Core, openCore } from '../../server/main.ts'
import { createRandom } from '../oracle/random/random.ts'
import { testConfig } from '../support/test-postgres.ts'
import { checkBundles, checkOneWinner } from './bundles.ts'
import { httpSend } from './client.ts'
import { type Killer, killer, kinds } from './killer.ts'
import type { Operation, Violation } from './operation.ts'
import { type Processes, startProcesses } from './processes.ts'
import { seed, size } from './seed.ts'
import {
  changedContents,
  deniedWrites,
  historiesOf,
  historyDifferences,
  missingWrites,
  rememberContents,
  storedVersions,
} from './stored.ts'
import { checkVersionOrder } from './version-order.ts'
import { startWorkload } from './workload.ts'

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

const random = createRandom(seed)

/** Rounds after which clients move on to new resources, so that what is checked after each kill stays small. */
const epoch = 25
/** Milliseconds by which the time of a version may lie before the end of the round before. */
const slack = 30_000

async function killRounds(name: string, rounds: number): Promise<Violation[]> {
  const since = Date.now()
  const servers = processes.servers.map((server) => httpSend(() => server.url))
  const killing: Killer = killer(processes)
  let going = true
  const workload = startWorkload({
    servers,
    seed: seed + name.length,
    name,
    ...{ clients: 6, resources: 8, criteria: 4, tolerated: [503] },
    goesOn: () => going,
    onAnswer: killing.onAnswer,
    untilReady: killing.untilReady,
  })
  const violations: Violation[] = []
  const contents = new Map<string, string>()
  let checked = { operations: 0, time: since }
  for (let round = 0; round < rounds && violations.length === 0; round++) {
    await killing.afterAnswers(5 + random.below(60))
    await killing.kill(kinds[round % kinds.length]!, random)
    const acknowledged = workload.operations.slice(checked.operations)
    const rows = await storedVersions(core.context, Math.max(since, checked.time - slack))
    violations.push(...missingWrites(core.context, rows, acknowledged))
    rememberContents(rows, contents)
    checked = { operations: checked.operations + acknowledged.length, time: Date.now() }
  }
  going = false
  killing.finish()
  await workload.ended
  expect(workload.surprises).toEqual([])
  return [...violations, ...(await stateViolations(workload.operations, since, contents))]
}

async function stateViolations(
  operations: readonly Operation[],
  since: number,
  contents: ReadonlyMap<string, string>,
): Promise<Violation[]> {
  const rows = await storedVersions(core.context, since)
  const histories = historiesOf(rows)
  const send = httpSend(() => processes.servers[0]!.url)
  const report = await checkStore(core.context)
  return [
    ...changedContents(rows, contents),
    ...checkVersionOrder(operations, histories),
    ...checkBundles(operations, histories),
    ...checkOneWinner(operations, histories),
    ...deniedWrites(operations, histories),
    ...(await historyDifferences(send, histories, [...histories.keys()].slice(0, 50))),
    ...report.examples.map(({ check, reference, detail }) => ({ rule: check, detail: `${reference} ${detail}` })),
  ]
}

test('PostgreSQL runs with what makes writes durable', async () => {
  const [row] =
    await processes.postgres.run(`select current_setting('fsync') as fsync, current_setting('data_checksums')
    as checksums, current_setting('synchronous_commit') as commit, current_setting('full_page_writes') as pages`)
  expect(row).toEqual({ fsync: 'on', checksums: 'on', commit: 'on', pages: 'on' })
})

const rounds = size(50, 1000)

test(
  `${rounds} kills lose nothing that was acknowledged (SEED=${seed})`,
  async () => {
    for (let done = 0; done < rounds; done += epoch) {
      expect(await killRounds(`k${done}`, Math.min(epoch, rounds - done))).toEqual([])
    }
    const internal = processes.servers.flatMap(({ errors }) => errors.filter((line) => line.includes('internal error')))
    expect(internal).toEqual([])
  },
  size(600_000, 7_200_000),
)
