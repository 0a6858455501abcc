import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { exampleUrl, generated, generatedFrom, profile, type SaidOf } from '../../../support/snapshots.ts'

const byPattern = { slicing: { discriminator: [{ type: 'pattern', path: '$this' }], rules: 'open' } }
const loinc = { system: 'http://loinc.org' }

/** What the profiles in the table are based on, besides what is published. */
const parents = [
  profile('Observation', [['Observation.code', { patternCodeableConcept: { coding: [loinc] } }]], 'Loinc'),
  profile('Observation', [['Observation.status', { fixedCode: 'final' }]], 'Final'),
  profile('Patient', [['Patient.contact', { max: '0' }]], 'Alone'),
  profile(
    'Observation',
    [
      ['Observation.category', { ...byPattern, min: 1 }],
      ['Observation.category:a', { min: 1, max: '2' }],
      ['Observation.category:b', {}],
    ],
    'Sliced',
  ),
]

describe('what contradicts the base is told with the element and what to change', () => {
  test.each<[string, string, readonly SaidOf[], string]>([
    [
      'a higher maximum',
      'Patient',
      [['Patient.gender', { max: '*' }]],
      'Patient.gender: its maximum * is above that of its base: say at most 1',
    ],
    [
      'a lower minimum',
      'Observation',
      [['Observation.status', { min: 0 }]],
      'Observation.status: its minimum 0 is below that of its base: say at least 1',
    ],
    [
      'a minimum above the maximum',
      'Patient',
      [['Patient.gender', { min: 2 }]],
      'Patient.gender: its minimum 2 is above its maximum 1: change one of them',
    ],
    [
      'an element that the base forbids',
      'Alone',
      [['Patient.contact', { min: 1, max: '1' }]],
      'Patient.contact: its maximum 1 is above that of its base: say at most 0',
    ],
    [
      'a slice that there may be more often',
      'Sliced',
      [['Observation.category:a', { max: '3' }]],
      'Observation.category:a: its maximum 3 is above that of its base: say at most 2',
    ],
    [
      'another type',
      'Patient',
      [['Patient.gender', { type: [{ code: 'Quantity' }] }]],
      "Patient.gender: its type Quantity is none of its base's: say code",
    ],
    [
      'one more type of a choice',
      'Patient',
      [['Patient.deceased[x]', { type: [{ code: 'boolean' }, { code: 'string' }] }]],
      "Patient.deceased[x]: its type string is none of its base's: say boolean or dateTime",
    ],
    [
      'a type of a choice that it does not have',
      'Patient',
      [['Patient.deceasedString', { min: 1 }]],
      'Patient.deceasedString: its base has no such element: correct its path',
    ],
    [
      'a looser binding',
      'Patient',
      [['Patient.gender', { binding: { strength: 'example', valueSet: 'http://x' } }]],
      'Patient.gender: its binding is example, and required by its base: say required',
    ],
    [
      'another fixed value',
      'Final',
      [['Observation.status', { fixedCode: 'amended' }]],
      'Observation.status: its base fixes it to final: leave amended out',
    ],
    [
      'a pattern that has less',
      'Loinc',
      [['Observation.code', { patternCodeableConcept: { text: 'a' } }]],
      `Observation.code: its base's pattern is {"coding":[${JSON.stringify(loinc)}]}: keep what that has in {"text":"a"}`,
    ],
    [
      'an element that is not there',
      'Patient',
      [['Patient.nickname', { min: 1 }]],
      'Patient.nickname: its base has no such element: correct its path',
    ],
    [
      'an element that is not there, below another',
      'Patient',
      [['Patient.name.nickname', { min: 1 }]],
      'Patient.name.nickname: its base has no such element: correct its path',
    ],
    [
      'an element of another type',
      'Patient',
      [['Observation.code', { min: 1 }]],
      'Observation.code: its path begins with Observation: let it begin with Patient',
    ],
    [
      'a slice of what is not sliced',
      'Patient',
      [['Patient.name:a', { min: 1 }]],
      'Patient.name:a: it is a slice, but its element is not sliced: give that a slicing',
    ],
    [
      'a slice that the base is to have',
      'Sliced',
      [['Observation.category:c', { sliceIsConstraining: true }]],
      'Observation.category:c: it is to constrain a slice of its base, which has none of that name: correct the name',
    ],
    [
      'elements that change places',
      'Patient',
      [
        ['Patient.birthDate', { min: 1 }],
        ['Patient.gender', { min: 1 }],
      ],
      'Patient.birthDate: it comes behind Patient.gender in the snapshot: put it there',
    ],
    [
      'an element that is away from its parent',
      'Patient',
      [
        ['Patient.name', { min: 1 }],
        ['Patient.gender', { min: 1 }],
        ['Patient.name.family', { min: 1 }],
      ],
      'Patient.gender: it comes behind Patient.name.family in the snapshot: put it there',
    ],
    [
      'slices that change places',
      'Sliced',
      [
        ['Observation.category:b', { min: 1 }],
        ['Observation.category:a', { max: '1' }],
      ],
      'Observation.category:b: it comes behind Observation.category:a in the snapshot: put it there',
    ],
    [
      'an element that is listed again',
      'Patient',
      [
        ['Patient.gender', { min: 1 }],
        ['Patient.gender', { mustSupport: true }],
      ],
      'Patient.gender: it is listed more than once: say everything in one element',
    ],
  ])('%s', (_case, base, elements, issue) => {
    const isParent = parents.some(({ url }) => url === exampleUrl(base))
    expect(generated(isParent ? exampleUrl(base) : base, elements, parents).issues).toEqual([issue])
  })

  test('and what is said besides is in the snapshot', () => {
    const { byId } = generated('Patient', [
      ['Patient.nickname', { min: 1 }],
      ['Patient.gender', { max: '*', min: 1 }],
    ])
    expect(byId.get('Patient.gender')).toMatchObject({ min: 1 })
    expect(byId.has('Patient.nickname')).toBe(false)
  })

  test('and not with the profiles that are based on it', () => {
    const wrong = profile('Patient', [['Patient.gender', { max: '*' }]], 'Wrong')
    expect(generated(exampleUrl('Wrong'), [['Patient.name', { min: 1 }]], [wrong]).issues).toEqual([])
  })
})

describe('no contradiction is', () => {
  test.each<[string, string, readonly SaidOf[]]>([
    ['a slice that may be absent, of a required element', 'Sliced', [['Observation.category:d', { min: 0 }]]],
    ['the same fixed value', 'Final', [['Observation.status', { fixedCode: 'final' }]]],
    [
      'a pattern that has more',
      'Loinc',
      [['Observation.code', { patternCodeableConcept: { text: 'a', coding: [{ code: '1', ...loinc }] } }]],
    ],
    [
      'a fixed value that has the pattern',
      'Loinc',
      [['Observation.code', { fixedCodeableConcept: { coding: [{ ...loinc, code: '1' }] } }]],
    ],
    [
      'another required value set',
      'Patient',
      [['Patient.gender', { binding: { strength: 'required', valueSet: 'x' } }]],
    ],
    [
      'a resource where any may be',
      'Bundle',
      [
        ['Bundle.entry.resource', { type: [{ code: 'Patient' }] }],
        ['Bundle.entry.resource.name', { min: 1 }],
      ],
    ],
    ['a type of its own for an id', 'Patient', [['Patient.id', { type: [{ code: 'id' }] }]]],
  ])('%s', (_case, base, elements) => {
    const isParent = parents.some(({ url }) => url === exampleUrl(base))
    expect(generated(isParent ? exampleUrl(base) : base, elements, parents).issues).toEqual([])
  })
})

describe('what a snapshot cannot be made without is told', () => {
  const based = (on: string, name: string) => ({ ...profile('Patient', [['Patient', {}]], name), baseDefinition: on })
  const [a, b, c] = [exampleUrl('A'), exampleUrl('B'), exampleUrl('C')]

  test('a base that is based on the profile', () => {
    const { ids, issues } = generatedFrom(based(b, 'A'), [based(b, 'A'), based(c, 'B'), based(a, 'C')])
    expect(issues).toEqual([`${a} is based on itself, or contains itself: ${a} → ${b} → ${c} → ${a}`])
    expect(ids).toEqual([])
  })

  test('a base that is not known: the snapshot is made from its type', () => {
    const { byId, issues } = generated('http://example.org/none', [['Patient.name', { min: 1 }]])
    expect(issues).toContainEqual('http://example.org/none is not known here: load the package that it is in')
    expect(byId.size).toBe(0)
    const known = generatedFrom({
      ...profile('Patient', [['Patient.name', { min: 1 }]]),
      baseDefinition: 'http://none',
    })
    expect(known.issues).toEqual(['http://none is not known here: load the package that it is in'])
    expect(known.byId.get('Patient.name')).toMatchObject({ min: 1 })
  })

  test.each<[string, JsonObject, string]>([
    ['no base', { baseDefinition: null }, `${a} has no baseDefinition: say what it constrains`],
    ['no elements', { differential: null }, `${a} has neither a differential nor a snapshot`],
  ])('%s', (_case, said, issue) => {
    expect(generatedFrom({ ...based(b, 'A'), ...said })).toMatchObject({ ids: [], issues: [issue] })
  })

  test('what is said of an extension inside itself: that has the elements of extensions', () => {
    const url = exampleUrl('Loop')
    const elements: readonly SaidOf[] = [
      ['Extension.extension:loop', { type: [{ code: 'Extension', profile: [url] }] }],
      ['Extension.extension:loop.extension:inner', { min: 1, type: [{ code: 'Extension', profile: [url] }] }],
      ['Extension.extension:loop.extension:inner.url', { min: 1 }],
    ]
    const loop = profile('Extension', elements, 'Loop')
    const { byId, issues } = generatedFrom(loop, [loop])
    expect(issues).toEqual([`${url} is based on itself, or contains itself: ${url} → ${url}`])
    expect(byId.get('Extension.extension:loop.extension:inner')).toMatchObject({ min: 1 })
  })

  test('but not an extension that contains itself and says no more of that', () => {
    const type = [{ code: 'Extension', profile: [exampleUrl('Loop')] }]
    const loop = profile('Extension', [['Extension.extension:loop', { max: '1', type }]], 'Loop')
    const { byId, issues } = generatedFrom(loop, [loop])
    expect(issues).toEqual([])
    expect(byId.get('Extension.extension:loop')).toMatchObject({ max: '1', type })
  })

  test('a reference from element to element that comes back', () => {
    const element: JsonObject[] = [
      { path: 'Model' },
      { path: 'Model.a', contentReference: '#Model.b' },
      { path: 'Model.b', contentReference: '#Model.a' },
    ]
    const model = { ...profile('Element', [], 'Model', exampleUrl('Model')), snapshot: { element } }
    const said: readonly SaidOf[] = [['Model.a.c', { min: 1 }]]
    const { issues } = generatedFrom(profile(exampleUrl('Model'), said, 'Test', exampleUrl('Model')), [model])
    expect(issues).toEqual(['Model.a: it refers to #Model.b, where no element is: correct the reference'])
  })
})

test('ids that name slices which nobody defines are left aside', () => {
  const { byId, issues } = generatedFrom({
    ...profile('Observation', []),
    differential: {
      element: [
        { id: 'Observation.category', path: 'Observation.category', ...byPattern },
        { id: 'Observation.category:lab', path: 'Observation.category', sliceName: 'lab' },
        { id: 'Observation.category:typo.text', path: 'Observation.category.text', min: 1 },
      ],
    },
  })
  const told = 'no such slice is defined, so that what is below it is put below the one before: define it'
  expect(issues).toEqual([`Observation.category:typo: ${told}`])
  expect(byId.get('Observation.category:lab.text')).toMatchObject({ min: 1 })
})
