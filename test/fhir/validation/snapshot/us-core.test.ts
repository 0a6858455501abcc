import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { type Snapshot, snapshotOf } from '../../../../server/fhir/validation/snapshot.ts'
import { readPackage } from '../../../cases/package-files.ts'
import { canonicalsOf, firstOf } from '../../../support/canonicals.ts'
import { needsFolder, sharedFolder } from '../../../support/shared-data.ts'
import { malformed, publishedCanonicals } from '../../../support/snapshots.ts'

const folder = sharedFolder('../packages')
const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition'

type Version = '6.1.0' | '8.0.1'

const structures = new Map<Version, readonly JsonObject[]>()
const snapshots = new Map<string, Snapshot>()

function make(version: Version): Map<string, Snapshot> {
  const definitions = structures.get(version)!
  const all = firstOf(canonicalsOf(definitions), publishedCanonicals)
  return new Map(definitions.map((one) => [`${version} ${one['id']}`, snapshotOf(one, all)]))
}

const lacksPackage =
  'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaireresponse is not known here: load the package that it is in'
const loosens = 'Observation.component.value[x]: its binding is extensible, and required by its base: say required'
const lacksSlice =
  'Extension.extension:tribeName: no such slice is defined, so that what is below it is put below the one before: define it'

describe.skipIf(!folder)(needsFolder('US Core', folder), () => {
  beforeAll(async () => {
    for (const version of ['6.1.0', '8.0.1'] as const) {
      const { resources } = await readPackage(join(folder!, `hl7.fhir.us.core-${version}.tgz`))
      const definitions = resources.filter(({ resourceType }) => resourceType === 'StructureDefinition')
      structures.set(version, definitions)
      for (const [id, snapshot] of make(version)) snapshots.set(id, snapshot)
    }
  })

  test.each<[Version, number, Readonly<Record<string, readonly string[]>>]>([
    [
      '6.1.0',
      59,
      {
        'us-core-questionnaireresponse': [lacksPackage],
        'us-core-tribal-affiliation': [lacksSlice],
        'us-core-vital-signs': [loosens],
      },
    ],
    ['8.0.1', 68, { 'us-core-questionnaireresponse': [lacksPackage], 'us-core-vital-signs': [loosens] }],
  ])('%s has a snapshot of each of its %i profiles, as R4 writes it', (version, count, told) => {
    const made = structures.get(version)!.map(({ id }) => [String(id), snapshots.get(`${version} ${id}`)!] as const)
    expect(made).toHaveLength(count)
    expect(made.flatMap(([id, { elements }]) => (elements.length > 3 ? malformed(elements) : [id]))).toEqual([])
    const issues = made.flatMap(([id, { issues }]) => (issues.length > 0 ? [[id, issues]] : []))
    expect(Object.fromEntries(issues)).toEqual(told)
  })
  const type = (code: string, name?: string) => [
    { code, ...(name !== undefined && { profile: [`${usCore}/us-core-${name}`] }) },
  ]
  const loinc = (code: string) => ({ patternCodeableConcept: { coding: [{ system: 'http://loinc.org', code }] } })
  const byUrl = { discriminator: [{ type: 'value', path: 'url' }] }
  const closed = { discriminator: [{ type: 'type', path: '$this' }], rules: 'closed' }
  const vitalSigns = 'http://hl7.org/fhir/us/core/ValueSet/us-core-vital-signs'
  const toPatient = [{ code: 'Reference', targetProfile: [`${usCore}/us-core-patient`] }]

  test.each<[Version, string, string, JsonObject]>([
    ['6.1.0', 'blood-pressure', 'category:VSCat', { min: 1, max: '1', mustSupport: true }],
    ['6.1.0', 'blood-pressure', 'category:VSCat.coding.code', { min: 1, fixedCode: 'vital-signs' }],
    [
      '6.1.0',
      'blood-pressure',
      'code',
      { ...loinc('85354-9'), binding: { strength: 'extensible', valueSet: vitalSigns } },
    ],
    ['6.1.0', 'blood-pressure', 'subject', { min: 1, max: '1', type: toPatient, mustSupport: true }],
    ['6.1.0', 'blood-pressure', 'component', { min: 2, max: '*', slicing: { rules: 'open' } }],
    ['6.1.0', 'blood-pressure', 'component:systolic', { min: 1, max: '1', mustSupport: true }],
    ['6.1.0', 'blood-pressure', 'component:systolic.code', loinc('8480-6')],
    ['6.1.0', 'blood-pressure', 'component:diastolic.code', loinc('8462-4')],
    ['6.1.0', 'blood-pressure', 'component:diastolic.value[x]', { min: 0, max: '1', type: type('Quantity') }],
    ['6.1.0', 'blood-pressure', 'component:diastolic.value[x].code', { min: 1, fixedCode: 'mm[Hg]' }],
    ['6.1.0', 'pulse-oximetry', 'code.coding', { min: 2, slicing: { rules: 'open' } }],
    ['6.1.0', 'pulse-oximetry', 'code.coding:O2Sat', { min: 1, max: '1', patternCoding: { code: '2708-6' } }],
    ['6.1.0', 'pulse-oximetry', 'value[x]', { min: 0, type: type('Quantity'), slicing: closed }],
    ['6.1.0', 'pulse-oximetry', 'value[x]:valueQuantity', { min: 0, max: '1', mustSupport: true }],
    ['6.1.0', 'pulse-oximetry', 'value[x]:valueQuantity.code', { min: 1, fixedCode: '%' }],
    ['6.1.0', 'pulse-oximetry', 'component:FlowRate.value[x].code', { fixedCode: 'L/min' }],
    ['6.1.0', 'smokingstatus', 'effective[x]', { type: type('dateTime'), slicing: closed }],
    ['6.1.0', 'smokingstatus', 'effective[x]:effectiveDateTime', { min: 1, max: '1', mustSupport: true }],
    ['6.1.0', 'smokingstatus', 'category:SocialHistory', { min: 1, max: '1' }],
    ['6.1.0', 'smokingstatus', 'value[x]', { min: 1, binding: { strength: 'preferred' } }],
    ['6.1.0', 'smokingstatus', 'component.referenceRange', { contentReference: '#Observation.referenceRange' }],
    ['6.1.0', 'patient', 'extension', { min: 0, max: '*', slicing: byUrl }],
    ['6.1.0', 'patient', 'extension:race', { min: 0, max: '1', type: type('Extension', 'race') }],
    ['6.1.0', 'patient', 'extension:tribalAffiliation', { max: '*', type: type('Extension', 'tribal-affiliation') }],
    ['6.1.0', 'patient', 'identifier.system', { min: 1, max: '1', mustSupport: true, type: type('uri') }],
    ['6.1.0', 'patient', 'gender', { min: 1, binding: { strength: 'required' } }],
    ['6.1.0', 'patient', 'contact.organization', { max: '1', base: { path: 'Patient.contact.organization' } }],
    ['6.1.0', 'race', 'extension:ombCategory', { min: 0, max: '5', mustSupport: true }],
    ['6.1.0', 'race', 'extension:ombCategory.url', { fixedUri: 'ombCategory' }],
    [
      '6.1.0',
      'race',
      'extension:ombCategory.value[x]',
      { min: 1, type: type('Coding'), binding: { strength: 'required' } },
    ],
    ['6.1.0', 'race', 'extension:text.value[x]', { min: 1, type: type('string') }],
    ['6.1.0', 'race', 'url', { fixedUri: `${usCore}/us-core-race` }],
    ['6.1.0', 'race', 'value[x]', { min: 0, max: '0' }],
    ['6.1.0', 'tribal-affiliation', 'extension:tribalAffiliation.value[x]', { binding: { strength: 'extensible' } }],
    ['6.1.0', 'careteam', 'participant', { min: 1, max: '*', mustSupport: true }],
    ['6.1.0', 'careteam', 'participant.role', { min: 1, max: '1', binding: { strength: 'extensible' } }],
    ['6.1.0', 'provenance', 'agent:ProvenanceAuthor', { min: 0, max: '*', mustSupport: true }],
    [
      '6.1.0',
      'provenance',
      'agent:ProvenanceAuthor.type',
      { min: 1, patternCodeableConcept: { coding: [{ code: 'author' }] } },
    ],
    ['6.1.0', 'provenance', 'agent:ProvenanceTransmitter.onBehalfOf', { mustSupport: true }],
    ['6.1.0', 'provenance', 'target.reference', { min: 0, max: '1', mustSupport: true }],
    ['6.1.0', 'practitioner', 'identifier:NPI', { patternIdentifier: { system: 'http://hl7.org/fhir/sid/us-npi' } }],
    [
      '6.1.0',
      'questionnaireresponse',
      'questionnaire.extension:url',
      { type: type('Extension', 'extension-questionnaire-uri') },
    ],
    ['6.1.0', 'questionnaireresponse', 'item.item', { contentReference: '#QuestionnaireResponse.item' }],
    ['8.0.1', 'average-blood-pressure', 'value[x]', { min: 0, max: '0' }],
    ['8.0.1', 'average-blood-pressure', 'component:systolic.code', loinc('96608-5')],
    ['8.0.1', 'average-blood-pressure', 'component:diastolic.value[x].unit', { min: 1 }],
    ['8.0.1', 'observation-screening-assessment', 'category:survey', { min: 1, max: '1' }],
    [
      '8.0.1',
      'observation-screening-assessment',
      'category:screening-assessment',
      { binding: { strength: 'required' } },
    ],
    [
      '8.0.1',
      'medicationrequest',
      'dosageInstruction.doseAndRate.dose[x]',
      { mustSupport: true, type: [{ code: 'Quantity' }, { code: 'Range' }] },
    ],
    [
      '8.0.1',
      'medicationrequest',
      'extension:medicationAdherence',
      { type: type('Extension', 'medication-adherence') },
    ],
  ])('%s %s says %s', (version, id, name, said) => {
    const { elements } = snapshots.get(`${version} us-core-${id}`)!
    const root = elements[0]!['path']
    expect(elements.find((element) => element['id'] === `${root}.${name}`)).toMatchObject(said)
  })

  test.each([
    ['blood-pressure', 'Observation', ['dom-2', 'dom-3', 'dom-4', 'dom-5', 'dom-6', 'obs-6', 'obs-7', 'vs-2']],
    ['blood-pressure', 'Observation.component:systolic', ['ele-1', 'vs-3']],
    ['patient', 'Patient.name', ['ele-1', 'us-core-6']],
    ['practitioner', 'Practitioner.identifier:NPI', ['ele-1', 'us-core-16', 'us-core-17']],
    ['smokingstatus', 'Observation.value[x]', ['ele-1', 'us-core-3']],
  ])('the rules of %s at %s are those of all its bases', (profile, id, keys) => {
    const element = snapshots.get(`6.1.0 us-core-${profile}`)!.elements.find((one) => one['id'] === id)!
    const constraints = element['constraint'] as JsonObject[]
    expect(constraints.map(({ key }) => key).sort()).toEqual(keys)
    expect(constraints.every(({ source }) => typeof source === 'string')).toBe(true)
  })
})
