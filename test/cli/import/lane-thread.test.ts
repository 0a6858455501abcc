import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Delivery, Steps } from '../../../server/cli/import/lane.ts'
import { laneThread } from '../../../server/cli/import/lane-thread.ts'
import { documentText } from '../../../server/cli/import/parcel-text.ts'
import { beginImport } from '../../../server/store/import-progress.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
const dataDir = mkdtempSync(`${tmpdir()}/candela-lane-`)

beforeAll(async () => {
  server = await testServer()
})
afterAll(async () => {
  await server.close()
  rmSync(dataDir, { recursive: true })
})

const open = (databaseUrl = server.databaseUrl) => laneThread({ ...server.context.config, dataDir, databaseUrl })

const bundle = (...ids: string[]) =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'collection',
    entry: ids.map((id) => ({ resource: { resourceType: 'Patient', id, ...(id === 'bad' && { gender: 1 }) } })),
  })

async function deliver(fingerprint: string, text: string): Promise<Delivery> {
  await beginImport(server.context.store.db, fingerprint, `${fingerprint}.json`, false, 0)
  return { text: documentText(new Uint8Array(Buffer.from(text))), fingerprint }
}

test('a thread stores parcels one after the other, and asks before it stores and commits', async () => {
  const lane = open()
  const asked: string[] = []
  const steps: Steps = {
    mayStore: async (names) => void asked.push(`store ${names}`),
    mayCommit: async () => asked.push('commit') > 0,
  }
  expect(await lane.store(await deliver('one', bundle('t1', 'bad')), steps)).toMatchObject({
    stored: 1,
    found: 0,
    rejected: [{ line: 1, name: 'Patient/bad', issues: [{ code: 'wrong-shape' }] }],
    types: ['Patient'],
  })
  expect(await lane.store(await deliver('two', bundle('t2')), steps)).toMatchObject({ stored: 1 })
  expect(await lane.store(await deliver('three', '{"resourceType":"Bundle"}'), steps)).toEqual({
    unreadable: expect.stringContaining('cannot be imported'),
  })
  await lane.close()
  expect(asked).toEqual(['store Patient/t1,Patient/bad', 'commit', 'store Patient/t2', 'commit'])
  expect((await server.fhir('GET', 'Patient/t2')).status).toBe(200)
})

test('what may not be committed is not stored', async () => {
  const lane = open()
  const steps: Steps = { mayStore: async () => {}, mayCommit: async () => false }
  await expect(lane.store(await deliver('not', bundle('never')), steps)).rejects.toThrow('was not stored')
  await lane.close()
  expect((await server.fhir('GET', 'Patient/never')).status).toBe(404)
})

test('a thread that cannot reach the database fails its parcel, and can be closed', async () => {
  const lane = open('postgres://127.0.0.1:1/none')
  const steps: Steps = { mayStore: async () => {}, mayCommit: async () => true }
  await expect(lane.store(await deliver('gone', bundle('g')), steps)).rejects.toThrow()
  await lane.close()
})
