import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { terminologyOf } from '../../../server/interactions/terminology/terminology.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
const url = 'http://example.org/animals'
const animals = {
  resourceType: 'CodeSystem',
  ...{ url, version: '2', name: 'Animals', status: 'active', content: 'complete', caseSensitive: false },
  hierarchyMeaning: 'is-a',
  property: [{ code: 'legs', type: 'integer' }],
  concept: [
    { code: 'bird', display: 'Bird', definition: 'Has feathers.', property: [{ code: 'legs', valueInteger: 2 }] },
    { code: 'penguin', display: 'Penguin', property: [{ code: 'parent', valueCode: 'bird' }] },
    { code: 'fish', display: 'Fish' },
  ],
}
const german = {
  resourceType: 'CodeSystem',
  ...{ url: `${url}-de`, status: 'active', content: 'supplement', supplements: url, language: 'de' },
  concept: [{ code: 'bird', display: 'Vogel', designation: [{ language: 'fr', value: 'Oiseau' }] }],
}

beforeAll(async () => {
  server = await testServer()
  for (const resource of [animals, german]) {
    expect((await server.fhir('POST', 'CodeSystem', resource)).status).toBe(201)
  }
})
afterAll(() => server.close())

const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString()
const parametersOf = ({ json }: { json: JsonObject }) => (json['parameter'] ?? []) as JsonObject[]
const value = (reply: { json: JsonObject }, name: string) => {
  const found = parametersOf(reply).find((parameter) => parameter['name'] === name) ?? {}
  return Object.entries(found).find(([key]) => key.startsWith('value'))?.[1]
}
const propertiesOf = (reply: { json: JsonObject }) =>
  parametersOf(reply)
    .filter(({ name }) => name === 'property')
    .map(({ part }) => (part as JsonObject[]).map((one) => Object.entries(one).find(([key]) => key !== 'name')![1]))

describe('$lookup', () => {
  test('tells name, display, designations of supplements, and properties', async () => {
    const reply = await server.fhir('GET', `CodeSystem/$lookup?${query({ system: url, code: 'bird' })}`)
    expect([value(reply, 'name'), value(reply, 'version'), value(reply, 'display')]).toEqual(['Animals', '2', 'Bird'])
    expect(parametersOf(reply).filter(({ name }) => name === 'designation')).toHaveLength(2)
    expect(propertiesOf(reply)).toEqual([
      ['definition', 'Has feathers.'],
      ['inactive', false],
      ['child', 'penguin'],
      ['legs', 2],
    ])
  })

  test('gives the properties that are asked for, in the language that is', async () => {
    const reply = await server.fhir(
      'GET',
      `CodeSystem/$lookup?${query({ system: url, code: 'bird', property: 'legs', displayLanguage: 'de-AT,en;q=0.5' })}`,
    )
    expect([value(reply, 'display'), propertiesOf(reply)]).toEqual(['Vogel', [['legs', 2]]])
  })

  test.each([
    [{ system: 'http://unitsofmeasure.org', code: 'mg' }, 200],
    [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' }, 200],
    [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0001', code: 'F' }, 200],
    [{ system: 'urn:iso:std:iso:3166', code: 'CH' }, 200],
    [{ system: 'urn:iso:std:iso:4217', code: 'EUR' }, 200],
    [{ system: url, code: 'BIRD' }, 200],
    [{ system: url, code: 'cat' }, 404],
    [{ system: 'http://loinc.org', code: '718-7' }, 404],
  ])('of %o answers %i', async (parameters, status) => {
    expect((await server.fhir('GET', `CodeSystem/$lookup?${query(parameters)}`)).status).toBe(status)
  })
})

test('$lookup refuses a code beside a coding', async () => {
  const reply = await server.fhir('POST', 'CodeSystem/$lookup', {
    resourceType: 'Parameters',
    parameter: [
      { name: 'code', valueCode: 'bird' },
      { name: 'coding', valueCoding: { system: url, code: 'penguin' } },
    ],
  })
  expect([reply.status, JSON.stringify(reply.json)]).toEqual([400, expect.stringContaining('not both')])
})

describe('$subsumes', () => {
  test.each([
    ['bird', 'penguin', 'subsumes'],
    ['penguin', 'bird', 'subsumed-by'],
    ['bird', 'bird', 'equivalent'],
    ['fish', 'penguin', 'not-subsumed'],
  ])('%s and %s: %s', async (codeA, codeB, outcome) => {
    const byUrl = await server.fhir('GET', `CodeSystem/$subsumes?${query({ system: url, codeA, codeB })}`)
    const byCoding = await server.fhir('POST', 'CodeSystem/$subsumes', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'codingA', valueCoding: { system: url, code: codeA } },
        { name: 'codingB', valueCoding: { system: url, code: codeB } },
      ],
    })
    expect([value(byUrl, 'outcome'), value(byCoding, 'outcome')]).toEqual([outcome, outcome])
  })

  test('refuses codes of two versions', async () => {
    const reply = await server.fhir('POST', 'CodeSystem/$subsumes', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'codingA', valueCoding: { system: url, version: '1', code: 'bird' } },
        { name: 'codingB', valueCoding: { system: url, version: '2', code: 'bird' } },
      ],
    })
    expect(reply.status).toBe(400)
    expect(JSON.stringify(reply.json)).toContain('Both codes must be of one version, not of 1 and 2.')
  })

  test('refuses codes of two systems', async () => {
    const reply = await server.fhir('POST', 'CodeSystem/$subsumes', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'codingA', valueCoding: { system: url, code: 'bird' } },
        { name: 'codingB', valueCoding: { system: 'http://other.org', code: 'bird' } },
      ],
    })
    expect(reply.status).toBe(400)
  })
})

describe('CodeSystem/$validate-code', () => {
  test('takes the version with the url, and answers both apart', async () => {
    const canonical = encodeURIComponent('http://hl7.org/fhir/administrative-gender|4.0.1')
    const reply = await server.fhir('GET', `CodeSystem/$validate-code?url=${canonical}&code=male`)
    expect([value(reply, 'result'), value(reply, 'system'), value(reply, 'version')]).toEqual([
      true,
      'http://hl7.org/fhir/administrative-gender',
      '4.0.1',
    ])
  })

  test.each<[string, JsonObject, number, string]>([
    ['no url', { resourceType: 'CodeSystem', concept: [{ code: 'q' }] }, 400, 'The CodeSystem has no url'],
    ['another type', { resourceType: 'Patient' }, 400, "The parameter 'codeSystem' must hold a CodeSystem."],
    ['another shape', { resourceType: 'CodeSystem', url: 'http://a.org', concept: 'q' }, 422, 'must be an array'],
  ])('refuses a system with %s', async (_case, resource, status, reason) => {
    const reply = await server.fhir('POST', 'CodeSystem/$validate-code', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'codeSystem', resource },
        { name: 'code', valueCode: 'q' },
      ],
    })
    expect([reply.status, JSON.stringify(reply.json)]).toEqual([status, expect.stringContaining(reason)])
  })

  test.each([
    [{ url, code: 'fish' }, true],
    [{ url, code: 'fish', display: 'FISH' }, true],
    [{ url, code: 'bird', display: 'Vogel' }, true],
    [{ url, code: 'fish', display: 'Bird' }, false],
    [{ url, code: 'cat' }, false],
    [{ url: 'http://loinc.org', code: '718-7' }, false],
    [{ url: 'urn:ietf:bcp:47', code: 'en-US' }, true],
    [{ url: 'urn:ietf:bcp:47', code: 'no language' }, false],
  ])('of %o: %s', async (parameters, result) => {
    const reply = await server.fhir('GET', `CodeSystem/$validate-code?${query(parameters)}`)
    expect([reply.status, value(reply, 'result')]).toEqual([200, result])
  })
})

describe('search', () => {
  test.each([
    [`code:below=${url}|bird`, ['1', '2']],
    [`code:above=${url}|penguin`, ['1', '2']],
    [`code:in=${encodeURIComponent(`${url}?fhir_vs=isa/bird`)}`, ['1', '2']],
    [`code:not-in=${encodeURIComponent(`${url}?fhir_vs=isa/bird`)}`, ['3']],
  ])('%s', async (criteria, expected) => {
    for (const [i, code] of ['bird', 'penguin', 'fish'].entries()) {
      await server.fhir('PUT', `Observation/${i + 1}`, {
        ...{ resourceType: 'Observation', id: String(i + 1), status: 'final' },
        code: { coding: [{ system: url, code }] },
      })
    }
    const reply = await server.fhir('GET', `Observation?${criteria}`)
    const entries = (reply.json['entry'] ?? []) as JsonObject[]
    expect(entries.map(({ resource }) => (resource as JsonObject)['id']).sort()).toEqual(expected)
  })
})

describe('search in a system of more codes than a statement can list', () => {
  const large = 'http://example.org/large'
  beforeAll(async () => {
    const leaves = Array.from({ length: 12_000 }, (_, i) => ({ code: `L${i}` }))
    const concept = [{ code: 'ROOT', concept: [{ code: 'GROUP', concept: leaves }] }, { code: 'OTHER' }]
    const resource = {
      ...{ resourceType: 'CodeSystem', url: large, status: 'active', content: 'complete' },
      ...{ caseSensitive: true, concept },
    }
    expect((await server.fhir('POST', 'CodeSystem', resource)).status).toBe(201)
    for (const [id, code] of Object.entries({ leaf: 'L7', other: 'OTHER', group: 'GROUP' })) {
      const observation = {
        resourceType: 'Observation',
        id,
        status: 'final',
        code: { coding: [{ system: large, code }] },
      }
      expect((await server.fhir('PUT', `Observation/${id}`, observation)).status).toBe(201)
    }
  })

  test.each([
    [`code:below=${large}|ROOT`, ['group', 'leaf']],
    [`code:below=${large}|group`, undefined],
    [`code:above=${large}|L7`, ['group', 'leaf']],
    [`code:in=${encodeURIComponent(`${large}?fhir_vs`)}`, ['group', 'leaf', 'other']],
    [`code:in=${encodeURIComponent(`${large}?fhir_vs=isa/GROUP`)}`, ['group', 'leaf']],
    [`code:not-in=${encodeURIComponent(`${large}?fhir_vs=isa/ROOT`)}&_id=leaf,group,other`, ['other']],
    [`_filter=${encodeURIComponent(`code sb ${large}|ROOT`)}`, ['group', 'leaf']],
  ])('%s', async (criteria, expected) => {
    const reply = await server.fhir('GET', `Observation?${criteria}`)
    const entries = (reply.json['entry'] ?? []) as JsonObject[]
    if (!expected) expect(JSON.stringify(reply.json)).toContain('of a code system that is known here and has the code')
    else expect(entries.map(({ resource }) => (resource as JsonObject)['id']).sort()).toEqual(expected)
  })
})

describe('what validation asks', () => {
  const gender = 'http://hl7.org/fhir/ValueSet/administrative-gender'
  const system = 'http://hl7.org/fhir/administrative-gender'

  test('is answered at once from published definitions', () => {
    const { check } = terminologyOf(server.context)
    expect(check({ valueSet: gender, code: 'male' })).toMatchObject({ result: 'in', system })
    expect(check({ valueSet: `${gender}|4.0.1`, system, code: 'mail' })).toMatchObject({
      result: 'out',
      codeKnown: false,
    })
    expect(check({ valueSet: 'http://example.org/vs', code: 'x' })).toBeUndefined()
  })

  test('is answered in one batch from all others', async () => {
    const answers = await terminologyOf(server.context).decide([
      { valueSet: `${url}?fhir_vs`, system: url, code: 'fish' },
      { valueSet: `${url}?fhir_vs=isa/bird`, system: url, code: 'fish' },
      { valueSet: 'http://example.org/vs', system: url, code: 'fish' },
    ])
    expect(answers.map(({ result }) => result)).toEqual(['in', 'out', 'unknown'])
  })
})
