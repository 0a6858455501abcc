import { describe, expect, test } from 'vitest'
import { type BundleEntry, bundleText, entryText } from '../../server/fhir/bundle.ts'

describe('the text of a Bundle', () => {
  test('is valid JSON with its members in the order of the definition', () => {
    const text = bundleText({
      type: 'searchset',
      total: 1,
      links: [{ relation: 'self', url: 'http://localhost/fhir/Patient?name="a"' }],
      entries: [
        {
          fullUrl: 'http://localhost/fhir/Patient/1',
          content: '{"resourceType":"Patient","id":"1"}',
          search: { mode: 'match' },
        },
      ],
    })
    expect(JSON.parse(text)).toEqual({
      resourceType: 'Bundle',
      type: 'searchset',
      total: 1,
      link: [{ relation: 'self', url: 'http://localhost/fhir/Patient?name="a"' }],
      entry: [
        {
          fullUrl: 'http://localhost/fhir/Patient/1',
          resource: { resourceType: 'Patient', id: '1' },
          search: { mode: 'match' },
        },
      ],
    })
    expect(Object.keys(JSON.parse(text))).toEqual(['resourceType', 'type', 'total', 'link', 'entry'])
  })

  test('keeps the digits of numbers in resources', () => {
    const content = '{"resourceType":"Observation","valueQuantity":{"value":1.00}}'
    expect(bundleText({ type: 'history', links: [], entries: [{ content }] })).toContain('"value":1.00')
  })

  test('has no empty arrays', () => {
    expect(bundleText({ type: 'searchset', links: [], entries: [] })).toBe(
      '{"resourceType":"Bundle","type":"searchset"}',
    )
  })

  test('may have a total of zero', () => {
    expect(bundleText({ type: 'searchset', total: 0, links: [], entries: [] })).toContain('"total":0')
  })
})

test.each<[string, BundleEntry, string]>([
  [
    'a deletion has no resource',
    { content: null, request: { method: 'DELETE', url: 'Patient/1' }, response: { status: '204', etag: 'W/"2"' } },
    '{"request":{"method":"DELETE","url":"Patient/1"},"response":{"status":"204","etag":"W/\\"2\\""}}',
  ],
  [
    'a failed entry carries its outcome',
    { content: null, response: { status: '404', outcome: '{"resourceType":"OperationOutcome"}' } },
    '{"response":{"status":"404","outcome":{"resourceType":"OperationOutcome"}}}',
  ],
  [
    'a match may have a score',
    { content: '{}', search: { mode: 'match', score: 0.5 } },
    '{"resource":{},"search":{"mode":"match","score":0.5}}',
  ],
])('%s', (_case, entry, text) => {
  expect(entryText(entry)).toBe(text)
})
