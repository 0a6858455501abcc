import { expect, test } from 'vitest'
import { replacedFunctions, spendKey } from '../../../server/fhir/fhirpath/functions.ts'
import type { PathNode } from '../../../server/fhir/fhirpath/guard.ts'
import { unwrap } from '../../../server/fhir/fhirpath/guard.ts'

const node = (data: unknown, parent: PathNode | null = null): PathNode => ({
  data,
  _data: null,
  parentResNode: parent,
  propName: null,
  index: null,
  path: 'Patient',
})
const functions = replacedFunctions({ makeResNode: (_context, data, parent) => node(data, parent) })
const call = (name: string, input: readonly unknown[], ...parameters: unknown[]) =>
  functions[name]!.fn.call({ vars: { [spendKey]: () => {} } }, input, ...(parameters as never[]))

test.each<[string, readonly unknown[], unknown[], unknown]>([
  ['matches', ['abc'], ['b'], true],
  ['matches', [node('ABC')], ['b', 'i'], true],
  ['matches', [], ['b'], []],
  ['matches', ['abc'], [[]], []],
  ['matchesFull', ['abc'], ['b'], false],
  ['matchesFull', ['abc'], ['a|.*'], true],
  ['matchesFull', ['abc'], [[]], []],
  ['replaceMatches', ['a1b2'], ['\\d', '#'], 'a#b#'],
  ['replaceMatches', ['abc'], ['', '#'], 'abc'],
  ['replace', ['a.b.c'], ['.', '$1'], 'a$1b$1c'],
  ['replace', [''], ['', 'x'], 'x'],
  ['replace', ['abc'], [[], 'x'], []],
  ['join', ['a', node('b'), null], ['-'], 'a-b'],
  ['join', [], [], []],
])('%s of %j with %j is %j', (name, input, parameters, expected) => {
  expect(call(name, input, ...parameters)).toEqual(expected)
})

test.each([
  ['matches', ['a', 'b'], ['a'], 'matches() takes one text, not 2'],
  ['replace', [1], ['a', 'b'], 'replace() takes a text'],
  ['join', [1], [], 'join() takes texts only'],
  ['join', Array(20).fill('x'.repeat(1_000_000)), [], 'a text is too long'],
  ['replace', ['x'.repeat(1_000_000)], ['x', 'twelve chars'], 'a text is too long'],
])('%s refuses what it cannot take', (name, input, parameters, reason) => {
  expect(() => call(name, input, ...parameters)).toThrow(reason)
})

test('repeat follows each value once', () => {
  const next: Record<string, readonly unknown[]> = { a: ['b', 'c'], b: ['c', 'a'], c: [] }
  expect(call('repeat', ['a'], (item: string) => next[item])).toEqual(['b', 'c', 'a'])
})

test('resolve finds contained resources from inside contained resources', () => {
  const patient = node({ resourceType: 'Patient', contained: [{ id: 'a' }, { id: 'b' }] })
  const reference = node({ reference: '#b' }, node({ id: 'a' }, patient))
  expect((call('resolve', [reference]) as PathNode[]).map(unwrap)).toEqual([{ id: 'b' }])
  expect(call('resolve', [node({ reference: '#' }, patient)])).toEqual([patient])
  expect(call('resolve', [node({ reference: '#none' }, patient)])).toEqual([])
})

test.each([
  ['Patient/1', [{ resourceType: 'Patient', id: '1' }]],
  ['http://a.example/fhir/Patient/1', [{ resourceType: 'Patient', id: '1' }]],
  ['Patient/1/_history/3', [{ resourceType: 'Patient', id: '1' }]],
  ['Patient?identifier=1', []],
  ['urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0', []],
  ['', []],
])('resolve makes of %s %j', (reference, expected) => {
  expect((call('resolve', [node({ reference }), reference]) as PathNode[]).map(unwrap)).toEqual([
    ...expected,
    ...expected,
  ])
})
