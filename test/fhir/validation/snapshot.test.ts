import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { objects } from '../../../server/fhir/validation/profile/element-tree.ts'
import { exampleUrl, generated, generatedFrom, malformed, profile, type SaidOf } from '../../support/snapshots.ts'

const byPattern = { slicing: { discriminator: [{ type: 'pattern', path: '$this' }], rules: 'open' } }
const laboratory = { patternCodeableConcept: { coding: [{ code: 'laboratory' }] } }
const slicedCategory: readonly SaidOf[] = [
  ['Observation.category', { ...byPattern, min: 1 }],
  ['Observation.category:lab', { min: 1, max: '1', ...laboratory }],
]

function keys(element: JsonObject | undefined): unknown[] {
  return objects(element?.['constraint']).map(({ key }) => key)
}

describe('what a differential says', () => {
  test('is merged into the elements of the base, and the rest is inherited', () => {
    const { ids, byId, issues } = generated('Patient', [
      ['Patient.name', { min: 1, max: '3', mustSupport: true }],
      ['Patient.gender', { min: 1, short: 'Administrative', definition: '...As registered.' }],
    ])
    expect(issues).toEqual([])
    const type = [{ code: 'HumanName' }]
    expect(byId.get('Patient.name')).toMatchObject({ min: 1, max: '3', mustSupport: true, type })
    expect(byId.get('Patient.gender')).toMatchObject({
      ...{ path: 'Patient.gender', min: 1, max: '1', short: 'Administrative', isSummary: true },
      binding: { strength: 'required' },
      definition: expect.stringMatching(/^Administrative Gender.*\nAs registered\.$/),
      base: { path: 'Patient.gender', min: 0, max: '1' },
    })
    expect(byId.get('Patient.birthDate')).toMatchObject({ min: 0, max: '1' })
    expect(ids).toEqual(generated('Patient', [['Patient', {}]]).ids)
  })

  test('reaches below an element, whose type tells what is there', () => {
    const { ids, byId, issues } = generated('Patient', [['Patient.name.period.start', { min: 1 }]])
    expect(issues).toEqual([])
    expect(ids.filter((id) => id.startsWith('Patient.name.period'))).toEqual([
      'Patient.name.period',
      'Patient.name.period.id',
      'Patient.name.period.extension',
      'Patient.name.period.start',
      'Patient.name.period.end',
    ])
    expect(byId.get('Patient.name.period.start')).toMatchObject({ min: 1, type: [{ code: 'dateTime' }] })
    expect(byId.get('Patient.name.period')).toMatchObject({ min: 0 })
    expect(malformed([...byId.values()])).toEqual([])
  })

  test('forbids an element, and keeps what is below it', () => {
    const { byId, issues } = generated('Patient', [['Patient.contact', { max: '0' }]])
    expect(issues).toEqual([])
    expect(byId.get('Patient.contact')).toMatchObject({ min: 0, max: '0' })
    expect(byId.get('Patient.contact.name')).toMatchObject({ max: '1' })
  })

  test('is inherited by profiles of the profile', () => {
    const said: JsonObject = { min: 1, mustSupport: true, binding: { strength: 'extensible', valueSet: 'http://a' } }
    const parent = profile('Observation', [['Observation.interpretation', said], ...slicedCategory], 'Parent')
    const { byId, issues } = generated(exampleUrl('Parent'), [['Observation.interpretation', { max: '1' }]], [parent])
    expect(issues).toEqual([])
    expect(byId.get('Observation.interpretation')).toMatchObject({ ...said, max: '1' })
    expect(byId.get('Observation.category:lab')).toMatchObject({ min: 1, max: '1', ...laboratory })
  })
})

describe('a slice', () => {
  test('is made from its element, and is optional unless it says more', () => {
    const { ids, byId, issues } = generated('Observation', [
      ...slicedCategory,
      ['Observation.category:lab.coding', { min: 1 }],
      ['Observation.category:other', {}],
    ])
    expect(issues).toEqual([])
    expect(byId.get('Observation.category')).toMatchObject({ min: 1, max: '*', slicing: { rules: 'open' } })
    expect(byId.get('Observation.category:lab')).toMatchObject({ min: 1, max: '1', binding: { strength: 'preferred' } })
    expect(byId.get('Observation.category:lab')).not.toHaveProperty('slicing')
    expect(byId.get('Observation.category:lab.coding')).toMatchObject({ min: 1, path: 'Observation.category.coding' })
    expect(byId.get('Observation.category:other')).toMatchObject({ min: 0, max: '*', sliceName: 'other' })
    expect(ids.filter((id) => /category(:\w+)?$/.test(id))).toEqual([
      'Observation.category',
      'Observation.category:lab',
      'Observation.category:other',
    ])
    expect(malformed([...byId.values()])).toEqual([])
  })

  test('has what is said of the elements below its own element', () => {
    const { byId, issues } = generated('Observation', [
      ['Observation.component', { slicing: { discriminator: [{ type: 'pattern', path: 'code' }], rules: 'open' } }],
      ['Observation.component.interpretation', { max: '1' }],
      ['Observation.component:systolic', { min: 1 }],
      ['Observation.component:systolic.code', { patternCodeableConcept: { coding: [{ code: '8480-6' }] } }],
    ])
    expect(issues).toEqual([])
    expect(byId.get('Observation.component:systolic.interpretation')).toMatchObject({ max: '1' })
    expect(byId.get('Observation.component:systolic.code')).toHaveProperty('patternCodeableConcept')
    expect(byId.get('Observation.component.code')).not.toHaveProperty('patternCodeableConcept')
  })

  test('has slices of its own in the elements below it', () => {
    const loinc = { patternCoding: { system: 'http://loinc.org' } }
    const elements: readonly SaidOf[] = [
      ['Observation.component', { slicing: { discriminator: [{ type: 'pattern', path: 'code' }], rules: 'open' } }],
      ['Observation.component:systolic', { min: 1 }],
      ['Observation.component:systolic.code.coding', { ...byPattern, min: 2 }],
      ['Observation.component:systolic.code.coding:loinc', { min: 1, ...loinc }],
    ]
    const parent = profile('Observation', elements, 'Parent')
    const more: readonly SaidOf[] = [
      ['Observation.component:systolic.code.coding:loinc', { max: '1' }],
      ['Observation.component:systolic.code.coding:snomed', { min: 1 }],
      ['Observation.component:systolic.code.coding:snomed.system', { fixedUri: 'http://snomed.info/sct' }],
    ]
    const { ids, byId, issues } = generated(exampleUrl('Parent'), more, [parent])
    expect(issues).toEqual([])
    const id = 'Observation.component:systolic.code.coding'
    expect(ids.filter((one) => one.startsWith(id) && /coding(:\w+)?$/.test(one))).toEqual([
      id,
      `${id}:loinc`,
      `${id}:snomed`,
    ])
    expect(byId.get(`${id}:loinc`)).toMatchObject({ min: 1, max: '1', ...loinc })
    expect(byId.get(`${id}:snomed.system`)).toMatchObject({ fixedUri: 'http://snomed.info/sct' })
    expect(byId.get('Observation.component.code.coding')).toBeUndefined()
    expect(malformed([...byId.values()])).toEqual([])
  })

  test.each([
    ['in a profile of the profile', true],
    ['in the same differential', false],
  ])('is sliced again %s', (_case, isDerived) => {
    const again: readonly SaidOf[] = [
      ['Observation.category:lab/blood', { min: 1 }],
      ['Observation.category:lab/blood/gas', {}],
      ['Observation.category:lab/urine', {}],
      ['Observation.category:other', {}],
    ]
    const parent = profile('Observation', slicedCategory, 'Parent')
    const { ids, byId, issues } = isDerived
      ? generated(exampleUrl('Parent'), [['Observation.category:lab', byPattern], ...again], [parent])
      : generated('Observation', [...slicedCategory.slice(0, 1), [slicedCategory[1]![0], byPattern], ...again])
    expect(issues).toEqual([])
    expect(ids.filter((id) => id.includes('category:')).map((id) => id.split(':')[1])).toEqual([
      ...['lab', 'lab/blood', 'lab/blood/gas', 'lab/urine', 'other'],
    ])
    const max = isDerived ? '1' : '*'
    expect(byId.get('Observation.category:lab/blood')).toMatchObject({ min: 1, max, ...(isDerived && laboratory) })
    expect(byId.get('Observation.category:lab/blood')).not.toHaveProperty('slicing')
  })

  test('of the base is constrained by its name, and may say that it is', () => {
    const parent = profile('Observation', slicedCategory, 'Parent')
    const said = { sliceIsConstraining: true, mustSupport: true }
    const { byId, issues } = generated(exampleUrl('Parent'), [['Observation.category:lab', said]], [parent])
    expect(issues).toEqual([])
    expect(byId.get('Observation.category:lab')).toMatchObject({ ...said, ...laboratory, min: 1 })
  })

  test('without ids is told by paths and order', () => {
    const elements: JsonObject[] = [
      { path: 'Observation.category', ...byPattern },
      { path: 'Observation.category', sliceName: 'lab', min: 1 },
      { path: 'Observation.category.coding', min: 1 },
      { path: 'Observation.category', sliceName: 'other' },
      { path: 'Observation.category.text', min: 1 },
    ]
    const { byId, issues } = generatedFrom({ ...profile('Observation', []), differential: { element: elements } })
    expect(issues).toEqual([])
    expect(byId.get('Observation.category:lab.coding')).toMatchObject({ min: 1 })
    expect(byId.get('Observation.category:lab.text')).toMatchObject({ min: 0 })
    expect(byId.get('Observation.category:other.text')).toMatchObject({ min: 1 })
  })
})

describe('constraints', () => {
  const rule = { key: 'own-1', severity: 'error', human: 'x', expression: 'true' }

  test('are added to those of the base, and say whose they are', () => {
    const { byId } = generated('Patient', [['Patient.contact', { constraint: [rule] }]])
    const contact = byId.get('Patient.contact')!
    expect(keys(contact)).toEqual(['ele-1', 'pat-1', 'own-1'])
    const definitions = ['Element', 'Patient'].map((name) => `http://hl7.org/fhir/StructureDefinition/${name}`)
    expect((contact['constraint'] as JsonObject[]).map(({ source }) => source)).toEqual([
      ...definitions,
      exampleUrl('Test'),
    ])
  })

  test('of one key are one', () => {
    const parent = profile('Patient', [['Patient.contact', { constraint: [rule] }]], 'Parent')
    const again = { ...rule, severity: 'warning' }
    const { byId } = generated(exampleUrl('Parent'), [['Patient.contact', { constraint: [again] }]], [parent])
    const own = (byId.get('Patient.contact')!['constraint'] as JsonObject[]).filter(({ key }) => key === 'own-1')
    expect(own).toEqual([{ ...again, source: exampleUrl('Test') }])
  })

  test('of a profile that an element is given are those of the element', () => {
    const short = profile('Quantity', [['Quantity', { constraint: [rule] }]], 'Short')
    const type = [{ code: 'Quantity', profile: [exampleUrl('Short')] }]
    const { byId } = generated('Observation', [['Observation.value[x]', { type }]], [short])
    expect(keys(byId.get('Observation.value[x]'))).toEqual(['ele-1', 'qty-3', 'own-1'])
  })
})
