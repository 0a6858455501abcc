import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OpenRelease } from '../../server/cli/terminology/readers.ts'
import { workOf } from '../../server/cli/terminology.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import type { ConceptRow } from '../../server/fhir/terminology/concept-row.ts'
import { sql } from '../../server/sql.ts'
import { importRelease } from '../../server/store/terminology/import-release.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

async function* rows(): AsyncGenerator<ConceptRow> {
  yield { code: 'a', display: 'Ärztliche Hilfe', active: true }
  yield { code: 'b', display: 'Below', active: true, parents: ['a', 'missing'] }
  yield { code: 'b', display: 'Again', active: true }
}

async function* valueSets(): AsyncGenerator<JsonObject> {
  const include = [{ system: 'http://example.org/s', concept: [{ code: 'b' }] }]
  yield { resourceType: 'ValueSet', url: 'http://example.org/s/list', status: 'active', compose: { include } }
}

const open: OpenRelease = async (path, tell) => {
  tell({ file: 'concepts.txt', line: 7, message: 'The row has no code.' })
  const system = { url: 'http://example.org/s', version: path, name: 'Sample', properties: [] }
  return { system, concepts: rows(), valueSets: valueSets() }
}

async function linesOf(args: readonly string[]): Promise<string[]> {
  const lines: string[] = []
  for await (const line of workOf(args, { sample: open })(server.context.store.database)) lines.push(line)
  return lines
}

test('a release is imported by the reader of its kind, and listed', async () => {
  expect(await linesOf(['list'])).toEqual(['No release of a code system was imported yet.'])
  const [line, problem] = await linesOf(['import', 'sample', '1'])
  expect(line).toMatch(/^Sample \(http:\/\/example\.org\/s\|1\): 2 concepts in .* a second\.\n1 rows had a code/)
  expect(problem).toBe('concepts.txt, line 7: The row has no code.')
  expect(await linesOf(['list'])).toEqual(['Sample (http://example.org/s|1): 2 concepts, imported as sample'])
})

test('the value sets of a release come and go with it', async () => {
  for (const version of ['2', '3']) {
    await linesOf(['import', 'sample', version])
    const reply = await server.fhir('GET', 'ValueSet/$expand?url=http://example.org/s/list')
    const { contains } = reply.json['expansion'] as { contains: JsonObject[] }
    expect(contains).toEqual([{ system: 'http://example.org/s', code: 'b', display: 'Below' }])
  }
})

test('an older release is refused unless it is asked for', async () => {
  await linesOf(['import', 'sample', '3'])
  const expected = 'Sample (http://example.org/s|2) is older than 3, which is here. --older takes it nevertheless.'
  await expect(linesOf(['import', 'sample', '2'])).rejects.toThrow(expected)
  expect(await linesOf(['list'])).toEqual([expect.stringContaining('http://example.org/s|3')])
  await linesOf(['import', 'sample', '--older', '2'])
  expect(await linesOf(['list'])).toEqual([expect.stringContaining('http://example.org/s|2')])
})

test('a release is removed with its value sets and tables, and servers know it', async () => {
  const ask = async (path: string) => (await server.fhir('GET', path)).status
  const [lookUp, expand] = [
    'CodeSystem/$lookup?system=http://example.org/s&code=b',
    'ValueSet/$expand?url=http://example.org/s/list',
  ]
  await linesOf(['import', 'sample', '4'])
  expect([await ask(lookUp), await ask(expand)]).toEqual([200, 200])
  await expect(linesOf(['remove', 'http://example.org/s|3'])).rejects.toThrow(
    "No release 'http://example.org/s|3' was imported. There is http://example.org/s|4.",
  )
  const lines = await linesOf(['remove', 'http://example.org/s|4'])
  expect(lines).toEqual(['Sample (http://example.org/s|4): 2 concepts removed.'])
  expect([await ask(lookUp), await ask(expand)]).toEqual([404, 404])
  const tables = sql`select 1 from pg_tables where tablename like 'terminology\\_%\\_concept'`
  expect(await server.context.store.database.query(tables, { prepared: false })).toEqual([])
  await expect(linesOf(['remove', 'http://example.org/s'])).rejects.toThrow('was imported.')
})

test('a removal waits for the import that is under way', async () => {
  const { database } = server.context.store
  const order: string[] = []
  async function* slow(): AsyncGenerator<ConceptRow> {
    await started.promise
    yield* rows()
    await new Promise((resume) => setTimeout(resume, 200))
    order.push('read')
  }
  const started = Promise.withResolvers<void>()
  const system = { url: 'http://example.org/slow', version: '1', name: 'Slow', properties: [] }
  const importing = importRelease(database, { system, kind: 'sample', rows: slow() })
  setTimeout(started.resolve, 100)
  await started.promise
  await linesOf(['remove', system.url])
  order.push('removed')
  await importing
  expect(order).toEqual(['read', 'removed'])
  expect(await linesOf(['list'])).toEqual(['No release of a code system was imported yet.'])
})

test.each([
  [['remove'], 'Usage: candela terminology import KIND PATH [--older] | list | remove URL[|VERSION]'],
  [['remove', 'a', 'b'], 'Usage'],
  [['import', 'sampel', '1'], "Did you mean 'sample'?"],
  [['import', 'sample'], 'Usage'],
  [['export'], 'Usage'],
  [['list', 'all'], 'Usage'],
])('%s is refused with what to do', (args, expected) => {
  expect(() => workOf(args, { sample: open })).toThrow(expected)
})
