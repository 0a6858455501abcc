import { expect, test } from 'vitest'
import { loadDefinitions } from '../server/packages.ts'

const definitions = loadDefinitions('.data')

function names(type: string): string[] {
  return definitions.types.get(type)!.elements.map((element) => element.name)
}

test.each([
  ['Meta', ['id', 'extension', 'versionId', 'lastUpdated', 'source', 'profile', 'security', 'tag']],
  ['Binary', ['id', 'meta', 'implicitRules', 'language', 'contentType', 'securityContext', 'data']],
])('%s has the elements of R4', (type, expected) => {
  expect(names(type)).toEqual(expected)
})

test.each([
  ['DeviceDefinition', 'classification'],
  ['ObservationDefinition', 'publisher'],
  ['ResearchStudy', 'recruitment'],
  ['EvidenceVariable.characteristic', 'definitionByCombination'],
])('%s has no %s in R4', (type, element) => {
  expect(names(type)).not.toContain(element)
})

test('types that R4 does not have are gone with their backbone elements', () => {
  const foreign = /^(SubscriptionStatus|ResearchStudy\.label|EvidenceVariable\.characteristic\.)/
  expect([...definitions.types.keys()].filter((name) => foreign.test(name))).toEqual([])
  expect(definitions.resourceTypes).toHaveLength(146)
})

test.each([
  ['EvidenceVariable.characteristic', 'definitionDataRequirement', 'DataRequirement'],
  ['EvidenceVariable.characteristic', 'timeFromStart', 'Duration'],
  ['Bundle.entry.response', 'outcome', 'Resource'],
])('%s.%s is put back', (type, property, code) => {
  expect(definitions.properties(type)!.get(property)!.type.code).toBe(code)
})

test('every reference target is a resource type', () => {
  const targets = [...definitions.types.values()].flatMap((t) => t.elements.flatMap((e) => e.types))
  const unknown = targets.flatMap((type) => type.targets ?? []).filter((name) => !definitions.types.has(name))
  expect(unknown).toEqual([])
})
