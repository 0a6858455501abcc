import { parse, print } from 'graphql'
import { expect, test } from 'vitest'
import { rewriteQuery } from '../../../server/operations/graphql/rewrite.ts'
import { definitions, schemas } from './test-schema.ts'

function rewritten(query: string, variables: Record<string, unknown> = {}, type = 'Observation') {
  const result = rewriteQuery(parse(query), { schema: schemas.instance(type), definitions, variables })
  return { ...result, text: print(result.document).replaceAll(/\s+/g, ' ') }
}

test.each([
  [
    'a type becomes a fragment',
    '{ subject { resource(type: Patient) { birthDate } } }',
    '{ subject { resource(type: Patient) { ... on Patient { birthDate } } } }',
  ],
  [
    'fields of all resources stay',
    '{ subject { resource { id meta { versionId } } } }',
    '{ subject { resource { id meta { versionId } } } }',
  ],
  [
    'fields of some targets are asked of these',
    '{ subject { resource { id active } } }',
    '{ subject { resource { id ... on Patient { active } ... on Group { active } } } }',
  ],
  [
    'a field is asked only where it has the form',
    '{ subject { resource { name { family } } } }',
    '{ subject { resource { ... on Patient { name { family } } } } }',
  ],
  [
    'targets are known in choices',
    '{ valueQuantity { unit } component { code { text } } }',
    '{ valueQuantity { unit } component { code { text } } }',
  ],
  [
    'targets are unknown in fragments on Reference',
    '{ subject { ...r } } fragment r on Reference { resource { active } }',
    '{ subject { ...r } } fragment r on Reference { resource { active } }',
  ],
  ['targets are any', '{ focus { resource { active } } }', '{ focus { resource { active } } }'],
  [
    'a type that does not exist is left to be refused',
    '{ subject { resource(type: Person2) { active } } }',
    '{ subject { resource(type: Person2) { ... on Patient { active } ... on Group { active } } } }',
  ],
  [
    'a field that does not exist is left to be refused',
    '{ subject { resource { nothing } } }',
    '{ subject { resource { nothing } } }',
  ],
])('%s', (_case, query, expected) => {
  const { text, reshaped } = rewritten(query)
  expect([text, reshaped]).toEqual([expected, false])
})

test('a type may be in a variable', () => {
  const { text } = rewritten('query ($t: ResourceType) { subject { resource(type: $t) { name } } }', { t: 'Group' })
  expect(text).toContain('resource(type: $t) { ... on Group { name } }')
})

test('several types under one name get names of their own', () => {
  const { text, renamed, reshaped } = rewritten(
    '{ subject { resource(type: Patient) { id } resource(type: Group) { id } } }',
  )
  expect(text).toContain('resource__1: resource(type: Group)')
  expect([...renamed]).toEqual([['resource__1', 'resource']])
  expect(reshaped).toBe(true)
})

test('what may be of several types tells its type where the result is reshaped', () => {
  const { text, reshaped } = rewritten('{ contained @flatten { id } }')
  expect([text, reshaped]).toEqual(['{ contained @flatten { __fhirType: __typename id } }', true])
  expect(rewritten('{ contained @first { id } }').reshaped).toBe(false)
})
