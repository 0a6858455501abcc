import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CanonicalList } from '../../../server/fhir/conformance/canonicals.ts'
import { parseRequiredProfiles } from '../../../server/fhir/validation/mode.ts'
import { requiredProfileFaults } from '../../../server/fhir/validation/required-profile-faults.ts'
import { publishedResources } from '../../../server/published-resources.ts'
import { definitions } from '../../cases/sources.ts'
import { profile } from '../../support/profiles.ts'

const core = 'http://hl7.org/fhir/StructureDefinition'
const published = publishedResources(join(tmpdir(), 'candela-test-cache'))
const baseless = { ...profile('baseless', 'Patient', [{ path: 'Patient' }]), baseDefinition: undefined }
const canonicals: CanonicalList = {
  find: (type, canonical) =>
    canonical === 'urn:baseless' ? JSON.parse(JSON.stringify(baseless)) : published.find(type, canonical),
  all: (type) => published.all(type),
}

test.each([
  [`Observation=${core}/vitalsigns`, []],
  [`Observation=${core}/vitalsigns,Observation=${core}/bmi`, []],
  [`Ptient=${core}/Patient`, ["'Ptient' is not a FHIR R4 resource type. Did you mean 'Patient'?"]],
  [
    `Observation=${core}/vitalsign`,
    [`The profile ${core}/vitalsign is not known here. Did you mean '${core}/vitalsigns'?`],
  ],
  [
    'Patient=http://nowhere.example/x',
    [
      'The profile http://nowhere.example/x is not known here. Install its package, or store it, before it is required.',
    ],
  ],
  [`Patient=${core}/bmi`, [`${core}/bmi is a profile of Observation, not of Patient.`]],
  [
    'Patient=urn:baseless',
    [
      'The profile urn:baseless cannot be used: http://example.org/StructureDefinition/baseless has no baseDefinition: say what it constrains.',
    ],
  ],
])('REQUIRED_PROFILES=%s', (setting, faults) => {
  expect(requiredProfileFaults(parseRequiredProfiles(setting)!, definitions, canonicals)).toEqual(faults)
})
