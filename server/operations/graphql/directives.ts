/** The directives that reshape the result. https://hl7.org/fhir/R4/graphql.html#flattening */

import type { GraphQLResolveInfo } from 'graphql'
import {
  DirectiveLocation,
  type FieldNode,
  GraphQLDirective,
  GraphQLNonNull,
  GraphQLString,
  getDirectiveValues,
  specifiedDirectives,
} from 'graphql'

const locations = [DirectiveLocation.FIELD]

const sliceDirective = new GraphQLDirective({
  name: 'slice',
  description: 'Adds a dot and what the FHIRPath yields to the name, one field for each value of the list.',
  locations,
  args: { path: { type: new GraphQLNonNull(GraphQLString) } },
})

export const directives: readonly GraphQLDirective[] = [
  ...specifiedDirectives,
  new GraphQLDirective({
    name: 'flatten',
    description: 'Leaves the field out and puts its children in its place.',
    locations,
  }),
  new GraphQLDirective({ name: 'first', description: 'Takes the first value only.', locations }),
  new GraphQLDirective({ name: 'singleton', description: 'Puts out one value instead of a list.', locations }),
  sliceDirective,
]

const reshaping: ReadonlySet<string> = new Set(['flatten', 'singleton', 'slice'])

export function hasDirective(nodes: readonly FieldNode[], name: string): boolean {
  return nodes.some((node) => node.directives?.some((directive) => directive.name.value === name))
}

/** Whether a directive of the field changes where its values are in the result. */
export function isReshaped(node: FieldNode): boolean {
  return node.directives?.some((directive) => reshaping.has(directive.name.value)) ?? false
}

/** The FHIRPath of `@slice`. */
export function slicePath({ fieldNodes, variableValues }: GraphQLResolveInfo): string | undefined {
  const node = fieldNodes.find((field) => hasDirective([field], 'slice'))
  return node && (getDirectiveValues(sliceDirective, node, variableValues)?.['path'] as string)
}
