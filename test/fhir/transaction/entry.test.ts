import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { OutcomeError } from '../../../server/fhir/outcome.ts'
import { bundleEntries, errorInEntry, readEntry } from '../../../server/fhir/transaction/entry.ts'
import { loadDefinitions } from '../../../server/packages.ts'

const base = 'http://localhost:8080/fhir'
const options = { definitions: loadDefinitions(tmpdir()), base }
const patient = { resourceType: 'Patient' }
const patch = [{ op: 'replace', path: '/active', value: true }]

function entry(method: string, url: string, more: JsonObject = {}, resource?: JsonObject): JsonObject {
  return { request: { method, url, ...more }, ...(resource && { resource }) }
}

test.each<[string, JsonObject, object]>([
  ['a create', entry('POST', 'Patient', {}, patient), { kind: 'create', type: 'Patient', resource: patient }],
  [
    'a conditional create',
    entry('POST', 'Patient', { ifNoneExist: 'identifier=a|b' }, patient),
    { kind: 'create', type: 'Patient', criteria: 'identifier=a|b' },
  ],
  [
    'a condition with the type of a URL',
    entry('POST', 'Patient', { ifNoneExist: 'Patient?identifier=a|b' }, patient),
    { kind: 'create', criteria: 'identifier=a|b' },
  ],
  [
    'an update',
    entry('PUT', 'Patient/1', { ifMatch: 'W/"2"' }, { ...patient, id: '1' }),
    { kind: 'update', type: 'Patient', id: '1', request: { headers: { ifMatch: 'W/"2"' } } },
  ],
  [
    "an update at this server's own absolute URL",
    entry('PUT', `${base}/Patient/1`, {}, { ...patient, id: '1' }),
    { kind: 'update', type: 'Patient', id: '1', request: { path: ['Patient', '1'] } },
  ],
  [
    'a conditional update',
    entry('PUT', 'Patient?identifier=a%7Cb', {}, patient),
    { kind: 'update', type: 'Patient', criteria: 'identifier=a%7Cb' },
  ],
  ['a delete', entry('DELETE', '/Patient/1'), { kind: 'delete', type: 'Patient', id: '1' }],
  ['a conditional delete', entry('DELETE', 'Patient?name=a'), { kind: 'delete', type: 'Patient', criteria: 'name=a' }],
  [
    'a FHIRPath patch',
    entry('PATCH', 'Patient/1', {}, { resourceType: 'Parameters' }),
    { kind: 'patch', id: '1', request: { contentType: 'application/fhir+json', body: { resourceType: 'Parameters' } } },
  ],
  [
    'a JSON patch',
    entry(
      'PATCH',
      'Patient/1',
      {},
      {
        resourceType: 'Binary',
        contentType: 'application/json-patch+json',
        data: Buffer.from(JSON.stringify(patch)).toString('base64'),
      },
    ),
    { kind: 'patch', id: '1', request: { contentType: 'application/json-patch+json', body: patch } },
  ],
  ['a read', entry('GET', 'Patient/1'), { kind: 'other', request: { method: 'GET', path: ['Patient', '1'] } }],
  ['a search', entry('GET', 'Patient?name=a'), { kind: 'other', request: { path: ['Patient'], query: 'name=a' } }],
  ['a posted search', entry('POST', 'Patient/_search?name=a'), { kind: 'other' }],
  ['a history', entry('HEAD', 'Patient/1/_history'), { kind: 'other', request: { method: 'HEAD' } }],
  ['an operation', entry('POST', '$validate', {}, patient), { kind: 'other', request: { body: patient } }],
])('%s is recognized', (_case, value, expected) => {
  expect(readEntry(value, 3, options)).toMatchObject({ index: 3, ...expected })
})

test("the Bundle's preference holds for its entries", () => {
  const { request } = readEntry(entry('DELETE', 'Patient/1'), 0, { ...options, prefer: 'return=representation' })
  expect(request.headers.prefer).toBe('return=representation')
})

test.each<[string, JsonObject | string, string, string]>([
  ['a text', 'x', 'invalid-bundle', 'Bundle.entry[3].request'],
  ['without a request', { resource: patient }, 'invalid-bundle', 'Bundle.entry[3].request'],
  ['with an unknown method', entry('LOAD', 'Patient'), 'invalid-bundle', 'Bundle.entry[3].request.method'],
  ['without a URL', { request: { method: 'GET' } }, 'invalid-bundle', 'Bundle.entry[3].request.url'],
  ['for another server', entry('GET', 'http://x/fhir/Patient/1'), 'invalid-bundle', 'Bundle.entry[3].request.url'],
  ['with a broken URL', entry('DELETE', 'Patient/%zz'), 'invalid-bundle', 'Bundle.entry[3].request.url'],
  [
    'with a header that is no text',
    entry('DELETE', 'Patient/1', { ifMatch: 3 }),
    'invalid-bundle',
    'Bundle.entry[3].request.ifMatch',
  ],
  ['for an unknown type', entry('POST', 'Parrot', {}, patient), 'unknown-type', 'Bundle.entry[3].request.url'],
  ['with an impossible id', entry('DELETE', 'Patient/a_b'), 'invalid-id', 'Bundle.entry[3].request.url'],
  ['without what it creates', entry('POST', 'Patient'), 'missing-body', 'Bundle.entry[3]'],
  [
    'with a resource of another type',
    entry('PUT', 'Group/1', {}, patient),
    'wrong-resource-type',
    'Bundle.entry[3].resource',
  ],
  [
    'with another id',
    entry('PUT', 'Patient/1', {}, { ...patient, id: '2' }),
    'wrong-id',
    'Bundle.entry[3].resource.id',
  ],
  ['that updates without an id', entry('PUT', 'Patient/1', {}, patient), 'missing-id', 'Bundle.entry[3].resource.id'],
  [
    'with an empty condition',
    entry('POST', 'Patient', { ifNoneExist: '' }, patient),
    'criteria-required',
    'Bundle.entry[3].request',
  ],
  ['without a patch', entry('PATCH', 'Patient/1'), 'missing-body', 'Bundle.entry[3]'],
  [
    'with a patch of another form',
    entry('PATCH', 'Patient/1', {}, patient),
    'invalid-patch',
    'Bundle.entry[3].resource',
  ],
])('an entry %s is refused', (_case, value, code, expression) => {
  expect(issuesOf(() => readEntry(value, 3, options))).toMatchObject([{ code, expression }])
})

test.each([
  [undefined, 'Bundle.entry[3]'],
  ['Patient', 'Bundle.entry[3].resource'],
  ['Patient.name[0].given', 'Bundle.entry[3].resource.name[0].given'],
  ['entry.request.url', 'Bundle.entry[3].request.url'],
  ['Bundle.entry[7]', 'Bundle.entry[7]'],
])('the expression %s is %s in the Bundle', (expression, expected) => {
  const error = new OutcomeError([{ code: 'invalid-value', ...(expression !== undefined && { expression }) }])
  expect(
    issuesOf(() => {
      throw error
    }),
  ).toMatchObject([{ expression: expected }])
})

test('what is no outcome is not told of an entry', () => {
  const bug = new TypeError('x is not a function')
  expect(errorInEntry(bug, 0)).toBe(bug)
})

test('entries must be a list', () => {
  expect(bundleEntries({ resourceType: 'Bundle' })).toEqual([])
  expect(() => bundleEntries({ resourceType: 'Bundle', entry: {} })).toThrow('must be a list')
})

function issuesOf(work: () => unknown) {
  try {
    work()
  } catch (error) {
    return (errorInEntry(error, 3) as OutcomeError).issues
  }
  throw new Error('nothing was refused')
}
