/** Applies `@flatten`, `@slice` and `@singleton` to a result. https://hl7.org/fhir/R4/graphql.html#flattening */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import { isJsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { hasDirective } from './directives.ts'
import { typeKey } from './rewrite.ts'

type Values = Readonly<Record<string, unknown>>

export interface Reshaping {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly slices: ReadonlyMap<string, readonly string[]>
  readonly renamed: ReadonlyMap<string, string>
  /** Called for what cannot be reshaped; it is null in the result. */
  readonly onError: (error: GraphQLError) => void
}

/** The result with its fields where their directives want them. */
export function reshape(data: Values, set: SelectionSetNode, type: GraphQLObjectType, world: Reshaping): object {
  return shapeObject(data, [set], type, [], world)
}

/** A field as it was asked for: all nodes of one name. */
interface Field {
  readonly key: string
  readonly nodes: readonly FieldNode[]
  readonly type: GraphQLNamedType
  readonly list: boolean
}

/** What is collected for one name of an object in the result. */
interface Entry {
  readonly values: unknown[]
  readonly type: GraphQLNamedType
  many: boolean
  single: boolean
  /** A null or an empty list that GraphQL itself would put out. */
  empty?: null | []
  failed?: boolean
}

/** Where the fields of an object go: into an object of the result, under names with a suffix. */
interface Target {
  readonly entries: Map<string, Entry>
  readonly suffix: string
  /** The fields are collected from a list that is flattened. */
  readonly listed: boolean
  readonly flattened: boolean
}

type Path = readonly (string | number)[]

function shapeObject(
  value: Values,
  sets: readonly SelectionSetNode[],
  declared: GraphQLNamedType,
  path: Path,
  world: Reshaping,
): object {
  const entries = new Map<string, Entry>()
  collectObject(value, sets, declared, path, { entries, suffix: '', listed: false, flattened: false }, world)
  return Object.fromEntries([...entries].map(([name, entry]) => [name, entryValue(entry)]))
}

function collectObject(
  value: Values,
  sets: readonly SelectionSetNode[],
  declared: GraphQLNamedType,
  path: Path,
  target: Target,
  world: Reshaping,
): void {
  const named = value[typeKey]
  const type = typeof named === 'string' ? world.schema.getType(named) : declared
  if (!isObjectType(type)) return
  for (const field of fieldsOf(sets, type, world)) {
    // Left out by @skip or @include.
    if (field.key in value) collectField(value[field.key], field, [...path, field.key], target, world)
  }
}

function collectField(value: unknown, field: Field, path: Path, target: Target, world: Reshaping): void {
  const { nodes, list } = field
  const flatten = hasDirective(nodes, 'flatten')
  const suffixes = world.slices.get(path.join('.'))
  const inner = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  const values = Array.isArray(value) ? value : value === null ? [] : [value]
  const name = (world.renamed.get(field.key) ?? field.key) + target.suffix
  if (!flatten && !suffixes) {
    const empty = value === null ? null : values.length === 0 ? ([] as []) : undefined
    if (values.length === 0 && !target.flattened && !hasDirective(nodes, 'slice')) {
      entryFor(name, field, target).empty = empty ?? null
    }
  }
  values.forEach((item, i) => {
    const itemPath = Array.isArray(value) ? [...path, i] : path
    const suffix = suffixes ? `.${suffixes[i]}` : ''
    if (flatten) {
      const into = { ...target, suffix: target.suffix + suffix, listed: target.listed || list, flattened: true }
      if (isJsonObject(item)) collectObject(item, inner, field.type, itemPath, into, world)
      return
    }
    const shaped = isJsonObject(item) && inner.length > 0 ? shapeObject(item, inner, field.type, itemPath, world) : item
    if (shaped !== null || !target.flattened) addValue(name + suffix, shaped, field, path, target, world)
  })
}

function addValue(name: string, value: unknown, field: Field, path: Path, target: Target, world: Reshaping): void {
  const entry = entryFor(name, field, target)
  if (entry.failed) return
  entry.values.push(value)
  const fail = (reason: string) => {
    entry.failed = true
    const originalError = new OutcomeError('invalid-graphql', { reason })
    world.onError(new GraphQLError(originalError.message, { nodes: field.nodes, path, originalError }))
  }
  if (entry.type !== field.type) fail(`'${name}' would hold values of the types ${entry.type} and ${field.type}.`)
  else if (entry.single && entry.values.length > 1) fail(`'${name}' is a singleton, but there are several values.`)
}

function entryFor(name: string, { nodes, list, type }: Field, { entries, listed }: Target): Entry {
  const entry = entries.get(name) ?? { values: [], type, many: false, single: false }
  entries.set(name, entry)
  if (hasDirective(nodes, 'singleton')) entry.single = true
  else if (list || listed) entry.many = true
  return entry
}

function entryValue({ values, many, single, empty, failed }: Entry): unknown {
  if (failed) return null
  if (single) return values[0] ?? null
  if (values.length === 0 && empty !== undefined) return empty
  const present = many ? values : values.filter((value) => value !== null)
  return many || present.length > 1 ? present : (present[0] ?? null)
}

/** The fields that an object of `type` has in the selections, in order. */
function fieldsOf(sets: readonly SelectionSetNode[], type: GraphQLObjectType, world: Reshaping): readonly Field[] {
  const nodes = new Map<string, FieldNode[]>()
  const seen = new Set<string>()
  for (const set of sets) collectNodes(set, type, nodes, seen, world)
  nodes.delete(typeKey)
  return [...nodes].map(([key, found]) => {
    const definition = world.schema.getField(type, found[0]!.name.value)!
    return { key, nodes: found, type: getNamedType(definition.type), list: isListType(definition.type) }
  })
}

function collectNodes(
  set: SelectionSetNode,
  type: GraphQLObjectType,
  nodes: Map<string, FieldNode[]>,
  seen: Set<string>,
  world: Reshaping,
): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value
      nodes.set(key, [...(nodes.get(key) ?? []), selection])
      continue
    }
    const part = selection.kind === Kind.FRAGMENT_SPREAD ? unseen(selection.name.value, seen, world) : selection
    if (part && applies(part.typeCondition?.name.value, type)) {
      collectNodes(part.selectionSet, type, nodes, seen, world)
    }
  }
}

/** A fragment that was not spread in the same place before. */
function unseen(name: string, seen: Set<string>, { fragments }: Reshaping): FragmentDefinitionNode | undefined {
  if (seen.has(name)) return undefined
  seen.add(name)
  return fragments.get(name)
}

function applies(condition: string | undefined, type: GraphQLObjectType): boolean {
  return (
    condition === undefined || condition === type.name || type.getInterfaces().some(({ name }) => name === condition)
  )
}
