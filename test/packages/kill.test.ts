/** A process that ends in the midst of an installation leaves nothing of it. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../server/sql.ts'
import { parameter, totalOf } from '../support/custom-parameters.ts'
import { install, uninstall } from '../support/installed-packages.ts'
import { packageOf, valueSet } from '../support/package-archive.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'candela-kill-'))
let server: TestServer
beforeAll(async () => {
  server = await testServer({ config: { dataDir: folder } })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const url = 'http://example.org/ValueSet/killed'

test('an installation that is killed before its end leaves nothing, and can be repeated', async () => {
  const resources = {
    'a.json': valueSet(url, '1'),
    'b.json': parameter('order', {
      base: ['Patient'],
      type: 'number',
      expression: 'Patient.multipleBirth.ofType(integer)',
    }),
  }
  const archive = await packageOf({ name: 'test.killed', resources })
  const file = join(folder, 'killed.tgz')
  writeFileSync(file, archive)
  const { database } = server.context.store
  const child = await database.transaction(async (tx) => {
    // Holds it up when all of it is written.
    await tx.query(sql`select from conformance for update`)
    const env = {
      ...process.env,
      DATABASE_URL: server.databaseUrl,
      DATA_DIR: join(folder, 'child'),
      LOG_LEVEL: 'silent',
    }
    const started = spawn(process.execPath, ['server/cli.ts', 'package', 'add', file], { env, stdio: 'ignore' })
    for (let rest = 600; !(await isWaiting()); rest--) {
      expect(rest).toBeGreaterThan(0)
      await sleep(50)
    }
    const ended = new Promise((done) => started.once('exit', done))
    started.kill('SIGKILL')
    await ended
    return started
  })
  expect(child.signalCode).toBe('SIGKILL')

  expect(await counts()).toEqual({ packages: 0, resources: 0, parameters: 0 })
  expect((await server.context.conformance.refresh()).find('ValueSet', url)).toBeUndefined()
  await server.fhir('PUT', 'Patient/p', { resourceType: 'Patient', id: 'p', multipleBirthInteger: 3 })
  await install(server, archive)
  expect(server.context.conformance.current.find('ValueSet', url)).toMatchObject({ version: '1' })
  expect(await totalOf(server, 'Patient?order=3')).toBe(1)
  await uninstall(server, 'test.killed@1.0.0')
  expect(await counts()).toEqual({ packages: 0, resources: 0, parameters: 0 })
}, 60_000)

async function isWaiting(): Promise<boolean> {
  const rows = await server.context.store.database.aside.query(sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
      and query like '%update conformance%'`)
  return rows.length > 0
}

async function counts() {
  const rows = await server.context.store.database.query(sql`
    select (select count(*)::int from package) as packages, (select count(*)::int from package_resource) as resources,
      (select count(*)::int from search_parameter) as parameters`)
  return rows[0]
}
