/**
 * Puts a query into the form that GraphQL's own rules know: `resource(type: Patient) { birthDate }` becomes a fragment on
 * Patient. https://hl7.org/fhir/R4/graphql.html#references
 */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isLeafType,
  isObjectType,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { Definitions } from '../../fhir/definitions.ts'
import { isReshaped } from './directives.ts'
import { fhirTypeOf } from './elements.ts'

export interface RewrittenQuery {
  readonly document: DocumentNode
  /** The names that fields have in the result, where they had to get another one in the query. */
  readonly renamed: ReadonlyMap<string, string>
  /** The result is not of the shape that GraphQL gives it. */
  readonly reshaped: boolean
}

/** Carries the type of what an interface stands for through the result, where it is needed to reshape it. */
export const typeKey = '__fhirType'

interface World {
  readonly schema: GraphQLSchema
  readonly definitions: Definitions
  readonly variables: Readonly<Record<string, unknown>>
}

/** Fields that do not exist stay as they are, to be refused. */
export function rewriteQuery(given: DocumentNode, world: World): RewrittenQuery {
  const renamed = new Map<string, string>()
  const info = new TypeInfo(world.schema)
  /** The fields around the one at hand, as far as they are known. */
  const path: { readonly type: string | undefined; readonly field: string }[] = []
  let reshaped = false
  const document = visit(
    given,
    visitWithTypeInfo(info, {
      SelectionSet: (set) => {
        if (info.getParentType()?.name === 'Reference') return tellApart(set, renamed)
        return undefined
      },
      Field: {
        enter(node) {
          reshaped ||= isReshaped(node)
          const parent = info.getParentType()
          const around = path.at(-1)
          path.push({ type: parent ? fhirTypeOf(parent) : undefined, field: node.name.value })
          if (node.name.value !== 'resource' || parent?.name !== 'Reference' || !node.selectionSet) return undefined
          return { ...node, selectionSet: narrow(node, node.selectionSet, targetsOf(around, world), world) }
        },
        leave: () => void path.pop(),
      },
    }),
  )
  reshaped ||= renamed.size > 0
  return { document: reshaped ? withTypes(document, world.schema) : document, renamed, reshaped }
}

/** Several `resource` fields that ask for different types are one in the result. */
function tellApart(set: SelectionSetNode, renamed: Map<string, string>): SelectionSetNode {
  const first = new Map<string, string>()
  const selections = set.selections.map((selection) => {
    if (selection.kind !== Kind.FIELD || selection.name.value !== 'resource') return selection
    const key = selection.alias?.value ?? 'resource'
    const given = (selection.arguments ?? []).map(print).join()
    if (!first.has(key)) first.set(key, given)
    if (first.get(key) === given) return selection
    const value = `${key}__${renamed.size + 1}`
    renamed.set(value, key)
    return withAlias(selection, value)
  })
  return { ...set, selections }
}

function withAlias(node: FieldNode, value: string): FieldNode {
  return { ...node, alias: { kind: Kind.NAME, value } }
}

/** The types that the element with the reference may point at; undefined where that is any. */
function targetsOf(
  around: { readonly type: string | undefined; readonly field: string } | undefined,
  { definitions }: World,
): readonly string[] | undefined {
  const property = around?.type === undefined ? undefined : definitions.properties(around.type)?.get(around.field)
  const targets = property?.type.targets
  return targets?.every((target) => definitions.isResourceType(target)) ? targets : undefined
}

function narrow(
  node: FieldNode,
  set: SelectionSetNode,
  targets: readonly string[] | undefined,
  world: World,
): SelectionSetNode {
  const type = askedType(node, world)
  if (type !== undefined) return { ...set, selections: [fragmentOn(type, set.selections)] }
  if (!targets) return set
  return { ...set, selections: set.selections.flatMap((selection) => spread(selection, targets, world)) }
}

/** The `type` argument, where it names a resource type. */
function askedType(node: FieldNode, { definitions, variables }: World): string | undefined {
  const value = node.arguments?.find((argument) => argument.name.value === 'type')?.value
  const name =
    value?.kind === Kind.ENUM ? value.value : value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined
  return typeof name === 'string' && definitions.isResourceType(name) ? name : undefined
}

/** A field that not all resources have, asked of the targets that have it. */
function spread(selection: SelectionNode, targets: readonly string[], { schema }: World): SelectionNode[] {
  if (selection.kind !== Kind.FIELD || hasField(schema, 'Resource', selection)) return [selection]
  const having = targets.filter((target) => hasField(schema, target, selection))
  return having.length === 0 ? [selection] : having.map((target) => fragmentOn(target, [selection]))
}

function hasField(schema: GraphQLSchema, typeName: string, { name, selectionSet }: FieldNode): boolean {
  if (name.value.startsWith('__')) return true
  const type = schema.getType(typeName)
  const field = type && 'getFields' in type ? type.getFields()[name.value] : undefined
  return field !== undefined && isLeafType(getNamedType(field.type)) === (selectionSet === undefined)
}

function fragmentOn(type: string, selections: readonly SelectionNode[]): InlineFragmentNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } },
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  }
}

/** Asks for the type of everything that may be of several. */
function withTypes(document: DocumentNode, schema: GraphQLSchema): DocumentNode {
  const info = new TypeInfo(schema)
  const field: FieldNode = {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: typeKey },
    name: { kind: Kind.NAME, value: '__typename' },
  }
  return visit(
    document,
    visitWithTypeInfo(info, {
      SelectionSet: (set) => {
        const type = info.getParentType()
        if (!type || isObjectType(type) || !isAbstractType(type)) return undefined
        return { ...set, selections: [field, ...set.selections] }
      },
    }),
  )
}
