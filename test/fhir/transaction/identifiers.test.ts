import { expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { identifierForm, identifierForms } from '../../../server/fhir/transaction/identifiers.ts'

const resource: JsonObject = {
  resourceType: 'Patient',
  identifier: [{ system: 'http://s', value: 'V1' }, { value: 'alone' }],
}

test.each([
  ['identifier=http://s|V1', true],
  ['identifier=http%3A%2F%2Fs%7CV1', true],
  ['identifier=V1', true],
  ['identifier=http://s|', true],
  ['identifier=alone', true],
  ['identifier=|alone', true],
  ['identifier=http://s|v1', false],
  ['identifier=http://t|V1', false],
  ['identifier=|V1', false],
])('%s finds the resource: %s', (query, found) => {
  expect(identifierForms(resource).includes(identifierForm(query)!)).toBe(found)
})

test.each([
  'identifier=a,b',
  'identifier=a\\|b',
  'identifier=a|b|c',
  'identifier=',
  'identifier=|',
  'identifier:of-type=a|b|c',
  'identifier=a&name=b',
  'name=b',
  '',
])("'%s' is left to the search engine", (query) => {
  expect(identifierForm(query)).toBeUndefined()
})

test('a resource may have one identifier, none, or what is no identifier', () => {
  expect(identifierForms({ resourceType: 'Bundle', identifier: { value: 'b' } })).toHaveLength(2)
  expect(identifierForms({ resourceType: 'Patient' })).toEqual([])
  expect(identifierForms({ resourceType: 'Patient', identifier: ['x', null, 3] })).toEqual([])
})
