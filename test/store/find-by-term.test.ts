import { afterAll, beforeAll, expect, test } from 'vitest'
import { forms } from '../../server/fhir/search/forms.ts'
import { findByTerms } from '../../server/store/find-by-term.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  for (const [id, value] of [
    ['a', '1'],
    ['b', '2'],
    ['c', '2'],
    ['d', '2'],
  ] as const) {
    await server.fhir('PUT', `Patient/${id}`, { resourceType: 'Patient', id, identifier: [{ system: 's', value }] })
  }
})
afterAll(() => server.close())

test('resources are found by many terms in one statement', async () => {
  const { store, access, indexes } = server.context
  const [path] = indexes.index('Patient').parameters.get('identifier')!.paths
  const term = (value: string) => indexes.terms.term(path!.tweak, forms.systemAndCode('s', value))
  const found = await findByTerms(store.db, access, 'Patient', [term('1'), term('2'), term('3')], 2)
  expect(found.get(term('1'))).toEqual([{ id: 'a', key: indexes.terms.key('Patient', 'a'), version: 1 }])
  expect(found.get(term('2'))).toHaveLength(2)
  expect(found.has(term('3'))).toBe(false)
})
