/** The parts of a GraphQL request, wherever they were sent. https://hl7.org/fhir/R4/graphql.html#invoking */
import { isJsonObject, isRawNumber, type JsonObject, type JsonValue, parseJson } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { textParameter } from '../../fhir/parameters.ts'
import type { OperationCall } from '../operation.ts'
import { longestQuery, tooCostly } from './limits.ts'

export interface GraphqlRequest {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: JsonObject
}

/**
 * From a JSON body, a body that is the query itself, Parameters, or the URL. What the body does not say, the URL may.
 * https://graphql.org/learn/serving-over-http/
 */
export function graphqlRequest({ request, parameters }: OperationCall): GraphqlRequest {
  const body = request.method === 'POST' ? bodyParts(request.body) : {}
  const sent = (name: string) => body[name] ?? textParameter(parameters, name)
  const query = textOf('query', sent('query'))
  if (query === undefined) throw invalidRequest("The parameter 'query' is required: the GraphQL to carry out.")
  return {
    query,
    operationName: textOf('operationName', sent('operationName')),
    variables: variablesOf(sent('variables')),
  }
}

function bodyParts(body: JsonValue | undefined): JsonObject {
  if (body === undefined) return {}
  if (typeof body === 'string') return { query: body }
  if (!isJsonObject(body)) throw invalidRequest('A JSON body must be an object with the member query.')
  return 'resourceType' in body ? {} : body
}

function textOf(name: string, value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalidRequest(`'${name}' must be a text.`)
  return value
}

/** An object, or the JSON text of one where it was sent in the URL. */
function variablesOf(given: JsonValue | undefined): JsonObject {
  if (given === undefined || given === null || given === '') return {}
  const value = typeof given === 'string' ? parseJson(given) : given
  if (!isJsonObject(value)) throw invalidRequest("'variables' must be an object.")
  if (JSON.stringify(value).length > longestQuery) {
    throw tooCostly(`The variables are longer than ${longestQuery} characters.`)
  }
  return wholeNumbers(value) as JsonObject
}

/** GraphQL takes 5.0 as a whole number; other numbers keep their digits. */
function wholeNumbers(value: JsonValue): JsonValue {
  if (isRawNumber(value)) return Number.isInteger(Number(value.rawJSON)) ? Number(value.rawJSON) : value
  if (Array.isArray(value)) return value.map(wholeNumbers)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, wholeNumbers(member)]))
}

function invalidRequest(reason: string): OutcomeError {
  return new OutcomeError('invalid-graphql', { reason })
}
