/**
 * The element model, search parameters and compartments that the rest of the server is driven by.
 * `packages.ts` compiles the published definitions into `CompactDefinitions`; this file indexes them for look-up.
 */

/** One allowed type of an element; `targets` are the resource types that a Reference or canonical may point at. */
export interface ElementType {
  readonly code: string
  readonly targets?: readonly string[]
}

/** One element of a type, named as in the definition without `[x]`. `max` is `Infinity` at run time for `*`. */
export interface ElementDefinition {
  readonly name: string
  readonly min: number
  readonly max: number
  readonly types: readonly ElementType[]
  /** True for `value[x]`: in JSON the type's name is appended. */
  readonly choice?: boolean
  readonly summary?: boolean
  readonly modifier?: boolean
  readonly binding?: { readonly strength: string; readonly valueSet: string }
}

/** A resource type, data type, or backbone element (named by its path, such as `Patient.contact`). */
export interface TypeDefinition {
  readonly name: string
  readonly kind: 'resource' | 'complex' | 'primitive' | 'backbone'
  readonly abstract?: boolean
  readonly base?: string
  readonly elements: readonly ElementDefinition[]
}

export type SearchParameterType =
  | 'number'
  | 'date'
  | 'string'
  | 'token'
  | 'reference'
  | 'composite'
  | 'quantity'
  | 'uri'
  | 'special'

/** The parts of a SearchParameter resource that searching needs. https://hl7.org/fhir/R4/searchparameter.html */
export interface SearchParameter {
  readonly url: string
  readonly code: string
  readonly type: SearchParameterType
  readonly base: readonly string[]
  readonly expression?: string
  readonly target?: readonly string[]
  readonly component?: readonly { readonly definition: string; readonly expression: string }[]
  readonly description?: string
}

/** The parts of an OperationDefinition that routing and the CapabilityStatement need. */
export interface OperationDefinition {
  readonly url: string
  readonly code: string
  readonly resource: readonly string[]
  readonly system: boolean
  readonly type: boolean
  readonly instance: boolean
  readonly affectsState: boolean
}

/** What the cache file holds. `compartments[compartment][memberType]` lists search parameter codes. */
export interface CompactDefinitions {
  readonly types: readonly TypeDefinition[]
  readonly searchParameters: readonly SearchParameter[]
  readonly operations: readonly OperationDefinition[]
  readonly compartments: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  /** Codes by value set, for every required binding of a `code` element whose value set can be listed. */
  readonly requiredCodes: Readonly<Record<string, readonly string[]>>
}

/** A JSON property of a type: `valueQuantity` is the property of element `value` with type `Quantity`. */
export interface Property {
  readonly name: string
  readonly element: ElementDefinition
  readonly type: ElementType
  readonly many: boolean
  readonly primitive: boolean
  /** Position in the definition: the order of elements in XML. */
  readonly order: number
}

export interface Definitions {
  readonly types: ReadonlyMap<string, TypeDefinition>
  /** Concrete resource types, sorted by name. */
  readonly resourceTypes: readonly string[]
  readonly compartments: CompactDefinitions['compartments']
  readonly operations: readonly OperationDefinition[]
  /** The codes of a required value set by its URL; absent where they cannot be listed. */
  readonly requiredCodes: ReadonlyMap<string, ReadonlySet<string>>
  isResourceType(name: string): boolean
  isPrimitive(type: string): boolean
  /** The JSON properties of a type by name, in definition order; undefined for an unknown type. */
  properties(type: string): ReadonlyMap<string, Property> | undefined
  /** Search parameters that apply to a resource type, those of Resource and DomainResource included, by code. */
  searchParameters(type: string): ReadonlyMap<string, SearchParameter>
}

/** Indexes compiled definitions. Pure; the result is immutable and shared by the whole process. */
export function createDefinitions(compact: CompactDefinitions): Definitions {
  const types = new Map(compact.types.map((type) => [type.name, revive(type)]))
  const resourceTypes = compact.types
    .filter((type) => type.kind === 'resource' && !type.abstract)
    .map((type) => type.name)
    .sort()
  const resourceTypeSet = new Set(resourceTypes)
  const isPrimitive = (type: string) => types.get(type)?.kind === 'primitive'
  const properties = memoize((type: string) => propertiesOf(types.get(type), isPrimitive))
  const searchParameters = memoize((type: string) => parametersOf(type, compact.searchParameters))

  return {
    types,
    resourceTypes,
    compartments: compact.compartments,
    operations: compact.operations,
    requiredCodes: new Map(Object.entries(compact.requiredCodes).map(([url, codes]) => [url, new Set(codes)])),
    isResourceType: (name) => resourceTypeSet.has(name),
    isPrimitive,
    properties,
    searchParameters,
  }
}

/** `valueQuantity` for element `value` and type `Quantity`; the plain name where the element has one type. */
export function jsonName(element: ElementDefinition, type: ElementType): string {
  return element.choice ? element.name + type.code[0]!.toUpperCase() + type.code.slice(1) : element.name
}

/** JSON has no Infinity: the cache writes -1 for `*`. */
function revive(type: TypeDefinition): TypeDefinition {
  const elements = type.elements.map((element) => (element.max === -1 ? { ...element, max: Infinity } : element))
  return { ...type, elements }
}

function propertiesOf(type: TypeDefinition | undefined, isPrimitive: (type: string) => boolean) {
  if (!type) return undefined
  const properties = new Map<string, Property>()
  type.elements.forEach((element, order) => {
    for (const elementType of element.types) {
      const name = jsonName(element, elementType)
      const primitive = isPrimitive(elementType.code)
      properties.set(name, { name, element, type: elementType, many: element.max > 1, primitive, order })
    }
  })
  return properties
}

function parametersOf(type: string, parameters: readonly SearchParameter[]): ReadonlyMap<string, SearchParameter> {
  const bases = new Set([type, 'DomainResource', 'Resource'])
  return new Map(parameters.filter((p) => p.base.some((base) => bases.has(base))).map((p) => [p.code, p]))
}

function memoize<V>(compute: (key: string) => V): (key: string) => V {
  const known = new Map<string, V>()
  return (key) => {
    let value = known.get(key)
    if (value === undefined) {
      value = compute(key)
      known.set(key, value)
    }
    return value
  }
}
