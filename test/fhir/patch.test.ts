import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import type { JsonValue } from '../../server/fhir/json.ts'
import { OutcomeError } from '../../server/fhir/outcome.ts'
import { applyPatch, patchContentTypes } from '../../server/fhir/patch.ts'
import { loadDefinitions } from '../../server/packages.ts'
import { parameters } from '../support/patch-cases.ts'

const definitions = loadDefinitions(tmpdir())
const patient = { resourceType: 'Patient', id: 'p', gender: 'male' }
const jsonPatch = [{ op: 'replace', path: '/gender', value: 'female' }]
const fhirPathPatch = parameters({ type: 'replace', path: 'Patient.gender', value: { valueCode: 'female' } })

test.each<[string, JsonValue]>([
  ['application/json-patch+json', jsonPatch],
  ['application/json-patch+json; charset=utf-8', jsonPatch],
  ['Application/JSON-Patch+JSON', jsonPatch],
  ['application/fhir+json', fhirPathPatch],
  ['application/fhir+json;fhirVersion=4.0', fhirPathPatch],
  ['application/fhir+xml', fhirPathPatch],
  ['application/json', fhirPathPatch],
])('%s says in which language the patch is', (contentType, body) => {
  expect(applyPatch(patient, { body, contentType }, definitions)).toEqual({ ...patient, gender: 'female' })
  expect(patient.gender).toBe('male')
})

test.each(['application/xml-patch+xml', 'text/plain', '', 'toString'])('%j is refused', (contentType) => {
  expect(() => applyPatch(patient, { body: jsonPatch, contentType }, definitions)).toThrow(
    new OutcomeError('unsupported-media-type', {
      type: contentType,
      expected: 'application/json-patch+json, or Parameters as application/fhir+json or application/fhir+xml',
    }),
  )
})

test('a patch in the other language is malformed', () => {
  expect(() =>
    applyPatch(patient, { body: fhirPathPatch, contentType: 'application/json-patch+json' }, definitions),
  ).toThrow('The patch cannot be read')
  expect(() => applyPatch(patient, { body: jsonPatch, contentType: 'application/fhir+json' }, definitions)).toThrow(
    'The patch cannot be read',
  )
})

test.each<[string, string, JsonValue, string]>([
  ['id', 'application/json-patch+json', [{ op: 'replace', path: '/id', value: 'q' }], 'Patient.id'],
  ['id', 'application/json-patch+json', [{ op: 'remove', path: '/id' }], 'Patient.id'],
  [
    'resourceType',
    'application/json-patch+json',
    [{ op: 'replace', path: '', value: { resourceType: 'Basic', id: 'p' } }],
    'Patient.resourceType',
  ],
  [
    'id',
    'application/fhir+json',
    parameters({ type: 'replace', path: 'Patient.id', value: { valueId: 'q' } }),
    'Patient.id',
  ],
])('%s cannot be changed by %s', (_element, contentType, body, expression) => {
  try {
    applyPatch(patient, { body, contentType }, definitions)
    expect.unreachable()
  } catch (error) {
    expect((error as OutcomeError).issues[0]).toMatchObject({ code: 'patch-failed', expression })
  }
})

test('the content types are listed', () => {
  expect(patchContentTypes).toContain('application/json-patch+json')
  expect(patchContentTypes).toContain('application/fhir+json')
})
