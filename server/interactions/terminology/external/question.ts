/** What an external terminology server is asked, and how. https://hl7.org/fhir/R4/operations.html#executing */
import { createHash, type Hash } from 'node:crypto'
import { isJsonObject, isRawNumber, type JsonObject, type JsonValue, numberText } from '../../../fhir/json.ts'
import { parametersResource } from '../../../fhir/parameters.ts'

export type ExternalOperation =
  | 'CodeSystem/$lookup'
  | 'CodeSystem/$subsumes'
  | 'CodeSystem/$validate-code'
  | 'ConceptMap/$translate'
  | 'ValueSet/$expand'
  | 'ValueSet/$validate-code'

export interface Question {
  readonly operation: ExternalOperation
  /** As the parameters of a Parameters resource. */
  readonly parameters: readonly JsonObject[]
}

/** A parameter of a simple type; none where there is no value. */
export function simple(name: string, type: string, value: JsonValue | undefined): readonly JsonObject[] {
  return value === undefined ? [] : [{ name, [`value${type}`]: value }]
}

export interface QuestionRequest {
  readonly method: 'GET' | 'POST'
  /** Below the server's base. */
  readonly path: string
  readonly body?: string
}

/** Longer ones are refused by some servers, and logged by others. */
const longestQuery = 4000

/** By query where all parameters are simple, as Parameters otherwise. */
export function requestOf({ operation, parameters }: Question): QuestionRequest {
  const pairs = parameters.map((parameter): [string, string | undefined] => [
    String(parameter['name']),
    textOf(parameter),
  ])
  const isSimple = pairs.every((pair): pair is [string, string] => pair[1] !== undefined)
  const query = isSimple ? new URLSearchParams(pairs).toString() : ''
  if (isSimple && query.length <= longestQuery) return { method: 'GET', path: `${operation}?${query}` }
  return { method: 'POST', path: operation, body: JSON.stringify(parametersResource(parameters)) }
}

function textOf(parameter: JsonObject): string | undefined {
  const value = Object.entries(parameter).find(([name]) => name.startsWith('value'))?.[1]
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return typeof value === 'number' || isRawNumber(value) ? numberText(value) : undefined
}

export interface Measured {
  /** The same for the same question. */
  readonly key: string
  /** Characters. */
  readonly size: number
}

/** What tells a question from others, without writing its resources anew each time. */
export function measure({ operation, parameters }: Question): Measured {
  const hash: Hash = createHash('sha256').update(operation)
  let size = 0
  for (const parameter of parameters) {
    const { resource, ...rest } = parameter
    const text = JSON.stringify(rest)
    hash.update(`\n${text}`)
    size += text.length
    if (!isJsonObject(resource)) continue
    const known = measureResource(resource)
    hash.update(known.key)
    size += known.size
  }
  return { key: hash.digest('base64'), size }
}

const resources = new WeakMap<JsonObject, Measured>()

function measureResource(resource: JsonObject): Measured {
  let known = resources.get(resource)
  if (!known) {
    const text = JSON.stringify(resource)
    known = { key: createHash('sha256').update(text).digest('base64'), size: text.length }
    resources.set(resource, known)
  }
  return known
}
