import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dispatch } from '../../../server/dispatch.ts'
import type { Db } from '../../../server/store/database.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'
import { ask, buildWorld, dataOf } from './world.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await buildWorld(server)
})
afterAll(() => server.close())

const idsOf = (list: unknown) => (list as { id: string }[]).map(({ id }) => id)

describe('a resource by its id', () => {
  test('is asked for with or without quotes', async () => {
    expect(await dataOf(server, '{ Patient(id: ann) { id active } other: Patient(id: "bob") { id } }')).toEqual({
      Patient: { id: 'ann', active: true },
      other: { id: 'bob' },
    })
  })

  test.each([
    ['that was deleted', 'Practitioner(id: gone)', 'resource-deleted'],
    ['that never was', 'Practitioner(id: nobody)', 'resource-not-found'],
    ['that is no id', 'Practitioner(id: "a b")', 'invalid-id'],
  ])('%s is an error beside what is there', async (_case, field, code) => {
    const { status, data, errors } = await ask(server, `{ it: ${field} { id } Patient(id: ann) { id } }`)
    expect([status, data]).toEqual([200, { it: null, Patient: { id: 'ann' } }])
    expect(errors).toMatchObject([{ path: ['it'], extensions: { code } }])
  })
})

describe('a list', () => {
  test.each([
    ['by parameters', 'ConditionList(clinical_status: relapse, patient: ann)', ['flu']],
    ['by several ids', 'ConditionList(_id: [flu, "scar", 7])', ['flu', 'scar']],
    ['by alternatives', 'ConditionList(code: ["gout", "http://codes|cold"])', ['cold', 'gout']],
    [
      'by all of several parameters',
      'ConditionList(subject: ["Patient/ann"], clinical_status: active)',
      ['cold', 'gout'],
    ],
    ['by a filter', 'ConditionList(_filter: "code eq gout or code eq scar")', ['gout', 'scar']],
    ['by a filter that follows references', 'ConditionList(_filter: "subject.name eq \\"Marshall\\"")', ['scar']],
    ['by FHIRPath', 'ConditionList(fhirpath: "code.coding.code.startsWith(\'s\')")', ['scar']],
    [
      'by FHIRPath and a number',
      'ConditionList(_sort: "-code", _count: 1, fhirpath: "code.coding.code < \'e\'")',
      ['cold'],
    ],
    ['by a date with a prefix', 'ConditionList(recorded_date: "ge2021")', ['cold', 'gout']],
    ['of all there are', 'ConditionList', ['cold', 'flu', 'gout', 'scar']],
    ['of none', 'ConditionList(code: "x")', []],
  ])('is asked for %s', async (_case, field, expected) => {
    const { it } = await dataOf(server, `{ it: ${field} { id } }`)
    expect(idsOf(it).sort()).toEqual(expected)
  })

  test('takes its values from variables, whatever text type they are declared as', async () => {
    const query = `query ($id: String!, $codes: [String!], $status: String, $n: Int) {
      Patient(id: $id) { id }
      ConditionList(patient: [$id], code: $codes, clinical_status: $status, _count: $n) { id }
    }`
    const variables = { id: 'ann', codes: ['gout', 'flu'], status: 'active', n: 5 }
    const data = await dataOf(server, query, { variables })
    expect(data).toEqual({ Patient: { id: 'ann' }, ConditionList: [{ id: 'gout' }] })
  })

  test('takes a comma in a value as part of it', async () => {
    const { PatientList } = await dataOf(server, '{ PatientList(name: "Marsh,Ngo") { id } }')
    expect(PatientList).toEqual([])
    const { both } = await dataOf(server, '{ both: PatientList(name: ["Marsh", "Ngo"]) { id } }')
    expect(idsOf(both).sort()).toEqual(['ann', 'bob', 'cy'])
  })

  test('is sorted and shortened as asked', async () => {
    const query = '{ ConditionList(_sort: "-recorded-date", _count: 2) { id recordedDate } }'
    const { ConditionList } = await dataOf(server, query)
    expect(idsOf(ConditionList)).toEqual(['cold', 'gout'])
  })

  test('takes whole numbers and decimals as JSON has them', async () => {
    const query = 'query ($n: Int, $v: [quantity]) { ObservationList(_count: $n, value_quantity: $v) { id } }'
    const body = `{"query":${JSON.stringify(query)},"variables":{"n":5.0,"v":[72.50]}}`
    const { text } = await server.fhir('POST', '$graphql', body, { 'content-type': 'application/json' })
    expect(text).toBe('{"data":{"ObservationList":[{"id":"weight"}]}}')
  })

  test.each([
    ['a parameter that does not exist', 'PatientList(nam: "x") { id }', 400, 'invalid-graphql'],
    ['a value of the wrong form', 'PatientList(birthdate: "2020-13-45") { id }', 200, 'invalid-search-value'],
    ['a list without values', 'PatientList(name: []) { id }', 200, 'invalid-search-value'],
    ['a negative number', 'PatientList(_count: -1) { id }', 200, 'invalid-search-value'],
    ['inclusion', 'PatientList(_include: "Patient:link") { id }', 400, 'invalid-graphql'],
    ['a filter that is none', 'PatientList(_filter: "name") { id }', 200, 'invalid-search'],
  ])('refuses %s', async (_case, field, status, code) => {
    const reply = await ask(server, `{ ${field} }`)
    expect(reply.status).toBe(status)
    expect(reply.errors[0]!.extensions.code).toBe(code)
  })
})

describe('a list of more than 1,000', () => {
  beforeAll(async () => {
    const entry = Array.from({ length: 1001 }, (_, i) => ({
      resource: { resourceType: 'Basic', code: { coding: [{ code: i < 3 ? 'few' : 'many' }] } },
      request: { method: 'POST', url: 'Basic' },
    }))
    const { status } = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect(status).toBe(200)
  })

  test('is refused, rather than shortened', async () => {
    const { data, errors } = await ask(server, '{ BasicList { id } }')
    expect(data).toEqual({ BasicList: null })
    expect(errors[0]!.extensions.code).toBe('query-too-costly')
    expect(errors[0]!.message).toContain('BasicConnection')
  })

  test.each([
    ['its first ones are asked for', 'BasicList(_count: 5)', 5],
    ['it is narrowed', 'BasicList(code: "few")', 3],
    ['FHIRPath leaves enough of the first', 'BasicList(_count: 7, fhirpath: "code.coding.code = \'many\'")', 7],
  ])('is answered where %s', async (_case, field, expected) => {
    const { it } = await dataOf(server, `{ it: ${field} { id } }`)
    expect(it).toHaveLength(expected)
  })
})

describe('what refers to a resource', () => {
  test('is listed inside it', async () => {
    const query = `{ name { family } ConditionList(_reference: patient, clinical_status: active) { id }
      ObservationList(_reference: "subject") { id } }`
    const { ConditionList, ObservationList } = await dataOf(server, query, { path: 'Patient/ann' })
    expect(idsOf(ConditionList).sort()).toEqual(['cold', 'gout'])
    expect(idsOf(ObservationList)).toEqual(['weight'])
  })

  test('is listed for each resource of a list, as often as asked for each', async () => {
    const query = `{ PatientList(_sort: "_id") { id ConditionList(_reference: subject, _sort: "code", _count: 2) { id } } }`
    expect(await dataOf(server, query)).toEqual({
      PatientList: [
        { id: 'ann', ConditionList: [{ id: 'cold' }, { id: 'flu' }] },
        { id: 'bob', ConditionList: [{ id: 'scar' }] },
        { id: 'cy', ConditionList: [] },
      ],
    })
  })

  test('is counted and paged, its further pages at the root', async () => {
    const first = await dataOf(
      server,
      '{ ConditionConnection(_reference: subject, _sort: "code", _count: 2) { count next edges { resource { id } } } }',
      { path: 'Patient/ann' },
    )
    const { count, next, edges } = first['ConditionConnection'] as Record<string, unknown>
    expect([count, edges]).toEqual([3, [{ resource: { id: 'cold' } }, { resource: { id: 'flu' } }]])
    const query = 'query ($c: String) { ConditionConnection(_cursor: $c) { next edges { resource { id } } } }'
    expect(await dataOf(server, query, { variables: { c: next } })).toEqual({
      ConditionConnection: { next: null, edges: [{ resource: { id: 'gout' } }] },
    })
  })

  test.each([
    ['without _reference', 'ConditionList { id }', 400, 'is required'],
    [
      'along a parameter that is no reference',
      'ConditionList(_reference: code) { id }',
      200,
      'patient, asserter, evidence_detail, subject',
    ],
    [
      'along a reference to other types',
      'ConditionList(_reference: encounter) { id }',
      200,
      'patient, asserter, evidence_detail, subject',
    ],
    ['from a type that never refers to it', 'OrganizationList(_reference: partof) { id }', 400, 'Cannot query field'],
    ['with a cursor', 'ConditionConnection(_reference: patient, _cursor: "x") { count }', 400, 'Unknown argument'],
  ])('is refused %s', async (_case, field, status, message) => {
    const reply = await ask(server, `{ ${field} }`, { path: 'Patient/ann' })
    expect(reply.status).toBe(status)
    expect(reply.errors[0]!.message).toContain(message)
  })
})

describe('the statements of a query', () => {
  /** Runs a query on a store that counts its statements. */
  async function countStatements(query: string): Promise<{ count: number; text: string }> {
    const { context } = server
    let count = 0
    const counting = (db: Db): Db => ({
      query: (statement, options) => {
        count++
        return db.query(statement, options)
      },
    })
    const store = { ...context.store, db: counting(context.store.db), searchDb: counting(context.store.searchDb) }
    const request = { method: 'POST' as const, path: ['$graphql'], query: '', headers: {}, body: { query } }
    const { content } = await dispatch(request, { ...context, store })
    return { count, text: content! }
  }

  test('are one for each level, however many resources there are', async () => {
    for (let i = 0; i < 60; i++) {
      const id = `many-${i}`
      await server.fhir('PUT', `Patient/${id}`, {
        resourceType: 'Patient',
        id,
        gender: 'other',
        generalPractitioner: [{ reference: `Practitioner/${i % 2 ? 'greene' : 'ross'}` }],
      })
      await server.fhir('PUT', `Observation/${id}`, {
        resourceType: 'Observation',
        id,
        status: 'final',
        code: { text: id },
        subject: { reference: `Patient/${id}` },
      })
    }
    const query = `{ PatientList(gender: other) {
      id
      generalPractitioner { resource { id } }
      ObservationList(_reference: subject) { id subject { resource { id } } }
    } }`
    const { count, text } = await countStatements(query)
    const { data } = JSON.parse(text) as { data: { PatientList: Record<string, unknown>[] } }
    expect(data.PatientList).toHaveLength(60)
    for (const { id, ObservationList } of data.PatientList) {
      expect(ObservationList).toEqual([{ id, subject: { resource: { id } } }])
    }
    // Patients; their practitioners; their observations, which are two batches. The patients of these are known.
    expect(count).toBe(4)
  })

  test('are one for all root fields of one shape', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `p${i}: PatientList(name: "x${i}") { id }`)
    const ids = ['ann', 'bob', 'cy'].map((id) => `${id}: Patient(id: ${id}) { id }`)
    expect((await countStatements(`{ ${names.join(' ')} ${ids.join(' ')} }`)).count).toBe(2)
  })
})
