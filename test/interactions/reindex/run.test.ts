import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { dispatch } from '../../../server/dispatch.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { checkStore } from '../../../server/interactions/check-store.ts'
import { registerReindex } from '../../../server/interactions/reindex/register.ts'
import { isReindexDue, startReindex, watchReindex } from '../../../server/interactions/reindex/run.ts'
import { awaitReindex, reindexJob } from '../../../server/interactions/reindex/status.ts'
import { prepareVersion } from '../../../server/interactions/write.ts'
import { openCore } from '../../../server/main.ts'
import { raw, sql } from '../../../server/sql.ts'
import { writeVersions } from '../../../server/store/bulk-write.ts'
import { checkGenerations, StaleIndexError } from '../../../server/store/generation.ts'
import { storeIndexCode } from '../../../server/store/settings.ts'
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
  for (let start = 0; start < stored; start += 400) {
    const entry = Array.from({ length: 400 }, (_, i) => ({
      resource: person(start + i),
      request: { method: 'PUT', url: `Patient/s${start + i}` },
    }))
    const reply = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect(reply.status).toBe(200)
  }
})
afterAll(async () => {
  await other.close()
  await server.close()
})

function person(i: number, id = `s${i}`) {
  // A path for each parameter of these tests, so that nothing of it is indexed yet.
  const extension = Array.from({ length: 15 }, (_, k) => ({ url: `http://x/${k}`, valueCode: `m${i % 3}` }))
  return { resourceType: 'Patient', id, extension, multipleBirthInteger: i % 5 }
}

let made = 0

/** Stores a parameter of a new code on what no other parameter indexes; answers the code. */
async function newParameter(): Promise<string> {
  const code = `custom-${++made}`
  const reply = await server.fhir('PUT', `SearchParameter/${code}`, {
    resourceType: 'SearchParameter',
    id: code,
    url: urlOf(code),
    name: `Custom${made}`,
    status: 'draft',
    description: 'x',
    code,
    base: ['Patient'],
    type: 'token',
    expression: `Patient.extension.where(url='http://x/${made}').value.ofType(code)`,
  })
  expect([reply.status, reply.text]).toEqual([201, expect.any(String)])
  return code
}

function urlOf(code: string): string {
  return `http://example.org/SearchParameter/${code}`
}

/** How many patients the parameter finds, and how many there are. */
async function foundAndStored(code: string, on = server): Promise<[number, number]> {
  const reply = await on.fhir('GET', `Patient?${code}:missing=false&_summary=count`)
  expect([reply.status, reply.text]).toEqual([200, expect.any(String)])
  const [row] = await server.context.store.db.query<{ n: number }>(sql`select count(*)::int as n from r_patient`)
  return [reply.json['total'] as number, row!.n]
}

describe('while two processes write', () => {
  test('no resource is missed, and no write fails', async () => {
    const code = await newParameter()
    let writing = true
    const failures: string[] = []
    let writes = 0
    const writer = async (on: TestServer, name: string) => {
      for (let i = 0; writing; i++) {
        const reply = await write(on, `${name}-${i}`, i)
        writes++
        if (reply.status >= 300) failures.push(`${reply.status} ${reply.text}`)
      }
    }
    const writers = [server, other, other].map((on, i) => writer(on, `w${i}`))
    while (writes < 20) await sleep(5)
    const before = writes
    const reply = await server.fhir('POST', `$reindex?wait=true&url=${urlOf(code)}`)
    expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('"done"')])
    writing = false
    await Promise.all(writers)

    expect(failures).toEqual([])
    expect(writes).toBeGreaterThan(before + 10)
    const [found, there] = await foundAndStored(code)
    expect(found).toBe(there)
    const report = await checkStore(server.context)
    expect(report.examples).toEqual([])
  })

  /** All ways by which a resource is written, one after the other. */
  async function write(on: TestServer, name: string, i: number) {
    const known = `s${(i * 37) % stored}`
    switch (i % 6) {
      case 0:
        return on.fhir('POST', 'Patient', person(i))
      case 1:
        return on.fhir('PUT', `Patient/${name}`, person(i, name))
      case 2:
        return on.fhir('PUT', `Patient/${known}`, { ...person(i, known), active: true })
      case 3: {
        const entry = [0, 1, 2].map((k) => ({
          resource: person(k, `${name}-${k}`),
          request: { method: 'PUT', url: `Patient/${name}-${k}` },
        }))
        return on.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
      }
      case 4:
        return on.fhir('PUT', `Patient?identifier=x|${name}`, {
          ...person(i),
          id: undefined,
          identifier: identifier(name),
        })
      default:
        return on.fhir('PATCH', `Patient/${known}`, JSON.stringify([{ op: 'add', path: '/gender', value: 'other' }]), {
          'content-type': 'application/json-patch+json',
        })
    }
  }

  function identifier(value: string) {
    return [{ system: 'x', value }]
  }
})

describe('a transaction that began before a parameter was registered', () => {
  test('is waited for', async () => {
    const code = await newParameter()
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
    const [found, there] = await foundAndStored(code)
    expect(found).toBe(there)
  })

  test('and has read only is not waited for', async () => {
    const code = await newParameter()
    await other.context.store.database.transaction(async (tx) => {
      await tx.query(sql`set transaction isolation level repeatable read`)
      await tx.query(sql`select count(*) from r_patient`)
      const reply = await server.fhir('POST', `$reindex?wait=true&url=${urlOf(code)}`)
      expect(reply.text).toContain('"done"')
    })
  })

  test('cannot write once it looks at the generation afterwards', async () => {
    const code = await newParameter()
    const { generation } = other.context.indexSource.current
    await other.context.store.database
      .transaction(async (tx) => {
        await tx.query(sql`select 1`)
        await registerReindex({ ...nothing, url: urlOf(code) }, server.context)
        await checkGenerations(tx, [generation])
      })
      .then(
        () => expect.unreachable(),
        (error) => expect(error).toBeInstanceOf(StaleIndexError),
      )
    startReindex(server.context)
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

describe('a process that does not know of the change yet', () => {
  const bodies: readonly [string, (id: string) => Parameters<typeof dispatch>[0]][] = [
    ['creates', (id) => ({ method: 'POST', path: ['Patient'], query: '', headers: {}, body: body(id) })],
    ['updates', (id) => ({ method: 'PUT', path: ['Patient', id], query: '', headers: {}, body: body(id) })],
    [
      'creates conditionally',
      (id) => ({
        method: 'POST',
        path: ['Patient'],
        query: '',
        headers: { ifNoneExist: `identifier=x|${id}` },
        body: body(id),
      }),
    ],
    [
      'carries out a transaction',
      (id) => ({
        method: 'POST',
        path: [],
        query: '',
        headers: {},
        body: {
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [{ resource: body(id), request: { method: 'PUT', url: `Patient/${id}` } }],
        },
      }),
    ],
  ]
  const body = (id: string) => person(1, id) as JsonObject

  test.each(bodies)('%s with the new index nevertheless', async (name, request) => {
    const old = { ...other.context, indexes: other.context.indexSource.current }
    const code = await newParameter()
    await server.fhir('POST', `$reindex?wait=true&url=${urlOf(code)}`)
    const reply = await dispatch(request(`old-${name.replaceAll(' ', '-')}`), old)
    expect(reply.status).toBeLessThan(300)
    const [found, there] = await foundAndStored(code)
    expect(found).toBe(there)
  })

  test('searches by the parameter soon', async () => {
    const code = await newParameter()
    await server.fhir('POST', `$reindex?wait=true&url=${urlOf(code)}`)
    const done = Date.now()
    while (!other.context.indexSource.current.index('Patient').parameters.has(code)) await sleep(10)
    expect(Date.now() - done).toBeLessThan(2000)
    const [found, there] = await foundAndStored(code, other)
    expect(found).toBe(there)
  })
})

describe('a job', () => {
  test('whose process ends is gone on with where it was', async () => {
    const code = await newParameter()
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
    const [found, there] = await foundAndStored(code)
    expect(found).toBe(there)
  })

  test("of a process that was killed becomes another's when it has been silent for long", async () => {
    const code = await newParameter()
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
    const code = await newParameter()
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
    const code = await newParameter()
    const first = await registerReindex({ ...nothing, url: urlOf(code) }, server.context)
    const second = await registerReindex({ ...nothing, url: urlOf(code) }, other.context)
    expect(second.job).toBe(first.job)
    startReindex(server.context)
    await awaitReindex(first.job, server.context)
  })
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
