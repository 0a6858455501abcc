import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { importFiles } from '../../support/import-files.ts'
import { codes, smallSnapshot } from '../../support/small-snapshot.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const system = 'http://snomed.info/sct'
let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await importFiles(server, 'snomed', smallSnapshot())
})
afterAll(() => server.close())

function call(name: string, more: readonly JsonObject[] = []) {
  const parameter = [{ name: 'name', valueString: name }, ...more]
  return server.fhir('POST', '$closure', { resourceType: 'Parameters', parameter })
}

function concept(code: string): JsonObject {
  return { name: 'concept', valueCoding: { system, code } }
}

/** `below < above` of each pair, and the version. */
async function told(name: string, more: readonly JsonObject[] = []): Promise<[version: string, pairs: string[]]> {
  const { status, json } = await call(name, more)
  expect(status, JSON.stringify(json)).toBe(200)
  const groups = (json['group'] ?? []) as { source: string; element: { code: string; target: JsonObject[] }[] }[]
  const pairs = groups.flatMap(({ element }) =>
    element.flatMap(({ code, target }) =>
      target.map((one) => {
        expect(one['equivalence']).toBe('subsumes')
        return `${code} < ${one['code']}`
      }),
    ),
  )
  return [String(json['version']), pairs.sort()]
}

test('a table grows by what each new concept adds, and tells again what was missed', async () => {
  const { finding, heartDisease, valveDisease, meniere } = codes
  expect(await told('problems')).toEqual(['0', []])
  expect(await told('problems', [concept(valveDisease)])).toEqual(['1', []])
  const second = [`${meniere} < ${finding}`, `${valveDisease} < ${finding}`].sort()
  expect(await told('problems', [concept(finding), concept(meniere)])).toEqual(['2', second])
  const third = [`${heartDisease} < ${finding}`, `${valveDisease} < ${heartDisease}`].sort()
  expect(await told('problems', [concept(heartDisease)])).toEqual(['3', third])
  expect(await told('problems', [concept(heartDisease)])).toEqual(['4', []])
  const missed = await told('problems', [{ name: 'version', valueString: '1' }])
  expect(missed).toEqual(['4', [...second, ...third].sort()])
  expect(await told('problems')).toEqual(['0', []])
  expect(await told('problems', [{ name: 'version', valueString: '0' }])).toEqual(['0', []])
})

test.each([
  ['a table that nobody began', 'none', [concept(codes.finding)], 404],
  ['a code that is unknown', 'problems', [concept('999999')], 404],
  ['a system that is unknown', 'problems', [{ name: 'concept', valueCoding: { system: 'urn:x', code: 'a' } }], 404],
  [
    'concepts together with a version',
    'problems',
    [concept(codes.finding), { name: 'version', valueString: '1' }],
    400,
  ],
  ['a concept without a system', 'problems', [{ name: 'concept', valueCoding: { code: 'a' } }], 400],
])('%s is refused', async (_case, name, more, status) => {
  await call('problems')
  expect((await call(name, more)).status).toBe(status)
  expect(await told('problems', [{ name: 'version', valueString: '0' }])).toEqual(['0', []])
})
