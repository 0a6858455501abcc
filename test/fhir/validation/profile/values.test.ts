import { describe, expect, test } from 'vitest'
import { parseJson } from '../../../../server/fhir/json.ts'
import { against, element, profile } from '../../../support/profiles.ts'
import { observation, patient } from '../../../support/validation.ts'

/** What it shows, what the profile says, the resource, the issues. */
type Row = readonly [name: string, elements: readonly object[], resource: object, issues: readonly string[]]

function check(type: string, elements: readonly object[], resource: object): string[] {
  return against(resource, [profile('test', type, [element(type), ...elements])])
}

const names = (count: number) => ({ name: Array.from({ length: count }, (_, i) => ({ family: `F${i}` })) })

const cardinality: readonly Row[] = [
  ['a required element that is there', [element('Patient.gender', { min: 1 })], patient({ gender: 'male' }), []],
  [
    'a required element that is absent',
    [element('Patient.gender', { min: 1 })],
    patient({ active: true }),
    ['missing-element Patient.gender [min]'],
  ],
  [
    'a required list that is absent',
    [element('Patient.name', { min: 2 })],
    patient({ active: true }),
    ['missing-element Patient.name [min]'],
  ],
  [
    'a list that is too short',
    [element('Patient.name', { min: 2 })],
    patient(names(1)),
    ['too-few Patient.name [min]'],
  ],
  ['a list that is long enough', [element('Patient.name', { min: 2 })], patient(names(2)), []],
  [
    'a list that is too long',
    [element('Patient.name', { max: '1' })],
    patient(names(2)),
    ['too-many Patient.name [max]'],
  ],
  [
    'an element that is forbidden',
    [element('Patient.birthDate', { max: '0' })],
    patient({ birthDate: '1970' }),
    ['misplaced-element Patient.birthDate [max]'],
  ],
  [
    'an element required in each item of a list',
    [element('Patient.name.family', { min: 1 })],
    patient({ name: [{ family: 'Roe' }, { text: 'Jo' }] }),
    ['missing-element Patient.name[1].family [min]'],
  ],
  [
    'an element required in a list that is absent',
    [element('Patient.name.family', { min: 1 })],
    patient({ active: true }),
    [],
  ],
  [
    'a primitive that has an extension and no value',
    [element('Patient.gender', { min: 1 })],
    patient({
      _gender: {
        extension: [{ url: `http://hl7.org/fhir/StructureDefinition/data-absent-reason`, valueCode: 'unknown' }],
      },
    }),
    ['code-missing Patient.gender [binding]'],
  ],
]

describe('Cardinality', () => {
  test.each(cardinality)('%s', (_name, elements, resource, issues) => {
    expect(check('Patient', elements, resource)).toEqual(issues)
  })
})

const system = 'http://example.org/codes'
const coded = (code: string, more: object = {}) => ({ coding: [{ system, code, ...more }], text: 'x' })

const fixed: readonly Row[] = [
  ['a fixed value that is met', [element('Observation.status', { fixedCode: 'final' })], observation({}), []],
  [
    'a fixed value that is not met',
    [element('Observation.status', { fixedCode: 'amended' })],
    observation({}),
    ['fixed-value Observation.status [fixed]'],
  ],
  [
    'a fixed object with something more',
    [element('Observation.code', { fixedCodeableConcept: { text: 'Weight' } })],
    observation({ code: { text: 'Weight', coding: [{ system, code: 'w' }] } }),
    ['fixed-value Observation.code [fixed]'],
  ],
  [
    'a fixed number by its value',
    [element('Observation.value[x]', { fixedQuantity: { value: 1.5 } })],
    observation({ valueQuantity: parseJson('{"value":1.50}') as object }),
    [],
  ],
  [
    'a pattern with something more',
    [element('Observation.code', { patternCodeableConcept: { coding: [{ system, code: 'w' }] } })],
    observation({ code: coded('w', { display: 'Weight' }) }),
    [],
  ],
  [
    'a pattern that one of several codings meets',
    [element('Observation.code', { patternCodeableConcept: { coding: [{ code: 'w' }] } })],
    observation({
      code: {
        coding: [
          { system, code: 'h' },
          { system, code: 'w' },
        ],
      },
    }),
    [],
  ],
  [
    'a pattern that is not met',
    [element('Observation.code', { patternCodeableConcept: { coding: [{ system, code: 'w' }] } })],
    observation({ code: coded('h') }),
    ['fixed-value Observation.code [pattern]'],
  ],
  [
    'a pattern for each item of a list',
    [element('Observation.category', { patternCodeableConcept: { coding: [{ code: 'w' }] } })],
    observation({ category: [coded('w'), coded('h')] }),
    ['fixed-value Observation.category[1] [pattern]'],
  ],
  [
    'a pattern of an absent element',
    [element('Observation.method', { patternCodeableConcept: { text: 'x' } })],
    observation({}),
    [],
  ],
]

describe('Fixed values and patterns', () => {
  test.each(fixed)('%s', (_name, elements, resource, issues) => {
    expect(check('Observation', elements, resource)).toEqual(issues)
  })
})

const quantity = (value: number, code = 'kg') => ({ value, unit: code, system: 'http://unitsofmeasure.org', code })
const heaviest = [element('Observation.value[x]', { maxValueQuantity: quantity(100) })]

const bounds: readonly Row[] = [
  [
    'a number at the limit',
    [element('Observation.value[x]', { maxValueInteger: 5 })],
    observation({ valueInteger: 5 }),
    [],
  ],
  [
    'a number above the limit',
    [element('Observation.value[x]', { maxValueInteger: 5 })],
    observation({ valueInteger: 6 }),
    ['fixed-value Observation.value [maxValue]'],
  ],
  [
    'a number below the limit',
    [element('Observation.value[x]', { minValueInteger: 5 })],
    observation({ valueInteger: 4 }),
    ['fixed-value Observation.value [minValue]'],
  ],
  [
    'a date before the first',
    [element('Observation.issued', { minValueInstant: '2020-01-01T00:00:00Z' })],
    observation({ issued: '2019-12-31T23:59:59Z' }),
    ['fixed-value Observation.issued [minValue]'],
  ],
  [
    'a date of less precision in the year of the first',
    [element('Observation.effective[x]', { minValueDateTime: '2020-06' })],
    observation({ effectiveDateTime: '2020' }),
    [],
  ],
  ['a quantity in another unit within the limit', heaviest, observation({ valueQuantity: quantity(99_000, 'g') }), []],
  [
    'a quantity in another unit above the limit',
    heaviest,
    observation({ valueQuantity: quantity(101_000, 'g') }),
    ['fixed-value Observation.value [maxValue]'],
  ],
  ['a quantity that cannot be compared', heaviest, observation({ valueQuantity: quantity(500, 's') }), []],
  [
    'a text as long as allowed',
    [element('Observation.value[x]', { maxLength: 3 })],
    observation({ valueString: 'abc' }),
    [],
  ],
  [
    'a text that is too long',
    [element('Observation.value[x]', { maxLength: 3 })],
    observation({ valueString: 'abcd' }),
    ['fixed-value Observation.value [maxLength]'],
  ],
  [
    'a text that is too short',
    [
      element('Observation.value[x]', {
        extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/minLength', valueInteger: 3 }],
      }),
    ],
    observation({ valueString: 'ab' }),
    ['fixed-value Observation.value [minLength]'],
  ],
]

describe('Bounds and lengths', () => {
  test.each(bounds)('%s', (_name, elements, resource, issues) => {
    expect(check('Observation', elements, resource)).toEqual(issues)
  })
})

const only = [element('Observation.value[x]', { type: [{ code: 'Quantity' }, { code: 'string' }] })]
const shortcut = [
  element('Observation.valueQuantity', { path: 'Observation.valueQuantity', min: 0, type: [{ code: 'Quantity' }] }),
  element('Observation.valueQuantity.unit', { min: 1 }),
]

const choices: readonly Row[] = [
  ['a type that is allowed', only, observation({ valueString: 'x' }), []],
  ['a type that is not allowed', only, observation({ valueInteger: 1 }), ['wrong-type Observation.value [type]']],
  [
    'a specialization of a type that is allowed',
    [element('Observation.extension.value[x]', { type: [{ code: 'string' }, { code: 'uri' }, { code: 'integer' }] })],
    observation({
      extension: [
        { url: 'urn:a', valueCode: 'a' },
        { url: 'urn:b', valueCanonical: 'http://example.org/b' },
        { url: 'urn:c', valuePositiveInt: 1 },
        { url: 'urn:d', valueString: 'd' },
      ],
    }),
    [0, 1, 2].map((i) => `wrong-type Observation.extension[${i}].value [type]`),
  ],
  [
    'a choice that is required',
    [element('Observation.value[x]', { min: 1 })],
    observation({}),
    ['missing-element Observation.value [min]'],
  ],
  [
    'a choice that is named by one type',
    shortcut,
    observation({ valueQuantity: { value: 1 } }),
    ['missing-element Observation.value.unit [min]'],
  ],
  [
    'another type than the one that is named',
    shortcut,
    observation({ valueString: 'x' }),
    ['wrong-type Observation.value [type]'],
  ],
  [
    'what a slice by type says of its type',
    [
      element('Observation.value[x]', { slicing: { discriminator: [{ type: 'type', path: '$this' }], rules: 'open' } }),
      element('Observation.value[x]:valueQuantity', { type: [{ code: 'Quantity' }] }),
      element('Observation.value[x]:valueQuantity.unit', { min: 1 }),
    ],
    observation({ valueQuantity: { value: 1 } }),
    ['missing-element Observation.value.unit [min]'],
  ],
]

describe('Choice types', () => {
  test.each(choices)('%s', (_name, elements, resource, issues) => {
    const found = check('Observation', elements, resource)
    expect(found.filter((issue) => !issue.includes('unknown-extension'))).toEqual(issues)
  })
})
