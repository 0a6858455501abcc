import { expect, test } from 'vitest'
import { isProblem, kindOfFile, readEntry } from '../../../server/fhir/packages/entry.ts'
import { loadDefinitions } from '../../../server/packages.ts'
import { profile, valueSet } from '../../support/package-archive.ts'

const definitions = loadDefinitions('.data')
const url = 'http://example.org/x'

test.each([
  ['package/package.json', 'manifest'],
  ['package/ValueSet-x.json', 'resource'],
  ['package/readme.md', 'resource'],
  ['package/.index.json', 'index'],
  ['package/.index.db', 'index'],
  ['package/example/Patient-x.json', 'example'],
  ['package/examples/Patient-x.json', 'example'],
  ['package/other/x.json', 'other'],
  ['package/a/b/x.json', 'other'],
  ['other/package.json', 'other'],
])('%s is of the kind %s', (path, expected) => {
  expect(kindOfFile(path)).toBe(expected)
})

function read(content: string | Buffer | object, path = 'package/x.json') {
  const text = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content)
  return readEntry(path, Buffer.from(text as string), definitions)
}

test('a resource is read, with its decimals as they are written', () => {
  const entry = read(
    `\uFEFF${JSON.stringify(valueSet(url, '1')).replace('"status"', '"extension":[{"url":"http://x","valueDecimal":1.00}],"status"')}`,
  )
  expect(entry).toMatchObject({ file: 'x.json', type: 'ValueSet', url, version: '1' })
  expect(isProblem(entry) || JSON.stringify(entry.resource)).toContain('"valueDecimal":1.00')
})

test.each<[string, string | Buffer | object, string]>([
  ['that is no JSON', '<a/>', 'It cannot be read as JSON'],
  ['that is cut off', '{"resourceType":', 'It cannot be read as JSON'],
  ['with a key twice', '{"a":1,"a":2}', 'It cannot be read as JSON'],
  ['that is too deep', '['.repeat(100), 'It cannot be read as JSON'],
  ['with a NUL', '{"resourceType":"ValueSet","url":"\\u0000"}', 'It cannot be read as JSON'],
  ['that is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'not valid UTF-8'],
  ['that is a list', [], 'It is no JSON object.'],
  ['without a resourceType', { url }, 'It has no resourceType.'],
  [
    'of a type of another FHIR',
    { resourceType: 'ActorDefinition', url },
    "'ActorDefinition' is not a FHIR R4 resource type.",
  ],
  ['without a url', { resourceType: 'ValueSet', status: 'active' }, 'It has no url'],
  ['for another FHIR', profile(url, '1', 'Patient', { fhirVersion: '5.0.0' }), 'It is for FHIR 5.0.0'],
  ['that is not valid', { ...valueSet(url, '1'), status: 'new' }, 'It is not valid'],
  ['that is not valid in many ways', { ...valueSet(url, '1'), status: 'new', x: 1, y: 2 }, '(and 2 more)'],
])('a file %s is refused', (_case, content, reason) => {
  expect(read(content)).toMatchObject({ file: 'x.json', reason: expect.stringContaining(reason) })
})

test('a file that is no JSON by its name is refused', () => {
  expect(read({}, 'package/x.xml')).toEqual({ file: 'x.xml', reason: 'It is no JSON file.' })
})

test('what this server does not act upon is taken as it is', () => {
  const entry = read({ resourceType: 'ImplementationGuide', url, x: 1, fhirVersion: ['4.0.1', '5.0.0'] })
  expect(entry).toMatchObject({ type: 'ImplementationGuide', problem: { installed: true } })
})
