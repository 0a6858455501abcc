import { expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { listedReferences } from '../../server/fhir/list-members.ts'

test('a List stands for its entries but those that are marked as deleted', () => {
  const entry: JsonObject[] = [
    { item: { reference: 'Patient/1' } },
    { deleted: true, item: { reference: 'Patient/2' } },
    { deleted: false, item: { reference: 'Patient/3/_history/2' } },
    { item: { display: 'a paper record' } },
  ]
  expect(listedReferences({ resourceType: 'List', entry })).toEqual(['Patient/1', 'Patient/3/_history/2'])
  expect(listedReferences({ resourceType: 'List' })).toEqual([])
})
