import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../support/test-server.ts'
import { ask, buildWorld, type GraphqlFault } from './world.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await buildWorld(server)
})
afterAll(() => server.close())

const json = { 'content-type': 'application/json' }
const answer = '{"data":{"Patient":{"id":"ann","active":true}}}'

describe('a query is sent', () => {
  const query = '{ Patient(id: ann) { id active } }'
  const named = `query A { PatientList { id } } query B($id: ID!) { Patient(id: $id) { id active } }`
  const parts = { operationName: 'B', variables: { id: 'ann' } }
  const inUrl = (given: Record<string, string>) => `$graphql?${new URLSearchParams(given)}`
  const parameter = [{ name: 'query', valueString: query }]

  test.each<[string, string, string, (object | string)?, Record<string, string>?]>([
    ['in the URL', 'GET', inUrl({ query })],
    [
      'in the URL with an operation and variables',
      'GET',
      inUrl({ query: named, operationName: 'B', variables: JSON.stringify(parts.variables) }),
    ],
    ['as JSON', 'POST', '$graphql', { query }, json],
    ['as JSON with an operation and variables', 'POST', '$graphql', { query: named, ...parts }, json],
    ['as JSON with nulls', 'POST', '$graphql', { query, operationName: null, variables: null, extensions: {} }, json],
    ['as GraphQL', 'POST', '$graphql', query, { 'content-type': 'application/graphql' }],
    [
      'as GraphQL with variables in the URL',
      'POST',
      inUrl({ ...parts, variables: '{"id":"ann"}' }),
      named,
      {
        'content-type': 'application/graphql; charset=utf-8',
      },
    ],
    ['as Parameters', 'POST', '$graphql', { resourceType: 'Parameters', parameter }],
    ['in the URL of a POST', 'POST', inUrl({ query })],
  ])('%s', async (_case, method, path, body, headers) => {
    const reply = await server.fhir(method, path, body, headers)
    expect([reply.status, reply.text]).toEqual([200, answer])
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8')
  })

  test('to a resource', async () => {
    const reply = await server.fhir('GET', `Patient/ann/$graphql?${new URLSearchParams({ query: '{active}' })}`)
    expect([reply.status, reply.text]).toEqual([200, '{"data":{"active":true}}'])
  })

  test.each(['batch', 'transaction'])('in a %s, where the answer is a Binary', async (type) => {
    const url = 'Patient/ann/$graphql?query=%7Bactive%7D'
    const entry = [{ request: { method: 'GET', url } }]
    const reply = await server.fhir('POST', '', { resourceType: 'Bundle', type, entry })
    const data = Buffer.from('{"data":{"active":true}}').toString('base64')
    expect(reply.json).toMatchObject({
      entry: [{ resource: { resourceType: 'Binary', data }, response: { status: '200 OK' } }],
    })
  })
})

describe('what is wrong with a request', () => {
  const patient = '{ Patient(id: ann) { id } }'

  test.each<[string, object | string, number, string, string]>([
    ['no query', {}, 400, 'invalid-graphql', "'query' is required"],
    ['a query that is no text', { query: 1 }, 400, 'invalid-graphql', "'query' must be a text"],
    ['an empty query', { query: '' }, 400, 'invalid-graphql', 'Syntax Error'],
    ['a syntax error', { query: '{ Patient(id: ann) { id }' }, 400, 'invalid-graphql', 'Syntax Error: Expected Name'],
    ['a body that is a list', [], 400, 'invalid-graphql', 'must be an object'],
    ['variables that are a text', { query: patient, variables: '[]' }, 400, 'invalid-graphql', 'must be an object'],
    ['a field that does not exist', { query: '{ Pation { id } }' }, 400, 'invalid-graphql', 'Cannot query field'],
    ['a missing argument', { query: '{ Patient { id } }' }, 400, 'invalid-graphql', 'is required'],
    ['no fields of a resource', { query: '{ Patient(id: ann) }' }, 400, 'invalid-graphql', 'must have a selection'],
    ['a fragment that is missing', { query: '{ ...a }' }, 400, 'invalid-graphql', 'Unknown fragment'],
    ['a variable that is missing', { query: '{ Patient(id: $id) { id } }' }, 400, 'invalid-graphql', 'is not defined'],
    [
      'a required variable without a value',
      { query: 'query ($id: ID!) { Patient(id: $id) { id } }' },
      400,
      'invalid-graphql',
      '$id',
    ],
    ['a mutation', { query: 'mutation { PatientDelete(id: ann) { id } }' }, 400, 'invalid-graphql', 'no mutation'],
    [
      'a subscription',
      { query: 'subscription { Patient(id: ann) { id } }' },
      400,
      'invalid-graphql',
      'no subscription',
    ],
    [
      'several operations, none named',
      { query: `query A ${patient} query B ${patient}` },
      400,
      'invalid-graphql',
      'operationName',
    ],
    ['fragments alone', { query: 'fragment a on Patient { id }' }, 400, 'invalid-graphql', 'fragments only'],
    ['an operation that is not there', { query: patient, operationName: 'C' }, 400, 'invalid-graphql', "'C'"],
  ])('%s', async (_case, body, status, code, message) => {
    const reply = await server.fhir('POST', '$graphql', body, json)
    const { data, errors } = reply.json as unknown as { data: null; errors: GraphqlFault[] }
    expect([reply.status, data]).toEqual([status, null])
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(errors[0]!.message).toContain(message)
    expect(errors[0]!.extensions).toMatchObject({
      code,
      resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'error' }] },
    })
  })

  test('is said with its place', async () => {
    const { errors } = await ask(server, '{\n  Patient(id: ann) { nam }\n}')
    expect(errors[0]).toMatchObject({ locations: [{ line: 2, column: 22 }] })
    expect(errors[0]!.message).toBe('Cannot query field "nam" on type "Patient". Did you mean "name"?')
  })

  test('is said of all of it at once', async () => {
    const { errors } = await ask(server, '{ a b PatientList { c } }')
    expect(errors).toHaveLength(3)
  })

  test.each([
    ['Patient/nobody', 404, 'resource-not-found'],
    ['Practitioner/gone', 410, 'resource-deleted'],
    ['Patient/a_b', 400, 'invalid-id'],
  ])('is that there is no %s', async (path, status, code) => {
    const reply = await ask(server, '{ id }', { path })
    expect([reply.status, reply.data]).toEqual([status, null])
    expect(reply.errors[0]!.extensions.code).toBe(code)
  })

  test.each([
    ['Patien/ann/$graphql', 404],
    ['Patient/$graphql', 404],
  ])('is that there is no %s', async (path, status) => {
    const reply = await server.fhir('POST', path, { query: '{ id }' }, json)
    expect([reply.status, reply.json['resourceType']]).toEqual([status, 'OperationOutcome'])
  })

  test('leaves what is right', async () => {
    const { status, data, errors } = await ask(server, '{ Patient(id: nobody) { id } PatientList(name: "Ngo") { id } }')
    expect([status, data]).toEqual([200, { Patient: null, PatientList: [{ id: 'cy' }] }])
    expect(errors).toHaveLength(1)
  })
})
