/** What a query may ask for at most: checked before anything is looked up, in time that grows with its length alone. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  Lexer,
  parse,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql'
import { OutcomeError } from '../../fhir/outcome.ts'
import { invalid } from './errors.ts'

export const longestQuery = 100_000
const mostTokens = 20_000
const mostFields = 1000
const deepest = 20
/** Of brackets of all kinds: selections, and the lists and objects in arguments. */
const deepestNesting = 64

const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

/** Parses a query; refuses what is too long, too deep, has too many fields, or a fragment that contains itself. */
export function parseQuery(text: string): DocumentNode {
  if (text.length > longestQuery) throw tooCostly(`The query is longer than ${longestQuery} characters.`)
  try {
    checkNesting(text)
    const document = parse(text)
    checkFields(document)
    return document
  } catch (error) {
    if (error instanceof GraphQLError) throw invalid([error])
    throw error
  }
}

export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]))
}

export function tooCostly(reason: string): OutcomeError {
  return new OutcomeError('query-too-costly', { reason })
}

/** The parser calls itself at every bracket. */
function checkNesting(text: string): void {
  const lexer = new Lexer(new Source(text))
  let nesting = 0
  for (let tokens = 0; lexer.advance().kind !== TokenKind.EOF; tokens++) {
    const { kind } = lexer.token
    if (opening.has(kind)) nesting++
    else if (closing.has(kind)) nesting--
    if (nesting > deepestNesting) throw tooCostly(`The query is nested deeper than ${deepestNesting} brackets.`)
    if (tokens > mostTokens) throw tooCostly(`The query has more than ${mostTokens} parts.`)
  }
}

function checkFields(document: DocumentNode): void {
  const fragments = fragmentsOf(document)
  const depths = new Map<string, number>()
  const open = new Set<string>()
  let fields = 0

  const depthOf = (set: SelectionSetNode): number => {
    let depth = 1
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) depth = Math.max(depth, depthOfFragment(selection.name.value))
      else if (selection.kind === Kind.INLINE_FRAGMENT) depth = Math.max(depth, depthOf(selection.selectionSet))
      else {
        if (++fields > mostFields) throw tooCostly(`The query has more than ${mostFields} fields.`)
        if (selection.selectionSet) depth = Math.max(depth, 1 + depthOf(selection.selectionSet))
      }
    }
    if (depth > deepest) throw tooCostly(`The query is deeper than ${deepest} levels.`)
    return depth
  }
  const depthOfFragment = (name: string): number => {
    const known = depths.get(name)
    if (known !== undefined) return known
    if (open.has(name)) throw new GraphQLError(`The fragment '${name}' contains itself.`)
    const fragment = fragments.get(name)
    if (!fragment) return 0
    open.add(name)
    const depth = depthOf(fragment.selectionSet)
    open.delete(name)
    depths.set(name, depth)
    return depth
  }
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) depthOf(definition.selectionSet)
    else if (definition.kind === Kind.FRAGMENT_DEFINITION) depthOfFragment(definition.name.value)
  }
}

/** The value of an argument that is a whole number, written or in a variable. */
export function numberArgument(
  { arguments: given }: FieldNode,
  name: string,
  variables: Readonly<Record<string, unknown>>,
): number | undefined {
  const value = given?.find((argument) => argument.name.value === name)?.value
  if (value?.kind === Kind.INT) return Number(value.value)
  const variable = value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined
  return typeof variable === 'number' ? variable : undefined
}
