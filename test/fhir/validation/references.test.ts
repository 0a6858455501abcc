import { expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { parseJson } from '../../../server/fhir/json.ts'
import { forEachReference } from '../../../server/fhir/validation/references.ts'
import { mutate } from '../../support/mutate.ts'
import { oneOf, randomFrom, seed } from '../../support/random.ts'
import { sharedTexts } from '../../support/shared-data.ts'
import { code, definitions } from '../../support/validation.ts'

function visited(resource: object, options?: { urns: boolean }): string[] {
  const values: string[] = []
  forEachReference(resource as JsonObject, definitions, (_holder, _key, value) => values.push(value), options)
  return values
}

const linked = { url: 'u', valueReference: { reference: 'ext' } }

test.each([
  ['elements', { resourceType: 'Patient', managingOrganization: { reference: 'a' } }, ['a']],
  ['lists', { resourceType: 'Patient', generalPractitioner: [{ reference: 'a' }, { reference: 'b' }] }, ['a', 'b']],
  ['backbone elements', { resourceType: 'Patient', link: [{ other: { reference: 'a' }, type: 'refer' }] }, ['a']],
  ['choices', { resourceType: 'MedicationRequest', medicationReference: { reference: 'a' } }, ['a']],
  [
    'elements that refer to others',
    { resourceType: 'QuestionnaireResponse', item: [{ item: [{ answer: [{ valueReference: { reference: 'a' } }] }] }] },
    ['a'],
  ],
  ['data types', { resourceType: 'Observation', note: [{ authorReference: { reference: 'a' } }] }, ['a']],
  [
    'identifiers of references',
    { resourceType: 'Patient', link: [{ other: { identifier: { assigner: { reference: 'a' } } } }] },
    ['a'],
  ],
  ['extensions', { resourceType: 'Patient', extension: [{ url: 'u', extension: [linked] }] }, ['ext']],
  ['extensions of values', { resourceType: 'Patient', _birthDate: { extension: [linked] } }, ['ext']],
  [
    'extensions of values in lists',
    { resourceType: 'Patient', name: [{ given: ['a', 'b'], _given: [null, { extension: [linked] }] }] },
    ['ext'],
  ],
  [
    'extensions of references',
    { resourceType: 'Patient', managingOrganization: { _reference: { extension: [linked] } } },
    ['ext'],
  ],
  [
    'contained resources',
    { resourceType: 'Patient', contained: [{ resourceType: 'Organization', partOf: { reference: 'a' } }] },
    ['a'],
  ],
  [
    'entries',
    {
      resourceType: 'Bundle',
      entry: [{ resource: { resourceType: 'Patient', link: [{ other: { reference: 'a' } }] } }],
    },
    ['a'],
  ],
  [
    'Parameters',
    {
      resourceType: 'Parameters',
      parameter: [
        {
          valueReference: { reference: 'a' },
          part: [{ resource: { resourceType: 'Encounter', subject: { reference: 'b' } } }],
        },
      ],
    },
    ['a', 'b'],
  ],
])('finds references in %s', (_case, resource, expected) => {
  expect(visited(resource)).toEqual(expected)
})

test.each([
  [
    'elements that are named alike',
    { resourceType: 'Consent', provision: { data: [{ meaning: 'instance', reference: { reference: 'a' } }] } },
    ['a'],
  ],
  ['unknown elements', { resourceType: 'Patient', nonsense: { reference: 'a' } }, []],
  [
    'values of the wrong form',
    {
      resourceType: 'Patient',
      managingOrganization: { reference: 1 },
      link: 'x',
      contained: [null, 1, { resourceType: 7 }],
    },
    [],
  ],
  [
    'names that objects have',
    JSON.parse('{"resourceType":"Patient","__proto__":{"reference":"a"},"constructor":{"reference":"a"}}') as object,
    [],
  ],
  ['an unknown type', { resourceType: 'X', subject: { reference: 'a' } }, []],
  ['no type', { subject: { reference: 'a' } }, []],
])('keeps to the definitions for %s', (_case, resource, expected) => {
  expect(visited(resource)).toEqual(expected)
})

const uuid = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0'

test.each([
  ['uri', { resourceType: 'Patient', identifier: [{ system: uuid, value: uuid }] }, [uuid]],
  ['url', { resourceType: 'Patient', photo: [{ url: uuid, title: uuid }] }, [uuid]],
  ['canonical', { resourceType: 'QuestionnaireResponse', questionnaire: uuid }, [uuid]],
  ['canonical in a list', { resourceType: 'Patient', meta: { profile: ['http://x.org', uuid] } }, [uuid]],
  ['uuid', { resourceType: 'Parameters', parameter: [{ valueUuid: uuid }] }, [uuid]],
  ['oid', { resourceType: 'Parameters', parameter: [{ valueOid: 'urn:oid:1.2' }] }, ['urn:oid:1.2']],
  ['other addresses', { resourceType: 'Patient', photo: [{ url: 'http://x.org' }], meta: { source: 'urn:x:y' } }, []],
])('finds urns of type %s on request', (_case, resource, expected) => {
  expect(visited(resource, { urns: true })).toEqual(expected)
  expect(visited(resource)).toEqual([])
})

test('what is visited can be replaced', () => {
  const resource = {
    resourceType: 'Observation',
    meta: { profile: ['http://x.org', uuid] },
    code,
    subject: { reference: uuid },
    extension: [{ url: 'u', valueUri: uuid }],
  }
  forEachReference(
    resource as unknown as JsonObject,
    definitions,
    (holder, key, value) => {
      if (value === uuid) holder[key] = 'Patient/1'
    },
    { urns: true },
  )
  expect(resource).toEqual({
    resourceType: 'Observation',
    meta: { profile: ['http://x.org', 'Patient/1'] },
    code,
    subject: { reference: 'Patient/1' },
    extension: [{ url: 'u', valueUri: 'Patient/1' }],
  })
})

const synthea = sharedTexts('synthea')

/** Every string under the key `reference`: what a search without definitions finds. */
function naive(text: string): string[] {
  const values: string[] = []
  JSON.parse(text, (key, value: unknown) => {
    if (key === 'reference' && typeof value === 'string') values.push(value)
    return value
  })
  return values
}

test.skipIf(!synthea)('all references of generated patients are found', () => {
  for (const [file, text] of [...synthea!].slice(0, 10)) {
    expect(visited(parseJson(text) as JsonObject), file).toEqual(naive(text))
  }
})

test('mutated resources do not make it throw', () => {
  const random = randomFrom(seed)
  const start = {
    resourceType: 'Patient',
    link: [{ other: { reference: 'Patient/1' } }],
    _birthDate: { extension: [linked] },
  }
  for (let round = 0; round < 2000; round++) {
    let resource = start as unknown as JsonObject
    for (let change = 0; change < 3; change++) resource = mutate(resource, random)
    expect(() => visited(resource, { urns: oneOf(random, [true, false]) }), `TEST_SEED=${seed}`).not.toThrow()
  }
})
