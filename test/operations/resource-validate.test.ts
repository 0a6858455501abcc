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
  ['a profile', 'POST', 'Patient/$validate?profile=http://p', patient(), ['all-ok', 'not-supported']],
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
])('%s is refused', async (_case, method, path, body) => {
  const reply = await server.fhir(method, path, body)
  expect(reply.status).toBe(400)
  expect(codesOf(reply.text)).toEqual(['invalid-parameters'])
})

test('a profile that was not checked is no error', async () => {
  const reply = await server.fhir('POST', 'Patient/$validate?profile=http://p', patient())
  expect(reply.json['issue']).toMatchObject([{ severity: 'information' }, { severity: 'information' }])
})

test('a resource that is not stored cannot be validated', async () => {
  expect((await server.fhir('GET', 'Patient/x/$validate')).status).toBe(404)
})

function codesOf(text: string): string[] {
  const outcome = JSON.parse(text) as { issue: { details: { coding: { code: string }[] } }[] }
  return outcome.issue.map((issue) => issue.details.coding[0]!.code)
}
