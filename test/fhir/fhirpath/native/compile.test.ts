import { describe, expect, test } from 'vitest'
import { primitiveFocus } from '../../../../server/fhir/fhirpath/native/compile.ts'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { numberFromText } from '../../../../server/fhir/json.ts'
import { valuesOf, verdictOn } from '../../../support/native-expression.ts'
import { div } from '../../../support/validation.ts'

const nick = { url: 'http://example.org/nick', valueBoolean: true }
const dose = { value: 5, system: 'http://unitsofmeasure.org', code: 'mg' }
const extended = { extension: [nick] }

const patient: JsonObject = {
  resourceType: 'Patient',
  id: 'p1',
  text: { status: 'generated', div },
  contained: [{ resourceType: 'Organization', id: 'acme', name: 'Acme', partOf: { reference: '#' } }],
  extension: [
    { url: 'http://example.org/dose', valueQuantity: dose },
    { url: 'http://example.org/kind', valueCoding: { code: 'a' } },
  ],
  name: [
    { use: 'official', family: 'Chalmers', _family: extended, given: ['Peter', 'James'] },
    { use: 'usual', given: [null, 'Jim'], _given: [{ id: 'g1', ...extended }, null] },
  ],
  _gender: extended,
  birthDate: '1974-12-25',
  _birthDate: extended,
  deceasedBoolean: false,
  multipleBirthInteger: 2,
  contact: [{ name: { family: 'Roe' } }],
  managingOrganization: { reference: '#acme' },
  generalPractitioner: [{ reference: 'Practitioner/7' }, { type: 'PractitionerRole', identifier: { value: '1' } }],
}

describe('paths', () => {
  test.each<readonly [string, readonly unknown[]]>([
    ['name.given', ['Peter', 'James', 'Jim']],
    ['Patient.name.family', ['Chalmers']],
    ['Resource.id', ['p1']],
    ['Observation.id', []],
    ['deceased', [false]],
    ['multipleBirth + 1', [3]],
    ['extension.value.code', ['mg', 'a']],
    ['extension.value.ofType(Quantity).value', [5]],
    ['(extension.value as Coding).code', ['a']],
    ['extension.where(value is Coding).url', ['http://example.org/kind']],
    ["extension('http://example.org/dose').value > 4000 'ug'", [true]],
    ['text.`div`.exists() and text.div.exists()', [true]],
    ['name[0].given[1]', ['James']],
    ["name.where(use = 'official').given.first()", ['Peter']],
    ["name.exists(given contains 'Jim')", [true]],
    ['contained.name', ['Acme']],
    ['contained.ofType(Patient).name', []],
    ['%resource.contained.name & %context.id', ['Acmep1']],
    ['name.select(%resource.id & use)', ['p1official', 'p1usual']],
    [
      '%ucum | %`vs-gender` | %`ext-nick` | %sct',
      [
        'http://unitsofmeasure.org',
        'http://hl7.org/fhir/ValueSet/gender',
        'http://hl7.org/fhir/StructureDefinition/nick',
        'http://snomed.info/sct',
      ],
    ],
    ['children().ofType(HumanName).count()', [2]],
    ['descendants().ofType(HumanName).family', ['Chalmers', 'Roe']],
    ["descendants().where(reference = '#').exists()", [true]],
    ['repeat(contact | name).count()', [4]],
    ['nothing.of.this', []],
  ])('%s', (expression, values) => {
    expect(valuesOf(expression, patient)).toEqual(values)
  })
})

describe('primitives with siblings', () => {
  test.each<readonly [string, readonly unknown[]]>([
    ['gender.exists()', [true]],
    ['gender.empty()', [false]],
    ['gender.hasValue()', [false]],
    ['gender.getValue()', []],
    ['name[0].getValue()', []],
    ['gender.count()', [1]],
    ['gender.extension.value', [true]],
    ["gender = 'male'", [false]],
    ['gender and true', []],
    ['gender = gender', [true]],
    ['gender = name[1].given[0]', [false]],
    ["name[0].family = 'Chalmers'", [true]],
    ['birthDate.hasValue()', [true]],
    ["birthDate.extension('http://example.org/nick').value", [true]],
    ['birthDate < @1980', [true]],
    ['birthDate.toString().length()', [10]],
    ['name.given.count()', [4]],
    ['name[1].given[0].id', ['g1']],
    ['name[1].given.extension.url', ['http://example.org/nick']],
    ['name[0].family.children().count()', [1]],
    ["'Peter' in name.given", [true]],
    ["name.family.matches('^C')", [true]],
    ['deceased.extension.exists()', [false]],
  ])('%s', (expression, values) => {
    expect(valuesOf(expression, patient)).toEqual(values)
  })

  test('are children where only their extensions are there, beside an element named resourceType', () => {
    const instance = { resourceType: 'Patient', _resourceId: { extension: [{ url: 'http://example.org/e' }] } }
    const scenario = { resourceType: 'ExampleScenario', instance: [instance] }
    expect(valuesOf('instance.children().count()', scenario)).toEqual([2])
    expect(valuesOf('instance.resourceType', scenario)).toEqual(['Patient'])
    expect(verdictOn('hasValue() or (children().count() > id.count())', 'ExampleScenario.instance', instance)).toBe(
      true,
    )
  })

  test('may be the focus', () => {
    const focus = primitiveFocus(undefined, extended, 'code')!
    expect(verdictOn('extension.exists() and hasValue().not()', 'code', focus)).toBe(true)
    expect(verdictOn("$this = 'a'", 'code', primitiveFocus('a', undefined, 'code')!)).toBe(true)
  })
})

describe('types', () => {
  test.each<readonly [string, boolean]>([
    ['$this is Patient', true],
    ['$this is DomainResource', true],
    ['is(FHIR.Patient)', true],
    ['$this is Observation', false],
    ['contained.first() is Organization', true],
    ['name.first() is HumanName', true],
    ['name.first() is Element', true],
    ['contact.first() is BackboneElement', true],
    ['birthDate is date', true],
    ['birthDate is dateTime', false],
    ['id is string', true],
    ['multipleBirth is integer', true],
    ['multipleBirth is Integer', true],
    ['multipleBirth is System.Integer', false],
    ['deceased is boolean', true],
    ['deceased.is(dateTime)', false],
    ['extension.value.first() is Quantity', true],
  ])('%s: %s', (expression, answer) => {
    expect(verdictOn(expression, 'Patient', patient, patient)).toBe(answer)
  })

  test('of numbers that keep their digits', () => {
    const count = { value: numberFromText('5.0'), code: '1' }
    expect(verdictOn("value.toString() = '5.0' and value = 5 and value is decimal", 'Count', count)).toBe(true)
  })
})

describe('functions of FHIR', () => {
  test.each<readonly [string, readonly unknown[]]>([
    ['managingOrganization.resolve().name', ['Acme']],
    ['contained.partOf.resolve().id', ['p1']],
    ['generalPractitioner.where(resolve() is Practitioner).reference', ['Practitioner/7']],
    ['generalPractitioner[1].resolve() is PractitionerRole', [true]],
    ["'Location/l'.resolve().name", ['Ward']],
    ["name.first().use.memberOf('http://hl7.org/fhir/ValueSet/name-use')", [true]],
    ["name.first().use.memberOf('http://example.org/unknown')", []],
    ["conformsTo('http://example.org/profile')", [false]],
    ['text.div.htmlChecks()', [true]],
  ])('%s', (expression, values) => {
    const more = {
      resolve: (reference: string) =>
        reference === 'Location/l' ? { resourceType: 'Location', name: 'Ward' } : undefined,
      memberOf: (_value: unknown, valueSet: string) => valueSet.startsWith('http://hl7.org/') || undefined,
      conformsTo: () => false,
    }
    expect(valuesOf(expression, patient, more)).toEqual(values)
  })

  test.each(['urn:uuid:6c1f4b9e-6f5e-4b6e-9d0e-0f6c6f6b7c11', 'Patient/p1'])('resolve(%s) in a Bundle', (reference) => {
    const fullUrl = 'urn:uuid:6c1f4b9e-6f5e-4b6e-9d0e-0f6c6f6b7c11'
    const bundle: JsonObject = { resourceType: 'Bundle', entry: [{ fullUrl, resource: patient }] }
    const observation: JsonObject = { resourceType: 'Observation', subject: { reference } }
    expect(valuesOf('subject.resolve().birthDate', observation, { rootResource: bundle })).toEqual(['1974-12-25'])
  })
})

describe('published invariants', () => {
  const dom3 =
    "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()"
  const group = { resourceType: 'Group', id: 'g', type: 'person', actual: true }
  const holding = (more: object): JsonObject => ({ resourceType: 'Basic', code: {}, contained: [group], ...more })

  test.each<readonly [string, JsonObject, boolean]>([
    ['nothing contained', { resourceType: 'Basic' }, true],
    ['a reference to it', holding({ subject: { reference: '#g' } }), true],
    ['no reference', holding({}), false],
    ['another reference', holding({ subject: { reference: '#h' } }), false],
    ['a canonical', holding({ extension: [{ url: 'http://x', valueCanonical: '#g' }] }), true],
    ['a text', holding({ extension: [{ url: 'http://x', valueString: '#g' }] }), false],
    ['a reference outwards', holding({ contained: [{ ...group, managingEntity: { reference: '#' } }] }), true],
    ['no id', holding({ contained: [{ resourceType: 'Group' }] }), true],
  ])('dom-3 with %s', (_name, resource, answer) => {
    expect(verdictOn(dom3, 'Basic', resource, resource)).toBe(answer)
    const asWritten = dom3.replace(/\.trace\([^)]*\)/, '')
    expect(verdictOn(asWritten, 'Basic', resource, resource)).toBe(answer)
  })

  test.each<readonly [string, string, JsonObject, boolean | undefined]>([
    ['name.exists() or telecom.exists()', 'Patient.contact', { gender: 'male' }, false],
    ['dataAbsentReason.empty() or value.empty()', 'Observation', { dataAbsentReason: {}, valueString: 'a' }, false],
    ['dataAbsentReason.empty() or value.empty()', 'Observation', { _valueString: extended }, true],
    ['start <= end', 'Period', { start: '2020-02', end: '2020-01-31' }, false],
    ['start <= end', 'Period', { start: '2020-02', end: '2020-02-01' }, undefined],
    [
      "operator = 'exists' implies (answer is Boolean)",
      'Questionnaire.item.enableWhen',
      { operator: 'exists', answerInteger: 1 },
      false,
    ],
    ['name', 'Patient.contact', { name: {} }, undefined],
  ])('%s on %s', (expression, type, value, answer) => {
    expect(verdictOn(expression, type, value)).toBe(answer)
  })
})
