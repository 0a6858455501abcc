import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../support/test-server.ts'
import { ask, buildWorld, dataOf } from './world.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await buildWorld(server)
})
afterAll(() => server.close())

const inWeight = (query: string, variables?: object) =>
  dataOf(server, query, { path: 'Observation/weight', ...(variables && { variables }) })

describe('the resource of a reference', () => {
  test('is asked for the fields that a possible target has', async () => {
    expect(await inWeight('{ subject { reference resource { active } } }')).toEqual({
      subject: { reference: 'Patient/ann', resource: { active: true } },
    })
  })

  test('is asked for different fields by type', async () => {
    const query = '{ subject { resource { id ... on Patient { birthDate } ... on Group { name } } } }'
    expect(await inWeight(query)).toEqual({ subject: { resource: { id: 'ann', birthDate: '1974-12-25' } } })
    const survey = await dataOf(server, query, { path: 'Observation/survey' })
    expect(survey).toEqual({ subject: { resource: { id: 'cohort', name: 'Cohort' } } })
  })

  test.each([
    ['weight', { resource: { birthDate: '1974-12-25' }, group: null }],
    ['survey', { resource: { name: 'Cohort' }, group: { type: 'person' } }],
  ])('is asked for one type at a time: %s', async (id, subject) => {
    const query = `{ subject {
      resource(type: Patient) { birthDate }
      resource(type: Group) { name }
      group: resource(type: Group) { type }
    } }`
    expect(await dataOf(server, query, { path: `Observation/${id}` })).toEqual({ subject })
  })

  test('has its type in a variable', async () => {
    const query = 'query ($t: ResourceType) { subject { resource(type: $t) { birthDate } } }'
    expect(await inWeight(query, { t: 'Patient' })).toEqual({ subject: { resource: { birthDate: '1974-12-25' } } })
  })

  test('is left out where it is of another type, without an error', async () => {
    expect(await inWeight('{ subject { resource(type: Device) { id } } }')).toEqual({ subject: { resource: null } })
  })

  test('is an error where there is none', async () => {
    const { status, data, errors } = await ask(server, '{ performer { display resource { id } } }', {
      path: 'Observation/weight',
    })
    expect(status).toBe(200)
    expect(data).toEqual({
      performer: [
        { display: null, resource: { id: 'greene' } },
        { display: 'A nurse', resource: null },
        { display: null, resource: null },
      ],
    })
    expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['performer', 1, 'resource'], 'resource-not-found'],
      [['performer', 2, 'resource'], 'resource-not-found'],
    ])
    expect(errors[1]!.message).toContain('Practitioner/gone')
    expect(errors[1]!.extensions.resource.resourceType).toBe('OperationOutcome')
  })

  test('may be optional', async () => {
    const data = await inWeight('{ performer { resource(optional: true) { id } } }')
    expect(data).toEqual({ performer: [{ resource: { id: 'greene' } }, { resource: null }, { resource: null }] })
  })

  test('may be contained, and refer back', async () => {
    const query = `{ managingOrganization { resource { id ... on Organization {
      name extension { valueReference { resource { id ... on Patient { gender } } } }
    } } } }`
    expect(await dataOf(server, query, { path: 'Patient/ann' })).toEqual({
      managingOrganization: {
        resource: {
          id: 'clinic',
          name: 'Contained Clinic',
          extension: [{ valueReference: { resource: { id: 'ann', gender: 'female' } } }],
        },
      },
    })
  })

  test('is of the version that the reference names', async () => {
    const query = '{ subject { resource { meta { versionId } ... on Patient { active } } } }'
    const data = await dataOf(server, query, { path: 'Observation/old' })
    expect(data).toEqual({ subject: { resource: { meta: { versionId: '1' }, active: false } } })
    const { data: current } = await ask(server, '{ Patient(id: "cy") { active meta { versionId } } }')
    expect(current).toEqual({ Patient: { active: true, meta: { versionId: '2' } } })
  })

  test.each([
    ['a type that does not exist', 'resource(type: Practioner) { id }', 'Value "Practioner" does not exist'],
    ['a field that no target has', 'resource { specialty }', 'Cannot query field "specialty" on type "Resource"'],
    ['a field that the type does not have', 'resource(type: Group) { birthDate }', 'on type "Group"'],
  ])('refuses %s', async (_case, field, message) => {
    const { status, data, errors } = await ask(server, `{ subject { ${field} } }`, { path: 'Observation/weight' })
    expect([status, data]).toEqual([400, null])
    expect(errors[0]!.message).toContain(message)
    expect(errors[0]!.extensions.code).toBe('invalid-graphql')
  })
})

describe('contained resources', () => {
  test('are put out with their fields', async () => {
    const data = await dataOf(server, '{ contained { id ... on Organization { name } } }', { path: 'Patient/ann' })
    expect(data).toEqual({ contained: [{ id: 'clinic', name: 'Contained Clinic' }] })
  })

  test('are referred to by nothing outside', async () => {
    const query = '{ contained { ... on Organization { PatientList(_reference: organization) { id } } } }'
    expect(await dataOf(server, query, { path: 'Patient/ann' })).toEqual({ contained: [{ PatientList: [] }] })
  })
})
