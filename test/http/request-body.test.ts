import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { isJsonObject } from '../../server/fhir/json.ts'
import type { OutcomeError } from '../../server/fhir/outcome.ts'
import { readBody } from '../../server/http/request-body.ts'
import { loadDefinitions } from '../../server/packages.ts'

const definitions = loadDefinitions(tmpdir())
const json = '{"resourceType":"Patient","gender":"female"}'
const xml = '<Patient xmlns="http://hl7.org/fhir"><gender value="female"/></Patient>'

function read(
  text: string | Buffer,
  contentType: string | undefined,
  method = 'POST',
  path = ['Patient'],
  securityContext?: string,
) {
  const sent = { method, path, bytes: Buffer.from(text), contentType, securityContext }
  const { text: _text, ...read } = readBody(sent, definitions)
  return read
}

function refusal(...args: Parameters<typeof read>): string | undefined {
  try {
    read(...args)
    return undefined
  } catch (error) {
    return `${(error as OutcomeError).status} ${(error as OutcomeError).issues[0]!.code}`
  }
}

test.each([
  'application/fhir+json',
  'application/json',
  'text/json',
  'application/fhir+json; charset=utf-8',
  'application/fhir+json;charset="UTF-8";fhirVersion=4.0',
  undefined,
])('JSON as %s', (contentType) => {
  expect(read(json, contentType)).toEqual({
    contentType: 'application/fhir+json',
    body: { resourceType: 'Patient', gender: 'female' },
  })
})

test.each(['application/fhir+xml', 'application/xml', 'text/xml', 'application/xml; charset=utf-8', undefined])(
  'XML as %s',
  (contentType) => {
    expect(read(xml, contentType)).toEqual({
      contentType: 'application/fhir+xml',
      body: { resourceType: 'Patient', gender: 'female' },
    })
  },
)

test('the mark that some editors write is no part of the text', () => {
  for (const contentType of ['application/fhir+json', undefined]) {
    expect(read(`\ufeff${json}`, contentType).body).toMatchObject({ gender: 'female' })
  }
  expect(read(`\ufeff${xml}`, undefined).body).toMatchObject({ gender: 'female' })
})

test.each([
  ['text/plain', 'POST', ['Patient']],
  ['multipart/form-data; boundary=x', 'POST', ['Patient']],
  ['application/fhir+json; charset=utf-16', 'POST', ['Patient']],
  ['application/fhir+json; charset=iso-8859-1', 'POST', ['Patient']],
  ['application/fhir+json; fhirVersion=5.0', 'POST', ['Patient']],
  ['application/x-www-form-urlencoded', 'POST', ['Patient']],
  ['application/json-patch+json', 'POST', ['Patient']],
  ['application/json-patch+json', 'PUT', ['Patient', '1']],
  ['text/html', 'POST', ['Patient']],
  ['application/xml-patch+xml', 'PATCH', ['Patient', '1']],
  ['application/fhir+json', 'POST', ['Patient', '_search']],
])('%s is refused with %s %s', (contentType, method, path) => {
  expect(refusal(json, contentType, method, path)).toBe('415 unsupported-media-type')
})

test('the refusal says what to send', () => {
  expect(() => read('x', 'text/plain', 'PATCH', ['Patient', '1'])).toThrow(
    'application/json-patch+json, application/fhir+json or application/fhir+xml',
  )
})

test('a body without a type is refused where it could be anything', () => {
  expect(refusal('name=x', undefined)).toBe('415 unsupported-media-type')
})

test.each([
  ['{"resourceType":', 'application/fhir+json', '400 invalid-json'],
  ['{"a":1,"a":2}', 'application/fhir+json', '400 duplicate-key'],
  ['['.repeat(100_000), 'application/fhir+json', '400 too-deep'],
  ['{"a":"\\u0000"}', 'application/fhir+json', '400 nul-character'],
  ['<Patient', 'application/fhir+xml', '400 invalid-xml'],
  ['<!DOCTYPE x [<!ENTITY e "e">]><Patient xmlns="http://hl7.org/fhir"/>', 'application/fhir+xml', '400 invalid-xml'],
])('%.40s is refused', (text, contentType, expected) => {
  expect(refusal(text, contentType)).toBe(expected)
})

test.each(['application/fhir+json', 'application/fhir+xml', undefined])('bytes that are not UTF-8 as %s', (type) => {
  expect(refusal(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), type)).toBe('400 invalid-utf8')
})

test.each([['GET'], ['HEAD'], ['DELETE']])('the body of a %s is not read', (method) => {
  expect(read('nonsense', 'text/plain', method)).toEqual({})
})

test.each(['', '  \n'])('the body %j is none', (text) => {
  expect(read(text, 'application/fhir+json')).toEqual({})
  expect(read(text, 'application/x-www-form-urlencoded', 'POST', ['Patient', '_search'])).toEqual({})
})

test('a search may be a form', () => {
  for (const contentType of ['application/x-www-form-urlencoded', undefined]) {
    expect(read('name=x&_count=2', contentType, 'POST', ['Patient', '_search'])).toEqual({ form: 'name=x&_count=2' })
  }
})

test('a patch is told by its type, or by being an array', () => {
  const patch = '[{"op":"remove","path":"/x"}]'
  for (const contentType of ['application/json-patch+json', 'application/json', undefined]) {
    const body = read(patch, contentType, 'PATCH', ['Patient', '1'])
    expect(body).toEqual({ contentType: 'application/json-patch+json', body: [{ op: 'remove', path: '/x' }] })
  }
  const parameters = read('{"resourceType":"Parameters"}', 'application/json', 'PATCH', ['Patient', '1'])
  expect(parameters.contentType).toBe('application/fhir+json')
})

test('a GraphQL query may be sent as it is, or in JSON', () => {
  const path = ['Patient', '1', '$graphql']
  expect(read('{ id }', 'application/graphql', 'POST', path)).toEqual({
    contentType: 'application/graphql',
    body: '{ id }',
  })
  expect(read('{"query":"{ id }"}', 'application/json', 'POST', path).body).toEqual({ query: '{ id }' })
  expect(refusal('{ id }', 'application/graphql')).toBe('415 unsupported-media-type')
})

test('any type is the content of a Binary', () => {
  expect(read('<h1>', 'text/html; charset=utf-8', 'PUT', ['Binary', 'b'], 'Patient/1').body).toEqual({
    resourceType: 'Binary',
    id: 'b',
    contentType: 'text/html; charset=utf-8',
    securityContext: { reference: 'Patient/1' },
    data: Buffer.from('<h1>').toString('base64'),
  })
  expect(read(Buffer.from([0xff]), undefined, 'POST', ['Binary']).body).toEqual({
    resourceType: 'Binary',
    contentType: 'application/octet-stream',
    data: '/w==',
  })
})

test('a Binary resource is itself, other JSON and XML is content', () => {
  const binary = '{"resourceType":"Binary","contentType":"text/plain","data":"YQ=="}'
  for (const contentType of ['application/fhir+json', 'application/json']) {
    expect(read(binary, contentType, 'POST', ['Binary']).body).toMatchObject({
      contentType: 'text/plain',
      data: 'YQ==',
    })
  }
  for (const [text, contentType] of [
    [json, 'application/fhir+json'],
    ['{"a":', 'application/json'],
    [xml, 'application/fhir+xml'],
    ['<svg/>', 'application/xml'],
  ] as const) {
    const { body } = read(text, contentType, 'POST', ['Binary'])
    expect(isJsonObject(body) && body['contentType']).toBe(contentType)
  }
  expect(refusal('{"a":', 'application/fhir+json', 'POST', ['Binary'])).toBe('400 invalid-json')
})

test('digits of numbers are kept', () => {
  const { body } = read('{"resourceType":"Observation","valueQuantity":{"value":1.00}}', 'application/json')
  expect(JSON.stringify(body)).toContain('"value":1.00')
})
