import { describe, expect, test } from 'vitest'
import { compareVersions, parseCanonical } from '../../../server/fhir/conformance/canonicals.ts'
import { canonicalsOf, firstOf } from '../../support/canonicals.ts'

const url = 'http://example.org/StructureDefinition/a'
const structure = (version?: string) => ({
  resourceType: 'StructureDefinition',
  url,
  ...(version !== undefined && { version }),
})

describe('a canonical', () => {
  test.each([
    ['http://example.org/a', { url: 'http://example.org/a' }],
    ['http://example.org/a|1.0', { url: 'http://example.org/a', version: '1.0' }],
    ['http://example.org/a|1.0#part', { url: 'http://example.org/a', version: '1.0' }],
  ])('%s has its parts', (canonical, parts) => {
    expect(parseCanonical(canonical)).toEqual(parts)
  })

  const canonicals = canonicalsOf([
    structure('6.1.0'),
    structure('10.0.0'),
    structure('10.0.1-ballot'),
    structure('7.0.0'),
  ])
  test.each([
    ['its version', `${url}|6.1.0`, '6.1.0'],
    ['a part of its version', `${url}|6.1`, '6.1.0'],
    ['no version finds the newest', url, '10.0.1-ballot'],
    ['a version that is not there', `${url}|9.9.9`, undefined],
    ['another url', 'http://example.org/b', undefined],
  ])('is found by %s', (_case, canonical, version) => {
    expect(canonicals.find('StructureDefinition', canonical)?.['version']).toBe(version)
  })

  test('is found among resources of the type that is asked for', () => {
    expect(canonicals.find('ValueSet', url)).toBeUndefined()
  })

  test('is looked for in one source after another', () => {
    const both = firstOf(canonicalsOf([structure('1.0.0')]), canonicals)
    expect(both.find('StructureDefinition', url)?.['version']).toBe('1.0.0')
    expect(both.find('StructureDefinition', `${url}|7.0.0`)?.['version']).toBe('7.0.0')
  })
})

test.each([
  ['6.1.0', '8.0.1'],
  ['9.0.0', '10.0.0'],
  ['6.0.0-ballot', '6.0.0'],
  ['6.0.0-ballot1', '6.0.0-ballot2'],
  ['2019-01-01', '2020-01-01'],
  ['1.0', '1.0.1'],
])('version %s is older than %s', (older, newer) => {
  expect(compareVersions(older, newer)).toBeLessThan(0)
  expect(compareVersions(newer, older)).toBeGreaterThan(0)
})
