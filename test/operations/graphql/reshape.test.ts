import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../support/test-server.ts'
import { ask, buildWorld, dataOf } from './world.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await buildWorld(server)
})
afterAll(() => server.close())

const oid = 'urn:oid:1.2.36.146.595.217.0.1'

describe('@flatten, @first, @singleton and @slice', () => {
  test.each<[string, string, object]>([
    [
      'put the children of an element in its place',
      'identifier @flatten { system value } active name @flatten { text given family }',
      {
        system: [oid, 'http://cards'],
        value: ['12345', 'A-77'],
        active: true,
        given: ['Ann', 'Maria', 'Annie', 'Ann', 'Maria'],
        family: ['Marsh', 'Berg'],
      },
    ],
    [
      'take the first of each source, not of the result',
      'name @flatten { given @first family }',
      { given: ['Ann', 'Annie', 'Ann'], family: ['Marsh', 'Berg'] },
    ],
    [
      'put out one value instead of a list',
      'identifier @first @flatten { system @singleton value @singleton } name @flatten @first { given family @singleton }',
      { system: oid, value: '12345', given: ['Ann', 'Maria'], family: 'Marsh' },
    ],
    [
      'number the values of a list',
      'name @slice(path: "$index") @flatten { given @first @singleton family }',
      { 'given.0': 'Ann', 'family.0': ['Marsh'], 'given.1': 'Annie', 'given.2': 'Ann', 'family.2': ['Berg'] },
    ],
    [
      'name the values of a list by one of their elements',
      'name @flatten @slice(path: "use") { given family @singleton }',
      {
        'given.official': ['Ann', 'Maria'],
        'family.official': 'Marsh',
        'given.usual': ['Annie'],
        'given.maiden': ['Ann', 'Maria'],
        'family.maiden': 'Berg',
      },
    ],
    [
      'slice without flattening',
      'telecom(system: phone) @slice(path: "use") { value }',
      { 'telecom.home': [{ value: '555-1000' }], 'telecom.work': [{ value: '555-2000' }] },
    ],
    [
      'slice to single values',
      'phone: telecom(system: phone) @slice(path: "use") @singleton { value }',
      { 'phone.home': { value: '555-1000' }, 'phone.work': { value: '555-2000' } },
    ],
    [
      'append one suffix to another',
      'name(use: official) @flatten @slice(path: "use") { given @slice(path: "$index") @singleton }',
      { 'given.official.0': 'Ann', 'given.official.1': 'Maria' },
    ],
    ['flatten what is single without making lists', 'maritalStatus @flatten { text }', { text: 'Married' }],
    ['flatten what is absent to nothing', 'photo @flatten { title } id', { id: 'ann' }],
    [
      'flatten through references',
      'generalPractitioner @flatten { resource(type: Practitioner) @flatten { name @flatten { family } } }',
      { family: ['Greene', 'Ross'] },
    ],
    [
      'flatten lists of what refers to a resource',
      'ConditionList(_reference: subject, _sort: "code") @flatten { id code @flatten { coding @flatten { display } } }',
      { id: ['cold', 'flu', 'gout'], display: ['About cold', 'About flu', 'About gout'] },
    ],
    [
      'flatten the edges of a page',
      'ConditionConnection(_reference: subject, _sort: "code") @flatten { edges @first @flatten { resource @flatten { id } } }',
      { id: ['cold'] },
    ],
    [
      'work in fragments and in what is of several types',
      '...names contained @flatten { id ... on Organization { name @singleton } }',
      { given: ['Ann', 'Annie', 'Ann'], id: ['clinic'], name: 'Contained Clinic' },
    ],
    [
      'leave nulls and empty lists elsewhere as they are',
      'language name(use: old) { use } maritalStatus @flatten { text }',
      {
        language: null,
        name: [],
        text: 'Married',
      },
    ],
  ])('%s', async (_case, fields, expected) => {
    const fragments = fields.includes('...names') ? 'fragment names on Patient { name @flatten { given @first } }' : ''
    expect(await dataOf(server, `{ ${fields} } ${fragments}`, { path: 'Patient/ann' })).toEqual(expected)
  })

  test('keep the digits of decimals', async () => {
    const { text } = await ask(server, '{ valueQuantity @flatten { value } }', { path: 'Observation/weight' })
    expect(text).toBe('{"data":{"value":72.50}}')
  })

  test('make a table of a list', async () => {
    const query = '{ PatientList(_sort: "birthdate", birthdate: ["1974", "2001"]) @flatten { id gender birthDate } }'
    expect(await dataOf(server, query)).toEqual({
      id: ['ann', 'cy'],
      gender: ['female'],
      birthDate: ['1974-12-25', '2001-02-03'],
    })
  })

  test.each([
    ['several values for a singleton', 'name @flatten { family @singleton }', 'family'],
    ['several elements of one name under a singleton', 'name @singleton { use }', 'name'],
    [
      'values of different types under one name',
      'identifier @flatten { system } telecom @flatten { system }',
      'system',
    ],
  ])('refuse %s', async (_case, fields, name) => {
    const { status, data, errors } = await ask(server, `{ id ${fields} }`, { path: 'Patient/ann' })
    expect(status).toBe(200)
    expect(data).toEqual({ id: 'ann', [name]: null })
    expect(errors).toHaveLength(1)
    expect(errors[0]!.message).toContain(`'${name}'`)
    expect(errors[0]!.extensions.code).toBe('invalid-graphql')
  })

  test.each([
    ['a path that is no FHIRPath', 'name @slice(path: "use =") { use }', 200],
    ['no path', 'name @slice { use }', 400],
    ['directives that do not exist', 'name @flat { use }', 400],
    ['a directive twice', 'name @first @first { use }', 400],
  ])('refuse %s', async (_case, fields, status) => {
    const reply = await ask(server, `{ ${fields} }`, { path: 'Patient/ann' })
    expect(reply.status).toBe(status)
    expect(reply.errors.length).toBeGreaterThan(0)
  })
})
