/**
 * Answers introspection. The schema has hundreds of thousands of arguments, most of them shared: what was put out for one
 * of its parts is put out again as the same text wherever that part occurs.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql'
import { fragmentsOf, tooCostly } from './limits.ts'

type VariableValues = Parameters<typeof getArgumentValues>[2]

/** Longest text that introspection may put out. */
const longest = 60_000_000

const metaFields = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]))

export interface Introspection {
  /** The query with a stand-in for what introspection answers. */
  readonly document: DocumentNode
  /** The answer under a name of the result's root, as JSON; undefined where it is no introspection. */
  answer(key: string, variables: VariableValues): string | undefined
}

/** Takes `__schema` and `__type` out of a valid query; undefined where it has neither. */
export function takeIntrospection(given: DocumentNode, schema: GraphQLSchema): Introspection | undefined {
  const asked = new Map<string, FieldNode[]>()
  const document = visit(given, {
    Field(node) {
      const { name, alias } = node
      if (!metaFields.has(name.value)) return undefined
      const key = (alias ?? name).value
      asked.set(key, [...(asked.get(key) ?? []), node])
      const { selectionSet: _, arguments: __, ...rest } = node
      const standIn = { kind: Kind.NAME, value: '__typename' }
      return { ...rest, alias: { kind: Kind.NAME, value: key }, name: standIn }
    },
  })
  if (asked.size === 0) return undefined
  const fragments = fragmentsOf(given)
  let left = longest
  return {
    document,
    answer(key, variables) {
      const nodes = asked.get(key)
      if (!nodes) return undefined
      const memories = { numbers: new Map(), lists: new Map(), groups: new Map(), texts: new Map() }
      const text = answerFields(nodes, { schema, fragments, variables, longest: left, ...memories })
      left -= text.length
      return text
    },
  }
}

/** Nodes of one name: one list for the same nodes, so that texts can be remembered by it. */
type Nodes = readonly FieldNode[]

interface World {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variables: VariableValues
  readonly longest: number
  readonly numbers: Map<FieldNode, number>
  readonly lists: Map<string, Nodes>
  readonly groups: Map<Nodes, Map<GraphQLObjectType, readonly Group[]>>
  /** Texts by what was asked for and the object that was asked. */
  readonly texts: Map<Nodes, Map<unknown, string>>
}

/** A field of an introspection type as it was asked for. */
interface Group {
  readonly name: string
  readonly nodes: Nodes
  readonly field: GraphQLField<unknown, unknown>
  readonly resolve: (source: unknown) => unknown
}

function answerFields(nodes: readonly FieldNode[], world: World): string {
  const field = metaFields.get(nodes[0]!.name.value)!
  const group = groupOf('', nodes, field, world)
  return textOf(group.resolve(undefined), field.type, group.nodes, world)
}

function textOf(value: unknown, type: GraphQLOutputType, nodes: Nodes, world: World): string {
  if (isNonNullType(type)) return textOf(value, type.ofType, nodes, world)
  if (value === undefined || value === null) return 'null'
  if (isListType(type)) {
    let text = ''
    // Pieces are put together when all are known: `join` would copy them at every level.
    for (const item of value as Iterable<unknown>) text += (text && ',') + textOf(item, type.ofType, nodes, world)
    return checked(`[${text}]`, world)
  }
  if (isLeafType(type)) return JSON.stringify(type.coerceOutputValue(value))
  return objectText(value, type as GraphQLObjectType, nodes, world)
}

function objectText(value: unknown, type: GraphQLObjectType, nodes: Nodes, world: World): string {
  const texts = memory(world.texts, nodes)
  const known = texts.get(value)
  if (known !== undefined) return known
  let members = ''
  for (const group of groupsOf(type, nodes, world)) {
    members += `${members && ','}${group.name}:${memberText(value, group, world)}`
  }
  const text = checked(`{${members}}`, world)
  texts.set(value, text)
  return text
}

/** Lists of arguments are shared by fields, but come out of their resolver as new ones. */
function memberText(value: unknown, { field, nodes, resolve }: Group, world: World): string {
  if (field.name !== 'args') return textOf(resolve(value), field.type, nodes, world)
  const texts = memory(world.texts, nodes)
  const { args } = value as GraphQLField<unknown, unknown>
  const text = texts.get(args) ?? textOf(resolve(value), field.type, nodes, world)
  texts.set(args, text)
  return text
}

function checked(text: string, { longest: most }: World): string {
  if (text.length <= most) return text
  throw tooCostly('So much of the schema cannot be put out at once. Ask for single types.')
}

function groupsOf(type: GraphQLObjectType, nodes: Nodes, world: World): readonly Group[] {
  const byType = memory(world.groups, nodes)
  const known = byType.get(type)
  if (known) return known
  const found = new Map<string, FieldNode[]>()
  const seen = new Set<string>()
  for (const { selectionSet } of nodes) if (selectionSet) collect(selectionSet, type, found, seen, world)
  const groups = [...found].map(([key, same]) => {
    const name = same[0]!.name.value
    return groupOf(key, same, name === '__typename' ? TypeNameMetaFieldDef : type.getFields()[name]!, world, type)
  })
  byType.set(type, groups)
  return groups
}

function collect(
  set: SelectionSetNode,
  type: GraphQLObjectType,
  found: Map<string, FieldNode[]>,
  seen: Set<string>,
  world: World,
): void {
  for (const selection of set.selections) {
    if (isLeftOut(selection, world)) continue
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value
      found.set(key, [...(found.get(key) ?? []), selection])
      continue
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      if (seen.has(selection.name.value)) continue
      seen.add(selection.name.value)
    }
    const part = selection.kind === Kind.FRAGMENT_SPREAD ? world.fragments.get(selection.name.value)! : selection
    const condition = part.typeCondition?.name.value
    if (condition === undefined || condition === type.name) collect(part.selectionSet, type, found, seen, world)
  }
}

function isLeftOut(selection: SelectionNode, { variables }: World): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] === true ||
    getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] === false
  )
}

function groupOf(
  key: string,
  nodes: readonly FieldNode[],
  field: GraphQLField<unknown, unknown>,
  world: World,
  parentType?: GraphQLObjectType,
): Group {
  const given = getArgumentValues(field, nodes[0]!, world.variables)
  const info = { schema: world.schema, parentType } as unknown as GraphQLResolveInfo
  return {
    name: JSON.stringify(key),
    nodes: listOf(nodes, world),
    field,
    resolve: (source) => field.resolve!(source, given, undefined, info),
  }
}

/** The one list for these nodes. */
function listOf(nodes: readonly FieldNode[], { numbers, lists }: World): Nodes {
  const name = nodes.map((node) => {
    const number = numbers.get(node) ?? numbers.size
    numbers.set(node, number)
    return number
  })
  const list = lists.get(name.join()) ?? nodes
  lists.set(name.join(), list)
  return list
}

function memory<K, V>(maps: Map<K, Map<unknown, V>>, key: K): Map<unknown, V> {
  const map = maps.get(key) ?? new Map<unknown, V>()
  maps.set(key, map)
  return map
}
