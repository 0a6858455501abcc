import { expect, test } from 'vitest'
import { OutcomeError } from '../../server/fhir/outcome.ts'
import { fallbackPresentation, presentationOf } from '../../server/http/presentation.ts'

const request = { query: '', accept: undefined, lenient: false, binary: false }

test.each([
  ['', { format: 'json', plain: true, pretty: false }],
  ['name=x', { format: 'json', plain: true }],
  ['_format=xml', { format: 'xml', plain: false }],
  ['_format=application/fhir%2Bxml', { format: 'xml' }],
  ['_format=application/fhir+xml', { format: 'xml' }],
  ['name=x&_format=xml&_pretty=true', { format: 'xml', pretty: true }],
  ['_pretty=true', { format: 'json', pretty: true, plain: false }],
  ['_pretty=false', { pretty: false, plain: true }],
  ['_summary=true', { summary: 'true', plain: false }],
  ['_summary=text', { summary: 'text', plain: false }],
  ['_summary=data', { summary: 'data' }],
  ['_summary=false', { plain: true }],
  ['_summary=count', { summary: 'count' }],
  ['_elements=name,birthDate', { elements: ['name', 'birthDate'], plain: false }],
  ['_elements=name&_summary=false', { elements: ['name'] }],
  ['%5Fpretty=true', { pretty: true }],
  ['_format=', { format: 'json' }],
])('the query %j asks for %j', (query, expected) => {
  expect(presentationOf({ ...request, query })).toMatchObject(expected)
})

test.each([
  ['_format=ttl', 'not-acceptable'],
  ['_pretty=yes', 'invalid-search-value'],
  ['_summary=maybe', 'invalid-search-value'],
  ['_elements=1x', 'invalid-search'],
  ['_elements=name&_summary=true', 'invalid-search'],
])('%s is refused, or ignored by the lenient', (query, code) => {
  const codeOf = () => {
    try {
      presentationOf({ ...request, query })
      return undefined
    } catch (error) {
      return (error as OutcomeError).issues[0]?.code
    }
  }
  expect(codeOf()).toBe(code)
  expect(presentationOf({ ...request, query, lenient: true }).format).toBe('json')
})

test('_format goes before Accept', () => {
  const accept = 'application/fhir+xml'
  expect(presentationOf({ ...request, accept }).format).toBe('xml')
  expect(presentationOf({ ...request, accept, query: '_format=json' }).format).toBe('json')
  expect(presentationOf({ ...request, accept: 'image/png', query: '_format=json' }).format).toBe('json')
})

test('a type that cannot be sent is refused, except for a Binary, which may have it', () => {
  expect(() => presentationOf({ ...request, accept: 'image/png' })).toThrow(OutcomeError)
  expect(presentationOf({ ...request, accept: 'image/png', binary: true }).native).toBe(true)
})

test.each([
  ['application/fhir+json', '', false],
  ['*/*', '', true],
  [undefined, '', true],
  ['*/*', '_format=json', false],
  ['*/*', '_summary=true', false],
  ['application/json', '', true],
])('a Binary is read as its content: Accept %s, query %j: %s', (accept, query, native) => {
  expect(presentationOf({ ...request, accept, query, binary: true }).native).toBe(native)
})

test('errors are written in what can be understood of the request', () => {
  expect(fallbackPresentation('application/fhir+xml').format).toBe('xml')
  expect(fallbackPresentation('image/png').format).toBe('json')
})
