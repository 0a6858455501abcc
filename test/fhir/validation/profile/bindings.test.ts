import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { against, element, profile, shown, validated } from '../../../support/profiles.ts'
import { observation } from '../../../support/validation.ts'

const system = 'http://example.org/CodeSystem/colours'
const valueSet = 'http://example.org/ValueSet/colours'

const codeSystem: JsonObject = {
  resourceType: 'CodeSystem',
  url: system,
  status: 'active',
  content: 'complete',
  concept: [
    { code: 'red', display: 'Red' },
    { code: 'blue', display: 'Blue' },
    { code: 'grey', display: 'Grey' },
  ],
}

const colours: JsonObject = {
  resourceType: 'ValueSet',
  url: valueSet,
  status: 'active',
  compose: { include: [{ system, concept: [{ code: 'red' }, { code: 'blue' }] }] },
}

const red: JsonObject = {
  ...colours,
  url: `${valueSet}-red`,
  compose: { include: [{ system, concept: [{ code: 'red' }] }] },
}
const unknownSet = 'http://example.org/ValueSet/unknown'

const concept = (code: string, more: object = {}) => ({ valueCodeableConcept: { coding: [{ system, code, ...more }] } })
const text = { valueCodeableConcept: { text: 'Reddish' } }
const none = {
  valueCodeableConcept: {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
  },
}

function bound(binding: object) {
  return [
    profile('test', 'Observation', [element('Observation'), element('Observation.value[x]', { binding })]),
    codeSystem,
    colours,
    red,
  ]
}

const maxValueSet = {
  url: 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet',
  valueCanonical: `${valueSet}-red`,
}

type Row = readonly [strength: string, binding: object, value: object, issues: readonly string[]]

const at = 'Observation.value [binding]'
const required = { strength: 'required', valueSet }
const extensible = { strength: 'extensible', valueSet }

const rows: readonly Row[] = [
  ['required: a code of the set', required, concept('red'), []],
  ['required: another code', required, concept('grey'), [`unknown-code ${at}`]],
  [
    'required: one of several codings',
    required,
    {
      valueCodeableConcept: {
        coding: [
          { system: 'urn:else', code: 'x' },
          { system, code: 'red' },
        ],
      },
    },
    [],
  ],
  ['required: text alone', required, text, [`code-missing ${at}`]],
  ['required: nothing', required, none, [`code-missing ${at}`]],
  [
    'required: a set that is not known',
    { strength: 'required', valueSet: unknownSet },
    concept('red'),
    [`warning code-unchecked ${at}`],
  ],
  ['extensible: a code of the set', extensible, concept('red'), []],
  ['extensible: another code', extensible, concept('grey'), [`warning code-outside ${at}`]],
  ['extensible: text alone', extensible, text, []],
  [
    'extensible with a widest set: outside of it',
    { ...extensible, extension: [maxValueSet] },
    concept('blue'),
    [`unknown-code ${at}`],
  ],
  ['preferred: another code', { strength: 'preferred', valueSet }, concept('grey'), []],
  ['example: another code', { strength: 'example', valueSet }, concept('grey'), []],
]

describe('Bindings by strength', () => {
  test.each(rows)('%s', (_name, binding, value, issues) => {
    expect(against(observation(value), bound(binding))).toEqual(issues)
  })
})

test('A code that its system does not have is told', () => {
  const resource = observation(concept('green'))
  const issue = 'code-unknown-in-system Observation.value.coding[0].code [code]'
  expect(shown(validated(resource, { known: [codeSystem] }))).toEqual([`warning ${issue}`])
  expect(shown(validated(resource, { known: [codeSystem], policy: { unknownCode: 'error' } }))).toEqual([issue])
})

test('A display that is not the code’s is told', () => {
  const resource = observation(concept('red', { display: 'Blue' }))
  expect(shown(validated(resource, { known: [codeSystem] }))).toEqual([
    'warning rule-violated Observation.value.coding[0].display [display]',
  ])
  expect(shown(validated(observation(concept('red', { display: 'Red' })), { known: [codeSystem] }))).toEqual([])
})

test('A supplement has no codes of its own', () => {
  const supplement = { ...codeSystem, url: `${system}-de`, content: 'supplement', supplements: system }
  const resource = observation({ valueCodeableConcept: { coding: [{ system: `${system}-de`, code: 'red' }] } })
  expect(shown(validated(resource, { known: [codeSystem, supplement] }))).toEqual([
    'rule-violated Observation.value.coding[0].system [supplement]',
  ])
})

test('A binding of the base specification holds without a profile', () => {
  expect(shown(validated({ resourceType: 'Patient', gender: 'blue' }))).toEqual(['unknown-code Patient.gender'])
})
