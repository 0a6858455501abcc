import { getOperationAST, parse } from 'graphql'
import { expect, test } from 'vitest'
import { checkCost, mostCost } from '../../../server/operations/graphql/cost.ts'
import { schemas } from './test-schema.ts'

/** The cost of a query, found by asking for it so often that it is too much. */
function costOf(fields: string, variables: Record<string, unknown> = {}): number {
  const copies = mostCost + 1
  const query = `query ($n: Int) { ${'...f '.repeat(copies)} } fragment f on Query { ${fields} }`
  const document = parse(query)
  try {
    checkCost(document, getOperationAST(document)!, schemas.system, variables)
    return 0
  } catch (error) {
    return Number(/cost (\d+),/.exec((error as Error).message)![1]) / copies
  }
}

test.each<[string, number, Record<string, unknown>?]>([
  ['Patient(id: a) { id }', 10 + 1],
  ['Patient(id: a) { id gender birthDate }', 10 + 3],
  ['Patient(id: a) { name { family } }', 10 + 1 + 2],
  ['Patient(id: a) { name(_count: 1) { family } }', 10 + 1 + 1],
  ['Patient(id: a) { name @first { family } }', 10 + 1 + 1],
  ['Patient(id: a) { maritalStatus { text } }', 10 + 1 + 1],
  ['PatientList { id }', 20 * (10 + 1)],
  ['PatientList(_count: 3) { id }', 3 * (10 + 1)],
  ['PatientList(_count: $n) { id }', 7 * (10 + 1), { n: 7 }],
  ['PatientList(_count: 1000000) { id }', 1000 * (10 + 1)],
  ['PatientList(_count: -5) { id }', 10 + 1],
  ['PatientConnection(_count: 3) { count edges { resource { id } } }', 3 * (10 + 1 + 1 + 1 + 1)],
  ['PatientList(_count: 2) { ConditionList(_reference: subject, _count: 3) { id } }', 2 * (10 + 3 * (10 + 1))],
  ['ObservationList(_count: 2) { subject { resource { id } } }', 2 * (10 + 1 + 10 + 1)],
  ['Patient(id: a) { ... { id } ... on Patient { gender } }', 10 + 2],
  ['__schema { types { name } } __typename', 2],
  ['Patient(id: a) { nothing { id } }', 10],
])('%s costs %d', (fields, expected, variables) => {
  expect(costOf(fields, variables)).toBeCloseTo(expected)
})
