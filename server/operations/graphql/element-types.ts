/**
 * Resource types, data types and backbone elements as GraphQL types. Fields are named as in JSON: `valueQuantity`, and
 * `_birthDate` for the extensions of a primitive. https://hl7.org/fhir/R4/graphql.html#fields
 */
import {
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql'
import type { Definitions, Property, TypeDefinition } from '../../fhir/definitions.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { resolveElement } from './elements.ts'
import type { Execution } from './execution.ts'
import { resolveReference } from './references.ts'
import { primitiveScalar } from './scalars.ts'

export type Source = JsonObject
export type FieldConfig = GraphQLFieldConfig<Source, Execution>
export type FieldConfigs = GraphQLFieldConfigMap<Source, Execution>

export interface ElementTypes {
  /** By FHIR name: `Patient`, `HumanName`, `Patient.contact`. */
  readonly types: ReadonlyMap<string, GraphQLObjectType | GraphQLInterfaceType>
  /** The names of the resource types. */
  readonly resourceTypes: GraphQLEnumType
}

/** `PatientContact` for `Patient.contact`. */
export function graphqlName(type: string): string {
  return type
    .split('.')
    .map((part) => part[0]!.toUpperCase() + part.slice(1))
    .join('')
}

/** `more` gives the fields of a resource type that are no elements: searches for what refers to it. */
export function createElementTypes(definitions: Definitions, more: (type: string) => FieldConfigs): ElementTypes {
  const types = new Map<string, GraphQLObjectType | GraphQLInterfaceType>()
  const resourceTypes = new GraphQLEnumType({
    name: 'ResourceType',
    values: Object.fromEntries(definitions.resourceTypes.map((type) => [type, {}])),
  })
  const world: World = { definitions, types, resourceTypes, elementBase: elementBase(types), configs: new Map() }
  for (const type of definitions.types.values()) {
    if (type.kind === 'primitive') continue
    const fields = () =>
      type.kind === 'resource' ? Object.assign(fieldsOf(type, world), more(type.name)) : fieldsOf(type, world)
    types.set(type.name, type.kind === 'resource' ? resourceType(type, fields, world) : complexType(type, fields))
  }
  return { types, resourceTypes }
}

/**
 * The arguments that select among the values of a complex type. Values of any type, as extensions have, are selected by
 * `fhirpath`: one argument for each type would be most of the schema. https://hl7.org/fhir/R4/graphql.html#list
 */
export function selectingArguments(
  type: string,
  many: boolean,
  definitions: Definitions,
): GraphQLFieldConfigArgumentMap {
  const properties = [...definitions.properties(type)!.values()].filter(
    ({ primitive, element }) => primitive && element.types.length < openChoice,
  )
  return {
    ...Object.fromEntries(properties.map(({ name, type: { code } }) => [name, { type: primitiveScalar(code) }])),
    fhirpath: { type: GraphQLString },
    ...(many && { _offset: { type: GraphQLInt }, _count: { type: GraphQLInt } }),
  }
}

/** An element with so many types takes any. */
const openChoice = 20

interface World {
  readonly definitions: Definitions
  readonly types: ReadonlyMap<string, GraphQLObjectType | GraphQLInterfaceType>
  readonly resourceTypes: GraphQLEnumType
  readonly elementBase: GraphQLObjectType
  /** Fields by their type and whether they repeat: most of the thousands are alike. */
  readonly configs: Map<string, FieldConfig>
}

function resourceType(
  type: TypeDefinition,
  fields: () => FieldConfigs,
  world: World,
): GraphQLObjectType | GraphQLInterfaceType {
  const name = graphqlName(type.name)
  const interfaces = () => basesOf(type, world) as GraphQLInterfaceType[]
  const extensions = { fhirType: type.name }
  if (!type.abstract) return new GraphQLObjectType({ name, fields, interfaces, extensions })
  return new GraphQLInterfaceType({
    name,
    fields,
    interfaces,
    resolveType: ({ resourceType }) => resourceType as string,
    extensions,
  })
}

/** `Resource` and, for most, `DomainResource`. */
function basesOf(type: TypeDefinition, { definitions, types }: World): GraphQLNamedType[] {
  const bases: GraphQLNamedType[] = []
  for (let base = type.base; base !== undefined; base = definitions.types.get(base)?.base) {
    const known = types.get(base)
    if (known) bases.push(known)
  }
  return bases
}

function complexType(type: TypeDefinition, fields: () => FieldConfigs): GraphQLObjectType {
  const extensions = { fhirType: type.name }
  return new GraphQLObjectType({ name: graphqlName(type.name), fields, extensions })
}

function elementBase(types: World['types']): GraphQLObjectType {
  return new GraphQLObjectType({
    name: 'ElementBase',
    fields: () => ({
      id: { type: GraphQLString },
      extension: { type: new GraphQLList(types.get('Extension')!), resolve: resolveElement },
    }),
  })
}

function fieldsOf(type: TypeDefinition, world: World): FieldConfigs {
  const fields: FieldConfigs = {}
  if (type.kind === 'resource') fields['resourceType'] = { type: primitiveScalar('code') }
  for (const property of world.definitions.properties(type.name)!.values()) {
    fields[property.name] = fieldOf(property, world)
    if (property.primitive && !bare.has(property.name)) fields[`_${property.name}`] = extensionsField(property, world)
  }
  if (type.name === 'Reference') fields['resource'] = referenceField(world)
  return fields
}

/** Primitives that have no extensions: they are attributes, and the text of narratives. */
const bare: ReadonlySet<string> = new Set(['id', 'div'])

function fieldOf({ type: { code }, many, primitive }: Property, { types, configs }: World): FieldConfig {
  const name = `${code} ${many}`
  const known = configs.get(name)
  if (known) return known
  const type = primitive ? primitiveScalar(code) : types.get(code)!
  const resolves = many || !primitive
  const config = { type: many ? new GraphQLList(type) : type, ...(resolves && { resolve: resolveElement }) }
  configs.set(name, config)
  return config
}

function extensionsField({ many }: Property, { configs, elementBase }: World): FieldConfig {
  const name = `_ ${many}`
  const config = configs.get(name) ?? { type: many ? new GraphQLList(elementBase) : elementBase }
  configs.set(name, config)
  return config
}

/** https://hl7.org/fhir/R4/graphql.html#references */
function referenceField({ types, resourceTypes }: World): FieldConfig {
  return {
    type: types.get('Resource')!,
    args: { optional: { type: GraphQLBoolean, default: { value: false } }, type: { type: resourceTypes } },
    resolve: resolveReference,
  }
}
