/**
 * Who may do what with which type of resource, as those who run a practice would say it; written without a look at the policies
 * that the server ships. Letters: create, read, update, delete, search. `?` follows where it depends on the resource.
 */

export type Role = (typeof staff)[number] | 'patient'

export const staff = ['practitioner', 'nurse', 'receptionist', 'biller', 'pharmacist', 'labtech', 'admin'] as const

/** One line for each set of types: what each role of the staff may do, in the order of `staff`; `-` is nothing. */
const lines: readonly (readonly [cells: string, types: string])[] = [
  // People. Whoever works at the desk keeps their details; nobody but an administrator removes a person.
  ['crus crus crus rus rs rs cruds', 'Patient'],
  ['crus crus crus rus rs - cruds', 'RelatedPerson'],
  ['crus crus crus - - - cruds', 'Person'],
  // The staff itself: everybody finds colleagues, and changes their own entry.
  ['rs/u rs/u rs/u rs/u rs/u rs/u cruds', 'Practitioner'],
  [
    'rs rs rs rs rs rs cruds',
    'PractitionerRole Organization OrganizationAffiliation Location HealthcareService Endpoint',
  ],
  // Visits.
  ['cruds crus crus rs - - cruds', 'Appointment'],
  ['crus crus crus - - - cruds', 'AppointmentResponse'],
  ['cruds crus cruds rs rs rs cruds', 'Schedule Slot'],
  ['crus crus rs rs rs rs cruds', 'Encounter'],
  // What is noted about people's health.
  ['crus crus - - rs - cruds', 'AllergyIntolerance CareTeam'],
  ['crus crus - rs rs - cruds', 'Condition'],
  ['crus crus - rs - - cruds', 'Procedure'],
  ['crus crus - - crus - cruds', 'DetectedIssue'],
  ['crus crus - - - rs cruds', 'Media'],
  [
    'crus crus - - - - cruds',
    'AdverseEvent BodyStructure CarePlan ClinicalImpression Composition DocumentManifest DocumentReference EpisodeOfCare FamilyMemberHistory Flag Goal GuidanceResponse QuestionnaireResponse RiskAssessment VisionPrescription Binary DeviceMetric Group',
  ],
  ['cruds crus - - - - cruds', 'List Basic'],
  ['crus crus rs rs rs rs cruds', 'Device'],
  // Results.
  ['crus crus - - - crus cruds', 'DiagnosticReport Specimen'],
  ['crus crus - - - rs cruds', 'ImagingStudy'],
  ['crus crus - - - - cruds', 'MolecularSequence'],
  ['crus crus - - -/rs -/crus cruds', 'Observation'],
  // Orders: clinicians give them, others carry them out.
  ['crus rs - rs - rus cruds', 'ServiceRequest'],
  ['crus rs - - - - cruds', 'DeviceRequest NutritionOrder RequestGroup SupplyRequest'],
  ['crus crus - - - - cruds', 'CommunicationRequest'],
  ['cruds cruds -/crus -/crus crus crus cruds', 'Task'],
  ['crus crus -/crus -/crus crus - cruds', 'Communication'],
  // Medicines.
  ['crus rs - - rus - cruds', 'MedicationRequest'],
  ['crus rs - rs crus - cruds', 'MedicationDispense'],
  ['crus crus - - crus - cruds', 'MedicationAdministration MedicationStatement'],
  ['crus crus - rs crus - cruds', 'Immunization'],
  ['crus rs - - rs - cruds', 'ImmunizationEvaluation ImmunizationRecommendation DeviceUseStatement'],
  ['crus crus - rs rs - cruds', 'SupplyDelivery'],
  ['rs rs rs rs rus rs cruds', 'Medication MedicationKnowledge'],
  // Money.
  ['rs rs crus cruds - - cruds', 'Account'],
  ['rs rs crus cruds rs - cruds', 'Coverage'],
  ['rs - crus cruds - - cruds', 'CoverageEligibilityRequest CoverageEligibilityResponse'],
  [
    'rs - - cruds - - cruds',
    'ChargeItem Claim ClaimResponse Contract EnrollmentRequest EnrollmentResponse ExplanationOfBenefit Invoice PaymentNotice PaymentReconciliation',
  ],
  ['rs rs rs crus rs rs cruds', 'ChargeItemDefinition InsurancePlan'],
  // What is known of how things came about, and who may see what.
  ['crus rs - - rs rs cruds', 'Provenance'],
  ['crus rs - - - - cruds', 'Consent'],
  ['- - - - - - rs', 'AuditEvent'],
  // What things are and what codes mean: everybody reads it; clinicians write what they work with.
  ['crus rs rs rs rs rs cruds', 'Questionnaire Library PlanDefinition ActivityDefinition ValueSet'],
  [
    'rs rs rs rs rs rs cruds',
    'CapabilityStatement CodeSystem CompartmentDefinition ConceptMap DeviceDefinition GraphDefinition ImplementationGuide Measure MessageDefinition NamingSystem ObservationDefinition OperationDefinition SearchParameter SpecimenDefinition StructureDefinition StructureMap Substance TerminologyCapabilities',
  ],
  // What no role but the administrator's has a use for.
  [
    '- - - - - - cruds',
    'BiologicallyDerivedProduct CatalogEntry EffectEvidenceSynthesis EventDefinition Evidence EvidenceVariable ExampleScenario Linkage MeasureReport MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageHeader OperationOutcome Parameters Bundle ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject RiskEvidenceSynthesis Subscription SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification TestReport TestScript VerificationResult',
  ],
]

export type StaffRole = (typeof staff)[number]

/** What a role may do with a resource: letters. */
export interface Allowed {
  readonly any: string
  /** With those that are theirs. */
  readonly theirs: string
}

const table = new Map(
  lines.flatMap(([cells, types]) => types.split(' ').map((type) => [type, cells.split(' ')] as const)),
)

export const namedTypes: ReadonlySet<string> = new Set(table.keys())

export function allowedTo(role: StaffRole, type: string): Allowed {
  const [any = '', more = ''] = (table.get(type)?.[staff.indexOf(role)] ?? '-').replaceAll('-', '').split('/')
  return { any, theirs: any + more }
}

/** What patients and those who act for them may do with what is part of their record, beside reading and finding it. */
const patientWrites: Readonly<Record<string, string>> = {
  Patient: 'u',
  RelatedPerson: 'u',
  ...Object.fromEntries(
    [
      'Appointment',
      'AppointmentResponse',
      'Communication',
      'Consent',
      'DocumentReference',
      'QuestionnaireResponse',
    ].map((type) => [type, 'cu']),
  ),
  Task: 'cu',
  ...Object.fromEntries(
    ['AllergyIntolerance', 'Binary', 'Device', 'Goal', 'MedicationStatement', 'Observation'].map((type) => [type, 'c']),
  ),
}

export function patientAllowed(type: string): string {
  return `rs${patientWrites[type] ?? ''}`
}

/** What tells nothing of anybody's health, and may be read by all who have signed in. */
export const commonTypes: ReadonlySet<string> = new Set(
  lines
    .filter(([cells]) => !cells.replace(/ cruds$/, '').includes('-'))
    .flatMap(([, types]) => types.split(' '))
    .filter((type) => !['Patient', 'Account', 'Coverage', 'Encounter', 'Task'].includes(type)),
)

/** Elements of what a role works with that are none of its business: not shown, not searched, not written. */
const notes: Partial<Record<StaffRole, Readonly<Record<string, readonly string[]>>>> = {
  receptionist: {
    Appointment: ['reasonCode', 'reasonReference', 'comment', 'supportingInformation'],
    AppointmentResponse: ['comment'],
    Encounter: ['reasonCode', 'reasonReference', 'diagnosis', 'hospitalization'],
  },
  biller: {
    Appointment: ['comment'],
    ...Object.fromEntries(['Condition', 'Immunization', 'Procedure', 'ServiceRequest'].map((type) => [type, ['note']])),
  },
}

/** With those elements of a type goes the narrative, which tells the same. */
export function hiddenFrom(role: StaffRole, type: string): readonly string[] {
  const names = notes[role]?.[type]
  return names ? [...names, 'text', 'contained'] : []
}
