/** Server processes that learn of search parameters from each other, and go on where one of them was killed. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { checkStore } from '../../server/interactions/check-store.ts'
import { sql } from '../../server/sql.ts'
import { foundAndStored, newParameter, person, storePeople, urlOf } from '../support/pending-parameters.ts'
import { type TestServer, testServer } from '../support/test-server.ts'
import { httpSend, type Send } from './client.ts'
import { type Processes, type ServerProcess, startProcesses } from './processes.ts'

const stored = 1200

let processes: Processes
/** In this process, on the same database. */
let server: TestServer

beforeAll(async () => {
  processes = await startProcesses(2)
  server = await testServer({ databaseUrl: processes.databaseUrl })
  await storePeople(server, stored)
}, 120_000)
afterAll(async () => {
  await server?.close()
  await processes?.close()
})

/** Searches by a parameter until it can be; answers how many it finds. */
async function foundSoon(send: Send, code: string): Promise<number> {
  for (;;) {
    const answer = await send({ method: 'GET', path: `Patient?${code}:missing=false&_summary=count` })
    if (answer?.status === 200) return JSON.parse(answer.text).total as number
    expect(answer?.text).toContain('$reindex is done')
    await sleep(20)
  }
}

test('of a process that is killed in the midst, the job is gone on with when it starts again', async () => {
  const [first, second] = processes.servers as [ServerProcess, ServerProcess]
  const [toFirst, toSecond] = [httpSend(() => first.url), httpSend(() => second.url)]
  const code = await newParameter(server)
  const { database } = server.context.store
  await database.transaction(async (tx) => {
    // The last batch cannot be written: the job stays in the middle.
    await tx.query(sql`select from r_patient where pk = (select max(pk) from r_patient) for update`)
    const begun = await toFirst({ method: 'POST', path: `$reindex?url=${urlOf(code)}` })
    expect(begun?.status).toBe(202)
    while ((await doneOf(toSecond)) < 1000) await sleep(20)
    const written = await toSecond({ method: 'PUT', path: `Patient/${code}`, body: person(1, code) })
    expect(written?.status).toBe(201)
    await first.kill()
  })
  await database.query(sql`update reindex_job set alive = now() - interval '31 seconds' where state = 'running'`)
  await first.start()

  const found = [await foundSoon(toFirst, code), await foundSoon(toSecond, code)]
  expect(found).toEqual([stored + 1, stored + 1])
  const report = await checkStore(server.context)
  expect(report.examples).toEqual([])
})

async function doneOf(send: Send): Promise<number> {
  const answer = await send({ method: 'GET', path: '$reindex-status' })
  const parameters = (JSON.parse(answer!.text) as { parameter: JsonObject[] }).parameter
  return parameters.find(({ name }) => name === 'done')!['valueInteger'] as number
}

test('the command line works beside the servers, which then know the parameter', async () => {
  const code = await newParameter(server)
  const candela = join(import.meta.dirname, '..', '..', 'server', 'cli.ts')
  const env = { ...process.env, DATABASE_URL: server.databaseUrl }
  const { stdout } = await promisify(execFile)(process.execPath, [candela, 'reindex', urlOf(code)], { env })
  expect(stdout).toContain(`Done: ${urlOf(code)}`)
  const [, there] = await foundAndStored(server, code)
  for (const one of processes.servers)
    expect(
      await foundSoon(
        httpSend(() => one.url),
        code,
      ),
    ).toBe(there)
})
