import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { parseBytes, plainEntry, requestedEntry } from '../../../server/cli/import/drafts.ts'
import type { Context } from '../../../server/context.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { loadDefinitions } from '../../../server/packages.ts'

const context = { definitions: loadDefinitions(tmpdir()), base: 'http://localhost:8080/fhir' } as unknown as Context

test('a resource keeps its id, or is given one', () => {
  expect(plainEntry({ resourceType: 'Patient', id: 'p' }, 0, undefined, context)).toMatchObject({
    kind: 'update',
    type: 'Patient',
    id: 'p',
  })
  expect(plainEntry({ resourceType: 'Patient' }, 0, 'urn:x:1', context)).toMatchObject({
    kind: 'create',
    fullUrl: 'urn:x:1',
  })
})

test.each<[string, JsonObject | string, string]>([
  ['a text', 'x', 'must be an object'],
  ['no type', {}, 'without resourceType'],
  ['an unknown type', { resourceType: 'Parrot' }, 'Parrot'],
  ['an id that is none', { resourceType: 'Patient', id: 'a b' }, 'a b'],
])('%s is refused', (_case, value, reason) => {
  expect(() => plainEntry(value, 0, undefined, context)).toThrow(reason)
})

test.each(['GET', 'PATCH'])('%s is nothing to import', (method) => {
  const entry: JsonObject = { request: { method, url: 'Patient/1' }, resource: { resourceType: 'Parameters' } }
  expect(() => requestedEntry(entry, 0, context)).toThrow(method)
})

test('a part of bytes is parsed', () => {
  expect(parseBytes(Buffer.from('[{"a":1.00}]'), 1, 11)).toEqual({ a: { rawJSON: '1.00' } })
})
