/** Releases are imported, replaced and asked while that goes on; compared with the same concepts as a resource. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import type { ConceptRow } from '../../../server/fhir/terminology/concept-row.ts'
import { codesOf } from '../../../server/fhir/terminology/expand.ts'
import { applyRule } from '../../../server/interactions/terminology/terminology.ts'
import { raw } from '../../../server/sql.ts'
import { importRelease } from '../../../server/store/terminology/import-release.ts'
import { codeSystemOf } from '../../fhir/terminology/code-system-of.ts'
import { generatedConcepts, generatedSystem } from '../../support/generated-release.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const count = 1500
let server: TestServer
let rows: ConceptRow[]

async function importRows(list: readonly ConceptRow[], version: string, url = generatedSystem.url) {
  async function* one() {
    yield* list
  }
  const system = { ...generatedSystem, url, version }
  return importRelease(server.context.store.database, { system, kind: 'test', rows: one() })
}

beforeAll(async () => {
  server = await testServer()
  rows = []
  for await (const row of generatedConcepts(count, 5)) rows.push(row)
  await importRows(rows, '1')
})
afterAll(() => server.close())

describe('an imported release answers as the same CodeSystem would', () => {
  const filters: readonly [property: string, op: string, value: (rows: readonly ConceptRow[]) => string][] = [
    ['concept', 'is-a', (list) => list[3]!.code],
    ['concept', 'is-a', (list) => list[40]!.code],
    ['concept', 'descendent-of', (list) => list[7]!.code],
    ['concept', 'is-not-a', (list) => list[2]!.code],
    ['concept', 'generalizes', (list) => list[900]!.code],
    ['concept', 'in', (list) => `${list[9]!.code},${list[11]!.code},none`],
    ['concept', 'not-in', (list) => `${list[9]!.code},${list[11]!.code}`],
    ['code', 'regex', () => '1000.*7'],
    ['display', 'regex', () => 'acute .*itis'],
    ['class', '=', () => 'acute'],
    ['class', 'in', () => 'acute,chronic'],
    ['class', 'regex', () => '(left|right)'],
    ['class', 'exists', () => 'true'],
    ['definition', 'exists', () => 'false'],
    ['display', 'exists', () => 'true'],
    ['inactive', '=', () => 'false'],
    ['inactive', 'exists', () => 'true'],
    ['parent', '=', (list) => list[5]!.code],
    ['site', '=', (list) => list[1]!.code],
    ['inactive', '=', () => 'true'],
  ]

  test.each(filters)('to the filter %s %s', async (property, op, value) => {
    const filter = { property, op, value: value(rows) }
    const include = { system: generatedSystem.url, filter: [filter] }
    const valueSet = { resourceType: 'ValueSet', compose: { include: [include] } }
    const [stored, expected] = await both(valueSet)
    expect(stored).toEqual(expected)
    expect(stored.length).toBeGreaterThan(0)
  })

  test('to a text filter', async () => {
    for (const filter of ['acu', 'left it', 'c', 'of os ar', 'zzz']) {
      const url = encodeURIComponent(`${generatedSystem.url}?fhir_vs`)
      const path = `ValueSet/$expand?url=${url}&count=10000&filter=${encodeURIComponent(filter)}`
      const reply = await server.fhir('GET', path)
      const sent = await server.fhir('POST', path, {
        resourceType: 'Parameters',
        parameter: [{ name: 'tx-resource', resource: codeSystemOf(generatedSystem, rows) }],
      })
      const [stored, expected] = [reply, sent].map(({ json }) => {
        const { contains = [] } = json['expansion'] as { contains?: JsonObject[] }
        return contains.map(({ code }) => String(code)).sort()
      })
      expect(stored).toEqual(expected)
    }
  })

  async function both(valueSet: JsonObject): Promise<[string[], string[]]> {
    const listed = async (sent: readonly JsonObject[]) =>
      (await applyRule(server.context, (facts) => codesOf(valueSet, facts), sent)).map(({ code }) => code).sort()
    return [await listed([]), await listed([codeSystemOf(generatedSystem, rows)])]
  }
})

test('a new release takes the place of the old one at once, whose tables go', async () => {
  const url = 'http://example.org/replaced'
  const ask = async (code: string) => {
    const reply = await server.fhir('GET', `CodeSystem/$validate-code?url=${url}&code=${code}`)
    return (reply.json['parameter'] as JsonObject[])[0]!['valueBoolean']
  }
  await importRows([{ code: 'old', active: true }], '1', url)
  expect([await ask('old'), await ask('new')]).toEqual([true, false])
  await importRows([{ code: 'new', active: true }], '2', url)
  expect([await ask('old'), await ask('new')]).toEqual([false, true])
  const tables = await server.context.store.database.query(
    raw("select 1 from pg_tables where tablename like 'terminology\\_%\\_concept'"),
    { prepared: false },
  )
  expect(tables).toHaveLength(2)
})

test('a release that fails in the midst leaves nothing behind', async () => {
  async function* broken(): AsyncGenerator<ConceptRow> {
    yield { code: 'x', active: true }
    throw new Error('The file ends in the midst of a line.')
  }
  const system = { ...generatedSystem, url: 'http://example.org/broken' }
  const importing = importRelease(server.context.store.database, { system, kind: 'test', rows: broken() })
  await expect(importing).rejects.toThrow('in the midst')
  const reply = await server.fhir('GET', 'CodeSystem/$lookup?system=http://example.org/broken&code=x')
  expect(reply.status).toBe(404)
})

test('servers answer while a release is imported', async () => {
  let imported = false
  const importing = importRows(rows, '2').then(() => {
    imported = true
  })
  const code = rows[10]!.code
  do {
    const reply = await server.fhir('GET', `CodeSystem/$lookup?system=${generatedSystem.url}&code=${code}`)
    expect(reply.status).toBe(200)
  } while (!imported)
  await importing
})
