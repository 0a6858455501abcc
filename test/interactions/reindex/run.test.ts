import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { registerReindex } from '../../../server/interactions/reindex/register.ts'
import { isReindexDue, startReindex, watchReindex } from '../../../server/interactions/reindex/run.ts'
import { awaitReindex, reindexJob } from '../../../server/interactions/reindex/status.ts'
import { prepareVersion } from '../../../server/interactions/write.ts'
import { openCore } from '../../../server/main.ts'
import { raw, sql } from '../../../server/sql.ts'
import { writeVersions } from '../../../server/store/bulk-write.ts'
import { checkGenerations, StaleIndexError } from '../../../server/store/generation.ts'
import { storeIndexCode } from '../../../server/store/settings.ts'
import { foundAndStored, newParameter, person, storePeople, urlOf } from '../../support/pending-parameters.ts'
import { testConfig } from '../../support/test-postgres.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const stored = 1200
const nothing = { types: [], everything: false }

let server: TestServer
/** Another process on the same database. */
let other: TestServer

beforeAll(async () => {
  server = await testServer()
  other = await testServer({ databaseUrl: server.databaseUrl })
  await storePeople(server, stored)
})
afterAll(async () => {
  await other.close()
  await server.close()
})

describe('a transaction that began before a parameter was registered', () => {
  test('is waited for', async () => {
    const code = await newParameter(server)
    const { context } = other
    const { store } = context
    const old = { ...context, indexes: context.indexSource.current }
    let commit = () => {}
    const held = new Promise<void>((resolve) => {
      commit = resolve
    })
    let written = () => {}
    const isWritten = new Promise<void>((resolve) => {
      written = resolve
    })
    const id = `late-${code}`
    const version = prepareVersion(person(1, id) as JsonObject, id, old.indexes.terms.key('Patient', id), old)
    const transaction = store.database.transaction(async (tx) => {
      await writeVersions(tx, store, [{ op: 'put', version }], context.access)
      written()
      await held
    })
    await isWritten
    const { job } = await registerReindex({ ...nothing, url: urlOf(code) }, server.context)
    startReindex(server.context)
    await signsOfLife(job, 5)
    expect(await reindexJob(job, server.context)).toMatchObject({ state: 'running', done: 0 })

    commit()
    await transaction
    expect(await awaitReindex(job, server.context)).toMatchObject({ state: 'done' })
    const [found, there] = await foundAndStored(server, code)
    expect(found).toBe(there)
  })

  test('and has read only is not waited for', async () => {
    const code = await newParameter(server)
    await other.context.store.database.transaction(async (tx) => {
      await tx.query(sql`set transaction isolation level repeatable read`)
      await tx.query(sql`select count(*) from r_patient`)
      const reply = await server.fhir('POST', `$reindex?wait=true&url=${urlOf(code)}`)
      expect(reply.text).toContain('"done"')
    })
  })

  test('cannot write once it looks at the generation afterwards', async () => {
    const code = await newParameter(server)
    const { generation } = other.context.indexSource.current
    let job = ''
    await other.context.store.database
      .transaction(async (tx) => {
        await tx.query(sql`select 1`)
        ;({ job } = await registerReindex({ ...nothing, url: urlOf(code) }, server.context))
        await checkGenerations(tx, [generation])
      })
      .then(
        () => expect.unreachable(),
        (error) => expect(error).toBeInstanceOf(StaleIndexError),
      )
    startReindex(server.context)
    await awaitReindex(job, server.context)
  })
})

/** Waits until a running job has said so many times that it is alive. */
async function signsOfLife(job: string, times: number): Promise<void> {
  const seen = new Set<string>()
  while (seen.size < times) {
    const [row] = await server.context.store.db.query<{ alive: string | null }>(
      sql`select alive::text from reindex_job where job = ${job}::bigint`,
    )
    if (row?.alive) seen.add(row.alive)
    await sleep(10)
  }
}

describe('a job', () => {
  test('whose process ends is gone on with where it was', async () => {
    const code = await newParameter(server)
    const first = await openCore(testConfig(server.databaseUrl))
    const { job } = await registerReindex({ ...nothing, url: urlOf(code) }, first.context)
    await other.context.store.database.transaction(async (tx) => {
      // The last batch cannot be written: the job stays in the middle.
      await tx.query(sql`select from r_patient where pk = (select max(pk) from r_patient) for update`)
      startReindex(first.context)
      while ((await reindexJob(job, server.context)).done < 1000) await sleep(10)
      await first.close()
    })
    const left = await reindexJob(job, server.context)
    expect(left).toMatchObject({ state: 'running', type: 'Patient' })
    expect(left.position).not.toBeNull()

    const stop = watchReindex(server.context)
    const ended = await awaitReindex(job, server.context)
    stop()
    expect(ended).toMatchObject({ state: 'done', done: ended.total })
    const [found, there] = await foundAndStored(server, code)
    expect(found).toBe(there)
  })

  test("of a process that was killed becomes another's when it has been silent for long", async () => {
    const code = await newParameter(server)
    const { job } = await registerReindex({ ...nothing, url: urlOf(code) }, server.context)
    const { db } = server.context.store
    await db.query(sql`update reindex_job set state = 'running', runner = 'dead', alive = now(), started = now()
      where job = ${job}::bigint`)
    startReindex(other.context)
    await other.context.background.close()
    expect(await reindexJob(job, server.context)).toMatchObject({ state: 'running', done: 0 })

    await db.query(sql`update reindex_job set alive = now() - interval '31 seconds' where job = ${job}::bigint`)
    startReindex(server.context)
    expect(await awaitReindex(job, server.context)).toMatchObject({ state: 'done' })
  })

  test('that fails says why, and is done when it is asked for again', async () => {
    const code = await newParameter(server)
    const { db } = server.context.store
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    await db.query(sql`${raw('alter table x_code rename to x_code_away')}`)
    const failed = await server.fhir('POST', `$reindex?wait=true&url=${urlOf(code)}`)
    expect(failed.text).toContain('"failed"')
    expect(failed.text).toContain('internal')
    expect(logged).toHaveBeenCalledOnce()
    logged.mockRestore()
    await db.query(sql`${raw('alter table x_code_away rename to x_code')}`)
    expect((await server.fhir('GET', `Patient?${code}=m1`)).text).toContain('$reindex')
    const done = await server.fhir('POST', `$reindex?wait=true&url=${urlOf(code)}`)
    expect(done.text).toContain('"done"')
  })

  test('that was asked for twice is one job', async () => {
    const code = await newParameter(server)
    const first = await registerReindex({ ...nothing, url: urlOf(code) }, server.context)
    const second = await registerReindex({ ...nothing, url: urlOf(code) }, other.context)
    expect(second.job).toBe(first.job)
    startReindex(server.context)
    await awaitReindex(first.job, server.context)
  })
})

test('who waits for a job is answered when the process ends', async () => {
  const code = await newParameter(server)
  const first = await openCore(testConfig(server.databaseUrl))
  const { job } = await registerReindex({ ...nothing, url: urlOf(code) }, first.context)
  await first.context.background.close()
  expect(await awaitReindex(job, first.context)).toMatchObject({ state: 'waiting' })
  await first.close()
  startReindex(server.context)
  await awaitReindex(job, server.context)
})

describe('the version of the indexing code', () => {
  test('is that of the code after everything was indexed again', async () => {
    expect(await isReindexDue(server.context)).toBe(false)
    await storeIndexCode(server.context.store.db, '0')
    expect(await isReindexDue(server.context)).toBe(true)
    const { job } = await registerReindex({ types: [], everything: true }, server.context)
    startReindex(server.context)
    await awaitReindex(job, server.context)
    expect(await isReindexDue(server.context)).toBe(false)
  })
})
