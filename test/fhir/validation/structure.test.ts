import { expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../../server/fhir/json.ts'
import { parseJson } from '../../../server/fhir/json.ts'
import { growth, linear } from '../../support/growth.ts'
import { mutate } from '../../support/mutate.ts'
import { naiveIssues } from '../../support/naive-structure.ts'
import { oneOf, randomFrom, seed } from '../../support/random.ts'
import { sharedTexts } from '../../support/shared-data.ts'
import { absent, code, definitions, found, issuesOf, mother, observation, patient } from '../../support/validation.ts'

function deep(levels: number): JsonValue {
  let value: JsonValue = 'x'
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, i]))

/** With `n` of what is too much. */
test.each<[string, (n: number) => object]>([
  ['a very wide object', (n) => patient(named(n))],
  ['a very deep value', (n) => patient({ birthDate: deep(n), name: [{ given: deep(n) }], contact: deep(n) })],
  ['a very deep unknown element', (n) => patient({ unknown: deep(n) })],
  ['a very long list of objects', (n) => patient({ name: Array(n * 10).fill({}) })],
  ['a very long list of strings', (n) => patient({ name: [{ given: Array(n * 10).fill('') }] })],
  ['a very long name', (n) => patient({ ['x'.repeat(n * 100)]: 1 })],
  ['a very long value', (n) => patient({ birthDate: 'x'.repeat(n * 100) })],
  ['a very long resource type', (n) => ({ resourceType: 'x'.repeat(n * 100) })],
  [
    'a very long reference',
    (n) => patient({ managingOrganization: { reference: `Organization/${'x'.repeat(n * 100)}` } }),
  ],
  [
    'many contained resources and references to them',
    (n) => ({
      ...patient({ contained: Array.from({ length: n }, (_, i) => ({ resourceType: 'Practitioner', id: `p${i}` })) }),
      generalPractitioner: Array.from({ length: n }, (_, i) => ({ reference: `#p${i}` })),
    }),
  ],
])('%s is checked in linear time and does not throw', (_name, resourceOf) => {
  const checking = (size: number) => {
    const resource = resourceOf(size) as JsonObject
    return () => issuesOf(resource)
  }
  expect(checking(20_000)().length).toBeLessThanOrEqual(100)
  expect(growth(checking, 5000)).toBeLessThan(linear)
})

test('many choices at once are told of, not all of them', () => {
  const choices = Object.fromEntries([...definitions.properties('Observation')!.keys()].map((key) => [key, {}]))
  expect(issuesOf(observation(choices)).length).toBeLessThanOrEqual(100)
})

const timing = { repeat: { frequency: 2, period: 1.5, periodUnit: 'd', timeOfDay: ['08:00:00', '20:00:00'] } }

const valid = [
  patient({
    id: 'p1',
    meta: { versionId: '1', lastUpdated: '2024-02-29T10:00:00.000Z', profile: ['http://x.org/p'] },
    extension: [{ url: 'http://x.org/e', extension: [mother] }, mother],
    identifier: [{ use: 'official', system: 'urn:oid:1.2', value: '1', period: { start: '2020', end: '2024-02-29' } }],
    active: true,
    name: [{ family: 'Roe', given: ['Jo', null], _given: [null, absent], use: 'official' }, { text: 'Jo' }],
    birthDate: '1970-01-31',
    _birthDate: { id: 'b', extension: [mother] },
    deceasedBoolean: false,
    multipleBirthInteger: 2,
    photo: [{ contentType: 'image/png', data: 'AAAA', size: 3 }],
    telecom: [{ system: 'phone', value: '1', rank: 1 }],
  }),
  observation({
    effectiveDateTime: '2024-02-29T10:00:00+01:00',
    issued: '2024-02-29T10:00:00Z',
    valueQuantity: { value: 70.5, unit: 'kg', comparator: '<', system: 'http://unitsofmeasure.org', code: 'kg' },
    component: [{ code, valueString: 'x', referenceRange: [{ low: { value: 1 }, text: 'x' }] }, { code }],
  }),
  {
    resourceType: 'Questionnaire',
    status: 'draft',
    item: [{ linkId: '1', type: 'group', item: [{ linkId: '1.1', type: 'integer', initial: [{ valueInteger: 1 }] }] }],
  },
  {
    resourceType: 'MedicationRequest',
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: code,
    subject: { display: 'Jo' },
    dosageInstruction: [{ sequence: 1, timing, asNeededBoolean: true, doseAndRate: [{ doseQuantity: { value: 1 } }] }],
  },
  {
    resourceType: 'Parameters',
    parameter: [{ name: 'a', part: [{ name: 'b', valueInstant: '2024-02-29T10:00:00Z' }] }],
  },
] as JsonObject[]

test('mutated resources have the issues that the plainest reading of the rules finds', () => {
  const random = randomFrom(seed)
  for (let round = 0; round < 3000; round++) {
    let resource = oneOf(random, valid)
    for (let change = 0; change <= round % 3; change++) resource = mutate(resource, random)
    expect(found(resource).sort(), `${JSON.stringify(resource)} with TEST_SEED=${seed}`).toEqual(
      naiveIssues(resource, definitions),
    )
  }
})

test('the resources before mutation are valid', () => {
  expect(valid.flatMap(found)).toEqual([])
})

const synthea = sharedTexts('synthea')
const usCore = sharedTexts('us-core')

test.skipIf(!synthea)('generated patients are valid', () => {
  for (const [file, text] of synthea!) expect(found(parseJson(text) as JsonObject), file).toEqual([])
})

/** `effectivePeriod` has a `stop` where Period has an `end`. */
const knownFaults: Readonly<Record<string, readonly string[]>> = {
  'uscore_bundle_patient_355.json.gz': ['unknown-element Bundle.entry[266].resource.effective.stop'],
}

test.skipIf(!usCore)('patients that show every US Core element are valid but for a fault in the data', () => {
  for (const [file, text] of usCore!) {
    expect(found(parseJson(text) as JsonObject), file).toEqual(knownFaults[file] ?? [])
  }
})
