import { afterAll, beforeAll, expect, test } from 'vitest'
import { advanceImport, beginImport, finishImport, importProgress } from '../../server/store/import-progress.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const step = (from: number, to: number) => ({ from, to, line: to / 10, stored: 3, rejected: 1 })

test('progress goes from step to step, and stays when the file is begun again', async () => {
  const { db } = server.context.store
  expect(await importProgress(db, 'a')).toMatchObject({ position: 0, finished: false })
  await beginImport(db, 'a', 'a.json', false, 0)
  expect(await advanceImport(db, 'a', step(0, 100), 0)).toBe(true)
  expect(await advanceImport(db, 'a', step(100, 200), 0)).toBe(true)
  await beginImport(db, 'a', 'a.json', false, 0)
  expect(await importProgress(db, 'a')).toEqual({ position: 200, line: 20, stored: 6, rejected: 2, finished: false })
})

test('a step from where the file is not, or in a finished file, is refused', async () => {
  const { db } = server.context.store
  await beginImport(db, 'b', 'b.json', false, 0)
  expect(await advanceImport(db, 'b', step(50, 100), 0)).toBe(false)
  expect(await advanceImport(db, 'unknown', step(0, 100), 0)).toBe(false)
  await finishImport(db, 'b', 0)
  expect(await advanceImport(db, 'b', step(0, 100), 0)).toBe(false)
  expect(await importProgress(db, 'b')).toMatchObject({ finished: true })
})

test('a file that is imported again begins from nothing', async () => {
  const { db } = server.context.store
  await beginImport(db, 'c', 'c.json', false, 0)
  await advanceImport(db, 'c', step(0, 100), 0)
  await finishImport(db, 'c', 0)
  await beginImport(db, 'c', 'c.json', true, 0)
  expect(await importProgress(db, 'c')).toMatchObject({ position: 0, stored: 0, finished: false })
})
