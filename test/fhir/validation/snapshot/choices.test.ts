import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { objects } from '../../../../server/fhir/validation/profile/element-tree.ts'
import { exampleUrl, generated, malformed, profile, type SaidOf } from '../../../support/snapshots.ts'

const byType = { slicing: { discriminator: [{ type: 'type', path: '$this' }], ordered: false, rules: 'open' } }

describe('a choice', () => {
  test.each<[string, readonly SaidOf[], string, JsonObject]>([
    ['one type', [['Observation.valueQuantity', { min: 1 }]], 'closed', { type: [{ code: 'Quantity' }] }],
    [
      'several types',
      [
        ['Observation.valueQuantity', { min: 1 }],
        ['Observation.valueString', { min: 1 }],
      ],
      'closed',
      { type: [{ code: 'Quantity' }, { code: 'string' }] },
    ],
    [
      'itself and one of its types',
      [
        ['Observation.value[x]', { mustSupport: true }],
        ['Observation.valueQuantity', { min: 1 }],
      ],
      'open',
      { mustSupport: true, min: 0 },
    ],
    [
      'itself and a slice',
      [
        ['Observation.value[x]', byType],
        ['Observation.value[x]:valueQuantity', { type: [{ code: 'Quantity' }], min: 1 }],
      ],
      'open',
      {},
    ],
    ['a slice alone', [['Observation.value[x]:valueQuantity', { type: [{ code: 'Quantity' }], min: 1 }]], 'open', {}],
  ])('is sliced by type where %s is named', (_case, elements, rules, choice) => {
    const last = elements.findLast(([id]) => id.endsWith('Quantity'))!
    const { byId, issues } = generated('Observation', [
      ...elements.slice(0, elements.indexOf(last) + 1),
      [`${last[0]}.code`, { min: 1 }],
      ...elements.slice(elements.indexOf(last) + 1),
    ])
    expect(issues).toEqual([])
    expect(byId.get('Observation.value[x]')).toMatchObject({
      ...choice,
      slicing: { discriminator: [{ type: 'type', path: '$this' }], rules },
    })
    expect(byId.get('Observation.value[x]:valueQuantity')).toMatchObject({
      ...{ path: 'Observation.value[x]', sliceName: 'valueQuantity', min: 1, type: [{ code: 'Quantity' }] },
    })
    expect(byId.get('Observation.value[x]:valueQuantity.code')).toMatchObject({ min: 1, type: [{ code: 'code' }] })
    expect(malformed([...byId.values()])).toEqual([])
  })

  test('in a slice is narrowed where one of its types is named', () => {
    const { ids, byId, issues } = generated('Observation', [
      ['Observation.component', { slicing: { discriminator: [{ type: 'pattern', path: 'code' }], rules: 'open' } }],
      ['Observation.component:systolic', {}],
      ['Observation.component:systolic.valueQuantity', { min: 1 }],
      ['Observation.component:systolic.valueQuantity.code', { fixedCode: 'mm[Hg]' }],
    ])
    expect(issues).toEqual([])
    expect(typeCodes(byId.get('Observation.component:systolic.value[x]'))).toEqual(['Quantity'])
    expect(byId.get('Observation.component:systolic.value[x].code')).toMatchObject({ fixedCode: 'mm[Hg]' })
    expect(ids.filter((id) => id.includes('value[x]:'))).toEqual([])
  })

  test('that is narrowed to one type has the elements of that type', () => {
    const { byId, issues } = generated('Observation', [
      ['Observation.value[x]', { type: [{ code: 'Quantity' }] }],
      ['Observation.value[x].system', { min: 1 }],
    ])
    expect(issues).toEqual([])
    expect(byId.get('Observation.value[x].system')).toMatchObject({ min: 1, path: 'Observation.value[x].system' })
  })

  test('has a slice of its base said by type', () => {
    const parent = profile('Observation', [['Observation.valueQuantity', { mustSupport: true }]], 'Parent')
    const { ids, byId, issues } = generated(
      exampleUrl('Parent'),
      [['Observation.valueQuantity.unit', { min: 1 }]],
      [parent],
    )
    expect(issues).toEqual([])
    expect(byId.get('Observation.value[x]:valueQuantity')).toMatchObject({ mustSupport: true })
    expect(byId.get('Observation.value[x]:valueQuantity.unit')).toMatchObject({ min: 1 })
    expect(ids.filter((id) => /value\[x\](:\w+)?$/.test(id) && !id.includes('component'))).toHaveLength(2)
  })
})

function typeCodes(element: JsonObject | undefined): unknown[] {
  return objects(element?.['type']).map(({ code }) => code)
}
