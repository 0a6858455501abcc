import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
const colours = {
  resourceType: 'CodeSystem',
  url: 'http://example.org/colours',
  version: '1',
  status: 'active',
  content: 'complete',
  caseSensitive: true,
  property: [{ code: 'inactive', type: 'boolean', uri: 'http://hl7.org/fhir/concept-properties#inactive' }],
  concept: [
    {
      code: 'warm',
      display: 'Warm colour',
      concept: [
        { code: 'red', display: 'Red', designation: [{ language: 'de', value: 'Rot' }] },
        { code: 'orange', display: 'Orange', property: [{ code: 'inactive', valueBoolean: true }] },
      ],
    },
    { code: 'cold', display: 'Cold colour', concept: [{ code: 'blue', display: 'Deep blue' }] },
  ],
}
const someColours = {
  resourceType: 'ValueSet',
  url: 'http://example.org/some',
  status: 'active',
  compose: { include: [{ system: colours.url, concept: [{ code: 'blue', display: 'Azure' }, { code: 'red' }] }] },
}
const warm = {
  resourceType: 'ValueSet',
  url: 'http://example.org/warm',
  status: 'active',
  compose: { include: [{ system: colours.url, filter: [{ property: 'concept', op: 'is-a', value: 'warm' }] }] },
}

beforeAll(async () => {
  server = await testServer()
  for (const resource of [colours, someColours, warm]) {
    expect((await server.fhir('POST', resource.resourceType, resource)).status).toBe(201)
  }
})
afterAll(() => server.close())

const codesOf = (reply: { json: JsonObject }) =>
  ((reply.json['expansion'] as JsonObject)['contains'] as JsonObject[] | undefined)?.map(({ code }) => code) ?? []
const valuesOf = ({ json }: { json: JsonObject }) =>
  Object.fromEntries(
    (json['parameter'] as JsonObject[]).map(({ name, ...value }) => [name, Object.values(value)[0]]),
  ) as JsonObject
const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString()

describe('$expand', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['names what the value set lists, in its order', { url: someColours.url }, ['blue', 'red']],
    ['lists what is below a concept', { url: warm.url }, ['warm', 'red', 'orange']],
    ['leaves out what is not in use', { url: warm.url, activeOnly: 'true' }, ['warm', 'red']],
    ['gives pages', { url: warm.url, offset: '1', count: '1' }, ['red']],
    ['finds words in any order', { url: 'http://example.org/colours?fhir_vs', filter: 'blue deep' }, ['blue']],
    ['finds a code', { url: 'http://example.org/colours?fhir_vs', filter: 'cold' }, ['cold']],
    ['finds words of designations', { url: warm.url, filter: 'rot' }, ['red']],
    ['finds texts that the value set gives', { url: someColours.url, filter: 'azu' }, ['blue']],
    ['counts without listing', { url: warm.url, count: '0' }, []],
    [
      'knows published value sets',
      { url: 'http://hl7.org/fhir/ValueSet/administrative-gender' },
      ['male', 'female', 'other', 'unknown'],
    ],
    ['knows the whole of a system', { url: 'http://example.org/colours?fhir_vs=isa/cold' }, ['cold', 'blue']],
  ])('%s', async (_name, parameters, expected) => {
    const reply = await server.fhir('GET', `ValueSet/$expand?${query(parameters)}`)
    expect([reply.status, codesOf(reply)]).toEqual([200, expected])
  })

  test('shows displays in the language that is asked for', async () => {
    const reply = await server.fhir('GET', `ValueSet/$expand?${query({ url: warm.url, displayLanguage: 'de' })}`)
    const { contains } = reply.json['expansion'] as JsonObject
    expect((contains as JsonObject[]).map(({ display }) => display)).toEqual(['Warm colour', 'Rot', 'Orange'])
  })

  test('makes a tree where nesting is asked for', async () => {
    const reply = await server.fhir('GET', `ValueSet/$expand?${query({ url: warm.url, excludeNested: 'false' })}`)
    const [root] = (reply.json['expansion'] as JsonObject)['contains'] as JsonObject[]
    expect(codesOf(reply)).toEqual(['warm'])
    expect((root!['contains'] as JsonObject[]).map(({ code }) => code)).toEqual(['red', 'orange'])
  })

  test.each<[string, JsonObject, number, string]>([
    ['an unknown value set', { url: 'http://example.org/none' }, 404, 'unknown-terminology'],
    ['a circle', { url: 'http://example.org/a' }, 422, 'invalid-terminology'],
    ['a grammar', { url: 'http://unitsofmeasure.org?fhir_vs' }, 422, 'query-too-costly'],
  ])('refuses %s', async (_name, parameters, status, code) => {
    const circle = ['a', 'b'].map((name, i) => ({
      name: 'tx-resource',
      resource: {
        resourceType: 'ValueSet',
        url: `http://example.org/${name}`,
        compose: { include: [{ valueSet: [`http://example.org/${'ba'[i]}`] }] },
      },
    }))
    const reply = await server.fhir('POST', 'ValueSet/$expand', {
      resourceType: 'Parameters',
      parameter: [{ name: 'url', valueUri: parameters['url'] }, ...circle],
    })
    const [issue] = reply.json['issue'] as JsonObject[]
    expect([reply.status, ((issue!['details'] as JsonObject)['coding'] as JsonObject[])[0]!['code']]).toEqual([
      status,
      code,
    ])
  })

  test('takes a value set that is sent', async () => {
    const reply = await server.fhir('POST', 'ValueSet/$expand', { ...someColours, url: 'http://example.org/sent' })
    expect(codesOf(reply)).toEqual(['blue', 'red'])
  })

  test('sees a change at once', async () => {
    const url = 'http://example.org/changing'
    const make = (code: string) => ({
      ...{ resourceType: 'ValueSet', id: 'changing', url, status: 'active' },
      compose: { include: [{ system: colours.url, concept: [{ code }] }] },
    })
    for (const code of ['red', 'blue', 'red']) {
      await server.fhir('PUT', 'ValueSet/changing', make(code))
      expect(codesOf(await server.fhir('GET', `ValueSet/$expand?${query({ url })}`))).toEqual([code])
    }
    expect(codesOf(await server.fhir('GET', 'ValueSet/changing/$expand'))).toEqual(['red'])
  })
})

describe('value sets that import others', () => {
  const url = (name: string, level: number) => `http://example.org/${name}${level}`
  const levels = (name: string, count: number, compose: (below: readonly string[]) => JsonObject) =>
    Array.from({ length: count }, (_, level) => ({
      name: 'tx-resource',
      resource: {
        ...{ resourceType: 'ValueSet', url: url(name, level), status: 'active' },
        compose: level === 0 ? { include: [{ system: colours.url }] } : compose([url(name, level - 1)]),
      },
    }))
  const ask = async (sent: readonly JsonObject[], valueSet: string) => {
    const start = process.cpuUsage()
    const parameter = [...sent, { name: 'url', valueUri: valueSet }]
    const reply = await server.fhir('POST', 'ValueSet/$expand', { resourceType: 'Parameters', parameter })
    const { user, system } = process.cpuUsage(start)
    expect((user + system) / 1e6, 'seconds').toBeLessThan(5)
    return reply
  }
  const all = ['warm', 'red', 'orange', 'cold', 'blue']

  test.each<[string, (below: readonly string[]) => JsonObject]>([
    ['the same twice', ([one]) => ({ include: [{ valueSet: [one!] }, { valueSet: [one!] }] })],
    ['what is in both', ([one]) => ({ include: [{ valueSet: [one!, `${one}|`] }] })],
  ])('%s, level by level, are expanded in no time', async (_case, compose) => {
    expect(codesOf(await ask(levels('level', 40, compose), url('level', 39))).sort()).toEqual([...all].sort())
  })

  test.each<[string, readonly JsonObject[], string]>([
    [
      'two that are no longer the same',
      ['left', 'right'].flatMap((name) =>
        levels(name, 30, ([one]) => ({
          inactive: false,
          include: ['left', 'right'].map((side) => ({ valueSet: [one!.replace(name, side)] })),
        })),
      ),
      'left',
    ],
    [
      'one beside what is in both',
      levels('beside', 30, ([one]) => ({ include: [{ valueSet: [one!, `${one}|`] }, { valueSet: [one!] }] })),
      'beside',
    ],
  ])('%s, level by level, end in an outcome', async (_case, sent, name) => {
    const reply = await ask(sent, url(name, 29))
    expect([reply.status, JSON.stringify(reply.json)]).toEqual([422, expect.stringContaining('more than 10000 parts')])
  })

  test('that include and exclude thousands of times are expanded in no time', async () => {
    const parts = (code: string) => Array.from({ length: 3000 }, () => ({ system: colours.url, concept: [{ code }] }))
    const compose = { include: parts('red'), exclude: parts('blue') }
    const resource = { resourceType: 'ValueSet', url: url('wide', 0), status: 'active', compose }
    expect(codesOf(await ask([{ name: 'tx-resource', resource }], url('wide', 0)))).toEqual(['red'])
  })

  test('very deep end in an outcome', async () => {
    const reply = await ask(
      levels('deep', 1000, ([one]) => ({ include: [{ valueSet: [one!] }] })),
      url('deep', 999),
    )
    expect([reply.status, JSON.stringify(reply.json)]).toEqual([422, expect.stringContaining('more than 100 deep')])
  })
})

test.each([
  ['a NUL in a parameter', `url=${encodeURIComponent(warm.url)}%00`, 'must not hold the character U+0000'],
  [
    'a text of more words than anyone types',
    query({ url: warm.url, filter: Array.from({ length: 60 }, (_, i) => `w${i}`).join(' ') }),
    'The filter has 60 words; it may have 50.',
  ],
])('%s is refused', async (_case, parameters, reason) => {
  const reply = await server.fhir('GET', `ValueSet/$expand?${parameters}`)
  expect([reply.status, JSON.stringify(reply.json)]).toEqual([400, expect.stringContaining(reason)])
})

test.each(['refset', 'refset/red', 'ecl/<red'])('%s of another system than SNOMED CT is refused', async (form) => {
  const reply = await server.fhir('GET', `ValueSet/$expand?${query({ url: `${colours.url}?fhir_vs=${form}` })}`)
  expect([reply.status, JSON.stringify(reply.json)]).toEqual([422, expect.stringContaining('only SNOMED CT has')])
})

describe('a value set with a stored expansion', () => {
  test('is what its definition says, as soon as the code systems in that are found', async () => {
    const [system, url] = ['http://example.org/later', 'http://example.org/stale']
    const concept = [{ code: 'a' }, { code: 'b' }]
    await server.fhir('POST', 'CodeSystem', {
      ...{ resourceType: 'CodeSystem', url: system, status: 'active', content: 'complete', concept },
    })
    const expansion = { timestamp: '2020-01-01', contains: [{ system, code: 'a' }] }
    await server.fhir('POST', 'ValueSet', {
      ...{ resourceType: 'ValueSet', url, status: 'active', compose: { include: [{ system }] }, expansion },
    })
    const judged = await server.fhir('GET', `ValueSet/$validate-code?url=${url}&system=${system}&code=b`)
    expect((judged.json['parameter'] as JsonObject[])[0]).toEqual({ name: 'result', valueBoolean: true })
    const importing = { resourceType: 'ValueSet', status: 'active', compose: { include: [{ valueSet: [url] }] } }
    const reply = await server.fhir('POST', 'ValueSet/$expand', importing)
    expect((reply.json['expansion'] as JsonObject)['total']).toBe(2)
  })

  const listed: JsonObject = {
    contains: [
      { system: 'http://example.org/unknown', code: 'x', display: 'Ex' },
      { system: 'http://example.org/unknown', code: 'y', display: 'Why', inactive: true },
    ],
  }
  const compose = {
    include: [{ system: 'http://example.org/unknown', filter: [{ property: 'p', op: '=', value: 'v' }] }],
  }
  const sent = { resourceType: 'ValueSet', url: 'http://example.org/listed', status: 'active', expansion: listed }

  test.each<[string, JsonObject, Record<string, string>, string[]]>([
    ['is what that lists', sent, {}, ['x', 'y']],
    ['is that, where the code systems of its definition are not known', { ...sent, compose }, {}, ['x', 'y']],
    ['leaves out what that says is out of use', sent, { activeOnly: 'true' }, ['x']],
    ['is what its definition says, where that can be told', { ...sent, ...warm }, {}, ['warm', 'red', 'orange']],
  ])('%s', async (_case, valueSet, parameters, expected) => {
    const reply = await server.fhir('POST', 'ValueSet/$expand', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'valueSet', resource: valueSet },
        ...Object.entries(parameters).map(([name, value]) => ({ name, valueString: value })),
      ],
    })
    expect(codesOf(reply)).toEqual(expected)
  })
})

test('a tree that is too large says what to do', async () => {
  const concept = [{ code: 'top', concept: Array.from({ length: 10_001 }, (_, i) => ({ code: `c${i}` })) }]
  const system = { resourceType: 'CodeSystem', url: 'http://example.org/tall', content: 'complete', concept }
  const reply = await server.fhir('POST', 'ValueSet/$expand', {
    resourceType: 'Parameters',
    parameter: [
      { name: 'tx-resource', resource: system },
      { name: 'url', valueUri: 'http://example.org/tall?fhir_vs' },
      { name: 'count', valueInteger: 10 },
      { name: 'excludeNested', valueBoolean: false },
    ],
  })
  expect([reply.status, JSON.stringify(reply.json)]).toEqual([422, expect.stringContaining('trees have no pages')])
})

describe('filters', () => {
  const expandSent = (compose: JsonObject) =>
    server.fhir('POST', 'ValueSet/$expand', { resourceType: 'ValueSet', status: 'active', compose })
  const filtered = (property: string, op: string, value: string) =>
    expandSent({ include: [{ system: colours.url, filter: [{ property, op, value }] }] })

  test.each([
    ['inactive', '=', 'true', ['orange']],
    ['inactive', '=', 'false', ['warm', 'red', 'cold', 'blue']],
    ['inactive', 'in', 'true,false', ['warm', 'red', 'orange', 'cold', 'blue']],
    ['inactive', 'exists', 'false', []],
    ['notSelectable', '=', 'false', ['warm', 'red', 'orange', 'cold', 'blue']],
    ['display', 'regex', '(?i).*COLOUR', ['warm', 'cold']],
  ])('%s %s %s', async (property, op, value, expected) => {
    expect(codesOf(await filtered(property, op, value))).toEqual(expected)
  })

  test.each([
    ['inactiv', '=', 'true', "The code system has no property 'inactiv'. Did you mean 'inactive'?"],
    ['concept', 'is-not-a', 'pink', "The code system has no code 'pink'."],
  ])('%s %s %s is refused: a value set must not be another than was meant', async (property, op, value, reason) => {
    const reply = await filtered(property, op, value)
    expect([reply.status, JSON.stringify(reply.json)]).toEqual([422, expect.stringContaining(reason)])
  })

  test.each([
    [{ include: [{ extension: [{ url: 'http://a.org', valueCode: 'a' }] }] }, 'vsd-1'],
    [{ include: [{ concept: [{ code: 'red' }] }] }, 'vsd-2'],
    [{ include: [{ system: colours.url }], exclude: [{ concept: [{ code: 'red' }] }] }, 'vsd-2'],
  ])('%j is refused by %s', async (compose, rule) => {
    const reply = await expandSent(compose as JsonObject)
    expect([reply.status, JSON.stringify(reply.json)]).toEqual([422, expect.stringContaining(rule)])
  })
})

test('where case does not matter to a system, value sets may write its codes as they like', async () => {
  const system = 'http://example.org/any-case'
  const codeSystem = {
    ...{ resourceType: 'CodeSystem', url: system, status: 'active', content: 'complete', caseSensitive: false },
    concept: [{ code: 'Abc', display: 'Letters' }, { code: 'Xyz' }],
  }
  const judge = async (compose: JsonObject, code: string) => {
    const reply = await server.fhir('POST', 'ValueSet/$validate-code', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'tx-resource', resource: codeSystem },
        { name: 'valueSet', resource: { resourceType: 'ValueSet', status: 'active', compose } },
        { name: 'coding', valueCoding: { system, code } },
      ],
    })
    return valuesOf(reply)['result']
  }
  const concept = [{ code: 'aBC' }]
  for (const code of ['Abc', 'aBC', 'abc']) {
    expect(await judge({ include: [{ system, concept }] }, code)).toBe(true)
    expect(await judge({ include: [{ system }], exclude: [{ system, concept }] }, code)).toBe(false)
  }
})

test('of several versions the newest is taken; a pre-release is older than its release', async () => {
  const system = 'http://example.org/versions'
  const versions = ['1.0.0-beta', '1.0.0'].map((version, i) => ({
    name: 'tx-resource',
    resource: {
      ...{ resourceType: 'CodeSystem', url: system, version, status: 'active', content: 'complete' },
      concept: [{ code: `c${i}` }],
    },
  }))
  const reply = await server.fhir('POST', 'ValueSet/$expand', {
    resourceType: 'Parameters',
    parameter: [...versions, { name: 'url', valueUri: `${system}?fhir_vs` }],
  })
  expect(codesOf(reply)).toEqual(['c1'])
})

describe('$validate-code', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['a code that is listed', { url: someColours.url, system: colours.url, code: 'red' }, true],
    ['a code that is not', { url: someColours.url, system: colours.url, code: 'cold' }, false],
    ['a code that no system has', { url: warm.url, system: colours.url, code: 'pink' }, false],
    ['its display', { url: warm.url, system: colours.url, code: 'red', display: 'red' }, true],
    ['its display in another language', { url: warm.url, system: colours.url, code: 'red', display: 'Rot' }, true],
    ['a wrong display', { url: warm.url, system: colours.url, code: 'red', display: 'Green' }, false],
    ['a code without a system', { url: warm.url, code: 'red' }, true],
    [
      'a unit',
      { url: 'http://hl7.org/fhir/ValueSet/ucum-units', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
      true,
    ],
    [
      'a unit that is none',
      { url: 'http://hl7.org/fhir/ValueSet/ucum-units', system: 'http://unitsofmeasure.org', code: 'mmHg' },
      false,
    ],
    [
      'a language',
      { url: 'http://hl7.org/fhir/ValueSet/all-languages', system: 'urn:ietf:bcp:47', code: 'de-CH' },
      true,
    ],
    [
      'a media type',
      { url: 'http://hl7.org/fhir/ValueSet/mimetypes', system: 'urn:ietf:bcp:13', code: 'text/plain' },
      true,
    ],
    [
      'an unknown system',
      { url: 'http://hl7.org/fhir/ValueSet/condition-code', system: 'http://snomed.info/sct', code: '1' },
      false,
    ],
  ])('judges %s', async (_name, parameters, result) => {
    const reply = await server.fhir('GET', `ValueSet/$validate-code?${query(parameters)}`)
    expect([reply.status, valuesOf(reply)['result']]).toEqual([200, result])
  })

  test('says which system it does not know', async () => {
    const parameters = {
      url: 'http://hl7.org/fhir/ValueSet/condition-code',
      system: 'http://snomed.info/sct',
      code: '1',
    }
    const reply = await server.fhir('GET', `ValueSet/$validate-code?${query(parameters)}`)
    expect(valuesOf(reply)).toMatchObject({
      'x-caused-by-unknown-system': 'http://snomed.info/sct',
      message: expect.stringContaining('not known here'),
    })
  })

  test.each<[string, JsonObject, string]>([
    ['a version that is not known', { system: colours.url, version: '7', code: 'red' }, `${colours.url}|7`],
    ['no system', { code: 'red' }, 'has no system'],
  ])('of a coding with %s says so', async (_case, coding, reason) => {
    const reply = await server.fhir('POST', 'ValueSet/$validate-code', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'url', valueUri: warm.url },
        { name: 'coding', valueCoding: coding },
      ],
    })
    expect([valuesOf(reply)['result'], valuesOf(reply)['message']]).toEqual([false, expect.stringContaining(reason)])
  })

  test('of a concept is content with one coding', async () => {
    const coding = [
      { system: 'http://other.org', code: 'x' },
      { system: colours.url, code: 'red' },
    ]
    const reply = await server.fhir('POST', 'ValueSet/$validate-code', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'url', valueUri: warm.url },
        { name: 'codeableConcept', valueCodeableConcept: { coding } },
      ],
    })
    expect(valuesOf(reply)).toMatchObject({ result: true, code: 'red', display: 'Red', system: colours.url })
  })

  test('is done for all entries of a Bundle', async () => {
    const entry = ['red', 'blue'].map((code) => ({
      request: { method: 'GET', url: `ValueSet/$validate-code?${query({ url: warm.url, system: colours.url, code })}` },
    }))
    const reply = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'batch', entry })
    const entries = reply.json['entry'] as JsonObject[]
    expect(entries.map(({ resource }) => valuesOf({ json: resource as JsonObject })['result'])).toEqual([true, false])
  })
})
