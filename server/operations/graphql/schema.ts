/**
 * The GraphQL schema: all of R4, made from the definitions when it is first used.
 * https://hl7.org/fhir/R4/graphql.html#conformance
 */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInterfaceType,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  getNamedType,
  isListType,
  isObjectType,
} from 'graphql'
import type { Definitions } from '../../fhir/definitions.ts'
import type { SearchIndexes } from '../../fhir/search/search-indexes.ts'
import { directives } from './directives.ts'
import { createElementTypes, graphqlName, selectingArguments } from './element-types.ts'
import { fhirTypeOf, resolveElement } from './elements.ts'
import { searchScalars } from './scalars.ts'
import type { SearchField } from './search-arguments.ts'
import { createSearchFields, cursorArguments, reverseArguments, searchArguments } from './search-fields.ts'

export interface Schemas {
  /** For queries that begin by reading or searching. */
  readonly system: GraphQLSchema
  /** For queries that begin in a resource of a type. */
  instance(type: string): GraphQLSchema
}

const known = new WeakMap<SearchIndexes, Schemas>()

/** The schemas for these search parameters, which are made once. */
export function schemasFor(definitions: Definitions, indexes: SearchIndexes): Schemas {
  const schemas = known.get(indexes) ?? createSchemas(definitions, indexes)
  known.set(indexes, schemas)
  return schemas
}

export function createSchemas(definitions: Definitions, indexes: SearchIndexes): Schemas {
  const all = new Map<string, GraphQLObjectType | GraphQLInterfaceType>()
  const searches = createSearchFields(definitions, indexes, all)
  const { types } = createElementTypes(definitions, (type) => searches.reverse(type))
  for (const [name, type] of types) all.set(name, type)
  const query = new GraphQLObjectType({ name: 'Query', fields: () => searches.root })
  const system = schemaOf(query, types)
  // Not before: the schema would look at the type of every argument of every field.
  giveArguments([query, ...types.values()], definitions, indexes)

  const instances = new Map<string, GraphQLSchema>()
  return {
    system,
    instance(type) {
      const schema = instances.get(type) ?? schemaOf(types.get(type) as GraphQLObjectType, types)
      instances.set(type, schema)
      return schema
    },
  }
}

function schemaOf(
  query: GraphQLObjectType,
  types: ReadonlyMap<string, GraphQLObjectType | GraphQLInterfaceType>,
): GraphQLSchema {
  // It is valid by construction, which a test checks: checking it here would take longer than making it.
  const all = [...[...types.values()].filter(isObjectType), ...searchScalars]
  return new GraphQLSchema({ query, types: all, directives, assumeValid: true })
}

type Arguments = readonly GraphQLArgument[]

/**
 * Thousands of fields have the same arguments as others: hundreds of searches for what refers to a resource take the
 * parameters of the same type. Those share one list, which makes the schema in a tenth of the time and space.
 */
function giveArguments(
  types: readonly (GraphQLObjectType | GraphQLInterfaceType)[],
  definitions: Definitions,
  indexes: SearchIndexes,
): void {
  const remember = memory<Arguments>()
  const further = { reverse: argumentList('Search', reverseArguments), paged: argumentList('Search', cursorArguments) }
  const searching = (type: string) =>
    remember(`search ${type}`, () => argumentList(`${type}List`, searchArguments(type, indexes)))
  const argumentsOf = (field: GraphQLField<unknown, unknown>): Arguments | undefined => {
    const search = field.extensions['search'] as SearchField | undefined
    if (search) {
      const { type, reverse, paged } = search
      if (reverse) return remember(`in ${type}`, () => [...further.reverse, ...searching(type)])
      return paged ? [...searching(type), ...further.paged] : searching(type)
    }
    const type = field.resolve === resolveElement ? fhirTypeOf(getNamedType(field.type)) : undefined
    if (type === undefined) return undefined
    const many = isListType(field.type)
    return remember(`${type} ${many}`, () =>
      argumentList(graphqlName(type), selectingArguments(type, many, definitions)),
    )
  }
  for (const type of types) {
    for (const field of Object.values(type.getFields())) {
      const shared = argumentsOf(field)
      if (shared) field.args = shared
    }
  }
}

function memory<T>(): (name: string, make: () => T) => T {
  const known = new Map<string, T>()
  return (name, make) => {
    const value = known.get(name) ?? make()
    known.set(name, value)
    return value
  }
}

/** Arguments are made with a field: this one is part of no schema. */
function argumentList(name: string, args: GraphQLFieldConfigArgumentMap): Arguments {
  const owner = new GraphQLObjectType({ name: 'Any', fields: { [name]: { type: GraphQLString, args } } })
  return owner.getFields()[name]!.args
}
