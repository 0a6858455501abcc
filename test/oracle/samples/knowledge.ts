/** Definitions and what refers to them by canonical: urls above and below each other, versions, contexts of use. */
import type {
  ActivityDefinition,
  CapabilityStatement,
  CodeSystem,
  ConceptMap,
  Library,
  Measure,
  PlanDefinition,
  Questionnaire,
  QuestionnaireResponse,
  StructureDefinition,
  UsageContext,
  ValueSet,
} from '@medplum/fhirtypes'
import { loinc, snomed, ucum } from './observations.ts'

export const root = 'http://example.org/fhir'
const contextTypes = 'http://terminology.hl7.org/CodeSystem/usage-context-type'

const focus = (code: string): UsageContext => ({
  code: { system: contextTypes, code: 'focus' },
  valueCodeableConcept: { coding: [{ system: snomed, code }] },
})
const age = (rest: Partial<UsageContext>): UsageContext => ({ code: { system: contextTypes, code: 'age' }, ...rest })
const years = (value: number) => ({ value, unit: 'years', system: ucum, code: 'a' })

const valueSets: readonly ValueSet[] = [
  {
    resourceType: 'ValueSet',
    id: 'cardiac',
    url: `${root}/ValueSet/cardiac`,
    version: '1.0',
    name: 'Cardiac',
    title: 'Cardiac conditions',
    status: 'active',
    date: '2019-05-06',
    publisher: 'Ärzte ohne Zögern',
    compose: {
      include: [{ system: snomed, concept: [{ code: '38341003' }, { code: '59621000' }, { code: '10509002' }] }],
    },
  },
  {
    resourceType: 'ValueSet',
    id: 'vitals',
    url: `${root}/ValueSet/vitals`,
    version: '2',
    status: 'draft',
    description: 'Codes of *vital* signs',
    compose: {
      include: [
        {
          system: loinc,
          concept: [
            { code: '8302-2' },
            { code: '29463-7' },
            { code: '85354-9' },
            { code: '8867-4' },
            { code: '9279-1' },
            { code: '2339-0' },
          ],
        },
        { system: 'http://terminology.hl7.org/CodeSystem/observation-category', concept: [{ code: 'vital-signs' }] },
        { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', concept: [{ code: 'AMB' }, { code: 'IMP' }] },
        { system: 'http://terminology.hl7.org/CodeSystem/observation-category', concept: [{ code: 'vital-signs' }] },
        { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', concept: [{ code: 'AMB' }, { code: 'IMP' }] },
        { system: ucum, concept: [{ code: 'kg' }] },
      ],
    },
  },
  {
    resourceType: 'ValueSet',
    id: 'cardiac-more',
    url: `${root}/ValueSet/cardiac-more`,
    status: 'active',
    experimental: true,
  },
  {
    resourceType: 'ValueSet',
    id: 'cardiac-below',
    url: `${root}/ValueSet/cardiac/history/5`,
    status: 'retired',
    date: '2019',
  },
  { resourceType: 'ValueSet', id: 'slash', url: `${root}/ValueSet/`, status: 'active', date: '2020-01-01T00:00:00Z' },
  { resourceType: 'ValueSet', id: 'at-root', url: root, status: 'active' },
  { resourceType: 'ValueSet', id: 'oid', url: 'urn:oid:1.2.3.4.5', status: 'unknown' },
  { resourceType: 'ValueSet', id: 'comma', url: `${root}/ValueSet/124,125`, status: 'active' },
]

const definitions: readonly (CodeSystem | StructureDefinition | ConceptMap | CapabilityStatement)[] = [
  {
    resourceType: 'CodeSystem',
    id: 'colours',
    url: `${root}/CodeSystem/colours`,
    version: '3.1',
    status: 'active',
    content: 'complete',
    caseSensitive: true,
    valueSet: `${root}/ValueSet/cardiac`,
    concept: [{ code: 'red', display: 'Red' }, { code: 'RED' }],
  },
  {
    resourceType: 'StructureDefinition',
    id: 'patient-a',
    url: `${root}/StructureDefinition/patient-a`,
    name: 'PatientA',
    status: 'active',
    kind: 'resource',
    abstract: false,
    type: 'Patient',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
    derivation: 'constraint',
    differential: { element: [{ id: 'Patient', path: 'Patient' }] },
    keyword: [{ system: 'http://example.org/keywords', code: 'demo' }],
  },
  {
    resourceType: 'ConceptMap',
    id: 'map-uri',
    url: `${root}/ConceptMap/one`,
    status: 'active',
    sourceUri: `${root}/ValueSet/cardiac`,
    targetUri: `${root}/ValueSet/vitals`,
  },
  {
    resourceType: 'ConceptMap',
    id: 'map-canonical',
    url: `${root}/ConceptMap/two`,
    status: 'active',
    sourceCanonical: `${root}/ValueSet/cardiac|1.0`,
    targetCanonical: `${root}/ValueSet/vitals|2`,
    group: [
      {
        source: snomed,
        target: loinc,
        element: [{ code: '38341003', target: [{ code: '8302-2', equivalence: 'relatedto' }] }],
      },
    ],
  },
  {
    resourceType: 'CapabilityStatement',
    id: 'capable',
    url: `${root}/CapabilityStatement/capable`,
    version: '1',
    status: 'active',
    date: '2021-02',
    kind: 'requirements',
    description: 'What a clinic needs',
    rest: [{ mode: 'server' }],
    fhirVersion: '4.0.1',
    format: ['json', 'xml'],
    useContext: [focus('38341003'), age({ valueQuantity: years(65) })],
  },
]

const questionnaires: readonly (Questionnaire | QuestionnaireResponse)[] = [
  {
    resourceType: 'Questionnaire',
    id: 'audit',
    url: `${root}/Questionnaire/audit`,
    version: '1',
    status: 'active',
    title: 'Alcohol use',
    subjectType: ['Patient', 'Group'],
    effectivePeriod: { start: '2020' },
    useContext: [focus('408934002'), age({ valueRange: { low: years(18), high: years(65) } })],
  },
  {
    resourceType: 'Questionnaire',
    id: 'swapped',
    url: `${root}/Questionnaire/swapped`,
    status: 'draft',
    useContext: [
      focus('38341003'),
      {
        code: { system: contextTypes, code: 'venue' },
        valueCodeableConcept: { coding: [{ system: snomed, code: '408934002' }], text: 'At home' },
      },
      age({ valueRange: { high: years(10) } }),
    ],
  },
  {
    resourceType: 'QuestionnaireResponse',
    id: 'response-1',
    status: 'completed',
    questionnaire: `${root}/Questionnaire/audit|1`,
    subject: { reference: 'Patient/muller' },
    authored: '2021-03-04T05:06:07Z',
    author: { reference: 'Practitioner/dr-garcia' },
  },
  {
    resourceType: 'QuestionnaireResponse',
    id: 'response-2',
    status: 'in-progress',
    questionnaire: `${root}/Questionnaire/audit|2`,
    subject: { reference: 'Patient/nguyen' },
    authored: '2021-03',
  },
  {
    resourceType: 'QuestionnaireResponse',
    id: 'response-3',
    status: 'amended',
    questionnaire: `${root}/Questionnaire/audit`,
    subject: { reference: 'Group/102' },
    source: { reference: 'RelatedPerson/mother' },
  },
]

const plans: readonly (Library | PlanDefinition | ActivityDefinition | Measure)[] = [
  {
    resourceType: 'Library',
    id: 'logic',
    url: `${root}/Library/logic`,
    version: '2.0',
    name: 'Logic',
    status: 'active',
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/library-type', code: 'logic-library' }] },
    content: [{ contentType: 'text/cql' }],
    relatedArtifact: [
      { type: 'depends-on', resource: `${root}/ValueSet/cardiac|1.0` },
      { type: 'successor', resource: `${root}/Library/newer` },
    ],
  },
  {
    resourceType: 'Library',
    id: 'newer',
    url: `${root}/Library/newer`,
    status: 'draft',
    type: { text: 'module' },
    relatedArtifact: [
      { type: 'predecessor', resource: `${root}/Library/logic|2.0` },
      { type: 'documentation', resource: `${root}/Library/manual` },
    ],
  },
  {
    resourceType: 'PlanDefinition',
    id: 'plan',
    url: `${root}/PlanDefinition/plan`,
    status: 'active',
    library: [`${root}/Library/logic|2.0`],
    action: [{ definitionCanonical: `${root}/ActivityDefinition/call` }, { definitionUri: `${root}/elsewhere` }],
  },
  {
    resourceType: 'ActivityDefinition',
    id: 'call',
    url: `${root}/ActivityDefinition/call`,
    status: 'retired',
    library: [`${root}/Library/logic`],
    topic: [{ text: 'Telephone' }],
    effectivePeriod: { end: '2022-12' },
  },
  {
    resourceType: 'Measure',
    id: 'measure',
    url: `${root}/Measure/m1`,
    version: '0.1',
    status: 'active',
    library: [`${root}/Library/newer`],
    jurisdiction: [{ coding: [{ system: 'urn:iso:std:iso:3166', code: 'CH' }] }],
  },
]

export const knowledge = [...valueSets, ...definitions, ...questionnaires, ...plans]
