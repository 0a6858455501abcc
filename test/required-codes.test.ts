import { expect, test } from 'vitest'
import type { TypeDefinition } from '../server/fhir/definitions.ts'
import { loadDefinitions } from '../server/packages.ts'
import { requiredCodes } from '../server/required-codes.ts'

const genders = 'http://hl7.org/fhir/ValueSet/administrative-gender'

function boundTo(valueSet: string, type = 'code', strength = 'required'): TypeDefinition {
  const element = { name: 'status', min: 0, max: 1, types: [{ code: type }], binding: { strength, valueSet } }
  return { name: 'Visit', kind: 'resource', elements: [element] }
}

const colours = {
  resourceType: 'CodeSystem',
  url: 'urn:colours',
  content: 'complete',
  concept: [
    { code: 'warm', property: [{ code: 'notSelectable', valueBoolean: true }], concept: [{ code: 'red' }] },
    { code: 'blue', concept: [{ code: 'navy' }] },
  ],
}

function valueSet(include: object, more: object = {}) {
  return { resourceType: 'ValueSet', url: 'urn:v', compose: { include: [include], ...more } }
}

test.each([
  ['of a whole code system, children included and groups left out', { system: 'urn:colours' }, ['red', 'blue', 'navy']],
  ['that names its codes', { system: 'urn:colours', concept: [{ code: 'red' }] }, ['red']],
  ['with a filter', { system: 'urn:colours', filter: [{ property: 'concept' }] }, undefined],
  ['that imports another', { valueSet: ['urn:w'] }, undefined],
  ['of a system that is not published', { system: 'urn:ietf:bcp:13' }, undefined],
])('a value set %s', (_case, include, codes) => {
  expect(requiredCodes([boundTo('urn:v')], [colours, valueSet(include)])).toEqual(codes ? { 'urn:v': codes } : {})
})

test.each([
  ['of an extensible binding', boundTo('urn:v', 'code', 'extensible')],
  ['of a CodeableConcept', boundTo('urn:v', 'CodeableConcept')],
])('the value set %s is not listed', (_case, type) => {
  expect(requiredCodes([type], [colours, valueSet({ system: 'urn:colours' })])).toEqual({})
})

test('a value set that excludes is not listed', () => {
  const excluding = valueSet({ system: 'urn:colours' }, { exclude: [{ system: 'urn:colours' }] })
  expect(requiredCodes([boundTo('urn:v')], [colours, excluding])).toEqual({})
})

test('the base specification lists all but media types and currencies', () => {
  const definitions = loadDefinitions('.data')
  const bound = [...definitions.types.values()]
    .flatMap((type) => type.elements)
    .filter((element) => element.binding && element.types.some((type) => type.code === 'code'))
    .map((element) => element.binding!.valueSet)
  const absent = [...new Set(bound)].filter((url) => !definitions.requiredCodes.has(url)).sort()

  expect([...definitions.requiredCodes.get(genders)!]).toEqual(['male', 'female', 'other', 'unknown'])
  expect(absent).toEqual(['http://hl7.org/fhir/ValueSet/currencies', 'http://hl7.org/fhir/ValueSet/mimetypes'])
})
