import { describe, expect, test } from 'vitest'
import { latest } from '../../server/fhir/date-range.ts'
import { parseHistoryRequest } from '../../server/fhir/history-request.ts'
import { OutcomeError } from '../../server/fhir/outcome.ts'
import { cursorText } from '../../server/fhir/page-link.ts'

const options = { of: 'Patient', keys: 1, handling: 'strict' } as const
const may = Date.UTC(2024, 4, 1)
const june = Date.UTC(2024, 5, 1)

describe('the parameters of a history', () => {
  test('may be absent', () => {
    expect(parseHistoryRequest('', options)).toEqual({ count: 20, ascending: false, query: '', issues: [] })
  })

  test.each([
    ['_count=5', { count: 5 }],
    ['_count=0', { count: 0 }],
    ['_count=1000000000', { count: 1000 }],
    ['_since=2024-05-01T00:00:00Z', { since: may }],
    ['_since=2024-05-01T02:00:00+02:00', { since: may }],
    ['_since=2024-05-01T02%3A00%3A00%2B02%3A00', { since: may }],
    ['_at=2024-05', { at: { low: may, high: june } }],
    ['_at=ge2024-05', { at: { low: may, high: latest } }],
    ['_at=gt2024-05', { at: { low: june, high: latest } }],
    ['_list=42', { lists: ['42'] }],
    ['_list=List/42,b', { lists: ['42', 'b'] }],
    ['_sort=_lastUpdated', { ascending: true }],
    ['_sort=-_lastUpdated', { ascending: false }],
  ])('%s', (query, expected) => {
    expect(parseHistoryRequest(query, options)).toMatchObject({ ...expected, query })
  })

  test('leave the cursor out of the query that links repeat', () => {
    const cursor = { towards: 'next', position: [7n] } as const
    const request = parseHistoryRequest(`_count=5&_cursor=${cursorText(cursor)}&_format=json`, options)
    expect(request).toMatchObject({ cursor, query: '_count=5&_format=json' })
  })

  test.each([
    ['_count=-1', 'invalid-search-value'],
    ['_count=many', 'invalid-search-value'],
    ['_since=yesterday', 'invalid-search-value'],
    ['_at=2020-13-45', 'invalid-search-value'],
    ['_at=ne2020', 'invalid-search-value'],
    ['_list=$current-problems', 'invalid-search-value'],
    ['_list=', 'invalid-search-value'],
    ['_sort=name', 'invalid-search-value'],
    ['_cursor=x', 'invalid-search-value'],
    ['_cuont=5', 'unknown-parameter'],
    ['__proto__=5', 'unknown-parameter'],
  ])('%s is refused', (query, code) => {
    const refusal = thrown(() => parseHistoryRequest(query, options))
    expect(refusal.issues.map((issue) => issue.code)).toEqual([code])
  })

  test('that are mistyped are named with the nearest that exists', () => {
    expect(thrown(() => parseHistoryRequest('_cuont=5', options)).message).toContain("Did you mean '_count'?")
  })

  test('that are unknown are reported where handling is lenient', () => {
    const request = parseHistoryRequest('name=x&_count=5', { ...options, handling: 'lenient' })
    expect(request).toMatchObject({ count: 5, query: '_count=5', issues: [{ code: 'ignored-parameter' }] })
  })
})

function thrown(work: () => unknown): OutcomeError {
  try {
    work()
  } catch (error) {
    if (error instanceof OutcomeError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
