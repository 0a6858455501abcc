import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseQuery } from '../../../server/operations/graphql/limits.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'
import { ask, buildWorld } from './world.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await buildWorld(server)
  const reference = (i: number) => `Patient/${['ann', 'bob'][i % 2]}`
  const entry = Array.from({ length: 3000 }, (_, i) => ({ item: { reference: reference(i), display: `entry ${i}` } }))
  await server.fhir('PUT', 'List/huge', { resourceType: 'List', id: 'huge', status: 'current', mode: 'working', entry })
})
afterAll(() => server.close())

const times = (count: number, text: (i: number) => string) => Array.from({ length: count }, (_, i) => text(i)).join(' ')
const nested = (depth: number) => `${'{ contained '.repeat(depth)}{ id }${' }'.repeat(depth)}`

describe('a query is read', () => {
  test.each([
    ['up to 20 levels', nested(19)],
    ['with up to 1,000 fields', `{ ${times(1000, (i) => `a${i}: id`)} }`],
    ['with a fragment that is spread often', `{ ...a ...a b { ...a } } fragment a on B { c }`],
    ['with a fragment that is missing', '{ ...a }'],
  ])('%s', (_case, query) => {
    expect(parseQuery(query).kind).toBe('Document')
  })

  test.each([
    ['deeper than 20 levels', nested(20), 'query-too-costly'],
    [
      'deeper than 20 levels through fragments',
      `{ ...f0 } ${times(21, (i) => `fragment f${i} on A { a { ...f${i + 1} } }`)} fragment f21 on A { id }`,
      'query-too-costly',
    ],
    ['with more than 1,000 fields', `{ ${times(1001, (i) => `a${i}: id`)} }`, 'query-too-costly'],
    ['longer than 100,000 characters', `{ id ${' '.repeat(100_000)} }`, 'query-too-costly'],
    ['with more than 20,000 parts', `{ ${'id '.repeat(30_000)} }`, 'query-too-costly'],
    ['with 99,000 braces', '{'.repeat(99_000), 'query-too-costly'],
    ['with 30,000 levels', '{a'.repeat(30_000), 'query-too-costly'],
    ['with lists in lists', `{ a(b: ${'['.repeat(90_000)} }`, 'query-too-costly'],
    ['with a fragment in itself', '{ ...a } fragment a on A { ...a }', 'invalid-graphql'],
    [
      'with fragments in each other',
      '{ id } fragment a on A { b { ...b } } fragment b on A { ...a }',
      'invalid-graphql',
    ],
    ['with comments alone', '#\n'.repeat(49_000), 'invalid-graphql'],
    ['with an open text', '{ a(b: "', 'invalid-graphql'],
    ['with a character that GraphQL has not', '{ a\u0000 }', 'invalid-graphql'],
  ])('unless it is %s', (_case, query, code) => {
    expect(() => parseQuery(query)).toThrow(expect.objectContaining({ issues: [expect.objectContaining({ code })] }))
  })
})

describe('a query that would take too much is refused', () => {
  const circle = (turns: number) =>
    `{ ${'ConditionList(_reference: subject) { subject { resource(type: Patient) { '.repeat(turns)} id ${'} } }'.repeat(turns)} }`

  test.each<[string, string, string, string]>([
    ['a circle of references', 'Patient/ann', circle(4), 'is expected to cost'],
    [
      'fragments that double each other',
      'Patient/ann',
      `{ ...f0 } ${times(60, (i) => `fragment f${i} on Patient { ...f${i + 1} ...f${i + 1} }`)} fragment f60 on Patient { id }`,
      'is expected to cost',
    ],
    [
      'many long lists',
      '',
      `{ ${times(20, (i) => `a${i}: PatientList(_count: 1000) { id }`)} }`,
      'is expected to cost',
    ],
    [
      'long lists in a long list',
      '',
      '{ PatientList(_count: 1000) { ObservationList(_reference: subject, _count: 1000) { id } } }',
      'is expected to cost',
    ],
    [
      'a long list under many names',
      'List/huge',
      `{ ${times(200, (i) => `a${i}: entry { item { display } }`)} }`,
      'would be too large',
    ],
    [
      'many names in a long list',
      'List/huge',
      `{ entry { item { ${times(900, (i) => `a${i}: display`)} } } }`,
      'would be too large',
    ],
    [
      'many names in what a long list refers to',
      'List/huge',
      `{ entry { item { resource { ... on Patient { ${times(400, (i) => `a${i}: gender`)} } } } } }`,
      'would be too large',
    ],
    [
      'the schema under many names',
      '',
      `{ ${times(50, (i) => `a${i}: __schema { types { name fields { name args { name type { kind name } } } } }`)} }`,
      'So much of the schema',
    ],
  ])('%s', async (_case, path, query, message) => {
    const { status, data, errors } = await ask(server, query, { path })
    expect([status, data]).toEqual([422, null])
    expect(errors).toHaveLength(1)
    expect(errors[0]!.message).toContain(message)
    expect(errors[0]!.extensions.code).toBe('query-too-costly')
  })

  test('variables of any length', async () => {
    const variables = { ids: Array.from({ length: 50_000 }, (_, i) => `id-${i}`) }
    const { status, errors } = await ask(server, 'query ($ids: [token]) { PatientList(_id: $ids) { id } }', {
      variables,
    })
    expect([status, errors[0]!.extensions.code]).toEqual([422, 'query-too-costly'])
  })

  test.each([
    ['fields that conflict', `{ ${times(499, (i) => `name(use: "u${i}") { given }`)} }`],
    ['fields that have to be merged', `{ ${times(499, () => 'name { given }')} }`],
    ['fields that do not exist', `{ ${times(999, (i) => `nam${i}`)} }`],
    ['arguments that do not exist', `{ name(${times(5000, (i) => `a${i}: 1`)}) { use } }`],
    ['directives that do not exist', `{ name ${times(5000, (i) => `@d${i}`)} { use } }`],
    ['variables that are not used', `query (${times(4000, (i) => `$v${i}: Int`)}) { id }`],
  ])('many %s, with few words', async (_case, query) => {
    const { status, text, errors } = await ask(server, query, { path: 'Patient/ann' })
    expect(status).toBe(400)
    expect(errors.length).toBeLessThanOrEqual(21)
    expect(text.length).toBeLessThan(30_000)
  })

  test('FHIRPath that takes long, at the field that has it', async () => {
    const fhirpath = '%resource.entry.where(item.display = %resource.entry.item.display.first()).exists()'
    const { status, data, errors } = await ask(server, `{ id entry(fhirpath: "${fhirpath}") { deleted } }`, {
      path: 'List/huge',
    })
    expect([status, data]).toEqual([200, { id: 'huge', entry: null }])
    expect(errors[0]!.message).toContain('too many steps')
  })
})

describe('a query that takes much, but not too much, is answered', () => {
  test.each<[string, string, string, (data: Record<string, unknown>) => unknown, unknown]>([
    [
      'a list of thousands',
      'List/huge',
      '{ entry { item { display } } }',
      (data) => (data['entry'] as unknown[]).length,
      3000,
    ],
    [
      'a count beyond the greatest',
      '',
      '{ PatientList(_count: 1000000000) { id } }',
      (data) => (data['PatientList'] as unknown[]).length,
      3,
    ],
    [
      'hundreds of names',
      'Patient/ann',
      `{ ${times(490, (i) => `a${i}: name { given }`)} }`,
      (data) => Object.keys(data).length,
      490,
    ],
    [
      'hundreds of searches',
      '',
      `{ ${times(300, (i) => `a${i}: PatientList(name: "x${i}") { id }`)} }`,
      (data) => Object.keys(data).length,
      300,
    ],
    [
      'fragments in fragments',
      'Patient/ann',
      `{ ...f0 } ${times(300, (i) => `fragment f${i} on Patient { ...f${i + 1} }`)} fragment f300 on Patient { id }`,
      (data) => data['id'],
      'ann',
    ],
  ])('%s', async (_case, path, query, measure, expected) => {
    const { status, data } = await ask(server, query, { path })
    expect(status).toBe(200)
    expect(measure(data!)).toBe(expected)
  })
})
