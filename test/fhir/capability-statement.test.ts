import { tmpdir } from 'node:os'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type CapabilitySource,
  capabilityStatement,
  type RoutedInteraction,
  terminologyCapabilities,
} from '../../server/fhir/capability-statement.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { searchIndexes, standardState } from '../../server/fhir/search/search-indexes.ts'
import { createTerms } from '../../server/fhir/search/term.ts'
import { validateStructure } from '../../server/fhir/validation/structure.ts'
import { loadDefinitions } from '../../server/packages.ts'

const interactions: readonly RoutedInteraction[] = [
  { code: 'capabilities', method: 'GET', path: 'metadata' },
  { code: 'read', method: 'GET', path: ':type/:id' },
  { code: 'create', method: 'POST', path: ':type' },
  { code: 'update', method: 'PUT', path: ':type/:id' },
  { code: 'update', method: 'PUT', path: ':type' },
  { code: 'search-type', method: 'GET', path: ':type' },
  { code: 'search-compartment', method: 'GET', path: ':type/:id/:member' },
  { code: 'transaction', method: 'POST', path: '' },
]
const operations = [
  { code: 'meta', levels: ['system', 'type', 'instance'], definition: 'http://x/meta' },
  { code: 'lastn', levels: ['type'], types: ['Observation'], definition: 'http://x/lastn' },
]
let source: CapabilitySource

beforeAll(() => {
  const definitions = loadDefinitions(tmpdir())
  const indexes = searchIndexes({
    definitions,
    terms: createTerms([1, 2, 3, 4]),
    fallback: () => () => {},
    base: 'http://localhost/fhir',
  })(standardState)
  const date = '2026-01-01T00:00:00.000Z'
  const routed = { interactions, operations, conditionalDelete: 'single', profiles: new Map() } as const
  source = { base: 'http://localhost/fhir', date, version: '1.2.3', definitions, indexes, ...routed }
})

function rest(from: Partial<CapabilitySource> = {}) {
  return capabilityStatement({ ...source, ...from }, 'full').rest![0]!
}

function resource(type: string, from: Partial<CapabilitySource> = {}) {
  return rest(from).resource!.find((one) => one.type === type)!
}

describe('a CapabilityStatement', () => {
  test('is valid and small', () => {
    const statement = capabilityStatement(source, 'full')
    expect(validateStructure(statement as unknown as JsonObject, source.definitions)).toEqual([])
    expect(JSON.stringify(statement).length).toBeLessThan(1_500_000)
  })

  test('has each interaction once, where it is routed', () => {
    const codes = resource('Patient').interaction!.map(({ code }) => code)
    expect(codes).toEqual(['read', 'update', 'create', 'search-type'])
    expect(rest().interaction).toEqual([{ code: 'transaction' }, { code: 'batch' }])
  })

  test('has the operations of each type', () => {
    const names = (type: string) => resource(type).operation!.map(({ name }) => name)
    expect([names('Patient'), names('Observation')]).toEqual([['meta'], ['meta', 'lastn']])
    expect(rest().operation!.map(({ name }) => name)).toEqual(['meta'])
  })

  test('has the search parameters and includes of each type', () => {
    const { searchParam, searchInclude, searchRevInclude } = resource('Encounter')
    expect(searchParam).toContainEqual({
      name: 'subject',
      type: 'reference',
      definition: 'http://hl7.org/fhir/SearchParameter/Encounter-subject',
    })
    expect(searchParam!.map(({ name }) => name)).toEqual(expect.arrayContaining(['_id', '_lastUpdated', '_tag']))
    expect(searchInclude).toContain('Encounter:subject')
    expect(searchRevInclude).toContain('Observation:encounter')
    expect(searchRevInclude).not.toContain('Patient:organization')
  })

  test('claims nothing that is not routed', () => {
    const none = { interactions: interactions.filter(({ code }) => !/search|update/.test(code)) }
    const { searchParam, searchInclude, conditionalUpdate, conditionalDelete } = resource('Patient', none)
    expect([searchParam, searchInclude, conditionalUpdate, conditionalDelete]).toEqual([
      undefined,
      undefined,
      false,
      'not-supported',
    ])
    expect(rest(none).compartment).toBeUndefined()
    expect(resource('Patient').conditionalUpdate).toBe(true)
    expect(rest().compartment).toContain('http://hl7.org/fhir/CompartmentDefinition/patient')
  })

  test.each(['single', 'multiple'] as const)('says that a conditional delete is %s', (conditionalDelete) => {
    const deletes = { interactions: [{ code: 'delete', method: 'DELETE', path: ':type' }], conditionalDelete }
    expect(resource('Patient', deletes).conditionalDelete).toBe(conditionalDelete)
  })

  test('may be of normative types only', () => {
    const types = capabilityStatement(source, 'normative').rest![0]!.resource!.map(({ type }) => type)
    expect(types).toContain('Patient')
    expect(types).not.toContain('Encounter')
  })
})

test('TerminologyCapabilities are valid', () => {
  const statement = terminologyCapabilities(source)
  expect(statement).toMatchObject({ resourceType: 'TerminologyCapabilities', kind: 'instance' })
  expect(validateStructure(statement as unknown as JsonObject, source.definitions)).toEqual([])
})
