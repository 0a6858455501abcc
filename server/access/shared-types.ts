/**
 * Resources that tell nothing of patients: who works where, what things are, what codes mean. Apps that are confined to a
 * patient may read them where a scope names their type.
 */
import type { JsonValue } from '../fhir/json.ts'
import { isJsonObject } from '../fhir/json.ts'
import { parseReference } from '../fhir/reference.ts'
import { type Terms, tweak } from '../fhir/search/term.ts'

/** Types whose resources are such, unless one refers to a patient's record. */
export const sharedTypes: ReadonlySet<string> = new Set([
  'ActivityDefinition',
  'CapabilityStatement',
  'ChargeItemDefinition',
  'CodeSystem',
  'CompartmentDefinition',
  'ConceptMap',
  'Device',
  'DeviceDefinition',
  'Endpoint',
  'GraphDefinition',
  'HealthcareService',
  'ImplementationGuide',
  'InsurancePlan',
  'Library',
  'Location',
  'Measure',
  'Medication',
  'MedicationKnowledge',
  'MessageDefinition',
  'NamingSystem',
  'ObservationDefinition',
  'OperationDefinition',
  'Organization',
  'OrganizationAffiliation',
  'PlanDefinition',
  'Practitioner',
  'PractitionerRole',
  'Questionnaire',
  'Schedule',
  'SearchParameter',
  'Slot',
  'SpecimenDefinition',
  'StructureDefinition',
  'StructureMap',
  'Substance',
  'TerminologyCapabilities',
  'ValueSet',
])

const domain = tweak('candela tells nothing of patients')

/** The term of resources that tell nothing of patients. Those that were indexed before it existed do not have it. */
export function sharedTerm(terms: Terms): bigint {
  return terms.term(domain, '')
}

/** Whether nothing in the resource, however deep, refers to a resource that may be part of a patient's record. */
export function tellsNothingOfPatients(value: JsonValue, base: string): boolean {
  if (Array.isArray(value)) return value.every((item) => tellsNothingOfPatients(item, base))
  if (!isJsonObject(value)) return true
  const { reference, type, identifier } = value
  if (typeof reference === 'string') {
    const parsed = parseReference(reference, base)
    if (parsed.kind === 'relative' && !sharedTypes.has(parsed.type)) return false
  }
  // A reference by identifier names the type beside it.
  if (typeof type === 'string' && identifier !== undefined && /^[A-Z]/.test(type) && !sharedTypes.has(type))
    return false
  return Object.values(value).every((item) => tellsNothingOfPatients(item, base))
}
