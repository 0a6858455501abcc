import { expect, test } from 'vitest'
import { bundlePreference, type EntryReply, responseBundle } from '../../../server/fhir/transaction/respond.ts'

const created: EntryReply = {
  status: 201,
  content: '{"resourceType":"Patient","id":"1"}',
  version: 1,
  lastModified: Date.parse('2026-03-02T08:00:00Z'),
  location: 'Patient/1/_history/1',
  preferable: true,
}
const read: EntryReply = { status: 200, content: '{"resourceType":"Patient","id":"2"}', version: 4 }

const response = {
  status: '201 Created',
  location: 'Patient/1/_history/1',
  etag: 'W/"1"',
  lastModified: '2026-03-02T08:00:00.000Z',
}

function entriesOf(replies: readonly EntryReply[], preference: Parameters<typeof responseBundle>[2]) {
  const bundle = JSON.parse(responseBundle('transaction-response', replies, preference))
  expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'transaction-response' })
  return bundle.entry
}

test('writes are answered without their resources, reads with them', () => {
  expect(entriesOf([created, read], 'minimal')).toEqual([
    { response },
    { resource: { resourceType: 'Patient', id: '2' }, response: { status: '200 OK', etag: 'W/"4"' } },
  ])
})

test('representation answers writes with their resources', () => {
  expect(entriesOf([created], 'representation')).toEqual([{ resource: { resourceType: 'Patient', id: '1' }, response }])
})

test('OperationOutcome answers writes with an outcome', () => {
  const [entry] = entriesOf([created], 'OperationOutcome')
  expect(entry).toMatchObject({ response: { ...response, outcome: { resourceType: 'OperationOutcome' } } })
  expect(entry).not.toHaveProperty('resource')
})

test('a deletion has neither resource nor location', () => {
  expect(entriesOf([{ status: 204, version: 3 }], 'representation')).toEqual([
    { response: { status: '204 No Content', etag: 'W/"3"' } },
  ])
})

test('a failed entry of a batch has the status and the outcome of its failure', () => {
  const text = responseBundle('batch-response', [{ status: 404, issues: [{ code: 'resource-not-found' }] }], 'minimal')
  expect(JSON.parse(text)).toMatchObject({
    type: 'batch-response',
    entry: [{ response: { status: '404 Not Found', outcome: { issue: [{ code: 'not-found' }] } } }],
  })
})

test.each([
  [undefined, 'minimal'],
  ['return=minimal', 'minimal'],
  ['return=representation', 'representation'],
  ['handling=lenient; return=OperationOutcome', 'OperationOutcome'],
])('the preference %s is %s', (prefer, expected) => {
  expect(bundlePreference(prefer)).toBe(expected)
})
