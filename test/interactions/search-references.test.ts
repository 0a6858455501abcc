/** References into hierarchies, and canonicals. https://hl7.org/fhir/R4/search.html#recursive, #versions */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

const resources: readonly JsonObject[] = [
  { resourceType: 'Location', id: 'house' },
  { resourceType: 'Location', id: 'floor', partOf: { reference: 'Location/house' } },
  { resourceType: 'Location', id: 'room', partOf: { reference: 'Location/floor' } },
  { resourceType: 'Location', id: 'annex' },
  { resourceType: 'Location', id: 'ring-1', partOf: { reference: 'Location/ring-3' } },
  { resourceType: 'Location', id: 'ring-2', partOf: { reference: 'Location/ring-1' } },
  { resourceType: 'Location', id: 'ring-3', partOf: { reference: 'Location/ring-2' } },
  { resourceType: 'Location', id: 'self', partOf: { reference: 'Location/self' } },
  ...['house', 'room', 'annex', 'ring-2', 'self'].map((place) => ({
    resourceType: 'Encounter',
    id: `in-${place}`,
    status: 'finished',
    class: { code: 'AMB' },
    location: [{ location: { reference: `Location/${place}` } }],
  })),
  {
    resourceType: 'Observation',
    id: 'seen',
    status: 'final',
    code: { text: 'x' },
    subject: { reference: 'Patient/p' },
  },
  questionnaire('pain-1', 'pain', '1.0'),
  questionnaire('pain-1-1', 'pain', '1.1'),
  questionnaire('pain-2', 'pain', '2.0'),
  questionnaire('plain', 'plain'),
  ...['pain', 'pain|1.0', 'pain|1.1', 'pain|2', 'plain', 'plain|1', 'none'].map((name, i) => ({
    resourceType: 'QuestionnaireResponse',
    id: `q${i}`,
    status: i === 1 ? 'completed' : 'amended',
    questionnaire: `http://example.org/q/${name}`,
  })),
  {
    resourceType: 'StructureDefinition',
    id: 'loop',
    url: 'http://example.org/sd/loop',
    name: 'Loop',
    status: 'draft',
    kind: 'resource',
    abstract: false,
    type: 'Patient',
    baseDefinition: 'http://example.org/sd/other',
    derivation: 'constraint',
    differential: { element: [{ id: 'Patient', path: 'Patient' }] },
  },
]

function questionnaire(id: string, name: string, version?: string): JsonObject {
  const url = `http://example.org/q/${name}`
  return { resourceType: 'Questionnaire', id, url, status: 'active', title: id, ...(version && { version }) }
}

beforeAll(async () => {
  server = await testServer()
  for (const resource of resources) {
    const reply = await server.fhir('PUT', `${resource['resourceType']}/${resource['id']}`, resource)
    expect(reply.status, reply.text).toBe(201)
  }
})
afterAll(() => server.close())

async function found(path: string): Promise<string> {
  const { json, status, text } = await server.fhir('GET', path)
  expect(status, text).toBe(200)
  const entries = (json['entry'] ?? []) as { resource: { id: string } }[]
  return entries
    .map(({ resource }) => resource.id)
    .sort()
    .join(' ')
}

describe('hierarchies', () => {
  test.each([
    ['Encounter?location=house', 'in-house'],
    ['Encounter?location:below=house', 'in-house in-room'],
    ['Encounter?location:below=Location/floor', 'in-room'],
    ['Encounter?location:below=http://localhost:3000/fhir/Location/floor', ''],
    ['Encounter?location:below=floor,Location/annex', 'in-annex in-room'],
    ['Encounter?location:above=room', 'in-house in-room'],
    ['Encounter?location:above=house', 'in-house'],
    ['Encounter?location:below=none', ''],
    ['Location?partof:below=house', 'floor room'],
    ['Location?partof:above=floor', 'floor room'],
    ['Location?_has:Encounter:location:_id=in-room', 'room'],
    ['Encounter?location.partof:below=house', 'in-room'],
    ['Observation?subject:below=Patient/p', 'seen'],
  ])('%s finds "%s"', async (path, ids) => {
    expect(await found(path)).toBe(ids)
  })

  test.each([
    ['Encounter?location:below=ring-1', 'in-ring-2'],
    ['Encounter?location:above=ring-3', 'in-ring-2'],
    ['Location?partof:below=ring-2', 'ring-1 ring-2 ring-3'],
    ['Encounter?location:below=self', 'in-self'],
    ['Encounter?location:above=self', 'in-self'],
  ])('that go round in a circle end: %s', async (path, ids) => {
    expect(await found(path)).toBe(ids)
  })

  test('are not known where nothing is part of its own kind', async () => {
    const reply = await server.fhir('GET', 'Observation?patient:below=p')
    expect(reply.status).toBe(400)
    expect(reply.text).toContain('unsupported-modifier')
    expect(reply.text).toContain('It takes :identifier :missing :[type].')
  })
})

describe('canonicals', () => {
  const q = 'http://example.org/q'
  test.each([
    [`QuestionnaireResponse?questionnaire=${q}/pain`, 'q0 q1 q2 q3'],
    [`QuestionnaireResponse?questionnaire=${q}/pain|1.0`, 'q1'],
    [`QuestionnaireResponse?questionnaire:below=${q}/pain`, 'q0 q1 q2 q3'],
    [`QuestionnaireResponse?questionnaire:below=${q}/pain|1`, 'q1 q2'],
    [`QuestionnaireResponse?questionnaire:below=${q}/pain|2.0`, ''],
    [`QuestionnaireResponse?questionnaire:above=${q}/pain|2.0`, 'q0 q3'],
    [`QuestionnaireResponse?questionnaire:above=${q}/pain`, 'q0'],
    ['QuestionnaireResponse?questionnaire.title=pain-2', 'q0'],
    ['QuestionnaireResponse?questionnaire:Questionnaire.version=1.0', 'q0 q1'],
    ['QuestionnaireResponse?questionnaire.title=plain', 'q4'],
    ['QuestionnaireResponse?_filter=questionnaire.version eq 1.1', 'q0 q2'],
    ['Questionnaire?_has:QuestionnaireResponse:questionnaire:status=completed', 'pain-1'],
    ['Questionnaire?_has:QuestionnaireResponse:questionnaire:_id=q0', 'pain-1 pain-1-1 pain-2'],
    ['Questionnaire?_has:QuestionnaireResponse:questionnaire:_id=q3,q5,q6', ''],
    ['QuestionnaireResponse?_id=q2&_include=QuestionnaireResponse:questionnaire', 'pain-1-1 q2'],
    ['QuestionnaireResponse?_id=q1&_include=QuestionnaireResponse:questionnaire:Questionnaire', 'pain-1 q1'],
    ['QuestionnaireResponse?_id=q0&_include=*', 'pain-1 pain-1-1 pain-2 q0'],
    ['Questionnaire?_id=pain-1&_revinclude=QuestionnaireResponse:questionnaire', 'pain-1 q0 q1'],
    ['Questionnaire?_id=plain&_revinclude=QuestionnaireResponse:*', 'plain q4'],
    ['StructureDefinition?base.name=Loop', ''],
    ['StructureDefinition?_has:StructureDefinition:base:name=Loop', ''],
  ])('%s finds "%s"', async (path, ids) => {
    expect(await found(path)).toBe(ids)
  })
})
