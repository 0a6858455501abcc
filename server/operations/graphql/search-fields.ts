/**
 * The fields that read and search: `Patient`, `PatientList` and `PatientConnection` at the root, and lists of what refers
 * to a resource inside it. https://hl7.org/fhir/R4/graphql.html#searching
 */
import {
  type GraphQLFieldConfigArgumentMap,
  GraphQLInt,
  type GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql'
import type { Definitions } from '../../fhir/definitions.ts'
import type { SearchIndexes } from '../../fhir/search/search-indexes.ts'
import { resolveConnection } from './connections.ts'
import type { FieldConfig, FieldConfigs } from './element-types.ts'
import { resolveList, resolveRead } from './lists.ts'
import { primitiveScalar, searchScalar, searchTypes } from './scalars.ts'
import { refersTo, type SearchField, searchParameters } from './search-arguments.ts'

export interface SearchFields {
  /** The fields of the root. */
  readonly root: FieldConfigs
  /** The searches for what refers to resources of a type. */
  reverse(type: string): FieldConfigs
}

type Types = ReadonlyMap<string, GraphQLObjectType | GraphQLInterfaceType>

/** `types` may be filled later, but before the fields are read. */
export function createSearchFields(definitions: Definitions, indexes: SearchIndexes, types: Types): SearchFields {
  const connections = new Map(definitions.resourceTypes.map((type) => [type, connectionType(type, types)]))
  const fieldsFor = (type: string, reverse: boolean): FieldConfigs => ({
    [`${type}List`]: searchField({ type, reverse, paged: false }, types, connections),
    [`${type}Connection`]: searchField({ type, reverse, paged: true }, types, connections),
  })
  const reverseFields = new Map(definitions.resourceTypes.map((type) => [type, once(() => fieldsFor(type, true))]))
  const sources = once(() => referringTypes(definitions, indexes))
  return {
    get root() {
      return Object.fromEntries(
        definitions.resourceTypes.flatMap((type) => [
          [type, readField(type, types)],
          ...Object.entries(fieldsFor(type, false)),
        ]),
      )
    },
    reverse(type) {
      const fields: FieldConfigs = {}
      for (const source of sources().get(type) ?? []) Object.assign(fields, reverseFields.get(source)!())
      return fields
    },
  }
}

const listArguments = new Map(searchTypes.map((type) => [type, { type: new GraphQLList(searchScalar(type)) }]))

/** The arguments of fields that search for a type: every search parameter, and those that shape the result. */
export function searchArguments(type: string, indexes: SearchIndexes): GraphQLFieldConfigArgumentMap {
  const parameters = [...searchParameters(type, indexes)]
  return {
    ...Object.fromEntries(parameters.map(([name, parameter]) => [name, listArguments.get(parameter.type)!])),
    _filter: { type: GraphQLString },
    _sort: { type: GraphQLString },
    _count: { type: GraphQLInt },
    fhirpath: { type: GraphQLString },
  }
}

/** The further argument of a search inside a resource. */
export const reverseArguments: GraphQLFieldConfigArgumentMap = {
  _reference: { type: new GraphQLNonNull(primitiveScalar('code')) },
}

/** The further arguments of a search in pages at the root: pages of one inside a resource are followed there too. */
export const cursorArguments: GraphQLFieldConfigArgumentMap = {
  _cursor: { type: GraphQLString },
  cursor: { type: GraphQLString },
}

/** By resource type, the types that have a search parameter for references to it. */
function referringTypes(definitions: Definitions, indexes: SearchIndexes): ReadonlyMap<string, readonly string[]> {
  const referring = new Map<string, string[]>(definitions.resourceTypes.map((type) => [type, []]))
  for (const source of definitions.resourceTypes) {
    const parameters = [...indexes.index(source).parameters.values()].filter(({ type }) => type === 'reference')
    const targets = new Set(parameters.flatMap((p) => p.targets.filter((target) => refersTo(p, target))))
    for (const target of targets) referring.get(target)?.push(source)
  }
  return referring
}

function readField(type: string, types: Types): FieldConfig {
  return {
    type: types.get(type)!,
    args: { id: { type: new GraphQLNonNull(primitiveScalar('id')) } },
    resolve: resolveRead,
  }
}

function searchField(search: SearchField, types: Types, connections: Types): FieldConfig {
  return search.paged
    ? { type: connections.get(search.type)!, resolve: resolveConnection, extensions: { search } }
    : { type: new GraphQLList(types.get(search.type)!), resolve: resolveList, extensions: { search } }
}

function connectionType(type: string, types: Types): GraphQLObjectType {
  const id = { type: primitiveScalar('id') }
  const count = { type: GraphQLInt }
  const edge = new GraphQLObjectType({
    name: `${type}Edge`,
    fields: () => ({
      mode: { type: primitiveScalar('code') },
      score: { type: primitiveScalar('decimal') },
      resource: { type: types.get(type)! },
    }),
  })
  return new GraphQLObjectType({
    name: `${type}Connection`,
    fields: () => ({
      count,
      offset: count,
      pagesize: count,
      first: id,
      previous: id,
      next: id,
      last: id,
      edges: { type: new GraphQLList(edge) },
    }),
  })
}

function once<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined
  return () => {
    value ??= { of: compute() }
    return value.of
  }
}
