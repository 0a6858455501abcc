/** What the server can do, derived from what is routed. https://hl7.org/fhir/R4/capabilitystatement.html */
import type {
  CapabilityStatement,
  CapabilityStatementRest,
  CapabilityStatementRestResource,
  CapabilityStatementRestResourceOperation,
  CapabilityStatementRestResourceSearchParam,
  CapabilityStatementRestSecurity,
  TerminologyCapabilities,
} from '@medplum/fhirtypes'
import type { Definitions } from './definitions.ts'
import type { IndexedParameter } from './search/search-index.ts'
import type { SearchIndexes } from './search/search-indexes.ts'

/** What of a row of the table of interactions is told to clients. */
export interface RoutedInteraction {
  readonly code: string
  readonly method: string
  readonly path: string
}

/** What of a row of the table of operations is told to clients. */
export interface RoutedOperation {
  readonly code: string
  readonly levels: readonly string[]
  readonly types?: readonly string[]
  readonly definition: string
}

export interface AuthorizationEndpoints {
  readonly authorize: string
  readonly token: string
  readonly register: string
  readonly introspect: string
  readonly revoke: string
  readonly manage: string
}

export interface CapabilitySource {
  readonly base: string
  /** An instant. */
  readonly date: string
  readonly version: string
  readonly definitions: Definitions
  readonly indexes: SearchIndexes
  readonly interactions: readonly RoutedInteraction[]
  readonly operations: readonly RoutedOperation[]
  /** Canonicals of the profiles that are installed, by resource type. */
  readonly profiles: ReadonlyMap<string, readonly string[]>
  /** Where tokens are got; absent where none are needed. */
  readonly authorization?: AuthorizationEndpoints
  /** How many resources one conditional delete may delete. */
  readonly conditionalDelete: 'single' | 'multiple'
}

/** `normative` leaves out the types that R4 does not guarantee to stay as they are. */
export function capabilityStatement(source: CapabilitySource, mode: 'full' | 'normative'): CapabilityStatement {
  const types = source.definitions.resourceTypes.filter((type) => mode === 'full' || normativeTypes.has(type))
  return {
    resourceType: 'CapabilityStatement',
    ...identity(source),
    name: 'Candela',
    title: 'Candela FHIR server',
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'application/fhir+xml', 'json', 'xml'],
    ...(offers(source, 'patch') && {
      patchFormat: ['application/json-patch+json', 'application/fhir+json', 'application/fhir+xml'],
    }),
    rest: [restOf(source, types)],
  }
}

/** https://hl7.org/fhir/R4/terminologycapabilities.html */
export function terminologyCapabilities(source: CapabilitySource): TerminologyCapabilities {
  return {
    resourceType: 'TerminologyCapabilities',
    ...identity(source),
    name: 'CandelaTerminology',
    title: 'Terminology of the Candela FHIR server',
  }
}

/** https://hl7.org/fhir/R4/resourcelist.html, standards status */
const normativeTypes = new Set([
  'Binary',
  'Bundle',
  'CapabilityStatement',
  'CodeSystem',
  'Observation',
  'OperationDefinition',
  'OperationOutcome',
  'Parameters',
  'Patient',
  'StructureDefinition',
  'ValueSet',
])

function identity({ base, date, version }: CapabilitySource) {
  return {
    version,
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'Candela', version },
    implementation: { description: 'Candela FHIR server', url: base },
  } as const
}

function offers({ interactions }: CapabilitySource, code: string): boolean {
  return interactions.some((interaction) => interaction.code === code)
}

function restOf(source: CapabilitySource, types: readonly string[]): CapabilityStatementRest {
  const interaction = systemCodes.filter((code) => offers(source, code === 'batch' ? 'transaction' : code))
  const operation = operationsAt(source, ({ levels }) => levels.includes('system'))
  const compartments = source.interactions.some(({ path }) => path.startsWith(':type/:id/:'))
  const reverse = includesByTarget(source)
  return {
    mode: 'server',
    security: { cors: true, ...(source.authorization && smartSecurity(source.authorization)) },
    resource: types.map((type) => resourceOf(source, type, reverse)),
    ...(interaction.length > 0 && { interaction: interaction.map((code) => ({ code })) }),
    ...(offers(source, 'search-type') && { searchParam: systemParameters }),
    ...(operation.length > 0 && { operation }),
    ...(compartments && {
      compartment: Object.keys(source.definitions.compartments).map(
        (code) => `http://hl7.org/fhir/CompartmentDefinition/${code.toLowerCase()}`,
      ),
    }),
  } as CapabilityStatementRest
}

/** https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#declaring-support-for-oauth2-endpoints */
function smartSecurity(
  endpoints: AuthorizationEndpoints,
): Pick<CapabilityStatementRestSecurity, 'extension' | 'service'> {
  const service = 'http://terminology.hl7.org/CodeSystem/restful-security-service'
  return {
    extension: [
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: Object.entries(endpoints).map(([url, valueUri]) => ({ url, valueUri })),
      },
    ],
    service: [{ coding: [{ system: service, code: 'SMART-on-FHIR' }], text: 'OAuth2 using SMART-on-FHIR profile' }],
  }
}

/** https://hl7.org/fhir/R4/valueset-system-restful-interaction.html; transactions and batches share their URL. */
const systemCodes = ['transaction', 'batch', 'search-system', 'history-system']

/** https://hl7.org/fhir/R4/valueset-type-restful-interaction.html */
const typeCodes = [
  'read',
  'vread',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'create',
  'search-type',
]

/** Parameters of all types that are in no type's index. */
const systemParameters = [
  { name: '_filter', type: 'special', documentation: 'An expression of conditions.' },
  { name: '_has', type: 'special', documentation: 'Resources that others point at: _has:Observation:patient:code=x.' },
  { name: '_list', type: 'special', documentation: 'The members of a List.' },
] satisfies CapabilityStatementRestResourceSearchParam[]

function resourceOf(
  source: CapabilitySource,
  type: string,
  reverse: ReadonlyMap<string, readonly string[]>,
): CapabilityStatementRestResource {
  const codes = typeCodes.filter((code) => offers(source, code))
  const operation = operationsAt(
    source,
    ({ levels, types }) => levels.some((level) => level !== 'system') && (types?.includes(type) ?? true),
  )
  const profiles = source.profiles.get(type) ?? []
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    ...(profiles.length > 0 && { supportedProfile: [...profiles] }),
    interaction: codes.map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: offers(source, 'vread'),
    updateCreate: offers(source, 'update'),
    conditionalCreate: offers(source, 'create') && offers(source, 'search-type'),
    conditionalRead: 'full-support',
    conditionalUpdate: isRouted(source, 'PUT', ':type'),
    conditionalDelete: isRouted(source, 'DELETE', ':type') ? source.conditionalDelete : 'not-supported',
    referencePolicy: ['literal', 'logical'],
    ...(offers(source, 'search-type') && searchOf(source, type, reverse)),
    ...(operation.length > 0 && { operation }),
  } as CapabilityStatementRestResource
}

function isRouted({ interactions }: CapabilitySource, method: string, path: string): boolean {
  return interactions.some((interaction) => interaction.method === method && interaction.path === path)
}

function operationsAt(
  { operations }: CapabilitySource,
  isThere: (operation: RoutedOperation) => boolean,
): CapabilityStatementRestResourceOperation[] {
  return operations.filter(isThere).map(({ code, definition }) => ({ name: code, definition }))
}

function searchOf(
  source: CapabilitySource,
  type: string,
  reverse: ReadonlyMap<string, readonly string[]>,
): Partial<CapabilityStatementRestResource> {
  const parameters = searchable(source, type)
  const includes = parameters.filter((p) => p.type === 'reference').map((p) => `${type}:${p.code}`)
  const reverseIncludes = reverse.get(type) ?? []
  return {
    searchInclude: ['*', ...includes],
    ...(reverseIncludes.length > 0 && { searchRevInclude: [...reverseIncludes] }),
    searchParam: parameters.map(({ code, type, url }) => ({ name: code, definition: url, type })),
  }
}

/** Parameters that find something: named queries do not exist here. */
function searchable({ indexes }: CapabilitySource, type: string): IndexedParameter[] {
  return [...indexes.index(type).parameters.values()].filter(({ code }) => code !== '_query')
}

/** For each type the references that may point at it, as `Observation:subject`. */
function includesByTarget(source: CapabilitySource): ReadonlyMap<string, readonly string[]> {
  const includes = new Map<string, string[]>()
  if (!offers(source, 'search-type')) return includes
  for (const type of source.definitions.resourceTypes) {
    for (const { code, type: kind, targets } of searchable(source, type)) {
      if (kind !== 'reference') continue
      for (const target of new Set(targets)) {
        const known = includes.get(target) ?? []
        includes.set(target, known)
        known.push(`${type}:${code}`)
      }
    }
  }
  return includes
}
