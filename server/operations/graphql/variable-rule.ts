/**
 * Where variables may be used. FHIR's texts are GraphQL types of many names (`token`, `date`, `code` …): a variable that is
 * declared as one of them, or as a String or ID, may stand wherever another is expected, alone or in a list.
 * https://spec.graphql.org/September2025/#sec-All-Variable-Usages-Are-Allowed
 */
import {
  type ASTVisitor,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLType,
  getNamedType,
  getNullableType,
  isListType,
  isNonNullType,
  isTypeSubTypeOf,
  Kind,
  typeFromAST,
  type ValidationContext,
  type VariableDefinitionNode,
} from 'graphql'
import { isTextScalar } from './scalars.ts'

/** Takes the place of GraphQL's own rule. */
export function variablesFit(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition: {
      leave(operation) {
        const definitions = new Map(operation.variableDefinitions?.map((node) => [node.variable.name.value, node]))
        for (const { node, type, defaultValue } of context.getRecursiveVariableUsages(operation)) {
          const definition = definitions.get(node.name.value)
          const declared = definition && typeFromAST(context.getSchema(), definition.type)
          if (!declared || !type || fits(declared, definition, type, defaultValue !== undefined, context)) continue
          const message = `Variable "$${node.name.value}" of type "${declared}" used in position expecting type "${type}".`
          context.reportError(new GraphQLError(message, { nodes: [definition, node] }))
        }
      },
    },
  }
}

function fits(
  declared: GraphQLType,
  { defaultValue }: VariableDefinitionNode,
  expected: GraphQLInputType,
  hasDefault: boolean,
  context: ValidationContext,
): boolean {
  const nullable = !isNonNullType(declared) && (defaultValue === undefined || defaultValue.kind === Kind.NULL)
  if (isNonNullType(expected) && nullable && !hasDefault) return false
  const from = getNullableType(declared)
  const to = getNullableType(expected)
  if (isTypeSubTypeOf(context.getSchema(), from, to)) return true
  if (!isTextScalar(getNamedType(from)) || !isTextScalar(getNamedType(to))) return false
  return !isListType(from) || isListType(to)
}
