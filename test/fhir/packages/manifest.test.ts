import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { isBaseSpecification, parseManifest, parsePackageName } from '../../../server/fhir/packages/manifest.ts'

const manifest = {
  name: 'hl7.fhir.us.core',
  version: '6.1.0',
  fhirVersions: ['4.0.1'],
  dependencies: { 'hl7.fhir.r4.core': '4.0.1' },
}

test.each([
  ['hl7.fhir.us.core@6.1.0', { name: 'hl7.fhir.us.core', version: '6.1.0' }],
  ['@scope/test.package@1.0.0-ballot', { name: '@scope/test.package', version: '1.0.0-ballot' }],
  ['hl7.fhir.us.core@6.1.x', { name: 'hl7.fhir.us.core', version: '6.1.x' }],
  ['hl7.fhir.us.core@latest', { name: 'hl7.fhir.us.core', version: 'latest' }],
  ['hl7.fhir.us.core', undefined],
  ['@1.0.0', undefined],
  ['a@', undefined],
  ['../a@1', undefined],
  ['a/../b@1', undefined],
  ['a@../1', undefined],
  ['a@1..2', undefined],
  ['a b@1', undefined],
  [`${'a'.repeat(215)}@1`, undefined],
])('%s as a package', (text, expected) => {
  expect(parsePackageName(text)).toEqual(expected)
})

test('a manifest is read', () => {
  expect(parseManifest({ ...manifest, title: 'US Core', canonical: 'http://x', license: 'CC0' })).toEqual({
    ...manifest,
    title: 'US Core',
    canonical: 'http://x',
  })
})

test.each<[string, JsonObject]>([
  ['of long ago', { 'fhir-version-list': ['4.0.1'] }],
  ['for several versions of FHIR', { fhirVersions: ['3.0.2', '4.0.0'] }],
  ['that tells its version of FHIR by what it depends on', { fhirVersions: [] }],
])('a manifest %s is taken', (_case, given) => {
  const { fhirVersions: _versions, ...rest } = manifest
  expect(parseManifest({ ...rest, ...given })).toMatchObject({ version: '6.1.0' })
})

describe('a manifest is refused', () => {
  test.each<[string, JsonObject, string]>([
    ['without a name', { name: null }, 'no usable name'],
    ['with a path for a name', { name: '../../x' }, "'../../x'"],
    ['without a version', { version: 6 }, 'no usable version'],
    ['with a path for a version', { version: '1/../2' }, 'no usable version'],
    ['for FHIR R5', { fhirVersions: ['5.0.0'] }, 'is for FHIR 5.0.0: this server takes packages for FHIR 4.0.'],
    ['for FHIR R4B', { fhirVersions: ['4.3.0'] }, 'is for FHIR 4.3.0'],
    ['for nobody knows what', { fhirVersions: [], dependencies: {} }, 'does not tell its version'],
    ['with dependencies that are no object', { dependencies: ['a'] }, 'no usable dependencies'],
    ['with a dependency that is no version', { dependencies: { a: 1 } }, 'no usable dependencies'],
  ])('%s', (_case, given, expected) => {
    expect(() => parseManifest({ ...manifest, ...given })).toThrow(expected)
  })

  test.each([[[]], ['x'], [null]])('that is %j', (value) => {
    expect(() => parseManifest(value as null)).toThrow('is not a JSON object')
  })
})

test.each([
  ['hl7.fhir.r4.core', true],
  ['hl7.fhir.core', true],
  ['hl7.fhir.r4.examples', true],
  ['hl7.fhir.r5.core', false],
  ['hl7.fhir.us.core', false],
])('%s is the base specification: %s', (name, expected) => {
  expect(isBaseSpecification(name)).toBe(expected)
})
