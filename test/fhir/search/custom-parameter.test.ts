import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { issueText } from '../../../server/fhir/outcome.ts'
import { computedValues } from '../../../server/fhir/search/computed-values.ts'
import {
  appliesTo,
  checkParameter,
  isOffered,
  isSame,
  searchParameterOf,
} from '../../../server/fhir/search/custom-parameter.ts'
import { indexCompiler } from '../../../server/fhir/search/search-indexes.ts'
import { loadDefinitions } from '../../../server/packages.ts'
import { oneOf, randomFrom, seed } from '../../support/random.ts'

const definitions = loadDefinitions(tmpdir())
const standard = 'http://hl7.org/fhir/SearchParameter'

const race: JsonObject = {
  resourceType: 'SearchParameter',
  url: 'http://example.org/race',
  status: 'active',
  code: 'race',
  base: ['Patient'],
  type: 'token',
  expression: "Patient.extension.where(url='http://x/race').extension.value.code",
}
const rival = { ...searchParameterOf(race), url: 'http://example.org/rival', code: 'rival', base: ['Resource'] }

function check(given: JsonObject) {
  const compiler = indexCompiler(definitions, computedValues(definitions), [rival])
  return checkParameter({ ...race, ...given } as JsonObject, compiler, [rival])
}

describe('a SearchParameter can be used', () => {
  const cases: readonly [string, JsonObject][] = [
    ['as it is', {}],
    [
      'for several types',
      { base: ['Patient', 'Practitioner'], expression: 'Patient.name | Practitioner.name', type: 'string' },
    ],
    ['for all types', { base: ['Resource'], expression: 'Resource.meta.tag', code: 'my-tag' }],
    [
      'in place of the one that it is derived from',
      { code: 'name', type: 'string', expression: 'Patient.name', derivedFrom: `${standard}/Patient-name|4.0.1` },
    ],
    [
      'with an expression for the full engine',
      { expression: "Patient.name.where(use = 'old' and family.exists()).family" },
    ],
    ['with two components', composite({})],
    [
      'with components of the resource',
      composite({ expression: 'Observation', component: components('status', 'value.ofType(Quantity)') }),
    ],
  ]
  test.each(cases)('%s', (_name, given) => {
    expect(check(given).issues.map(issueText)).toEqual([])
  })

  test('and a reference without targets points at anything', () => {
    const { parameter } = check({ type: 'reference', expression: 'Patient.link.other', code: 'x' })
    expect(parameter.target).toEqual(['Resource'])
  })
})

function composite(given: JsonObject): JsonObject {
  return {
    base: ['Observation'],
    type: 'composite',
    code: 'pair',
    expression: 'Observation.component',
    component: components('code', 'value.ofType(Quantity)'),
    ...given,
  }
}

function components(first: string, second: string): JsonObject[] {
  return [
    { definition: `${standard}/Observation-component-code`, expression: first },
    { definition: `${standard}/Observation-component-value-quantity`, expression: second },
  ]
}

describe('a SearchParameter cannot be used', () => {
  const cases: readonly [string, JsonObject, string][] = [
    ['of the base specification', { url: `${standard}/Patient-name` }, 'belongs to the base specification'],
    ['without a type that can be searched', { type: 'special' }, 'its type must be one of'],
    ['with a code that cannot be written in a URL', { code: 'a:b' }, "its code 'a:b' must begin with a letter"],
    ['with a code of the specification', { code: '_my' }, 'must begin with a letter'],
    ['for unknown types', { base: ['Person2'] }, "'Person2' is not a resource type. Did you mean 'Person'?"],
    ['for unknown targets', { type: 'reference', target: ['Foo'] }, "'Foo' is not a resource type."],
    ['whose code is taken', { code: 'name' }, `only one derived from ${standard}/Patient-name may replace it`],
    [
      'whose code another custom one has',
      { code: 'rival' },
      "http://example.org/rival has the code 'rival' already: choose another.",
    ],
    ['without an expression', { expression: null }, 'it has no expression: give it one'],
    [
      'with an endless expression',
      { expression: `Patient.name${'.first()'.repeat(600)}` },
      'longer than 4000 characters',
    ],
    ['with an expression that is none', { expression: 'Patient.name.where(' }, 'cannot be used'],
    ['with an unknown function', { expression: 'Patient.name.frobnicate()' }, 'cannot be used'],
    ['with a mistyped element', { expression: 'Patient.nmae' }, "Patient has no element 'nmae'. Did you mean 'name'?"],
    ['with a mistyped element further on', { expression: 'Patient.name.famly' }, "HumanName has no element 'famly'."],
    ['that leads nowhere', { expression: 'Practitioner.name' }, 'leads nowhere on Patient'],
    [
      'that leads to another kind of value',
      { type: 'date', expression: 'Patient.name' },
      'leads to HumanName on Patient, which a date parameter',
    ],
    ['that depends on the time', { expression: 'Patient.birthDate > today()' }, 'depends on the time'],
    ['that asks for the version', { expression: 'Patient.meta.versionId' }, 'only when it stores them'],
    [
      'that resolves',
      { expression: 'Patient.link.other.resolve().name' },
      'it may resolve references only in the form',
    ],
    ['with one component', composite({ component: components('code', 'code').slice(1) }), 'must have two components'],
    [
      'with components that lead nowhere',
      composite({ component: components('code', 'nothing') }),
      "has no element 'nothing'",
    ],
    [
      'with two numbers in one element',
      composite({
        component: [
          ...components('', 'value.ofType(Quantity)').slice(1),
          ...components('', 'value.ofType(Quantity)').slice(1),
        ],
      }),
      'one number',
    ],
  ]
  test.each(cases)('%s', (_name, given, reason) => {
    const texts = check(given).issues.map(issueText)
    expect(texts.join('\n')).toContain(reason)
    expect(texts[0]).toMatch(/^The search parameter http:\/\/\S+ cannot be used: /)
  })
})

test.each([
  ['active', true],
  ['draft', true],
  ['retired', false],
  ['unknown', false],
])('one that is %s wants to be used: %s', (status, offered) => {
  expect(isOffered({ ...race, status })).toBe(offered)
})

test('what only describes makes no difference', () => {
  const described = searchParameterOf({ ...race, description: 'other', name: 'Other', version: '2' })
  expect(isSame(described, searchParameterOf(race))).toBe(true)
  expect(isSame(searchParameterOf({ ...race, code: 'other' }), searchParameterOf(race))).toBe(false)
})

test.each([
  [['Patient'], 'Patient', true],
  [['Patient'], 'Person', false],
  [['Resource'], 'Person', true],
])('a parameter of %j applies to %s: %s', (base, type, applies) => {
  expect(appliesTo({ base }, type)).toBe(applies)
})

const fragments = [
  '(',
  '(',
  ')',
  "'",
  '.',
  '|',
  ' as ',
  'name',
  'Patient',
  '.given',
  '.where(',
  ' = ',
  '[0]',
  '1',
] as const

test(`an expression of random parts is used or refused (seed ${seed})`, () => {
  const random = randomFrom(seed)
  for (let i = 0; i < 500; i++) {
    const parts = Array.from({ length: 1 + Math.floor(random() * 8) }, () => oneOf(random, fragments))
    const expression = `Patient.${parts.join('')}`
    const codes = check({ expression }).issues.map(({ code }) => code)
    expect([expression, codes.every((code) => code === 'unusable-parameter')]).toEqual([expression, true])
  }
})
