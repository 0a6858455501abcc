import { expect, test } from 'vitest'
import { wrongType } from '../../server/fhir/body-fault.ts'

test.each([
  ['Observation', 'Patient', undefined, 'Observation'],
  [undefined, 'Patient', undefined, 'Patient'],
  ['not a type', 'Patient', undefined, 'Patient'],
  [7, 'resource', undefined, 'Resource'],
  ['Observation', 'Patient', 'entry.resource', 'entry.resource'],
])('a body of type %s for %s, at %s, is told of at %s', (actual, expected, place, expression) => {
  expect(wrongType(actual, expected, place).issues).toMatchObject([{ code: 'wrong-resource-type', expression }])
})
