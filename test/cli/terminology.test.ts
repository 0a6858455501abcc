import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OpenRelease } from '../../server/cli/terminology/readers.ts'
import { workOf } from '../../server/cli/terminology.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import type { ConceptRow } from '../../server/fhir/terminology/concept-row.ts'
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

test.each([
  [['import', 'sampel', '1'], "Did you mean 'sample'?"],
  [['import', 'sample'], 'Usage'],
  [['export'], 'Usage'],
  [['list', 'all'], 'Usage'],
])('%s is refused with what to do', (args, expected) => {
  expect(() => workOf(args, { sample: open })).toThrow(expected)
})
