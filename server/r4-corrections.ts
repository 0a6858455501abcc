/**
 * Where the package that carries the base specification departs from R4 4.0.1: its publisher's own elements, and
 * resource types that were moved on to R5. What is not R4 is dropped, what R4 has is put back.
 * https://hl7.org/fhir/R4/resourcelist.html
 */
import type { ElementDefinition, TypeDefinition } from './fhir/definitions.ts'

/** Types with the departures undone; everything else is passed through. */
export function correctTypes(types: readonly TypeDefinition[]): TypeDefinition[] {
  const foreign = types.filter((type) => isForeign(type.name)).map((type) => type.name)
  const kept = types.filter((type) => !foreign.some((name) => type.name === name || type.name.startsWith(`${name}.`)))
  return kept.map((type) => ({ ...type, elements: replaced[type.name] ?? correctElements(type) }))
}

const foreignPaths = new Set([
  'SubscriptionStatus',
  ...paths('Meta', ['project', 'author', 'onBehalfOf', 'account', 'accounts', 'compartment', 'deleted']),
  ...paths('Binary', ['url']),
  ...paths('DeviceDefinition', ['classification', 'bodySite']),
  ...paths('ObservationDefinition', ['publisher']),
  ...paths('ResearchStudy', ['name', 'label', 'studyDesign', 'region', 'descriptionSummary', 'classifier']),
  ...paths('ResearchStudy', ['associatedParty', 'progressStatus', 'whyStopped', 'recruitment', 'comparisonGroup']),
  ...paths('ResearchStudy', ['outcomeMeasure', 'result']),
  ...paths('EvidenceVariable.characteristic', ['definitionByTypeAndValue', 'definitionByCombination', 'timeFromEvent']),
])

const auditTargets = ['PractitionerRole', 'Practitioner', 'Organization', 'Device', 'Patient', 'RelatedPerson']

/** Elements whose types or bindings were widened, by path. */
const corrected: Readonly<Record<string, Partial<ElementDefinition>>> = {
  'AuditEvent.agent.who': { types: [{ code: 'Reference', targets: auditTargets }] },
  'AuditEvent.source.observer': { types: [{ code: 'Reference', targets: auditTargets }] },
  'Bundle.entry.response.outcome': { types: [{ code: 'Resource' }] },
  'DetectedIssue.status': { binding: required('observation-status') },
  'MeasureReport.subject': { types: [{ code: 'Reference', targets: measureSubjects() }] },
  'ResearchStudy.site': { types: [{ code: 'Reference', targets: ['Location'] }] },
}

/** Elements of types that were rewritten as a whole; -1 stands for `*`, as in the cache. https://hl7.org/fhir/R4/evidencevariable.html */
const replaced: Readonly<Record<string, readonly ElementDefinition[]>> = {
  'EvidenceVariable.characteristic': [
    { name: 'id', min: 0, max: 1, types: [{ code: 'string' }] },
    { name: 'extension', min: 0, max: -1, types: [{ code: 'Extension' }] },
    { name: 'modifierExtension', min: 0, max: -1, types: [{ code: 'Extension' }], summary: true, modifier: true },
    { name: 'description', min: 0, max: 1, types: [{ code: 'string' }] },
    {
      name: 'definition',
      min: 1,
      max: 1,
      types: [
        { code: 'Reference', targets: ['Group'] },
        { code: 'canonical', targets: ['ActivityDefinition'] },
        { code: 'CodeableConcept' },
        { code: 'Expression' },
        { code: 'DataRequirement' },
        { code: 'TriggerDefinition' },
      ],
      choice: true,
      summary: true,
    },
    { name: 'usageContext', min: 0, max: -1, types: [{ code: 'UsageContext' }] },
    { name: 'exclude', min: 0, max: 1, types: [{ code: 'boolean' }] },
    {
      name: 'participantEffective',
      min: 0,
      max: 1,
      types: [{ code: 'dateTime' }, { code: 'Period' }, { code: 'Duration' }, { code: 'Timing' }],
      choice: true,
    },
    { name: 'timeFromStart', min: 0, max: 1, types: [{ code: 'Duration' }] },
    { name: 'groupMeasure', min: 0, max: 1, types: [{ code: 'code' }], binding: required('group-measure') },
  ],
}

function correctElements(type: TypeDefinition): ElementDefinition[] {
  return type.elements
    .filter((element) => !isForeign(`${type.name}.${element.name}`))
    .map((element) => ({ ...element, ...corrected[`${type.name}.${element.name}`] }))
}

function isForeign(path: string): boolean {
  return foreignPaths.has(path)
}

function paths(type: string, names: readonly string[]): string[] {
  return names.map((name) => `${type}.${name}`)
}

function required(valueSet: string): NonNullable<ElementDefinition['binding']> {
  return { strength: 'required', valueSet: `http://hl7.org/fhir/ValueSet/${valueSet}` }
}

function measureSubjects(): string[] {
  return ['Patient', 'Practitioner', 'PractitionerRole', 'Location', 'Device', 'RelatedPerson', 'Group']
}
