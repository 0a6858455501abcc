import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await server.fhir('PUT', 'Patient/there', { resourceType: 'Patient', id: 'there' })
  await server.fhir('PUT', 'Patient/gone', { resourceType: 'Patient', id: 'gone' })
  await server.fhir('DELETE', 'Patient/gone')
})
afterAll(() => server.close())

const patient = (id?: string) => ({ resourceType: 'Patient', ...(id && { id }) })

test.each<[string, string, string, object | undefined, string[]]>([
  ['a valid resource', 'POST', 'Patient/$validate', patient(), ['all-ok']],
  ['another type', 'POST', 'Patient/$validate', { resourceType: 'Person' }, ['wrong-resource-type']],
  ['a stored resource', 'GET', 'Patient/there/$validate', undefined, ['all-ok']],
  ['an update of it', 'POST', 'Patient/there/$validate?mode=update', patient('there'), ['all-ok']],
  ['an update with another id', 'POST', 'Patient/there/$validate?mode=update', patient('x'), ['wrong-id']],
  ['an update without id', 'POST', 'Patient/$validate?mode=update', patient(), ['missing-id']],
  ['a body for an instance', 'POST', 'Patient/there/$validate', patient('there'), ['all-ok']],
  ['a body with another id than the instance', 'POST', 'Patient/there/$validate', patient('x'), ['wrong-id']],
  ['a body without id for an instance', 'POST', 'Patient/there/$validate', patient(), ['missing-id']],
  ['a create beside an instance', 'POST', 'Patient/there/$validate?mode=create', patient('x'), ['all-ok']],
  ['its deletion', 'POST', 'Patient/there/$validate?mode=delete', undefined, ['all-ok']],
  ['the deletion of what is gone', 'GET', 'Patient/gone/$validate?mode=delete', undefined, ['resource-deleted']],
  ['the deletion of what never was', 'GET', 'Patient/x/$validate?mode=delete', undefined, ['resource-not-found']],
  ['a profile that is not known', 'POST', 'Patient/$validate?profile=http://p', patient(), ['unknown-profile']],
  [
    'a broken rule',
    'POST',
    'Patient/$validate',
    { ...patient(), contact: [{ gender: 'male' }] },
    ['invariant-violated'],
  ],
])('the outcome for %s', async (_case, method, path, body, codes) => {
  const reply = await server.fhir(method, path, body)
  expect(reply.status).toBe(200)
  expect(codesOf(reply.text)).toEqual(codes)
})

test.each([
  ['an unknown mode', 'POST', 'Patient/$validate?mode=guess', patient()],
  ['no resource', 'POST', 'Patient/$validate', undefined],
  ['an update without resource', 'POST', 'Patient/there/$validate?mode=update', undefined],
  ['a deletion of a type', 'POST', 'Patient/$validate?mode=delete', undefined],
  ['the mode profile without one', 'GET', 'Patient/there/$validate?mode=profile', undefined],
  ['the mode profile with a resource', 'POST', 'Patient/there/$validate?mode=profile&profile=http://p', patient()],
])('%s is refused', async (_case, method, path, body) => {
  const reply = await server.fhir(method, path, body)
  expect(reply.status).toBe(400)
  expect(codesOf(reply.text)).toEqual(['invalid-parameters'])
})

const bodySite = 'http://hl7.org/fhir/StructureDefinition/bodySite'
const vitalSigns = 'http://hl7.org/fhir/StructureDefinition/vitalsigns'
const heartRate = {
  resourceType: 'Observation',
  status: 'final',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
  ],
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: 'Patient/there' },
  effectiveDateTime: '2026-11-22',
  valueQuantity: { value: 72, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
}

test('a profile of the base specification is checked, by parameter or query, and by claim', async () => {
  const { subject: _subject, ...faulty } = heartRate
  const parameters = (resource: object) => ({
    resourceType: 'Parameters',
    parameter: [
      { name: 'resource', resource },
      { name: 'profile', valueUri: vitalSigns },
    ],
  })
  const replies = [
    await server.fhir('POST', 'Observation/$validate', parameters(faulty)),
    await server.fhir('POST', `Observation/$validate?profile=${vitalSigns}`, faulty),
    await server.fhir('POST', 'Observation/$validate', { ...faulty, meta: { profile: [vitalSigns] } }),
  ]
  for (const { json } of replies) {
    expect(errorsOf(json)).toMatchObject([{ expression: ['Observation.subject'] }])
    expect(JSON.stringify(json)).toContain(vitalSigns)
  }
  expect(codesOf((await server.fhir('POST', 'Observation/$validate', parameters(heartRate))).text)).toEqual(['all-ok'])
})

test('a stored resource is checked against a profile', async () => {
  const { json } = await server.fhir('POST', 'Observation', heartRate)
  const path = `Observation/${json['id']}/$validate?mode=profile&profile=`
  expect(codesOf((await server.fhir('GET', path + vitalSigns)).text)).toEqual(['all-ok'])
  expect(errorsOf((await server.fhir('GET', path + bodySite)).json)).not.toEqual([])
})

test('issues name the line and column, whether the resource is the body or a parameter', async () => {
  const text = '{\n  "resourceType": "Patient",\n  "gender": "girl"\n}'
  const send = async (payload: string) => {
    const headers = { 'content-type': 'application/fhir+json' }
    return (await server.inject({ method: 'POST', url: '/fhir/Patient/$validate', headers, payload })).json
  }
  expect(errorsOf(await send(text))).toMatchObject([{ location: ['line 3, column 13'] }])
  const wrapped = `{"resourceType": "Parameters", "parameter": [{"name": "resource", "resource":\n${text}}]}`
  expect(errorsOf(await send(wrapped))).toMatchObject([{ location: ['line 4, column 13'] }])
})

interface OutcomeIssue {
  readonly severity: string
}

function errorsOf(outcome: object): OutcomeIssue[] {
  return (outcome as { issue: OutcomeIssue[] }).issue.filter(({ severity }) => severity === 'error')
}

test('a resource that is not stored cannot be validated', async () => {
  expect((await server.fhir('GET', 'Patient/x/$validate')).status).toBe(404)
})

function codesOf(text: string): string[] {
  const outcome = JSON.parse(text) as { issue: { details: { coding: { code: string }[] } }[] }
  return outcome.issue.map((issue) => issue.details.coding[0]!.code)
}
