import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { terminologyOf } from '../../../server/interactions/terminology/terminology.ts'
import {
  type Asked,
  expansion,
  refusal,
  result,
  type StandIn,
  sends,
  terminologyStandIn,
} from '../../support/terminology-stand-in.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const system = 'http://elsewhere.org/codes'
const valueSet = 'http://elsewhere.org/vs'
const own = 'http://here.org/codes'

/** Knows the code `known` of one system, and its display. */
function judge({ operation, query, parameters, text }: Asked): JsonObject {
  const valid = query['code'] === 'known' || parameters.some(({ valueCode }) => valueCode === 'known')
  if (operation.endsWith('$validate-code')) return result(valid && !text.includes('Wrong'))
  if (operation.endsWith('$translate')) return result(true)
  if (operation.endsWith('$expand')) return expansion([system, 'known'], [system, 'other'])
  const parameter =
    operation === 'CodeSystem/$subsumes'
      ? [{ name: 'outcome', valueCode: 'subsumes' }]
      : [
          { name: 'name', valueString: 'Elsewhere' },
          { name: 'display', valueString: 'Known' },
        ]
  return { resourceType: 'Parameters', parameter }
}

const stored: readonly JsonObject[] = [
  {
    resourceType: 'CodeSystem',
    ...{ id: 'own', url: own, status: 'active', content: 'complete' },
    concept: [{ code: 'a', display: 'A' }, { code: 'b' }],
  },
  {
    resourceType: 'CodeSystem',
    ...{ id: 'part', url: 'http://here.org/part', status: 'active', content: 'fragment', concept: [{ code: 'p' }] },
  },
  {
    resourceType: 'ValueSet',
    ...{ id: 'inner', url: 'http://here.org/inner', status: 'active' },
    compose: { include: [{ system: own, concept: [{ code: 'a' }] }] },
  },
  {
    resourceType: 'ValueSet',
    ...{ id: 'outer', url: 'http://here.org/outer', status: 'active' },
    compose: { include: [{ valueSet: ['http://here.org/inner'] }, { valueSet: [valueSet] }, { system }] },
  },
  {
    resourceType: 'ConceptMap',
    ...{ id: 'map', url: 'http://here.org/map', status: 'active' },
    group: [
      {
        ...{ source: own, target: system, element: [{ code: 'a', target: [{ code: 'A', equivalence: 'equal' }] }] },
        unmapped: { mode: 'other-map', url: 'http://elsewhere.org/map' },
      },
    ],
  },
  {
    resourceType: 'StructureDefinition',
    ...{ id: 'bound', url: 'http://here.org/bound', name: 'Bound', status: 'active', fhirVersion: '4.0.1' },
    ...{ kind: 'resource', abstract: false, type: 'Observation', derivation: 'constraint' },
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Observation',
    differential: {
      element: [
        { id: 'Observation', path: 'Observation' },
        {
          ...{ id: 'Observation.code', path: 'Observation.code' },
          binding: { strength: 'required', valueSet: 'http://here.org/outer' },
        },
      ],
    },
  },
]

let standIn: StandIn
let server: TestServer
beforeAll(async () => {
  standIn = await terminologyStandIn(judge)
  server = await testServer({ config: { txServer: standIn.url } })
  for (const resource of stored) {
    const reply = await server.fhir('PUT', `${resource['resourceType']}/${resource['id']}`, resource)
    expect([reply.status, reply.status === 201 ? '' : reply.text]).toEqual([201, ''])
  }
})
afterAll(async () => {
  await server.close()
  await standIn.close()
})
beforeEach(() => {
  standIn.asked.length = 0
  standIn.answer = judge
})

const query = (parameters: Record<string, string> | [string, string][]) => new URLSearchParams(parameters).toString()
const post = (operation: string, ...parameter: readonly JsonObject[]) =>
  server.fhir('POST', operation, { resourceType: 'Parameters', parameter: [...parameter] })
const value = ({ json }: { json: JsonObject }, name: string) => {
  const found = ((json['parameter'] ?? []) as JsonObject[]).find((parameter) => parameter['name'] === name) ?? {}
  return Object.entries(found).find(([key]) => key.startsWith('value'))?.[1]
}
const codesIn = ({ json }: { json: JsonObject }) =>
  ((json['expansion'] as JsonObject | undefined)?.['contains'] as JsonObject[] | undefined)?.map(({ code }) => code)
/** What was asked: method, operation, and the names of the parameters that were posted or the query. */
const questions = () =>
  standIn.asked.map(({ method, operation, query: sent, parameters }) => [
    method,
    operation,
    method === 'GET' ? sent : parameters.map(({ name }) => name),
  ])
const observation = (id: string, code: string, more: JsonObject = {}) => ({
  ...{ resourceType: 'Observation', id, status: 'final', ...more },
  code: { coding: [{ system, code }] },
})

describe('what an operation asks', () => {
  test('$lookup: with properties, language and version', async () => {
    const sent = { system, code: 'known', version: '2', displayLanguage: 'de' }
    const reply = await server.fhir('GET', `CodeSystem/$lookup?${query({ ...sent, property: 'parent' })}`)
    expect([reply.status, value(reply, 'display')]).toEqual([200, 'Known'])
    expect(questions()).toEqual([['GET', 'CodeSystem/$lookup', { ...sent, property: 'parent' }]])
  })

  test('$lookup: about a code that a system known in part does not list', async () => {
    const parameters = { system: 'http://here.org/part', code: 'q' }
    expect((await server.fhir('GET', `CodeSystem/$lookup?${query(parameters)}`)).status).toBe(200)
    expect(questions()).toEqual([['GET', 'CodeSystem/$lookup', parameters]])
  })

  test('$subsumes', async () => {
    const sent = { system, codeA: 'x', codeB: 'y', version: '2' }
    const reply = await server.fhir('GET', `CodeSystem/$subsumes?${query(sent)}`)
    expect(value(reply, 'outcome')).toBe('subsumes')
    expect(questions()).toEqual([['GET', 'CodeSystem/$subsumes', sent]])
  })

  test('CodeSystem/$validate-code: about each coding that nobody here can judge', async () => {
    const coding: readonly Readonly<Record<string, string>>[] = [
      { system, code: 'none' },
      { system, code: 'known', version: '1', display: 'Known' },
    ]
    const reply = await post('CodeSystem/$validate-code', ...concept(coding), { name: 'url', valueUri: system })
    expect(value(reply, 'result')).toBe(true)
    expect(standIn.asked.map((one) => one.query)).toEqual([
      { url: system, code: 'none' },
      { url: system, code: 'known', version: '1', display: 'Known' },
    ])
  })

  test('ValueSet/$validate-code: about each coding, until one is valid', async () => {
    const coding = [
      { system, code: 'none-2' },
      { system, code: 'known' },
    ]
    const reply = await post('ValueSet/$validate-code', { name: 'url', valueUri: valueSet }, ...concept(coding))
    expect(value(reply, 'result')).toBe(true)
    expect(standIn.asked.map((one) => one.query['code'])).toEqual(['none-2', 'known'])
    const bad = await post('ValueSet/$validate-code', { name: 'url', valueUri: valueSet }, ...concept([coding[0]!]))
    expect(value(bad, 'result')).toBe(false)
  })

  test('ValueSet/$validate-code: nothing where a coding is known here to be valid', async () => {
    const coding = [
      { system, code: 'none-3' },
      { system: own, code: 'a' },
    ]
    const url = { name: 'url', valueUri: 'http://here.org/outer' }
    standIn.answer = () => expansion()
    const byUrl = await post(
      'ValueSet/$validate-code',
      { ...url, valueUri: 'http://here.org/inner' },
      ...concept(coding),
    )
    expect([value(byUrl, 'result'), standIn.asked]).toEqual([true, []])
  })

  test('ValueSet/$expand: by a url that is unknown here, with all that was given', async () => {
    const sent = { url: valueSet, filter: 'x', offset: '0', count: '5', activeOnly: 'true', designation: 'de' }
    const more = { displayLanguage: 'de', includeDesignations: 'true', 'exclude-system': 'http://x', ...versions }
    const reply = await server.fhir('GET', `ValueSet/$expand?${query({ ...sent, ...more })}`)
    expect(codesIn(reply)).toEqual(['known', 'other'])
    expect(questions()).toEqual([['GET', 'ValueSet/$expand', { ...sent, ...more }]])
  })
  const versions = { 'system-version': 'http://x|1', excludeNested: 'false', excludeNotForUI: 'true' }

  test.each([
    ['by id', 'ValueSet/outer/$expand', {}],
    ['by its url', 'ValueSet/$expand', { url: 'http://here.org/outer' }],
  ])('ValueSet/$expand of one that is known here, %s: with what it is made of', async (_case, path, by) => {
    const reply = await server.fhir('GET', `${path}?${query({ ...by, count: '7', activeOnly: 'true', filter: path })}`)
    expect(codesIn(reply)).toEqual(['known', 'other'])
    expect(standIn.asked[0]).toMatchObject({ method: 'POST', operation: 'ValueSet/$expand' })
    const { parameters } = standIn.asked[0]!
    expect(urlsIn(parameters)).toEqual([own, 'http://here.org/inner', 'http://here.org/outer'])
    expect(parameters.filter(({ resource }) => !resource)).toEqual(
      expect.arrayContaining([
        { name: 'count', valueInteger: 7 },
        { name: 'activeOnly', valueBoolean: true },
      ]),
    )
  })

  test('ValueSet/$expand: of one that is sent, with the resources that are sent along', async () => {
    const compose = { include: [{ system, filter: [{ property: 'concept', op: 'is-a', value: 'known' }] }] }
    const along = { resourceType: 'CodeSystem', url: 'http://along.org', status: 'active', content: 'complete' }
    const reply = await post(
      'ValueSet/$expand',
      { name: 'valueSet', resource: { resourceType: 'ValueSet', status: 'active', compose } },
      { name: 'tx-resource', resource: along },
      { name: 'displayLanguage', valueCode: 'de' },
    )
    expect(codesIn(reply)).toEqual(['known', 'other'])
    expect(standIn.asked[0]!.parameters).toMatchObject([
      { name: 'valueSet', resource: { compose } },
      { name: 'displayLanguage', valueCode: 'de' },
      { name: 'tx-resource', resource: along },
    ])
  })

  test('ValueSet/$validate-code: of one that is known here, as a resource', async () => {
    const sent = { system, code: 'known', abstract: 'true', display: 'Known' }
    const reply = await server.fhir('GET', `ValueSet/outer/$validate-code?${query(sent)}`)
    expect(value(reply, 'result')).toBe(true)
    const { parameters } = standIn.asked[0]!
    expect(urlsIn(parameters)).toEqual([own, 'http://here.org/inner', 'http://here.org/outer'])
    expect(parameters.filter(({ resource }) => !resource)).toEqual([
      { name: 'code', valueCode: 'known' },
      { name: 'system', valueUri: system },
      { name: 'display', valueString: 'Known' },
      { name: 'abstract', valueBoolean: true },
    ])
  })

  test('$translate: of a map that is unknown here, and where no map is known', async () => {
    const byUrl = { url: 'http://elsewhere.org/map', system, code: 'known', reverse: 'true' }
    for (const sent of [byUrl, { system, code: 'x', targetsystem: 'http://elsewhere.org/other' }]) {
      standIn.asked.length = 0
      expect(value(await server.fhir('GET', `ConceptMap/$translate?${query(sent)}`), 'result')).toBe(true)
      expect(questions()).toEqual([['GET', 'ConceptMap/$translate', sent]])
    }
  })

  test('$translate: of the map that another leads to', async () => {
    const sent = { url: 'http://here.org/map', system: own }
    await server.fhir('GET', `ConceptMap/$translate?${query({ ...sent, code: 'a' })}`)
    expect(standIn.asked).toEqual([])
    await server.fhir('GET', `ConceptMap/$translate?${query({ ...sent, code: 'b' })}`)
    expect(standIn.asked.map((one) => one.query)).toEqual([{ url: 'http://elsewhere.org/map', system: own, code: 'b' }])
  })

  test('nothing about what is known here', async () => {
    const parameters = { url: 'http://hl7.org/fhir/administrative-gender', code: 'male' }
    expect(value(await server.fhir('GET', `CodeSystem/$validate-code?${query(parameters)}`), 'result')).toBe(true)
    expect((await server.fhir('GET', `CodeSystem/$lookup?${query({ system: own, code: 'x' })}`)).status).toBe(404)
    expect(standIn.asked).toEqual([])
  })

  const concept = (coding: readonly Readonly<Record<string, string>>[]) => [
    { name: 'codeableConcept', valueCodeableConcept: { coding: [...coding] } },
  ]
  const urlsIn = (parameters: readonly JsonObject[]) =>
    parameters.flatMap(({ resource }) => (resource ? [(resource as JsonObject)['url']] : [])).sort()
})

describe('what a search asks', () => {
  beforeAll(async () => {
    for (const code of ['known', 'third']) {
      expect((await server.fhir('PUT', `Observation/${code}`, observation(code, code))).status).toBe(201)
    }
  })

  test.each([
    [`code:in=${encodeURIComponent(valueSet)}`, ['known'], 'GET'],
    [`code:not-in=${encodeURIComponent(valueSet)}`, ['third'], 'GET'],
    ['code:in=ValueSet/outer', ['known'], 'POST'],
    [`code:below=${encodeURIComponent(`${system}|top`)}`, ['known'], 'POST'],
    [`code:above=${encodeURIComponent(`${system}|leaf`)}`, ['known'], 'POST'],
  ])('%s', async (criteria, expected, method) => {
    const reply = await server.fhir('GET', `Observation?${criteria}`)
    const entries = (reply.json['entry'] ?? []) as JsonObject[]
    expect(entries.map(({ resource }) => (resource as JsonObject)['id']).sort()).toEqual(expected)
    for (const { operation, method: by } of standIn.asked) expect([operation, by]).toEqual(['ValueSet/$expand', method])
  })

  test('the codes below a code are those of a value set', async () => {
    await server.fhir('GET', `Observation?code:below=${encodeURIComponent(`${system}|second`)}`)
    expect(standIn.asked[0]!.parameters[0]).toMatchObject({
      name: 'valueSet',
      resource: {
        compose: { include: [{ system, filter: [{ property: 'concept', op: 'is-a', value: 'second' }] }] },
      },
    })
  })

  test('a list that is not whole is refused', async () => {
    const some = expansion([system, 'known'])
    standIn.answer = () => ({ ...some, expansion: { ...(some['expansion'] as JsonObject), total: 2 } })
    const reply = await server.fhir('GET', 'Observation?code:not-in=http://elsewhere.org/large')
    expect([reply.status, reply.text]).toEqual([422, expect.stringContaining('not all of them')])
  })

  test('what it refuses is told', async () => {
    standIn.answer = () => sends(404, JSON.stringify(refusal('not-found', 'No such value set.')))
    const reply = await server.fhir('GET', 'Observation?code:in=http://elsewhere.org/no')
    expect(reply.status).toBe(400)
    expect(reply.text).toContain('The terminology server that is set (TX_SERVER) says: No such value set.')
  })
})

describe('what validation asks', () => {
  test('without a value set: whether the system has the code', async () => {
    const coding = { system, version: '3', code: 'known', display: 'Known' }
    const reply = await server.fhir('PUT', 'Observation/v1', { ...observation('v1', 'x'), code: { coding: [coding] } })
    expect(reply.status).toBe(201)
    expect(questions()).toEqual([
      ['GET', 'CodeSystem/$validate-code', { url: system, code: 'known', version: '3', display: 'Known' }],
    ])
  })

  test('a wrong display is told from a wrong code', async () => {
    const [code, display] = await terminologyOf(server.context).decide([
      { system, code: 'bad', display: 'Good' },
      { system, code: 'known', display: 'Wrong' },
    ])
    expect(code).toMatchObject({ result: 'out', codeKnown: false })
    expect(display).toMatchObject({ result: 'in', codeKnown: true, displayOk: false })
  })

  test('a value set that is known here is sent', async () => {
    const profile = { meta: { profile: ['http://here.org/bound'] } }
    for (const [code, status] of [
      ['known', 201],
      ['unheard-of', 422],
    ] as const) {
      standIn.asked.length = 0
      const reply = await server.fhir('PUT', `Observation/b-${status}`, observation(`b-${status}`, code, profile))
      expect(reply.status).toBe(status)
      const sent = standIn.asked.find(({ operation }) => operation === 'ValueSet/$validate-code')
      expect(sent?.parameters[0]).toMatchObject({ name: 'valueSet', resource: { url: 'http://here.org/outer' } })
    }
  })

  test('whoever does not know the system either gives no verdict', async () => {
    standIn.answer = () =>
      result(
        false,
        { name: 'message', valueString: 'Unknown system.' },
        { name: 'issues', resource: refusal('not-found', 'Unknown system.') },
      )
    const [verdict] = await terminologyOf(server.context).decide([{ system: 'http://nobody.org', code: 'x' }])
    expect(verdict).toMatchObject({ result: 'unknown', hint: expect.stringContaining('says: Unknown system.') })
    const parameters = { url: 'http://nobody.org', code: 'x' }
    const reply = await server.fhir('GET', `CodeSystem/$validate-code?${query(parameters)}`)
    expect(value(reply, 'message')).toMatch(/not known here in full\. The terminology server .* says: Unknown system\./)
  })

  test('the questions of a transaction are asked together, each once', async () => {
    let most = 0
    let open = 0
    standIn.answer = (asked) => (response) => {
      most = Math.max(most, ++open)
      setTimeout(() => {
        open--
        sends(200, JSON.stringify(judge(asked)))(response)
      }, 100)
    }
    const codes = ['t1', 't2', 't3', 't1', 't2', 't3']
    const entry = codes.map((code, i) => ({
      resource: observation(`t-${i}`, code),
      request: { method: 'PUT', url: `Observation/t-${i}` },
    }))
    const reply = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect([reply.status, standIn.asked.length, most]).toEqual([200, 3, 3])
  })
})
