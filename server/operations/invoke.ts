/** From a path that ends in `$name` to the operation in the table. https://hl7.org/fhir/R4/operations.html#executing */
import { requireAdministration, requireType } from '../access/access.ts'
import { type Context, contextFor } from '../context.ts'
import { notAnObject, wrongType } from '../fhir/body-fault.ts'
import type { Definitions } from '../fhir/definitions.ts'
import { isJsonObject, type JsonObject } from '../fhir/json.ts'
import { didYouMean } from '../fhir/nearest.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { parameterList, parametersFromQuery, parametersResource } from '../fhir/parameters.ts'
import type { FhirReply, FhirRequest } from '../fhir/request.ts'
import { methodsOf, type Operation, type OperationCall, type OperationLevel } from './operation.ts'
import { operations } from './operations.ts'

/** Whether the path names an operation. */
export function isOperation(request: FhirRequest): boolean {
  return request.path.at(-1)?.startsWith('$') === true
}

export function invokeOperation(request: FhirRequest, context: Context): Promise<FhirReply> {
  const place = placeOf(request.path)
  if (!place) throw new OutcomeError('unknown-path', { path: request.path.join('/') })
  const operation = findOperation(request, place, context.definitions)
  const call = { request, ...place, parameters: parametersOf(request, operation) }
  return operation.handler(call, permitted(operation, place, context))
}

/** The context in which the operation is carried out; throws where the caller may not call it. */
function permitted({ code, needs, types }: Operation, { level, type }: Place, context: Context): Context {
  const { access } = context
  if (access.kind === 'open') return context
  if (needs === 'administration') {
    requireAdministration(access, `$${code}`)
    return context
  }
  const interactions = needs[level] ?? []
  const [first] = interactions
  if (first === undefined) return context
  for (const one of type === undefined ? (types ?? []) : [type]) requireType(access, one, ...interactions)
  return contextFor(context, first)
}

type Place = Omit<OperationCall, 'request' | 'parameters'>

const levels: Readonly<Record<number, OperationLevel>> = { 1: 'system', 2: 'type', 3: 'instance', 5: 'version' }

function placeOf(path: readonly string[]): Place | undefined {
  const level = levels[path.length]
  if (level === undefined || (level === 'version' && path[2] !== '_history')) return undefined
  const [type, id, , version] = path.slice(0, -1)
  return { level, ...(type !== undefined && { type }), ...(id !== undefined && { id }), ...(version && { version }) }
}

/** Throws 404 for an operation that is not here, 405 where it takes another method. */
function findOperation(request: FhirRequest, { level, type }: Place, definitions: Definitions): Operation {
  if (type !== undefined && !definitions.isResourceType(type)) {
    throw new OutcomeError('unknown-type', { type, nearest: didYouMean(type, definitions.resourceTypes) })
  }
  const name = request.path.at(-1)!
  const operation = operations.find(
    ({ code, levels, types }) =>
      `$${code}` === name && levels.includes(level) && (type === undefined || (types?.includes(type) ?? true)),
  )
  if (!operation) throw new OutcomeError('unknown-operation', { operation: name })
  const methods = methodsOf(operation)
  if (!methods.includes(request.method === 'HEAD' ? 'GET' : request.method)) {
    throw new OutcomeError('method-not-allowed', { method: request.method, allowed: methods.join(', ') })
  }
  return operation
}

/** The parameters of the body, then those of the query. */
function parametersOf(request: FhirRequest, { bodyParameter, readsBody }: Operation): JsonObject {
  const query = parameterList(parametersFromQuery(request.query))
  const { body } = request
  if (readsBody && !(isJsonObject(body) && body['resourceType'] === 'Parameters')) return parametersResource(query)
  if (body === undefined || request.method === 'GET') return parametersResource(query)
  if (!isJsonObject(body)) throw notAnObject()
  const type = body['resourceType']
  if (type === 'Parameters') return parametersResource([...parameterList(body), ...query])
  if (bodyParameter === undefined) throw wrongType(type, 'Parameters')
  return parametersResource([{ name: bodyParameter, resource: body }, ...query])
}
