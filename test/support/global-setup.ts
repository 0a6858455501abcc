/**
 * One PostgreSQL for all test files of a run. It is started when the first of them asks for it, so that a run of pure
 * tests costs nothing, and belongs to this process, which outlives the workers.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { startTestPostgres, type TestPostgres } from './test-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the URL of the database server. */
    testPostgres: string
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<TestPostgres> | undefined
  const door = createServer(async (_request, response) => {
    try {
      started ??= startTestPostgres()
      response.end((await started).url)
    } catch (error) {
      response.writeHead(500).end(String((error as Error).stack))
    }
  })
  await new Promise<void>((listening) => door.listen(0, '127.0.0.1', listening))
  project.provide('testPostgres', `http://127.0.0.1:${(door.address() as AddressInfo).port}`)

  return async () => {
    door.close()
    await (await started?.catch(() => undefined))?.stop()
  }
}
