import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../support/test-server.ts'
import { ask, buildWorld, dataOf } from './world.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await buildWorld(server)
})
afterAll(() => server.close())

const inPatient = (query: string, variables?: object) =>
  dataOf(server, query, { path: 'Patient/ann', ...(variables && { variables }) })

describe('the fields of a resource', () => {
  test('are named as in JSON', async () => {
    expect(await inPatient('{ resourceType id name { family given } }')).toEqual({
      resourceType: 'Patient',
      id: 'ann',
      name: [
        { family: 'Marsh', given: ['Ann', 'Maria'] },
        { family: null, given: ['Annie'] },
        { family: 'Berg', given: ['Ann', 'Maria'] },
      ],
    })
  })

  test('carry the type in the name where there is a choice', async () => {
    const data = await dataOf(server, '{ valueQuantity { value unit } valueString }', { path: 'Observation/weight' })
    expect(data).toEqual({ valueQuantity: { value: 72.5, unit: 'kg' }, valueString: null })
  })

  test('keep the digits of decimals', async () => {
    const { text } = await ask(server, '{ valueQuantity { value } }', { path: 'Observation/weight' })
    expect(text).toBe('{"data":{"valueQuantity":{"value":72.50}}}')
  })

  test('include the extensions of primitives', async () => {
    expect(await inPatient('{ birthDate _birthDate { extension { valueDateTime } } _gender { id } }')).toEqual({
      birthDate: '1974-12-25',
      _birthDate: { extension: [{ valueDateTime: '1974-12-25T14:35:45-05:00' }] },
      _gender: null,
    })
  })

  test('can be renamed, left out and taken from fragments', async () => {
    const query = `query ($with: Boolean!) {
      born: birthDate
      gender @skip(if: $with)
      active @include(if: $with)
      ...names
    }
    fragment names on Patient { name { ... on HumanName { use } } }`
    expect(await inPatient(query, { with: true })).toEqual({
      born: '1974-12-25',
      active: true,
      name: [{ use: 'official' }, { use: 'usual' }, { use: 'maiden' }],
    })
  })

  test('tell their type', async () => {
    const data = await inPatient('{ __typename name { __typename period { __typename } } contained { __typename } }')
    expect(data).toMatchObject({
      __typename: 'Patient',
      name: [{ __typename: 'HumanName' }, {}, { period: { __typename: 'Period' } }],
      contained: [{ __typename: 'Organization' }],
    })
  })
})

describe('the values of an element are selected by', () => {
  test.each([
    ['a bare code', 'name(use: official)', [0]],
    ['a text', 'name(use: "usual")', [1]],
    ['one of several texts', 'name(given: "Maria")', [0, 2]],
    ['several elements at once', 'name(use: maiden, given: "Ann")', [2]],
    ['what no value has', 'name(use: old)', []],
    ['FHIRPath', 'name(fhirpath: "family.exists()")', [0, 2]],
    ['FHIRPath with a position', 'name(fhirpath: "$index = 1")', [1]],
    ['FHIRPath that looks at the resource', 'name(fhirpath: "period.end < %resource.birthDate")', []],
    ['FHIRPath after a filter', 'name(given: "Ann", fhirpath: "$index = 1")', [2]],
    ['a place and a number', 'name(_offset: 1, _count: 1)', [1]],
    ['a place beyond the end', 'name(_offset: 9)', []],
    ['a number of none', 'name(_count: 0)', []],
    ['a place among the filtered', 'name(given: "Ann", _offset: 1)', [2]],
  ])('%s', async (_case, field, expected) => {
    const uses = ['official', 'usual', 'maiden']
    expect(await inPatient(`{ it: ${field} { use } }`)).toEqual({ it: expected.map((i) => ({ use: uses[i] })) })
  })

  test.each([
    ['a number', 'telecom(rank: 2) { value }', [{ value: '555-1000' }]],
    ['an extension by its url', 'extension(url: "http://note") { valueString }', [{ valueString: 'left-handed' }]],
    ['a single value that fits', 'maritalStatus(text: "Married") { text }', { text: 'Married' }],
    ['a single value that does not', 'maritalStatus(text: "Single") { text }', null],
    ['the id of a contained resource', 'contained(id: "clinic") { id }', [{ id: 'clinic' }]],
  ])('%s', async (_case, field, expected) => {
    expect(await inPatient(`{ it: ${field} }`)).toEqual({ it: expected })
  })

  test('decimals whatever their digits', async () => {
    const query = '{ a: valueQuantity(value: 72.5) { unit } b: valueQuantity(value: "72.500") { unit } }'
    const data = await dataOf(server, query, { path: 'Observation/weight' })
    expect(data).toEqual({ a: { unit: 'kg' }, b: { unit: 'kg' } })
  })

  test('booleans', async () => {
    const { entry } = await dataOf(server, '{ entry(deleted: true) { item { display } } }', { path: 'List/long' })
    expect(entry).toHaveLength(6)
  })

  test('variables', async () => {
    const query = 'query ($use: code, $n: Int) { name(use: $use) { given } telecom(_count: $n) { value } }'
    const data = await inPatient(query, { use: 'usual', n: 1 })
    expect(data).toEqual({ name: [{ given: ['Annie'] }], telecom: [{ value: '555-1000' }] })
  })

  test('@first, which leaves a list of one', async () => {
    const data = await inPatient('{ name @first { given @first } }')
    expect(data).toEqual({ name: [{ given: ['Ann'] }] })
  })

  test.each([
    ['a negative place', 'name(_offset: -1) { use }', 'invalid-parameters'],
    ['FHIRPath that is none', 'name(fhirpath: "use =") { use }', 'invalid-parameters'],
    ['FHIRPath that closes a parenthesis', 'name(fhirpath: "true) | (given") { use }', 'invalid-parameters'],
  ])('%s: an error of that field alone', async (_case, field, code) => {
    const { status, data, errors } = await ask(server, `{ id it: ${field} }`, { path: 'Patient/ann' })
    expect(status).toBe(200)
    expect(data).toEqual({ id: 'ann', it: null })
    expect(errors).toMatchObject([{ path: ['it'], extensions: { code } }])
  })

  test('arguments that primitives do not have: refused', async () => {
    const { status, errors } = await ask(server, '{ birthDate(_count: 1) }', { path: 'Patient/ann' })
    expect(status).toBe(400)
    expect(errors[0]!.message).toContain('Unknown argument "_count"')
  })
})
