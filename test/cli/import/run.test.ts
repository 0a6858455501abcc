import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ImportContext } from '../../../server/cli/import/context.ts'
import { importFiles } from '../../../server/cli/import/files.ts'
import { createReport } from '../../../server/cli/import/report.ts'
import { runImport } from '../../../server/cli/import/run.ts'
import { localLane } from '../../../server/cli/import/store-parcel.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { raw } from '../../../server/sql.ts'
import type { Database } from '../../../server/store/database.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
let folder: string

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'candela-import-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string | Buffer): void {
  writeFileSync(join(folder, name), content)
}

/** Imports the folder; what it told, in one text. */
async function run(more: { again?: boolean; database?: Database; signal?: AbortSignal } = {}) {
  const { context } = server
  const { again = false, database = context.store.database, signal = new AbortController().signal } = more
  const inside: ImportContext = { ...context, store: { ...context.store, database }, keepHeap: () => {} }
  let told = ''
  const write = (text: string) => {
    told += text
  }
  const terminal = { isTTY: false, columns: 80, write }
  const report = createReport(terminal, 1, () => 0)
  const lanes = [() => localLane(inside), () => localLane(inside)]
  const tools = { db: context.store.db, now: context.now, lanes }
  const types = await runImport(await importFiles([folder]), tools, report, { again, signal })
  return { ...report.totals, told: told.replaceAll(folder, ''), types: [...types] }
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return server.context.store.database.query(raw(text))
}

/** A database that fails when the transaction of this number begins. */
function failingAt(number: number): Database {
  const { database } = server.context.store
  let begun = 0
  return {
    ...database,
    transaction: (work) => (++begun === number ? Promise.reject(new Error('killed')) : database.transaction(work)),
  }
}

const patient = (id: string, more: JsonObject = {}): JsonObject => ({ resourceType: 'Patient', id, ...more })
const ndjson = (...resources: JsonObject[]) => resources.map((resource) => `${JSON.stringify(resource)}\n`).join('')
const bundle = (type: string, ...entry: object[]) => JSON.stringify({ resourceType: 'Bundle', type, entry }, null, 1)
const post = (resource: JsonObject, more: object = {}) => ({
  resource,
  request: { method: 'POST', url: resource['resourceType'], ...more },
})

test('NDJSON keeps ids, compressed or not, and a second run changes nothing', async () => {
  write('Patient.ndjson', ndjson(patient('nd1'), patient('nd2', { gender: 'female' })))
  write('Basic.ndjson.gz', gzipSync(ndjson({ resourceType: 'Basic', id: 'nd3', code: { text: 'x' } })))
  expect(await run()).toMatchObject({ stored: 3, rejected: 0, files: 2, told: '' })
  expect((await server.fhir('GET', 'Patient/nd2')).json).toMatchObject({ gender: 'female', meta: { versionId: '1' } })
  expect((await server.fhir('GET', 'Basic/nd3')).status).toBe(200)

  expect(await run()).toMatchObject({ stored: 0, files: 0, already: 2 })
  expect(await run({ again: true })).toMatchObject({ stored: 3, files: 2, already: 0 })
  expect((await server.fhir('GET', 'Patient/nd2')).json).toMatchObject({ meta: { versionId: '2' } })
})

test('what is wrong is left out and told with its file, its line and the reason', async () => {
  const good = JSON.stringify(patient('good'))
  write(
    'mixed.ndjson',
    `${good}\n\n{"resourceType":"Patient","id":"bad","gender":3}\nnot json\n{"resourceType":"Parrot"}\n{"resourceType":"Patient","id":"a_b"}\n[]\n\xff\n${JSON.stringify(patient('also-good'))}`,
  )
  const result = await run()
  expect(result).toMatchObject({ stored: 2, files: 1 })
  const lines = result.told.trim().split('\n')
  expect(lines.map((line) => line.split(':').slice(0, 2).join(':'))).toEqual(
    [3, 4, 5, 6, 7, 8].map((line) => `/mixed.ndjson:${line}`),
  )
  expect(lines[0]).toContain('Patient/bad')
  expect(lines[0]).toContain('Patient.gender')
})

test('a transaction Bundle is stored with its references, and what refers to a rejected entry is rejected too', async () => {
  const urn = (n: number) => `urn:uuid:00000000-0000-4000-8000-00000000000${n}`
  const observation = (subject: string): JsonObject => ({
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'c' },
    subject: { reference: subject },
  })
  write(
    'bundle.json',
    bundle(
      'transaction',
      { fullUrl: urn(1), ...post(patient('x', { identifier: [{ system: 's', value: 'tx' }] })) },
      { fullUrl: urn(2), ...post(patient('y', { gender: 'nonsense' })) },
      { fullUrl: urn(3), ...post(observation(urn(1))) },
      { fullUrl: urn(4), ...post({ ...observation(urn(1)), hasMember: [{ reference: urn(5) }] }) },
      { fullUrl: urn(5), ...post(observation(urn(2))) },
      { resource: patient('put'), request: { method: 'PUT', url: 'Patient/put' } },
      { request: { method: 'GET', url: 'Patient/put' } },
    ),
  )
  const result = await run()
  expect(result).toMatchObject({ stored: 3, rejected: 4 })
  const told = result.told.trim().split('\n')
  expect(told).toHaveLength(4)
  expect(told[0]).toMatch(/^\/bundle\.json:\d+: Patient: .*nonsense/)
  const source = JSON.parse(
    JSON.stringify((await rows(`select content from r_observation where content like '%"text":"c"%'`))[0]),
  ) as { content: string }
  const { subject } = JSON.parse(source.content)
  expect((await server.fhir('GET', subject.reference)).json['identifier']).toEqual([{ system: 's', value: 'tx' }])
})

test('the line of an entry is that of its resource', async () => {
  write(
    'lines.json',
    '{ "resourceType": "Bundle",\n"type": "collection",\n"entry": [\n{\n"fullUrl": "urn:x:1",\n"resource":\n{ "resourceType": "Patient", "gender": 1 } } ] }',
  )
  expect((await run()).told).toMatch(/^\/lines\.json:7: Patient: /)
})

test('conditional creates and references find what earlier files stored, in the order of what they refer to', async () => {
  const practitioner: JsonObject = { resourceType: 'Practitioner', identifier: [{ system: 'npi', value: '1' }] }
  const once = post(practitioner, { ifNoneExist: 'identifier=npi|1' })
  write('practitionerInformation.json', bundle('batch', once, once))
  write(
    'a.json',
    bundle(
      'transaction',
      post(
        patient('p', {
          generalPractitioner: [{ reference: 'Practitioner?identifier=npi|1' }],
          identifier: [{ system: 's', value: 'cond' }],
        }),
      ),
      post(patient('q', { generalPractitioner: [{ reference: 'Practitioner?identifier=npi|2' }] })),
    ),
  )
  const result = await run()
  expect(result).toMatchObject({ stored: 2, found: 1, rejected: 1 })
  expect(result.told).toContain('npi|2')
  expect(await rows(`select count(*)::int as n from r_practitioner`)).toEqual([{ n: 1 }])
  expect(await run({ again: true })).toMatchObject({ stored: 1, found: 2 })
  expect(await rows(`select count(*)::int as n from r_practitioner`)).toEqual([{ n: 1 }])
})

test.each<[string, string, number]>([
  ['a collection', bundle('collection', { resource: patient('coll') }, { resource: { resourceType: 'Patient' } }), 2],
  [
    'a searchset',
    bundle(
      'searchset',
      { resource: patient('found') },
      { resource: { resourceType: 'OperationOutcome', issue: [] }, search: { mode: 'outcome' } },
    ),
    1,
  ],
  ['a single resource', JSON.stringify(patient('single'), null, 2), 1],
])('%s is stored', async (_case, text, stored) => {
  write('x.json', text)
  expect(await run()).toMatchObject({ stored, rejected: 0 })
})

test.each([
  ['broken JSON', '{"resourceType":"Bundle","type":"batch","entry":[', 'not JSON'],
  ['a Bundle of another type', bundle('history'), "type 'history'"],
  ['no resource', '[]', 'object'],
])('%s is told of, and other files go in', async (_case, text, reason) => {
  write('bad.json', text)
  write('z.ndjson', ndjson(patient(`beside-${reason.length}`)))
  const result = await run()
  expect(result.failed + result.rejected).toBe(1)
  expect(result.told).toContain(reason)
  expect(result.stored).toBe(1)
})

test('a compressed file that ends too early is stored as far as it goes, and not taken for finished', async () => {
  const lines = Array.from({ length: 3000 }, (_, i) => patient(`cut${i}`, { birthDate: `19${10 + (i % 80)}` }))
  const packed = gzipSync(ndjson(...lines))
  write('cut.ndjson.gz', packed.subarray(0, packed.length - 200))
  expect(await run()).toMatchObject({ failed: 1, files: 0 })
  expect(await run()).toMatchObject({ failed: 1, already: 0 })
})

const many = Array.from({ length: 5500 }, (_, i) => patient(`many${i}`, i % 500 === 7 ? { gender: 1 } : {}))

test.each(['many.ndjson', 'many.ndjson.gz'])('an interrupted import of %s goes on without duplicates', async (name) => {
  const text = `\n${ndjson(...many)}`
  write(name, name.endsWith('.gz') ? gzipSync(text) : text)
  const before = await rows(`select count(*)::int as n from change_log`)
  await expect(run({ database: failingAt(3) })).rejects.toThrow('killed')
  const [progress] = await rows(
    `select position::int, stored::int, rejected::int, finished from import_progress where file like '%${folder}%'`,
  )
  expect(progress).toMatchObject({ stored: 1996, rejected: 4, finished: false })

  const rest = await run()
  expect(rest).toMatchObject({ stored: 3493, rejected: 7, files: 1 })
  // The line numbers go on, too: the first line is blank.
  expect(rest.told.split('\n')[0]).toContain(`${name}:2009: Patient/many2007`)
  const after = await rows(`select count(*)::int as n from change_log`)
  expect(Number(after[0]!['n']) - Number(before[0]!['n'])).toBe(5489)
  await rows(`delete from import_progress`)
})

test('a Bundle that is interrupted is begun anew: all of it went in, or nothing', async () => {
  write(
    'whole.json',
    bundle(
      'transaction',
      ...Array.from({ length: 10 }, () => post({ resourceType: 'Basic', code: { text: 'whole' } })),
    ),
  )
  await expect(run({ database: failingAt(1) })).rejects.toThrow('killed')
  expect(await run()).toMatchObject({ stored: 10 })
  expect(await rows(`select count(*)::int as n from r_basic where content like '%whole%'`)).toEqual([{ n: 10 }])
})

test('one resource several times in a file becomes several versions, in their order', async () => {
  const versions = Array.from({ length: 2500 }, (_, i) => patient(`repeated${i % 3}`, { multipleBirthInteger: i }))
  write('repeated.ndjson', ndjson(...versions))
  expect(await run()).toMatchObject({ stored: 2500, rejected: 0 })
  const current = await server.fhir('GET', 'Patient/repeated0')
  expect(current.json).toMatchObject({ meta: { versionId: '834' }, multipleBirthInteger: 2499 })
  expect((await server.fhir('GET', 'Patient/repeated0/_history/2')).json).toMatchObject({ multipleBirthInteger: 3 })
})

test('an import that is asked to stop ends after what it has begun, and goes on later', async () => {
  write('stop.ndjson', ndjson(...Array.from({ length: 4000 }, (_, i) => patient(`stop${i}`))))
  const stop = new AbortController()
  const { database } = server.context.store
  const stopping: Database = {
    ...database,
    transaction: (work) => {
      stop.abort()
      return database.transaction(work)
    },
  }
  const first = await run({ database: stopping, signal: stop.signal })
  expect(first.files).toBe(0)
  expect(first.stored).toBeGreaterThan(0)
  expect(first.stored).toBeLessThan(4000)
  expect((await run()).stored).toBe(4000 - first.stored)
})

test('of two imports of one file at once, one gives way, and each resource is stored once', async () => {
  write('both.ndjson', ndjson(...Array.from({ length: 4000 }, (_, i) => patient(`both${i}`))))
  const ended = await Promise.allSettled([run(), run()])
  const failed = ended.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
  for (const reason of failed) expect(reason).toMatch(/both\.ndjson is being imported by another process/)
  expect(failed.length).toBeLessThan(2)
  await run()
  const [count] = await rows(
    `select count(*)::int as n, max(version) as version from r_patient where content like '%"both%'`,
  )
  expect(count).toEqual({ n: 4000, version: 1 })
})
