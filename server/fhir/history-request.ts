/** The parameters of a history. https://hl7.org/fhir/R4/http.html#history */
import { type DateRange, dateRange, earliest, latest } from './date-range.ts'
import { didYouMean } from './nearest.ts'
import { type Issue, OutcomeError } from './outcome.ts'
import { type Cursor, parseCursor } from './page-link.ts'
import { isId } from './reference.ts'

export interface HistoryRequest {
  readonly count: number
  /** Versions from this millisecond on. */
  readonly since?: number
  /** Versions that were current at some time in this range. */
  readonly at?: DateRange
  /** Versions that one of these Lists, by id, refers to. */
  readonly lists?: readonly string[]
  /** Oldest first. */
  readonly ascending: boolean
  readonly cursor?: Cursor
  /** The parameters that were understood, as they were sent, without the cursor. */
  readonly query: string
  /** Warnings about parameters that were ignored. */
  readonly issues: readonly Issue[]
}

export interface HistoryOptions {
  /** What the history is of, for messages: a resource type, or `system`. */
  readonly of: string
  /** The number of sort keys in a cursor. */
  readonly keys: number
  readonly handling: 'strict' | 'lenient'
}

const defaultCount = 20
const greatestCount = 1000

type Reader = (value: string, options: HistoryOptions) => Partial<HistoryRequest> | undefined

const readers: Readonly<Record<string, { read: Reader; expected: string }>> = {
  _count: { read: readCount, expected: 'It takes a whole number from 0.' },
  _since: { read: readSince, expected: 'It takes an instant such as 2024-05-01T12:00:00Z.' },
  _at: { read: readAt, expected: 'It takes a date such as 2024-05 or 2024-05-01T12:00:00Z, or ge2024-05.' },
  _list: { read: readList, expected: 'It takes the id of a List.' },
  _sort: { read: readSort, expected: 'A history is sorted by -_lastUpdated or _lastUpdated.' },
  _cursor: { read: readCursor, expected: 'Follow the links of a page as they are.' },
  // Read by the protocol, which chooses the form of the reply.
  _format: { read: () => ({}), expected: '' },
  _pretty: { read: () => ({}), expected: '' },
  _summary: { read: () => ({}), expected: '' },
  _elements: { read: () => ({}), expected: '' },
}

/** Reads the query of a history; unknown parameters are refused, or reported where handling is lenient. */
export function parseHistoryRequest(query: string, options: HistoryOptions): HistoryRequest {
  let request: HistoryRequest = { count: defaultCount, ascending: false, query: '', issues: [] }
  const understood: string[] = []
  const issues: Issue[] = []
  for (const text of query.split('&').filter((pair) => pair !== '')) {
    const [[name, value]] = [...new URLSearchParams(text)] as [[string, string]]
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (!reader) {
      issues.push(unknownParameter(name, options))
      continue
    }
    const read = reader.read(value, options)
    if (!read) {
      const params = { name, value, type: 'history parameter', expected: reader.expected }
      throw new OutcomeError('invalid-search-value', params)
    }
    if (name !== '_cursor') understood.push(text)
    request = { ...request, ...read }
  }
  if (issues.length > 0 && options.handling === 'strict') throw new OutcomeError(issues)
  return { ...request, query: understood.join('&'), issues }
}

function unknownParameter(name: string, { of, handling }: HistoryOptions): Issue {
  const params = { name, type: `The history of ${of}`, nearest: didYouMean(name, Object.keys(readers)) }
  return handling === 'strict'
    ? { code: 'unknown-parameter', params }
    : { code: 'ignored-parameter', params, severity: 'warning' }
}

function readCount(value: string) {
  return /^\d+$/.test(value) ? { count: Math.min(Number(value), greatestCount) } : undefined
}

function readSince(value: string) {
  const range = dateRange(withPlus(value))
  return range && { since: range.low }
}

const atRanges: Readonly<Record<string, (range: DateRange) => DateRange>> = {
  eq: (range) => range,
  gt: ({ high }) => ({ low: high, high: latest }),
  sa: ({ high }) => ({ low: high, high: latest }),
  ge: ({ low }) => ({ low, high: latest }),
  lt: ({ low }) => ({ low: earliest, high: low }),
  eb: ({ low }) => ({ low: earliest, high: low }),
  le: ({ high }) => ({ low: earliest, high }),
}

function readAt(value: string) {
  const [, prefix = 'eq', text = ''] = /^([a-z]{2})?(.*)$/s.exec(withPlus(value))!
  const range = dateRange(text)
  return range && Object.hasOwn(atRanges, prefix) ? { at: atRanges[prefix]!(range) } : undefined
}

/** `+` in a query is a space; clients forget to encode it in time zones. */
function withPlus(value: string): string {
  return value.replace(' ', '+')
}

function readList(value: string) {
  const lists = value.split(',').map((text) => text.replace(/^List\//, ''))
  return lists.every(isId) ? { lists } : undefined
}

function readSort(value: string) {
  return value === '_lastUpdated' || value === '-_lastUpdated' ? { ascending: value === '_lastUpdated' } : undefined
}

function readCursor(value: string, { keys }: HistoryOptions) {
  const cursor = parseCursor(value, keys)
  return cursor && { cursor }
}
