import { expect, test } from 'vitest'
import { isId, parseReference } from '../../server/fhir/reference.ts'
import { growth, linear } from '../support/growth.ts'

const invalid = { kind: 'invalid' }

test.each([
  ['Patient/1', { kind: 'relative', type: 'Patient', id: '1' }],
  ['Patient/a.B-9', { kind: 'relative', type: 'Patient', id: 'a.B-9' }],
  ['Patient/1/_history/2', { kind: 'relative', type: 'Patient', id: '1', version: '2' }],
  [`Patient/${'x'.repeat(64)}`, { kind: 'relative', type: 'Patient', id: 'x'.repeat(64) }],
  [`Patient/${'x'.repeat(65)}`, invalid],
  ['Patient/a_b', invalid],
  ['Patient/', invalid],
  ['Patient', invalid],
  ['/Patient/1', invalid],
  ['../Patient/1', invalid],
  ['Patient/1/', invalid],
  ['Patient/1/_history', invalid],
  ['Patient/1#part', invalid],
  [' Patient/1', invalid],
  ['', invalid],
  ['#', { kind: 'fragment', id: '' }],
  ['#org', { kind: 'fragment', id: 'org' }],
  ['#a b', invalid],
  ['urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0', 'urn'],
  ['urn:oid:1.2.3', 'urn'],
  ['urn:uuid:', invalid],
  ['urn:', invalid],
  [
    'Practitioner?identifier=http://npi|1',
    { kind: 'conditional', type: 'Practitioner', query: 'identifier=http://npi|1' },
  ],
  ['Patient?', invalid],
  ['?name=x', invalid],
  ['http://x.org/fhir/Patient/1', { kind: 'absolute', type: 'Patient', id: '1' }],
  ['http://x.org/fhir/Patient/1/_history/3', { kind: 'absolute', type: 'Patient', id: '1', version: '3' }],
  ['https://x.org/some.pdf', { kind: 'absolute' }],
  ['https://x.org?next=/Patient/1', { kind: 'absolute' }],
  ['http://x.org/a b', invalid],
  ['http:///Patient/1', invalid],
  ['javascript:alert(1)', invalid],
  ['data:text/html,x', invalid],
])('%s', (text, expected) => {
  const parsed = parseReference(text)
  if (expected === 'urn') expect(parsed).toEqual({ kind: 'urn', urn: text })
  else if (typeof expected === 'object' && expected.kind === 'absolute') {
    expect(parsed).toEqual({ ...expected, url: text })
  } else expect(parsed).toEqual(expected)
})

const local = { kind: 'relative', type: 'Patient', id: '1' }

test.each([
  ['below the base', 'http://host/fhir/Patient/1', 'http://host/fhir', local],
  ['below a base that ends in a slash', 'http://host/fhir/Patient/1', 'http://host/fhir/', local],
  [
    'a search below the base',
    'http://host/fhir/Patient?a=1',
    'http://host/fhir',
    { kind: 'conditional', type: 'Patient', query: 'a=1' },
  ],
  ['beside the base', 'http://host/fhirx/Patient/1', 'http://host/fhir', 'absolute'],
  ['on a host that begins alike', 'http://host.evil.org/Patient/1', 'http://host', 'absolute'],
  ['on another port', 'http://host:81/fhir/Patient/1', 'http://host/fhir', 'absolute'],
  ['deeper than the base', 'http://host/fhir/tenant/Patient/1', 'http://host/fhir', 'absolute'],
  ['leaving the base', 'http://host/fhir/../Patient/1', 'http://host/fhir', 'absolute'],
  ['relative anyway', 'Patient/1', 'http://host/fhir', local],
  ['with an empty base', '/Patient/1', '', 'invalid'],
])('an address %s', (_case, text, base, expected) => {
  const parsed = parseReference(text, base)
  if (typeof expected === 'string') expect(parsed.kind).toBe(expected)
  else expect(parsed).toEqual(expected)
})

test.each<[string, (size: number) => string]>([
  ['http://a/a/a/…', (size) => `http://${'a/'.repeat(size)}`],
  ['http://x/Patient/Patient/…', (size) => `http://x/${'Patient/'.repeat(size / 10)}`],
  ['###…', (size) => '#'.repeat(size)],
])('%s is read in linear time', (_name, textOf) => {
  const reading = (size: number) => {
    const text = textOf(size)
    return () => parseReference(text, 'http://host/fhir')
  }
  expect(growth(reading, 50_000)).toBeLessThan(linear)
})

test.each([
  ['1', true],
  ['A-b.9', true],
  ['', false],
  ['a b', false],
  ['a_b', false],
  ['1\n', false],
  ['x'.repeat(65), false],
])('%j as an id: %s', (text, expected) => {
  expect(isId(text)).toBe(expected)
})
