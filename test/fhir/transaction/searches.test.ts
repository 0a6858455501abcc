import { expect, test } from 'vitest'
import { searchesIn } from '../../../server/fhir/transaction/searches.ts'

// How searches are resolved is tested with the plans that they belong to.
test('equal searches among targets are one', () => {
  const criterion = { type: 'Patient', query: 'a=b' }
  const other = { type: 'Group', query: 'a=b' }
  expect(searchesIn([{ criterion }, { entry: 3 }, { criterion: { ...criterion } }, { criterion: other }])).toEqual([
    criterion,
    other,
  ])
})
