import { describe, expect, test } from 'vitest'
import { issueText } from '../../../../server/fhir/outcome.ts'
import { against, base, element, profile, shown, validated } from '../../../support/profiles.ts'
import { observation, patient } from '../../../support/validation.ts'

type Row = readonly [name: string, expression: string, resource: object, issues: readonly string[]]

const key = 'test-1'

function constraint(expression: string, severity = 'error') {
  return { constraint: [{ key, severity, human: 'It must be so.', expression }] }
}

const failed = 'invariant-violated Patient [test-1]'

const onRoot: readonly Row[] = [
  ['a rule that is met', 'name.exists()', patient({ name: [{ family: 'Roe' }] }), []],
  ['a rule that is not met', 'name.exists()', patient({ active: true }), [failed]],
  ['an empty result, which meets no rule', 'active', patient({ gender: 'male' }), [failed]],
  ['what is contained', 'contained.count() = 1', patient({ active: true }), [failed]],
  [
    'an expression that cannot be read',
    'name.exists(',
    patient({ active: true }),
    ['warning invariant-unchecked Patient [test-1]'],
  ],
]

test.each([
  ['name.exists(', 'the expression is not complete'],
  ['name.foo()', 'there is no function foo() with 0 arguments'],
  ['%size > 1', 'there is no variable %size'],
  ["name.given.single() = 'Jo'", 'a function or operator in it does not take the values that are here'],
])('Why %s could not be evaluated is told', (expression, reason) => {
  const known = [profile('test', 'Patient', [element('Patient', constraint(expression))])]
  const resource = patient({ name: [{ given: ['Jo', 'Ann'] }] })
  expect(validated(resource, { known, request: { profiles: [`${base}test`] } }).map(issueText)).toEqual([
    `The rule test-1 could not be evaluated, so that nobody knows whether it is met: ${reason}.`,
  ])
})

describe('Invariants of a resource', () => {
  test.each(onRoot)('%s', (_name, expression, resource, issues) => {
    expect(against(resource, [profile('test', 'Patient', [element('Patient', constraint(expression))])])).toEqual(
      issues,
    )
  })
})

test('An invariant of an element is asked of each of its values', () => {
  const known = [
    profile('test', 'Patient', [element('Patient'), element('Patient.name', constraint('family.exists()'))]),
  ]
  const name = [{ family: 'Roe' }, { text: 'Jo' }]
  expect(against(patient({ name }), known)).toEqual(['invariant-violated Patient.name[1] [test-1]'])
})

test('An invariant of a primitive sees its value', () => {
  const known = [
    profile('test', 'Patient', [element('Patient'), element('Patient.birthDate', constraint('$this > @2000-01-01'))]),
  ]
  expect(against(patient({ birthDate: '1990-01-01' }), known)).toEqual([
    'invariant-violated Patient.birthDate [test-1]',
  ])
})

test('An invariant that warns does not refuse', () => {
  const known = [profile('test', 'Patient', [element('Patient', constraint('name.exists()', 'warning'))])]
  expect(against(patient({ active: true }), known)).toEqual([`warning ${failed}`])
})

test('Variables are the contained resource and the one around it', () => {
  const expression = "%resource.id = 'inner' and %rootResource.id = 'outer'"
  const inner = profile('test', 'Patient', [element('Patient', constraint(expression))])
  const contained = [{ resourceType: 'Patient', id: 'inner', meta: { profile: [`${base}test`] } }]
  const resource = { ...observation({ subject: { reference: '#inner' } }), id: 'outer', contained }
  expect(shown(validated(resource, { known: [inner] }))).toEqual([])
})

const known = [
  profile('woman', 'Patient', [element('Patient'), element('Patient.gender', { min: 1, fixedCode: 'female' })]),
]
const conforming = profile('test', 'Observation', [
  element('Observation', constraint(`subject.resolve().conformsTo('${base}woman')`)),
])

test.each([
  ['female', []],
  ['male', ['invariant-violated Observation [test-1]']],
] as const)('resolve() and conformsTo() look at what is referred to: %s', (gender, issues) => {
  const contained = [{ resourceType: 'Patient', id: 'p', gender }]
  const resource = observation({ contained, subject: { reference: '#p' } })
  expect(against(resource, [conforming, ...known])).toEqual(issues)
})

test('memberOf() asks the terminology', () => {
  const valueSet = 'http://hl7.org/fhir/ValueSet/administrative-gender'
  const asking = [
    profile('test', 'Observation', [element('Observation.value[x]', constraint(`memberOf('${valueSet}')`))]),
  ]
  const value = (code: string) => ({ coding: [{ system: 'http://hl7.org/fhir/administrative-gender', code }] })
  expect(against(observation({ valueCodeableConcept: value('male') }), asking)).toEqual([])
  expect(against(observation({ valueCodeableConcept: value('blue') }), asking)).toContain(
    'invariant-violated Observation.value [test-1]',
  )
})

test('The rules of the base specification hold without a profile', () => {
  expect(shown(validated(patient({ contact: [{ gender: 'male' }] })))).toEqual([
    'invariant-violated Patient.contact[0] [pat-1]',
  ])
  const component = [{ code: { text: 'Weight', coding: [{ system: 'urn:s', code: 'w' }] }, valueInteger: 1 }]
  const coded = { text: 'Weight', coding: [{ system: 'urn:s', code: 'w' }] }
  expect(shown(validated(observation({ code: coded, component, valueInteger: 2 })))).toContain(
    'invariant-violated Observation [obs-7]',
  )
})

test('What is recommended is told where the policy wants it', () => {
  const best = [{ url: 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice', valueBoolean: true }]
  const rule = { key, severity: 'error', human: 'It should.', expression: 'name.exists()', extension: best }
  const recommending = [profile('test', 'Patient', [element('Patient', { constraint: [rule] })])]
  expect(against(patient({ active: true }), recommending)).toEqual([])
  expect(against(patient({ active: true }), recommending, { bestPractice: true })).toEqual([`warning ${failed}`])
})

test('An issue names element, rule and profile', () => {
  const rule = element('Patient.name', constraint('family.exists()'))
  const test1 = profile('test', 'Patient', [element('Patient'), rule])
  const request = { profiles: [`${base}test`] }
  const [issue] = validated(patient({ name: [{ text: 'Jo' }] }), { known: [test1], request })
  expect(issue).toMatchObject({
    expression: 'Patient.name[0]',
    rule: 'test-1',
    profile: `${base}test`,
    severity: 'error',
  })
  expect(issueText(issue!)).toContain('It must be so.')
})

const claim = patient({ meta: { profile: [`${base}absent`] }, active: true })
const unknown = 'unknown-profile Patient [profile-unknown]'

test('A claimed profile that is not known is told, a demanded one is an error', () => {
  expect(shown(validated(claim))).toEqual([`warning ${unknown}`])
  expect(shown(validated(claim, { policy: { unknownProfile: 'error' } }))).toEqual([unknown])
  expect(shown(validated(patient({ active: true }), { request: { profiles: [`${base}absent`] } }))).toEqual([unknown])
})

test('A profile of another type is told', () => {
  const request = { profiles: [`${base}woman`] }
  expect(shown(validated(observation({}), { known, request }))).toEqual(['wrong-type Observation [type]'])
})
