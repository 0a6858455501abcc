import { describe, expect, test } from 'vitest'
import {
  covers,
  narrowScopes,
  parseScope,
  parseScopes,
  plainScopes,
  printScope,
  printScopes,
  type Scope,
} from '../../server/access/scope.ts'
import { oneOf, randomFrom, seed } from '../support/random.ts'
import { type AppRequest, allows, allowsList, allRequests, meaningOf } from '../support/scope-model.ts'

const contexts = ['patient', 'user', 'system']
const letters = ['c', 'r', 'u', 'd', 's']
const words = ['read', 'write', '*']
const types = ['Patient', 'Observation', '*']

const permissions = [
  ...words,
  ...Array.from({ length: 31 }, (_, i) => letters.filter((_, bit) => ((i + 1) >> bit) & 1).join('')),
]

const disorderly = letters.flatMap((first) =>
  letters.flatMap((second) => [first + second, ...letters.map((third) => first + second + third)]),
)

const criteria = ['', '?category=a', '?category=a,b', '?category=a&status=final', '?status=final']

describe('a scope', () => {
  const valid = contexts.flatMap((context) =>
    types.flatMap((type) => permissions.map((permission) => `${context}/${type}.${permission}`)),
  )

  test.each(valid)('%s means what the specification says, and is printed as it was', (text) => {
    const scope = parseScope(text)!
    expect(printScope(scope)).toBe(text)
    for (const request of allRequests) expect(grants(scope, request)).toBe(allows(text, request))
  })

  const granular = contexts.flatMap((context) =>
    types.flatMap((type) =>
      permissions
        .slice(words.length)
        .flatMap((p) => criteria.slice(1).map((query) => `${context}/${type}.${p}${query}`)),
    ),
  )

  test.each(granular)('%s with criteria is printed as it was', (text) => {
    expect(printScope(parseScope(text)!)).toBe(text)
  })

  test.each(disorderly)('with %s is none unless its letters are in order and each once', (permission) => {
    const inOrder = /^c?r?u?d?s?$/.test(permission)
    expect(parseScope(`patient/Patient.${permission}`) !== undefined).toBe(inOrder)
  })

  test.each([
    '',
    'patient',
    'patient/',
    'patient/Patient',
    'patient/Patient.',
    'patient/patient.rs',
    'Patient/Patient.rs',
    'patient/*.',
    'patient/**.rs',
    'patient/Pat*.rs',
    'patient/Patient.rs.',
    'patient/Patient.x',
    'patient/Patient.rx',
    'patient/Patient.RS',
    'patient/Patient.all',
    'patient/Patient.rs?',
    'patient/Patient.rs?gender',
    'patient/Patient.rs?gender=',
    'patient/Patient.rs?=male',
    'patient/Patient.rs?gender=male&',
    'patient/Patient.rs?gender=male,,female',
    'patient/Patient.rs?gender=%zz',
    'patient/Patient.read?gender=male',
    'patient/Patient.*?gender=male',
    'practitioner/Patient.rs',
    'system /Patient.rs',
    'user/Patient.rs\n',
    '\nuser/Patient.rs',
    'launch/Patient',
    'launch/practitioner',
    'OpenID',
    'offline',
    '__proto__',
    'patient/Patient.constructor',
    'patient/Patient.toString',
  ])('%j is none', (text) => {
    expect(parseScope(text)).toBeUndefined()
  })

  test.each(plainScopes)('%s has a name alone', (name) => {
    expect(parseScope(name)).toEqual({ kind: 'plain', name })
    expect(printScope(parseScope(name)!)).toBe(name)
  })

  test('with criteria keeps bars, commas that are escaped and what was percent-encoded', () => {
    const text = 'patient/Observation.rs?category=http://a|b,c%5C,d&code=x%26y'
    const scope = parseScope(text)!
    expect(scope).toMatchObject({
      criteria: [
        { name: 'category', values: ['http://a|b', 'c\\,d'] },
        { name: 'code', values: ['x&y'] },
      ],
    })
    expect(printScope(scope)).toBe(text)
  })

  test('is one of a list, whatever else is in it', () => {
    const { scopes, unknown } = parseScopes('openid  patient/*.rs openid nonsense patient/*.sr')
    expect(printScopes(scopes)).toBe('openid patient/*.rs')
    expect(unknown).toEqual(['nonsense', 'patient/*.sr'])
  })
})

describe('narrowing', () => {
  test.each([
    ['what is not allowed is left out', 'patient/Observation.rs launch', 'launch', 'launch'],
    [
      'a wildcard becomes the types allowed',
      'patient/*.rs',
      'patient/Patient.r patient/Goal.cruds',
      'patient/Patient.r patient/Goal.rs',
    ],
    ['letters are those of both', 'user/Patient.cru', 'user/*.rs', 'user/Patient.r'],
    ['contexts do not mix', 'patient/Patient.rs', 'user/*.cruds system/*.cruds', ''],
    [
      'criteria come along',
      'patient/Observation.rs',
      'patient/Observation.rs?category=a',
      'patient/Observation.rs?category=a',
    ],
    [
      'criteria that say less are left out',
      'patient/Observation.rs?category=a',
      'patient/Observation.rs?category=a,b',
      'patient/Observation.rs?category=a',
    ],
    [
      'criteria add up',
      'patient/Observation.rs?category=a',
      'patient/Observation.rs?status=final',
      'patient/Observation.rs?category=a&status=final',
    ],
    ['the first version stays in its words', 'patient/*.read', 'patient/Patient.rs', 'patient/Patient.read'],
    ['the first version is left where it has no word', 'patient/Patient.write', 'patient/*.cu', 'patient/Patient.cu'],
    ['what another limit covers is not repeated', 'patient/*.rs', 'patient/*.rs patient/Patient.rs', 'patient/*.rs'],
  ])('%s', (_case, asked, allowed, granted) => {
    expect(printScopes(narrowScopes(parseScopes(asked).scopes, parseScopes(allowed).scopes))).toBe(granted)
  })
})

describe('by the model of the specification', () => {
  test(`50,000 lists of scopes are narrowed and compared as it says (seed ${seed})`, () => {
    const random = randomFrom(seed)
    const pick = <T>(list: readonly T[]): T => oneOf(random, list)
    const scopeText = () => {
      if (random() < 0.1) return pick(plainScopes)
      const permission = pick(permissions)
      const query = words.includes(permission) ? '' : pick(criteria)
      return `${pick(contexts.slice(0, 2))}/${pick(['Patient', 'Observation', 'Goal', '*'])}.${permission}${query}`
    }
    const list = () => Array.from({ length: 1 + Math.floor(random() * 4) }, scopeText)
    let overlapping = 0
    let covering = 0
    for (let i = 0; i < 50_000; i++) {
      const [asked, allowed] = [list(), list()]
      const granted = printScopes(
        narrowScopes(parseScopes(asked.join(' ')).scopes, parseScopes(allowed.join(' ')).scopes),
      )
      const found = granted.split(' ').filter((text) => text !== '')
      if (found.length > 0) overlapping++
      const request = pick(allRequests)
      const expected = allowsList(asked, request) && allowsList(allowed, request)
      const context = JSON.stringify({ seed, i, asked, allowed, granted, request })
      if (allowsList(found, request) !== expected)
        throw new Error(`It should ${expected ? '' : 'not '}be allowed: ${context}`)
      const [one, other] = [asked[0]!, allowed[0]!]
      const isCovered = covers(parseScope(one)!, parseScope(other)!)
      if (isCovered) covering++
      const meaning = meaningOf(one)
      const isInside = one === other || (other.includes('.') && meaningOf(other).every((is, k) => !is || meaning[k]))
      if (isCovered !== isInside) throw new Error(`covers is ${isCovered}: ${one} ${other} ${context}`)
    }
    expect(overlapping).toBeGreaterThan(10_000)
    expect(covering).toBeGreaterThan(1_000)
  })
})

/** Whether what the server understood allows a request. */
function grants(scope: Scope, { context, type, interaction }: AppRequest): boolean {
  if (scope.kind === 'plain') return false
  const { interactions } = scope
  return scope.context === context && (scope.type === '*' || scope.type === type) && interactions.includes(interaction)
}
