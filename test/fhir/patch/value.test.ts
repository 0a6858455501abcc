import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { createMeter } from '../../../server/fhir/fhirpath.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { variantsOf } from '../../../server/fhir/patch/elements.ts'
import { readPatchOperations } from '../../../server/fhir/patch/operation.ts'
import { fitValue } from '../../../server/fhir/patch/value.ts'
import { loadDefinitions } from '../../../server/packages.ts'
import { parameters } from '../../support/patch-cases.ts'

const definitions = loadDefinitions(tmpdir())
const fitted = (element: string, value: JsonObject) => {
  const [type, name] = element.split(/\.(?=[^.]+$)/) as [string, string]
  const [operation] = readPatchOperations(parameters({ type: 'replace', path: '$this', value }), createMeter())
  const { property, item } = fitValue(variantsOf(type, name, definitions), { operation: operation!, definitions })
  return { [property.name]: item.value, ...(item.beside && { [`_${property.name}`]: item.beside }) }
}

test.each<[string, JsonObject, JsonObject]>([
  ['Patient.deceased', { valueBoolean: true }, { deceasedBoolean: true }],
  ['Observation.value', { valueQuantity: { value: 1 } }, { valueQuantity: { value: 1 } }],
  ['Observation.value', { _valueString: { id: 'x' } }, { valueString: undefined as never, _valueString: { id: 'x' } }],
  ['Patient.gender', { valueString: 'male' }, { gender: 'male' }],
  ['Attachment.size', { valueInteger: 5 }, { size: 5 }],
  ['Narrative.div', { valueString: '<div/>' }, { div: '<div/>' }],
  ['Patient.contact.name', { valueHumanName: { text: 'x' } }, { name: { text: 'x' } }],
  ['Questionnaire.item.item', { part: [{ name: 'linkId', valueString: '1' }] }, { item: { linkId: '1' } }],
  ['Bundle.entry.resource', { resource: { resourceType: 'Basic' } }, { resource: { resourceType: 'Basic' } }],
  [
    'Patient.extension',
    {
      part: [
        { name: 'url', valueUri: 'u' },
        { name: 'value', valueMoney: { value: 2 } },
      ],
    },
    { extension: { url: 'u', valueMoney: { value: 2 } } },
  ],
])('%s takes %j', (element, value, expected) => {
  expect(fitted(element, value)).toEqual(expected)
})

test.each<[string, JsonObject, string]>([
  ['Observation.value', { valueCode: 'x' }, "'value' takes Quantity or CodeableConcept or string"],
  ['Observation.value', { part: [{ name: 'value', valueDecimal: 1 }] }, 'not parts'],
  ['Patient.active', { valueString: 'true' }, "'active' takes boolean, not string"],
  ['Patient.contact', { part: [{ valueString: 'x' }] }, 'it has a part without a name'],
])('%s does not take %j', (element, value, reason) => {
  expect(() => fitted(element, value)).toThrow(reason)
})
