import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
const [from, to] = ['http://example.org/from', 'http://example.org/to']
const map = {
  resourceType: 'ConceptMap',
  ...{ id: 'map', url: 'http://example.org/map', version: '1', status: 'active' },
  ...{ sourceUri: `${from}?fhir_vs`, targetUri: `${to}?fhir_vs` },
  group: [
    {
      ...{ source: from, target: to },
      element: [
        { code: 'a', target: [{ code: 'A', display: 'Big A', equivalence: 'equivalent' }] },
        {
          code: 'b',
          target: [
            { code: 'A', equivalence: 'wider' },
            { code: 'B', equivalence: 'narrower', comment: 'Only the greater ones.' },
          ],
        },
        { code: 'n', target: [{ equivalence: 'unmatched' }] },
        {
          code: 'd',
          target: [
            { code: 'D', equivalence: 'equal', dependsOn: [{ property: 'http://example.org/p', value: 'yes' }] },
          ],
        },
      ],
      unmapped: { mode: 'fixed', code: 'OTHER', display: 'Something else' },
    },
  ],
}

beforeAll(async () => {
  server = await testServer()
  expect((await server.fhir('PUT', 'ConceptMap/map', map)).status).toBe(201)
})
afterAll(() => server.close())

const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString()

/** `result`, then equivalence and code of each match. */
function answer({ json }: { json: JsonObject }): unknown[] {
  const [result, ...others] = json['parameter'] as JsonObject[]
  const matches = others
    .filter(({ name }) => name === 'match')
    .map(({ part }) => {
      const named = (name: string) => (part as JsonObject[]).find((one) => one['name'] === name)
      const coding = named('concept')?.['valueCoding'] as JsonObject | undefined
      return `${named('equivalence')!['valueCode']} ${coding?.['code'] ?? ''}`.trim()
    })
  return [result!['valueBoolean'], ...matches]
}

test.each<[string, Record<string, string>, unknown[]]>([
  ['by its url', { url: map.url, system: from, code: 'a' }, [true, 'equivalent A']],
  ['by url and version', { url: map.url, conceptMapVersion: '1', system: from, code: 'a' }, [true, 'equivalent A']],
  ['by the system of the code', { system: from, code: 'b' }, [true, 'wider A', 'narrower B']],
  ['by value sets', { source: map.sourceUri, target: map.targetUri, system: from, code: 'a' }, [true, 'equivalent A']],
  ['to another system than is asked for', { system: from, code: 'a', targetsystem: from }, [false]],
  ['to what is asked for', { system: from, code: 'a', targetsystem: to }, [true, 'equivalent A']],
  ['without a counterpart', { url: map.url, system: from, code: 'n' }, [false, 'unmatched']],
  ['of codes it leaves out', { url: map.url, system: from, code: 'z' }, [true, 'inexact OTHER']],
  ['of codes that depend on something', { url: map.url, system: from, code: 'd' }, [false]],
  ['backwards', { url: map.url, system: to, code: 'A', reverse: 'true' }, [true, 'equivalent a', 'narrower b']],
  [
    'in the published maps',
    {
      url: 'http://hl7.org/fhir/ConceptMap/cm-administrative-gender-v3',
      system: 'http://hl7.org/fhir/administrative-gender',
      code: 'male',
    },
    [true, 'equal M'],
  ],
])('a map translates %s', async (_name, parameters, expected) => {
  expect(answer(await server.fhir('GET', `ConceptMap/$translate?${query(parameters)}`))).toEqual(expected)
})

test('a stored map translates a coding, where it is called', async () => {
  const reply = await server.fhir('POST', 'ConceptMap/map/$translate', {
    resourceType: 'Parameters',
    parameter: [{ name: 'coding', valueCoding: { system: from, code: 'a' } }],
  })
  expect(answer(reply)).toEqual([true, 'equivalent A'])
})

test('a dependency that is given is met', async () => {
  const dependency = [
    { name: 'element', valueUri: 'http://example.org/p' },
    { name: 'concept', valueCodeableConcept: { coding: [{ code: 'yes' }] } },
  ]
  const reply = await server.fhir('POST', 'ConceptMap/$translate', {
    resourceType: 'Parameters',
    parameter: [
      { name: 'url', valueUri: map.url },
      { name: 'system', valueUri: from },
      { name: 'code', valueCode: 'd' },
      { name: 'dependency', part: dependency },
    ],
  })
  expect(answer(reply)).toEqual([true, 'equal D'])
})

/** A map that leaves everything to others, by so many groups. */
const leavingTo = (name: string, others: readonly string[]) => ({
  ...{ resourceType: 'ConceptMap', url: `http://example.org/${name}`, status: 'active' },
  group: others.map((other) => ({
    ...{ source: from, target: to },
    element: [{ code: name, target: [{ code: name.toUpperCase(), equivalence: 'equal' }] }],
    unmapped: { mode: 'other-map', url: `http://example.org/${other}` },
  })),
})

test.each([
  ['to themselves, many times', { one: ['one', 'one', 'one', 'one', 'one', 'one', 'one'] }, [false]],
  ['to each other', { one: ['two', 'two'], two: ['one', 'two'] }, [true, 'equal TWO', 'equal TWO']],
])('maps that leave codes %s are asked once each', async (_case, maps, expected) => {
  const reply = await server.fhir('POST', 'ConceptMap/$translate', {
    resourceType: 'Parameters',
    parameter: [
      ...Object.entries(maps).map(([name, others]) => ({ name: 'tx-resource', resource: leavingTo(name, others) })),
      { name: 'url', valueUri: 'http://example.org/one' },
      { name: 'system', valueUri: from },
      { name: 'code', valueCode: 'two' },
    ],
  })
  expect(answer(reply)).toEqual(expected)
})

test.each([
  [[{ system: 'http://example.org/other', code: 'yes' }], [false]],
  [
    [{ code: 'no' }, { system: 'http://example.org/values', code: 'yes' }],
    [true, 'equal A'],
  ],
])('a dependency on a code of a system, given %o: %j', async (coding, expected) => {
  const dependsOn = [{ property: 'http://example.org/p', system: 'http://example.org/values', value: 'yes' }]
  const element = [{ code: 'a', target: [{ code: 'A', equivalence: 'equal', dependsOn }] }]
  const dependency = [
    { name: 'element', valueUri: 'http://example.org/p' },
    { name: 'concept', valueCodeableConcept: { coding } },
  ]
  const reply = await server.fhir('POST', 'ConceptMap/$translate', {
    resourceType: 'Parameters',
    parameter: [
      { name: 'conceptMap', resource: { resourceType: 'ConceptMap', group: [{ source: from, target: to, element }] } },
      { name: 'system', valueUri: from },
      { name: 'code', valueCode: 'a' },
      { name: 'dependency', part: dependency },
    ],
  })
  expect(answer(reply)).toEqual(expected)
})

test.each([
  [{ url: 'http://example.org/none', system: from, code: 'a' }, 404],
  [{ code: 'a' }, 400],
  [{ url: map.url, system: from }, 400],
])('%o is refused with %i', async (parameters, status) => {
  expect(
    (await server.fhir('GET', `ConceptMap/$translate?${query(parameters as Record<string, string>)}`)).status,
  ).toBe(status)
})
