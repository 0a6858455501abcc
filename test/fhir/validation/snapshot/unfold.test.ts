import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { objects } from '../../../../server/fhir/validation/profile/element-tree.ts'
import { exampleUrl, generated, generatedFrom, malformed, profile, type SaidOf } from '../../../support/snapshots.ts'

describe('what is below an element comes from', () => {
  test('the element that it refers to', () => {
    const { byId, issues } = generated('Observation', [
      ['Observation.component.referenceRange', { max: '1' }],
      ['Observation.component.referenceRange.low', { min: 1 }],
    ])
    expect(issues).toEqual([])
    expect(byId.get('Observation.component.referenceRange')).toMatchObject({
      ...{ max: '1', type: [{ code: 'BackboneElement' }] },
    })
    expect(byId.get('Observation.component.referenceRange')).not.toHaveProperty('contentReference')
    expect(byId.get('Observation.component.referenceRange.low')).toMatchObject({ min: 1 })
    expect(byId.get('Observation.component.referenceRange.high')).toMatchObject({ min: 0 })
    expect(byId.get('Observation.referenceRange.low')).toMatchObject({ min: 0 })
    expect(malformed([...byId.values()])).toEqual([])
  })

  test('the element that it refers to, as deep as the differential goes', () => {
    const { ids, byId, issues } = generated('Questionnaire', [['Questionnaire.item.item.item.text', { min: 1 }]])
    expect(issues).toEqual([])
    expect(byId.get('Questionnaire.item.item.item.text')).toMatchObject({ min: 1 })
    expect(byId.get('Questionnaire.item.item.item.item')).toMatchObject({ contentReference: '#Questionnaire.item' })
    expect(ids.filter((id) => id.includes('item.item.item.item.'))).toEqual([])
  })

  test('the profile of its type', () => {
    const short = profile('Quantity', [['Quantity.code', { min: 1, mustSupport: true }]], 'Short')
    const type = [{ code: 'Quantity', profile: [exampleUrl('Short')] }]
    const elements: readonly SaidOf[] = [
      ['Observation.valueQuantity', { type }],
      ['Observation.valueQuantity.unit', { min: 1 }],
    ]
    const { byId, issues } = generated('Observation', elements, [short])
    expect(issues).toEqual([])
    expect(byId.get('Observation.value[x]:valueQuantity')).toMatchObject({ type })
    expect(byId.get('Observation.value[x]:valueQuantity.code')).toMatchObject({ min: 1, mustSupport: true })
    expect(byId.get('Observation.value[x]:valueQuantity.unit')).toMatchObject({ min: 1 })
  })

  test('the definition of the extension that it is', () => {
    const url = 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace'
    const { byId, issues } = generated('Patient', [
      ['Patient.extension:place', { min: 1, max: '1', type: [{ code: 'Extension', profile: [url] }] }],
      ['Patient.extension:place.value[x].city', { min: 1 }],
    ])
    expect(issues).toEqual([])
    expect(byId.get('Patient.extension')).toMatchObject({
      ...{ min: 0, max: '*', slicing: { discriminator: [{ type: 'value', path: 'url' }] } },
    })
    expect(byId.get('Patient.extension:place')).toMatchObject({ min: 1, max: '1', short: 'Place of Birth for patient' })
    expect(byId.get('Patient.extension:place.url')).toMatchObject({ fixedUri: url })
    expect(typeCodes(byId.get('Patient.extension:place.value[x]'))).toEqual(['Address'])
    expect(byId.get('Patient.extension:place.value[x].city')).toMatchObject({ min: 1 })
  })

  test('the definition of a logical model, whose type is its URL', () => {
    const said: readonly SaidOf[] = [
      ['Model', {}],
      ['Model.part', { min: 0, max: '*', type: [{ code: 'BackboneElement' }] }],
      ['Model.part.name', { min: 0, max: '1', type: [{ code: 'string' }] }],
      ['Model.part.part', { min: 0, max: '*', contentReference: '#Model.part' }],
    ]
    const model = { ...profile('Element', said, 'Model', exampleUrl('Model')), derivation: 'specialization' }
    const made = generatedFrom(model)
    expect(made.issues).toEqual([])
    expect(made.ids.filter((id) => !/[a-z]\.(id|extension|modifierExtension)$/.test(id))).toEqual(
      said.map(([id]) => id),
    )
    expect(malformed([...made.byId.values()])).toEqual([])
    const constrained = profile(
      exampleUrl('Model'),
      [['Model.part.part.name', { min: 1 }]],
      'Test',
      exampleUrl('Model'),
    )
    const { byId, issues } = generatedFrom(constrained, [model])
    expect(issues).toEqual([])
    expect(byId.get('Model.part.part.name')).toMatchObject({ min: 1 })
  })
})

function typeCodes(element: JsonObject | undefined): unknown[] {
  return objects(element?.['type']).map(({ code }) => code)
}
