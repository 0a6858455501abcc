import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PostgresKill } from './own-postgres.ts'
import { type Processes, startProcesses } from './processes.ts'

let processes: Processes

beforeAll(async () => {
  processes = await startProcesses(2)
})
afterAll(() => processes?.close())

const patient = (family: string) => ({ resourceType: 'Patient', name: [{ family }] })

async function send(server: number, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${processes.servers[server]!.url}/fhir/${path}`, {
    method,
    headers: { 'content-type': 'application/fhir+json' },
    ...(body && { body: JSON.stringify(body) }),
  })
}

async function create(server: number, family: string): Promise<string> {
  const response = await send(server, 'POST', 'Patient', patient(family))
  expect(response.status).toBe(201)
  return ((await response.json()) as { id: string }).id
}

async function familyOf(server: number, id: string): Promise<string | undefined> {
  const response = await send(server, 'GET', `Patient/${id}`)
  return ((await response.json()) as ReturnType<typeof patient>).name?.[0]?.family
}

test('server processes share what they store', async () => {
  expect(await familyOf(1, await create(0, 'Shared'))).toBe('Shared')
})

test('PostgreSQL keeps what makes writes durable', async () => {
  const [row] = await processes.postgres.run(`select current_setting('fsync') || current_setting('synchronous_commit')
    || current_setting('full_page_writes') || current_setting('data_checksums') as durable`)
  expect(row).toEqual({ durable: 'onononon' })
})

test('a server that was killed comes back with what it had acknowledged', async () => {
  const id = await create(0, 'Survivor')
  const { pid } = processes.servers[0]!
  await processes.servers[0]!.kill()
  expect(await familyOf(1, id)).toBe('Survivor')
  await processes.servers[0]!.start()
  expect(processes.servers[0]!.pid).not.toBe(pid)
  expect(await familyOf(0, id)).toBe('Survivor')
})

test.each<PostgresKill>(['all', 'postmaster', 'backend'])('PostgreSQL recovers when killed: %s', async (what) => {
  const id = await create(0, 'Durable')
  await processes.postgres.kill(what)
  await processes.postgres.recover()
  expect(await familyOf(0, id)).toBe('Durable')
  expect(await familyOf(1, id)).toBe('Durable')
})

test('a server tells its load', async () => {
  const load = await processes.servers[0]!.load()
  expect(load.cpu).toBeGreaterThan(0)
  expect(load.rss).toBeGreaterThan(10_000_000)
})
