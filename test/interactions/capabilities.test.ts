import type { CapabilityStatement, CapabilityStatementRestResource } from '@medplum/fhirtypes'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import type { CompositeComponent } from '../../server/fhir/search/search-index.ts'
import { methodsOf } from '../../server/operations/operation.ts'
import { operations } from '../../server/operations/operations.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let statement: CapabilityStatement

beforeAll(async () => {
  server = await testServer()
  statement = (await server.fhir('GET', 'metadata')).json as unknown as CapabilityStatement
})
afterAll(() => server.close())

/** A request for each code of https://hl7.org/fhir/R4/valueset-type-restful-interaction.html */
const typeRequests: Readonly<Record<string, readonly [method: string, path: string]>> = {
  read: ['GET', '/none'],
  vread: ['GET', '/none/_history/1'],
  update: ['PUT', '/none'],
  patch: ['PATCH', '/none'],
  delete: ['DELETE', '/none'],
  'history-instance': ['GET', '/none/_history'],
  'history-type': ['GET', '/_history'],
  create: ['POST', ''],
  'search-type': ['GET', ''],
}

/** A request for each code of https://hl7.org/fhir/R4/valueset-system-restful-interaction.html */
const systemRequests: Readonly<Record<string, readonly [method: string, path: string, body?: object]>> = {
  transaction: ['POST', '', { resourceType: 'Bundle', type: 'transaction' }],
  batch: ['POST', '', { resourceType: 'Bundle', type: 'batch' }],
  'search-system': ['GET', '?_type=Basic'],
  'history-system': ['GET', '_history?_count=1'],
}

const valuesByType: Readonly<Record<string, string>> = {
  number: '5',
  date: '2020-01-01',
  string: 'a',
  token: 'a',
  reference: 'Patient/1',
  quantity: '5',
  uri: 'http://example.org/a',
}

const valuesByCode: Readonly<Record<string, string>> = {
  near: '42.2|-71.1|10|km',
  _content: 'a',
  _text: 'a',
  _list: '1',
  _filter: '_id eq a',
}

describe('the CapabilityStatement', () => {
  test('tells what the server is', () => {
    expect(statement).toMatchObject({
      resourceType: 'CapabilityStatement',
      status: 'active',
      kind: 'instance',
      fhirVersion: '4.0.1',
      implementation: { url: server.context.base },
    })
    expect(statement.rest![0]!.resource).toHaveLength(server.context.definitions.resourceTypes.length)
  })

  test('is made once', async () => {
    const [first, second] = [await server.fhir('GET', 'metadata'), await server.fhir('GET', 'metadata?mode=full')]
    expect(second.text).toBe(first.text)
  })

  test('has modes', async () => {
    const normative = await server.fhir('GET', 'metadata?mode=normative')
    expect(normative.text).not.toContain('"type":"Encounter"')
    const terminology = await server.fhir('GET', 'metadata?mode=terminology')
    expect(terminology.json['resourceType']).toBe('TerminologyCapabilities')
    expect((await server.fhir('GET', 'metadata?mode=wrong')).status).toBe(400)
  })
})

describe('every claim holds:', () => {
  test('interactions of types', async () => {
    const broken: string[] = []
    for (const { type, interaction } of claimed()) {
      for (const { code } of interaction!) {
        const [method, path] = typeRequests[code!]!
        const reply = await server.fhir(method, type + path)
        if (isUnrouted(reply.json)) broken.push(`${type} ${code}`)
      }
    }
    expect(broken).toEqual([])
  })

  test('interactions of the system', async () => {
    for (const { code } of statement.rest![0]!.interaction!) {
      const [method, path, body] = systemRequests[code!]!
      expect([code, (await server.fhir(method, path, body)).status]).toEqual([code, 200])
    }
  })

  test('compartments', async () => {
    for (const url of statement.rest![0]!.compartment ?? []) {
      const code = url.split('/').pop()!
      const type = server.context.definitions.resourceTypes.find((one) => one.toLowerCase() === code)
      const reply = await server.fhir('GET', `${type}/none/Observation`)
      expect([type, isUnrouted(reply.json)]).toEqual([type, false])
    }
  })

  test('operations', async () => {
    const broken: string[] = []
    for (const { code, levels, types, affectsState } of operations) {
      for (const type of types ?? ['Patient', 'Basic']) {
        const places = { system: '', type: `${type}/`, instance: `${type}/none/`, version: `${type}/none/_history/1/` }
        for (const level of levels) {
          for (const method of methodsOf({ affectsState })) {
            const reply = await server.fhir(method, `${places[level]}$${code}`)
            if (isUnrouted(reply.json)) broken.push(`${method} ${places[level]}$${code}`)
          }
        }
      }
    }
    expect(broken).toEqual([])
    const names = claimed().flatMap(({ operation }) => operation ?? [])
    const routed = new Set(operations.map(({ code }) => code))
    expect(names.filter(({ name }) => !routed.has(name!))).toEqual([])
  })

  test('search parameters', async () => {
    const refused: string[] = []
    for (const { type, searchParam } of claimed()) {
      for (const { name } of searchParam ?? []) {
        const reply = await server.fhir(
          'GET',
          `${type}?${name}=${encodeURIComponent(sampleValue(type!, name!))}&_count=1`,
        )
        if (reply.status !== 200) refused.push(`${type}?${name}: ${reply.text}`)
      }
    }
    expect(refused).toEqual([])
  }, 120_000)

  test('includes', async () => {
    const refused: string[] = []
    for (const { type, searchInclude, searchRevInclude } of claimed()) {
      const includes = (searchInclude ?? []).map((value) => `_include=${value}`)
      const reverse = (searchRevInclude ?? []).map((value) => `_revinclude=${value}`)
      for (const query of [includes.join('&'), reverse.slice(0, 20).join('&')].filter((text) => text !== '')) {
        const reply = await server.fhir('GET', `${type}?${query}&_count=1`)
        if (reply.status !== 200) refused.push(`${type}?${query}: ${reply.text}`)
      }
    }
    expect(refused).toEqual([])
  }, 120_000)
})

function claimed(): readonly CapabilityStatementRestResource[] {
  return statement.rest![0]!.resource!
}

/** Whether the outcome says that there is nothing at this URL; what is not stored may well be not found. */
function isUnrouted(outcome: JsonObject): boolean {
  return /"code":"(unknown-path|unknown-operation|unknown-type|method-not-allowed|internal)"/.test(
    JSON.stringify(outcome),
  )
}

function sampleValue(type: string, name: string): string {
  const parameter = server.context.indexes.index(type).parameters.get(name)
  if (Object.hasOwn(valuesByCode, name)) return valuesByCode[name]!
  if (parameter?.composite) return parameter.composite[0]!.components.map(plainValue).join('$')
  return plainValue(parameter!)
}

function plainValue({ type, paths }: Pick<CompositeComponent, 'type' | 'paths'>): string {
  const isBoolean = type === 'token' && paths.every((path) => path.types.every((one) => one === 'boolean'))
  return isBoolean ? 'true' : valuesByType[type]!
}
