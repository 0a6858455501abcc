/** `$graphql`, on the system and on single resources. https://hl7.org/fhir/R4/graphql.html */
import {
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  specifiedRules,
  VariablesInAllowedPositionRule,
  validate,
} from 'graphql'
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import type { FhirReply } from '../../fhir/request.ts'
import type { OperationCall } from '../operation.ts'
import { checkCost } from './cost.ts'
import { invalid, requestErrors, responseError } from './errors.ts'
import { createExecution, type Execution } from './execution.ts'
import { takeIntrospection } from './introspection.ts'
import { fragmentsOf, parseQuery } from './limits.ts'
import { readResource } from './lists.ts'
import { type GraphqlRequest, graphqlRequest } from './request.ts'
import { reshape } from './reshape.ts'
import { type RewrittenQuery, rewriteQuery } from './rewrite.ts'
import { schemasFor } from './schema.ts'
import { variablesFit } from './variable-rule.ts'

const rules = specifiedRules.map((rule) => (rule === VariablesInAllowedPositionRule ? variablesFit : rule))
/** Validation ends after so many errors. */
const maxErrors = 20

/** Carries out a GraphQL query; faults of the request are answered as GraphQL has them too. */
export async function graphql(call: OperationCall, context: Context): Promise<FhirReply> {
  try {
    return reply(200, await answer(call, context))
  } catch (error) {
    if (!(error instanceof OutcomeError) || error.status >= 500) throw error
    return reply(error.status, `{"data":null,"errors":${JSON.stringify(requestErrors(error))}}`)
  }
}

function reply(status: number, content: string): FhirReply {
  return { status, content, contentType: 'application/json; charset=utf-8' }
}

async function answer(call: OperationCall, context: Context): Promise<string> {
  const request = graphqlRequest(call)
  const document = parseQuery(request.query)
  const schemas = schemasFor(context.definitions, context.indexes)
  const schema = call.type === undefined ? schemas.system : schemas.instance(call.type)
  const query = checkQuery(document, request, schema, context)

  const stop = new AbortController()
  const execution = createExecution(context, (reason) => stop.abort(reason))
  const root = call.type === undefined ? undefined : await readResource(call.type, call.id!, execution)
  return run(query, { request, schema, root, execution, signal: stop.signal })
}

/** The query in the form that is carried out, once it is known to be valid and affordable. */
function checkQuery(
  given: DocumentNode,
  { operationName, variables }: GraphqlRequest,
  schema: GraphQLSchema,
  { definitions }: Context,
): RewrittenQuery {
  const query = rewriteQuery(given, { schema, definitions, variables })
  const operation = operationOf(query.document, operationName)
  checkCost(query.document, operation, schema, variables)
  const errors = validate(schema, query.document, rules, { maxErrors })
  if (errors.length > 0) throw invalid(errors)
  return query
}

function operationOf(document: DocumentNode, name: string | undefined): OperationDefinitionNode {
  const operation = getOperationAST(document, name)
  if (operation?.operation === 'query') return operation
  throw new OutcomeError('invalid-graphql', { reason: noQuery(operation ?? undefined, document, name) })
}

function noQuery(operation: OperationDefinitionNode | undefined, document: DocumentNode, name?: string): string {
  if (operation) return `This server has queries only, no ${operation.operation}.`
  if (name !== undefined) return `No operation is named '${name}'.`
  const some = document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  return some ? "Several operations were sent: name one with 'operationName'." : 'The query has fragments only.'
}

interface Run {
  readonly request: GraphqlRequest
  readonly schema: GraphQLSchema
  readonly root: JsonObject | undefined
  readonly execution: Execution
  readonly signal: AbortSignal
}

/** The whole answer as text. */
async function run(query: RewrittenQuery, { request, schema, root, execution, signal }: Run): Promise<string> {
  const { operationName, variables } = request
  const operation = operationOf(query.document, operationName)
  const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors })
  if ('errors' in values && values.errors) throw invalid(values.errors)
  const introspection = takeIntrospection(query.document, schema)
  const document = introspection?.document ?? query.document
  const result = await ending(signal, () =>
    execute({
      schema,
      document,
      rootValue: root,
      contextValue: execution,
      variableValues: variables,
      operationName: operationName ?? null,
      abortSignal: signal,
    }),
  )
  if (!result.data) throw invalid(result.errors ?? [])

  const errors: GraphQLError[] = [...(result.errors ?? [])]
  const data = query.reshaped ? reshaped(result.data, query, operation, schema, execution, errors) : result.data
  const members = Object.entries(data).map(
    ([key, value]) =>
      `${JSON.stringify(key)}:${introspection?.answer(key, values.variableValues) ?? JSON.stringify(value)}`,
  )
  const faults = errors.length === 0 ? '' : `,"errors":${JSON.stringify(errors.map(responseError))}`
  return `{"data":{${members.join(',')}}${faults}}`
}

/** What ended the execution before its end is thrown as it is. */
async function ending<T>(signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    signal.throwIfAborted()
  }
}

function reshaped(
  data: Readonly<Record<string, unknown>>,
  { document, renamed }: RewrittenQuery,
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
  { slices }: Execution,
  errors: GraphQLError[],
): object {
  const onError = (error: GraphQLError) => void errors.push(error)
  const world = { schema, fragments: fragmentsOf(document), slices, renamed, onError }
  return reshape(data, operation.selectionSet, schema.getQueryType()!, world)
}
