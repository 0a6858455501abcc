/**
 * One PostgreSQL for all test files of a run. It is started when the first of them asks for it, so that a run of pure
 * tests costs nothing, and belongs to this process, which outlives the workers. The apps are built in the same way.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { buildApps } from '../../smart-apps/build.ts'
import { startTestPostgres, type TestPostgres } from './test-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the URL of the database server. */
    testPostgres: string
    /** Answers once the apps are built: by one, for all test files. */
    builtApps: string
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<TestPostgres> | undefined
  let built: Promise<unknown> | undefined
  const door = createServer(async (request, response) => {
    try {
      if (request.url === '/apps') {
        built ??= buildApps()
        await built
        response.end()
        return
      }
      started ??= startTestPostgres()
      response.end((await started).url)
    } catch (error) {
      response.writeHead(500).end(String((error as Error).stack))
    }
  })
  await new Promise<void>((listening) => door.listen(0, '127.0.0.1', listening))
  const address = `http://127.0.0.1:${(door.address() as AddressInfo).port}`
  project.provide('testPostgres', address)
  project.provide('builtApps', `${address}/apps`)

  return async () => {
    door.close()
    await (await started?.catch(() => undefined))?.stop()
  }
}
