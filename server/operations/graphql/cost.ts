/** Estimates what a query takes from the fields it asks for and the lengths that their lists are expected to have. */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import { defaultCount, greatestCount } from '../../fhir/search/result-parameters.ts'
import { hasDirective } from './directives.ts'
import { fragmentsOf, numberArgument, tooCostly } from './limits.ts'
import { resolveRead } from './lists.ts'
import { resolveReference } from './references.ts'

export const mostCost = 100_000
/** What reading a resource costs, compared with putting out one value. */
const resourceCost = 10
/** How many values an element that repeats is expected to have. */
const expectedValues = 2

type Variables = Readonly<Record<string, unknown>>

/** Refuses a query that is expected to take too much. Fields that do not exist cost nothing: they are refused elsewhere. */
export function checkCost(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
  variables: Variables,
): void {
  const cost = costOf(operation.selectionSet, schema.getQueryType()!, createWorld(document, schema, variables))
  if (cost <= mostCost) return
  const size = Number.isFinite(cost) ? Math.round(cost) : 'endless'
  throw tooCostly(
    `The query is expected to cost ${size}, more than ${mostCost}. Ask for fewer fields or shorter lists.`,
  )
}

interface World {
  readonly schema: GraphQLSchema
  readonly variables: Variables
  readonly fragments: ReturnType<typeof fragmentsOf>
  readonly costs: Map<string, number>
}

function createWorld(document: DocumentNode, schema: GraphQLSchema, variables: Variables): World {
  return { schema, variables, fragments: fragmentsOf(document), costs: new Map() }
}

function costOf(set: SelectionSetNode, type: GraphQLNamedType, world: World): number {
  let cost = 0
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) cost += costOfField(selection, type, world)
    else if (selection.kind === Kind.FRAGMENT_SPREAD) cost += costOfFragment(selection.name.value, world)
    else cost += costOf(selection.selectionSet, conditionType(selection.typeCondition?.name.value, type, world), world)
  }
  return cost
}

function costOfFragment(name: string, world: World): number {
  const known = world.costs.get(name)
  if (known !== undefined) return known
  const fragment = world.fragments.get(name)
  const type = fragment && world.schema.getType(fragment.typeCondition.name.value)
  const cost = type ? costOf(fragment.selectionSet, type, world) : 0
  world.costs.set(name, cost)
  return cost
}

function conditionType(name: string | undefined, type: GraphQLNamedType, { schema }: World): GraphQLNamedType {
  return (name === undefined ? undefined : schema.getType(name)) ?? type
}

function costOfField(node: FieldNode, parent: GraphQLNamedType, world: World): number {
  const name = node.name.value
  if (!('getFields' in parent) || name.startsWith('__')) return 1
  const field = parent.getFields()[name]
  if (!field || !('resolve' in field)) return 0
  const type = getNamedType(field.type)
  const inside = node.selectionSet && isCompositeType(type) ? costOf(node.selectionSet, type, world) : 0
  if (field.extensions['search']) return searchedValues(node, world) * (resourceCost + inside)
  if (field.resolve === resolveReference || field.resolve === resolveRead) return resourceCost + inside
  return 1 + inside * (isListType(field.type) && name !== 'edges' ? expectedLength(node, world) : 1)
}

function searchedValues(node: FieldNode, { variables }: World): number {
  const count = numberArgument(node, '_count', variables) ?? defaultCount
  return Math.min(Math.max(count, 1), greatestCount)
}

function expectedLength(node: FieldNode, { variables }: World): number {
  if (hasDirective([node], 'first')) return 1
  return Math.min(Math.max(numberArgument(node, '_count', variables) ?? expectedValues, 1), expectedValues)
}
