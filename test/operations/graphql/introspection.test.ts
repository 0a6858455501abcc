import { execute, getIntrospectionQuery, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { takeIntrospection } from '../../../server/operations/graphql/introspection.ts'
import { parseQuery } from '../../../server/operations/graphql/limits.ts'
import { schemas } from './test-schema.ts'

const { system } = schemas

describe('introspection', () => {
  const variables = { sources: {}, coerced: {} }

  test.each([
    [
      'a type',
      '{ __type(name: "HumanName") { ...T } a: __type(name: "code") { ...T } } fragment T on __Type { kind name fields { name type { name ofType { name } } } }',
    ],
    [
      'a type with its arguments',
      '{ t: __type(name: "Patient") { f: fields(includeDeprecated: true) { name args { name defaultValue } __typename } interfaces { name possibleTypes { name } } } }',
    ],
    [
      'the directives',
      '{ __schema { queryType { name } mutationType { name } directives { name locations args { name type { kind ofType { name } } } } } }',
    ],
    [
      'parts of one type from different places',
      '{ __schema { queryType { ...A } types { ...A ...B } } } fragment A on __Type { fields { name } } fragment B on __Type { fields { type { kind } } }',
    ],
    [
      'what is not left out',
      '{ __schema { types @skip(if: true) { name } queryType @include(if: true) { kind name @skip(if: true) } } }',
    ],
    ['a type that does not exist', '{ __type(name: "Nothing") { name } }'],
  ])('answers for %s as GraphQL says', async (_case, query) => {
    const document = parseQuery(query)
    expect(validate(system, document)).toEqual([])
    const introspection = takeIntrospection(document, system)!
    const plain = await execute({ schema: system, document })
    for (const [key, value] of Object.entries(plain.data!)) {
      expect(introspection.answer(key, variables)).toBe(JSON.stringify(value))
    }
  })

  test('answers the query of the tools', () => {
    const document = parseQuery(getIntrospectionQuery({ inputValueDeprecation: true }))
    expect(validate(system, document)).toEqual([])
    const text = takeIntrospection(document, system)!.answer('__schema', variables)!
    const { types } = JSON.parse(text) as { types: { name: string }[] }
    expect(types).toHaveLength(Object.keys(system.getTypeMap()).length)
  })

  test('takes nothing out of other queries', () => {
    expect(takeIntrospection(parse('{ PatientList { id __typename } }'), system)).toBeUndefined()
  })
})
