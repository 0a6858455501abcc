import { expect, test } from 'vitest'
import { formatNamed, namesFhir, negotiate, parseMediaType, takes } from '../../server/http/content-types.ts'
import { growth, linear } from '../support/growth.ts'

const fhirJson = 'application/fhir+json; charset=utf-8'
const fhirXml = 'application/fhir+xml; charset=utf-8'

test.each([
  [undefined, fhirJson],
  ['', fhirJson],
  ['*/*', fhirJson],
  ['application/*', fhirJson],
  ['application/fhir+json', fhirJson],
  ['application/fhir+xml', fhirXml],
  ['APPLICATION/FHIR+XML', fhirXml],
  ['application/json', 'application/json; charset=utf-8'],
  ['text/json', 'text/json; charset=utf-8'],
  ['application/xml', 'application/xml; charset=utf-8'],
  ['text/xml', 'text/xml; charset=utf-8'],
  ['text/*', 'text/json; charset=utf-8'],
  ['application/fhir+xml, application/fhir+json', fhirXml],
  ['application/fhir+json;q=0.5, application/fhir+xml;q=0.9', fhirXml],
  ['application/fhir+json;q=0.5, application/fhir+xml;q=0.4', fhirJson],
  ['*/*, application/fhir+xml', fhirXml],
  ['*/*;q=0.1, image/png', fhirJson],
  ['application/fhir+json;q=0, */*', fhirXml],
  ['application/fhir+json; fhirVersion=4.0', fhirJson],
  ['application/fhir+json; fhirVersion="4.0"; charset=utf-8', fhirJson],
  ['application/fhir+json; fhirVersion=5.0, application/fhir+xml;q=0.1', fhirXml],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8', fhirJson],
  ['nonsense, application/fhir+xml', fhirXml],
])('a client that accepts %j gets %s', (accept, answer) => {
  expect(negotiate(accept)?.answer).toBe(answer)
})

test.each([
  'image/png',
  'text/turtle',
  'application/fhir+turtle',
  'nonsense',
  'application/fhir+json;q=0',
  'application/fhir+json; fhirVersion=3.0',
])('a client that accepts only %s cannot be served', (accept) => {
  expect(negotiate(accept)).toBeUndefined()
})

test.each([
  ['json', fhirJson],
  ['XML', fhirXml],
  ['html', fhirJson],
  ['application/fhir+xml', fhirXml],
  ['application/fhir xml', fhirXml],
  ['text/xml', 'text/xml; charset=utf-8'],
  ['application/json', 'application/json; charset=utf-8'],
])('_format=%s is sent as %s', (value, answer) => {
  expect(formatNamed(value)?.answer).toBe(answer)
})

test.each(['ttl', 'text/turtle', 'pdf', '', 'application/fhir+json;fhirVersion=5.0'])(
  '_format=%j is unknown',
  (value) => {
    expect(formatNamed(value)).toBeUndefined()
  },
)

test('a media type is read with its parameters, in lower case', () => {
  const media = parseMediaType('Application/FHIR+JSON ; Charset="UTF-8"; fhirVersion=4.0')
  expect(media?.type).toBe('application/fhir+json')
  expect(Object.fromEntries(media!.parameters)).toEqual({ charset: 'utf-8', fhirversion: '4.0' })
})

test.each(['json', 'a/b/c', '/', 'text/', 'text/plain plain', ''])('%j is no media type', (text) => {
  expect(parseMediaType(text)).toBeUndefined()
})

test.each([
  ['*/*', 'application/pdf', true],
  [undefined, 'application/pdf', true],
  ['image/*', 'image/png', true],
  ['image/*;q=0', 'image/png', false],
  ['image/png', 'application/pdf', false],
])('a client that accepts %s takes %s: %s', (accept, type, taken) => {
  expect(takes(accept, type)).toBe(taken)
})

test('only the types that FHIR defined for itself ask for a resource', () => {
  expect(namesFhir('text/html, application/fhir+json;q=0.1')).toBe(true)
  expect(namesFhir('application/json, */*')).toBe(false)
  expect(namesFhir(undefined)).toBe(false)
})

test.each<[string, (size: number) => string]>([
  ['of parameters and spaces', (size) => `${'a/b;'.repeat(size)},${' '.repeat(size)}x`],
  ['of many types', (size) => 'application/fhir+json;q=0.1,'.repeat(size / 5)],
])('a hostile Accept %s is read in linear time', (_name, textOf) => {
  const reading = (size: number) => {
    const text = textOf(size)
    return () => negotiate(text)
  }
  expect(growth(reading, 5000)).toBeLessThan(linear)
})
