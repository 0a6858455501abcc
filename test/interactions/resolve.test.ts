import { afterAll, beforeAll, expect, test } from 'vitest'
import { resolveCriteria } from '../../server/interactions/resolve.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  for (const [type, id, value] of [
    ['Patient', 'a', '1'],
    ['Patient', 'b', '2'],
    ['Patient', 'c', '2'],
    ['Device', 'd', '1'],
  ] as const) {
    await server.fhir('PUT', `${type}/${id}`, { resourceType: type, id, identifier: [{ system: 'http://s', value }] })
  }
})
afterAll(() => server.close())

test.each<[string, string, readonly string[]]>([
  ['Patient', 'identifier=http://s|1', ['a']],
  ['Patient', 'identifier=1', ['a']],
  ['Patient', 'identifier=http://s|3', []],
  ['Device', 'identifier=http%3A%2F%2Fs%7C1', ['d']],
])('%s?%s finds %j', async (type, query, ids) => {
  const found = await resolveCriteria([{ type, query }], server.context)
  expect(found.get(`${type}?${query}`)!.map((match) => match.id)).toEqual(ids)
})

test('criteria of several types are found together, and several matches show', async () => {
  const criteria = [
    { type: 'Patient', query: 'identifier=http://s|2' },
    { type: 'Device', query: 'identifier=http://s|1' },
    { type: 'Patient', query: 'identifier=http://s|1' },
  ]
  const found = await resolveCriteria(criteria, server.context)
  expect([...found.values()].map((matches) => matches.length)).toEqual([2, 1, 1])
})

test('as many matches are found as one of the criteria of a type asks for', async () => {
  await server.fhir('PUT', 'Patient/e', { resourceType: 'Patient', id: 'e', identifier: [{ value: '2' }] })
  const query = 'identifier=2'
  const count = async (limit?: number) =>
    (await resolveCriteria([{ type: 'Patient', query, ...(limit && { limit }) }], server.context)).get(
      `Patient?${query}`,
    )!.length
  expect([await count(), await count(3), await count(1000)]).toEqual([2, 3, 3])
})
