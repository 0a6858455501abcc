import { expect, test } from 'vitest'
import { addPatientsIn } from '../../../server/fhir/audit/patients.ts'

const base = 'https://health.example/fhir'

test.each([
  ['{"resourceType":"Patient","id":"a"}', ['a']],
  ['{"subject":{"reference":"Patient/a"}}', ['a']],
  ['{"subject":{"reference":"Patient/a/_history/2"}}', ['a']],
  [`{"subject":{"reference":"${base}/Patient/a"}}`, ['a']],
  ['{"subject":{"reference":"https://other.example/fhir/Patient/a"}}', []],
  [
    '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"a.b"}},{"x":"Patient/c-d"}]}',
    ['a.b', 'c-d'],
  ],
  ['{"contained":[{"resourceType":"Patient","name":[]}],"type":"Patient","id":"no"}', []],
  ['{"resourceType":"RelatedPatient","id":"no","text":"Patient / Patient/ PatientPatient"}', []],
  [`{"a":"Patient/${'x'.repeat(65)}"}`, []],
])('%s', (text, expected) => {
  const patients = new Set<string>()
  addPatientsIn(text, base, patients)
  expect([...patients]).toEqual(expected)
})
