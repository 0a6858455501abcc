import { describe, expect, test } from 'vitest'
import { canonicalsInForce, type PackageInForce, storedPlace } from '../../../server/fhir/conformance/in-force.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { canonicalsOf } from '../../support/canonicals.ts'

const site = 'http://example.org'

function valueSet(url: string, version: string, title: string): JsonObject {
  return { resourceType: 'ValueSet', url, version, title }
}

function packageOf(
  text: string,
  resources: readonly JsonObject[],
  dependencies: readonly string[] = [],
): PackageInForce {
  const [name = '', version = ''] = text.split('@')
  return { name, version, dependencies, places: resources.map((resource) => storedPlace(JSON.stringify(resource))!) }
}

const core = 'http://hl7.org/fhir/ValueSet/core'
const v3 = 'http://terminology.hl7.org/ValueSet/v3'
const published = [valueSet(core, '4.0.1', 'base'), valueSet(v3, '2018-08-12', 'base')]
const base = { ...canonicalsOf(published), all: () => published }

const canonicals = canonicalsInForce({
  generation: 1,
  base,
  packages: [
    packageOf('test.a@1.0.0', [valueSet(`${site}/a`, '1.0.0', 'a1'), valueSet(core, '9.0.0', 'a1')], ['test.b@1.0.0']),
    packageOf('test.a@2.0.0', [valueSet(`${site}/a`, '2.0.0', 'a2'), valueSet(v3, '3.0.0', 'a2')], ['test.b@2.0.0']),
    packageOf('test.b@1.0.0', [valueSet(`${site}/b`, '1.0.0', 'b1')], ['test.a@1.0.0']),
    packageOf('test.b@2.0.0', [valueSet(`${site}/b`, '2.0.0', 'b2')]),
  ],
  stored: [
    storedPlace(JSON.stringify(valueSet(`${site}/a`, '2.0.0', 'stored')))!,
    storedPlace(JSON.stringify(valueSet(`${site}/s`, '1', 's')))!,
  ],
})

const title = (canonical: string) => canonicals.find('ValueSet', canonical)?.['title']

test.each([
  [`${site}/a`, 'a2'],
  [`${site}/a|1.0.0`, 'a1'],
  [`${site}/a|1`, 'a1'],
  [`${site}/a|3`, undefined],
  [`${site}/s`, 's'],
  [`${site}/none`, undefined],
  [core, 'base'],
  [`${core}|4.0.1`, 'base'],
  [`${core}|4.0`, 'base'],
  [`${core}|9.0.0`, 'a1'],
  [v3, 'a2'],
  [`${v3}|2018-08-12`, 'base'],
  [`${core}#fragment`, 'base'],
])('%s means %s', (canonical, expected) => {
  expect(title(canonical)).toBe(expected)
})

test('the type narrows', () => {
  expect(canonicals.find('CodeSystem', `${site}/a`)).toBeUndefined()
})

test('all are listed, whatever their version', () => {
  expect(canonicals.all('ValueSet')).toHaveLength(2 + 6 + 2)
})

describe('near a resource of a package', () => {
  const near = (canonical: string, wanted: string) =>
    canonicals.near(canonicals.find('ValueSet', canonical)!).find('ValueSet', wanted)?.['title']

  test.each([
    ['its own package', `${site}/a|1.0.0`, `${site}/a`, 'a1'],
    ['the packages that it depends on', `${site}/a|1.0.0`, `${site}/b`, 'b1'],
    ['the same of another version', `${site}/a|2.0.0`, `${site}/b`, 'b2'],
    ['packages in a circle', `${site}/b|1.0.0`, `${site}/a`, 'a1'],
    ['what it does not depend on, as everybody means it', `${site}/b|2.0.0`, `${site}/a`, 'a2'],
    ['the version that is named', `${site}/a|1.0.0`, `${site}/a|2.0.0`, 'a2'],
    ['the base specification', `${site}/a|1.0.0`, core, 'base'],
    ['as everybody, for what is in no package', `${site}/s`, `${site}/a`, 'a2'],
  ])('%s', (_case, canonical, wanted, expected) => {
    expect(near(canonical, wanted)).toBe(expected)
  })
})

test('with more packages nothing but what they bring is different', () => {
  const more = canonicals.plus([
    packageOf('test.c@1.0.0', [valueSet(`${site}/a`, '9', 'c'), valueSet(`${site}/c`, '1', 'c')]),
  ])
  expect(['a', 's', 'c'].map((name) => more.find('ValueSet', `${site}/${name}`)?.['title'])).toEqual(['c', 's', 'c'])
  expect(title(`${site}/c`)).toBeUndefined()
})

test('what clients are about to store takes the place of what they stored, and goes by its version', () => {
  const more = canonicals.plusStored([
    valueSet(`${site}/s`, '1', 's again'),
    valueSet(`${site}/a`, '3', 'a3'),
    { resourceType: 'ValueSet', title: 'without a url' },
  ])
  expect(['a', 's'].map((name) => more.find('ValueSet', `${site}/${name}`)?.['title'])).toEqual(['a3', 's again'])
  expect(more.all('ValueSet')).toHaveLength(2 + 6 + 3)
  expect(title(`${site}/s`)).toBe('s')
})

test('a resource tells its package', () => {
  expect(canonicals.packageOf(canonicals.find('ValueSet', `${site}/b|2.0.0`)!)).toBe('test.b@2.0.0')
  expect(canonicals.packageOf(canonicals.find('ValueSet', core)!)).toBeUndefined()
})
