import { describe, expect, test } from 'vitest'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../../server/fhir/json.ts'
import { oneOf, randomFrom, seed } from '../../../support/random.ts'
import { exampleUrl, generatedFrom, profile, type SaidOf } from '../../../support/snapshots.ts'

const url = exampleUrl('Test')

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

/** Extensions of which each contains the next a number of times. */
function nested(depth: number, width: number): readonly JsonObject[] {
  return times(depth, (level) => {
    const type = [{ code: 'Extension', ...(level + 1 < depth && { profile: [exampleUrl(`Nested${level + 1}`)] }) }]
    const slices = times(width, (i): SaidOf[] => [
      [`Extension.extension:s${i}`, { type }],
      [`Extension.extension:s${i}.extension`, { min: 0 }],
    ])
    return profile('Extension', slices.flat(), level === 0 ? 'Test' : `Nested${level}`)
  })
}

describe('a profile that would take too much is told, and soon', () => {
  const sliced: SaidOf = ['Patient.identifier', { slicing: { rules: 'open' } }]

  test.each<[string, readonly JsonObject[], RegExp]>([
    [
      'a hundred thousand elements',
      [profile('Patient', [sliced, ...times(100_000, (i): SaidOf => [`Patient.identifier:s${i}`, {}])])],
      /^the differential of \S+ has 100001 elements: 5000 are the most that are read$/,
    ],
    [
      'a snapshot of a hundred thousand elements',
      [{ ...profile('Patient', []), snapshot: { element: times(100_001, (i) => ({ path: `Patient.n${i}` })) } }],
      /^the snapshot of \S+ has 100001 elements: 100000 are the most that are read$/,
    ],
    [
      'a snapshot with an element twenty thousand levels deep',
      [{ ...profile('Patient', []), snapshot: { element: [{ path: `Patient${'.contact'.repeat(20_000)}` }] } }],
      /^Patient(\.contact)+\S*: it is more than 40 elements deep: put what is below/,
    ],
    [
      'an element twenty thousand levels deep',
      [profile('Questionnaire', [[`Questionnaire${'.item'.repeat(20_000)}`, { min: 1 }]])],
      /^Questionnaire(\.item)+\S*: it is more than 40 elements deep: put what is below/,
    ],
    [
      'five thousand profiles, one based on the other',
      times(5_000, (i) => {
        const name = i === 0 ? 'Test' : `P${i}`
        return profile(i === 4_999 ? 'Patient' : exampleUrl(`P${i + 1}`), [['Patient.name', { min: 1 }]], name)
      }),
      /^\S+ is based on more than 40 definitions, one on the other$/,
    ],
    ['small extensions that make a large one', nested(3, 300), /is made of more than 100000 elements of other/],
    ['many extensions that make a large one', nested(30, 3), /is made of more than 100000 elements of other/],
  ])('%s', (_case, profiles, issue) => {
    const before = process.cpuUsage()
    const { issues } = generatedFrom(profiles[0]!, profiles)
    expect(issues[0]).toMatch(issue)
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(10_000)
  })

  test('but what is many is not too much', () => {
    const { byId, issues } = generatedFrom(
      profile('Patient', [sliced, ...times(2_000, (i): SaidOf => [`Patient.identifier:s${i}`, { max: '1' }])]),
    )
    expect(issues).toEqual([])
    expect(byId.get('Patient.identifier:s1999')).toMatchObject({ max: '1' })
  })

  test('of a thousand faults a hundred are told', () => {
    const { issues } = generatedFrom(
      profile(
        'Patient',
        times(1_000, (i): SaidOf => [`Patient.n${i}`, {}]),
      ),
    )
    expect(issues).toHaveLength(101)
    expect(issues.at(-1)).toBe('and 900 more')
  })
})

describe('what is no profile', () => {
  const junk: readonly JsonValue[] = [
    ...[null, 3, '', true, 'Patient.name', '#Patient.contact', '*', 'a/b', '__proto__', [], {}, [null], [{}]],
    ...[[{ code: 5 }], [{ code: 'Nope' }], [{ code: 'Extension', profile: [3] }], { rules: 'open' }],
  ]
  const members = [
    ...['id', 'path', 'sliceName', 'min', 'max', 'type', 'contentReference', 'slicing', 'constraint', 'binding'],
    ...['fixedCode', 'patternCoding', 'sliceIsConstraining', 'constructor', '__proto__'],
  ]
  const elements: readonly SaidOf[] = [
    ['Patient', {}],
    ['Patient.extension', { slicing: { rules: 'open' } }],
    ['Patient.extension:a', { min: 1, type: [{ code: 'Extension', profile: [url] }] }],
    ['Patient.name', { slicing: { rules: 'open' }, constraint: [{ key: 'a' }] }],
    ['Patient.name:a.period.start', { min: 1 }],
    ['Patient.gender', { fixedCode: 'male', binding: { strength: 'required' } }],
    ['Patient.deceasedBoolean', { min: 1 }],
    ['Patient.contact.name', { patternHumanName: { family: 'a' } }],
  ]

  test(`is told, and never thrown at (seed ${seed})`, () => {
    const random = randomFrom(seed)
    for (let round = 0; round < 400; round++) {
      const definition = structuredClone(profile('Patient', elements))
      const list = (definition['differential'] as { element: JsonValue[] }).element
      const place = Math.floor(random() * list.length)
      const element = list[place]!
      const key = oneOf(random, members)
      const value = structuredClone(oneOf(random, junk))
      if (random() < 0.7 && isJsonObject(element)) Object.defineProperty(element, key, own(value))
      else if (random() < 0.5) list[place] = value
      else Object.defineProperty(definition, oneOf(random, ['baseDefinition', 'type', 'url', 'derivation']), own(value))
      const { issues } = generatedFrom(definition, [definition])
      expect(issues.filter((issue) => /undefined|\[object/.test(issue))).toEqual([])
    }
  })

  function own(value: JsonValue): PropertyDescriptor {
    return { value, enumerable: true, writable: true, configurable: true }
  }
})
