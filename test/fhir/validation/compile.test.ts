import { expect, test } from 'vitest'
import type { Row } from '../../support/validation.ts'
import { absent, definitions, found, mother, patient } from '../../support/validation.ts'

const extensions: readonly Row[] = [
  ['a value', patient({ extension: [mother] }), []],
  ['extensions', patient({ extension: [{ url: 'u', extension: [mother] }] }), []],
  [
    'both',
    patient({ extension: [{ ...mother, extension: [mother] }] }),
    ['misplaced-element Patient.extension[0].extension'],
  ],
  ['neither', patient({ extension: [{ url: 'u', id: 'a' }] }), ['missing-element Patient.extension[0].value']],
  ['no url', patient({ extension: [{ valueString: 'x' }] }), ['missing-element Patient.extension[0].url']],
  ['a value that has only extensions', patient({ extension: [{ url: 'u', _valueString: absent }] }), []],
  [
    'two values',
    patient({ extension: [{ ...mother, valueCode: 'x' }] }),
    ['several-choices Patient.extension[0].value'],
  ],
  [
    'a value of a type that may not extend',
    patient({ extension: [{ url: 'u', valueNarrative: {} }] }),
    ['unknown-element Patient.extension[0].valueNarrative', 'missing-element Patient.extension[0].value'],
  ],
]

test.each(extensions)('an extension with %s', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})

test('required elements and choices of every type fit the bits of a number', () => {
  for (const type of definitions.types.values()) {
    const counted = type.elements.filter((element) => element.min > 0 || element.choice)
    expect(counted.length, type.name).toBeLessThan(31)
  }
})

test.each(definitions.resourceTypes.map((type) => [type]))('%s compiles and asks for what it requires', (type) => {
  const required = definitions.types.get(type)!.elements.filter((element) => element.min > 0)
  const issues = found({ resourceType: type, id: 'x', implicitRules: 'http://x.org' })
  expect(issues).toEqual(required.map((element) => `missing-element ${type}.${element.name}`))
})
