/** Reading and making Parameters, the input and output of operations. https://hl7.org/fhir/R4/parameters.html */
import { isJsonObject, isRawNumber, type JsonObject, type JsonValue, numberText } from './json.ts'
import { OutcomeError } from './outcome.ts'

/** Parameters of the query that choose the form of the reply; they belong to no operation. */
const formParameters = new Set(['_format', '_pretty', '_summary', '_elements'])

/** The simple parameters of a GET. https://hl7.org/fhir/R4/operations.html#request */
export function parametersFromQuery(query: string): JsonObject {
  const pairs = [...new URLSearchParams(query)].filter(([name]) => !formParameters.has(name))
  // No FHIR text has it, and the database refuses it.
  const bad = pairs.find(([name, value]) => name.includes('\u0000') || value.includes('\u0000'))
  if (bad) throw invalid(bad[0].replaceAll('\u0000', ''), 'must not hold the character U+0000')
  return parametersResource(pairs.map(([name, value]) => ({ name, valueString: value })))
}

export function parametersResource(parameter: readonly JsonObject[]): JsonObject {
  return { resourceType: 'Parameters', ...(parameter.length > 0 && { parameter: [...parameter] }) }
}

/** All parameters; throws when they are not a list of objects with names. */
export function parameterList(parameters: JsonObject): readonly JsonObject[] {
  const list = parameters['parameter'] ?? []
  const valid = Array.isArray(list) && list.every((item) => isJsonObject(item) && typeof item['name'] === 'string')
  if (!valid) {
    const reason = 'Parameters.parameter must be a list of objects that each have a name.'
    throw new OutcomeError('invalid-parameters', { reason }, { expression: 'Parameters.parameter' })
  }
  return list as JsonObject[]
}

/** Refuses parameters that the operation does not have. */
export function checkParameterNames(parameters: JsonObject, known: readonly string[]): void {
  const unknown = parameterList(parameters).find((parameter) => !known.includes(parameter['name'] as string))
  if (unknown === undefined) return
  const takes = known.length === 0 ? 'It takes none.' : `It takes ${known.join(', ')}.`
  const reason = `The operation has no parameter '${unknown['name']}'. ${takes}`
  throw new OutcomeError('invalid-parameters', { reason })
}

/** The parameter of that name; throws when it is repeated. */
export function parameterNamed(parameters: JsonObject, name: string): JsonObject | undefined {
  const found = parameterList(parameters).filter((parameter) => parameter['name'] === name)
  if (found.length > 1) throw invalid(name, 'may be given once only')
  return found[0]
}

/** A parameter's `value[x]` as text, of whatever primitive type it was sent. */
export function textParameter(parameters: JsonObject, name: string): string | undefined {
  const parameter = parameterNamed(parameters, name)
  return parameter && textOf(parameter, name)
}

/** The texts of a parameter that may be repeated. */
export function textParameters(parameters: JsonObject, name: string): string[] {
  const found = parameterList(parameters).filter((parameter) => parameter['name'] === name)
  return found.map((parameter) => textOf(parameter, name))
}

export function booleanParameter(parameters: JsonObject, name: string): boolean | undefined {
  const text = textParameter(parameters, name)
  if (text !== undefined && text !== 'true' && text !== 'false') throw invalid(name, 'must be true or false')
  return text === undefined ? undefined : text === 'true'
}

/** A whole number from `least` to `greatest`. */
export function numberParameter(
  parameters: JsonObject,
  name: string,
  least: number,
  greatest: number,
): number | undefined {
  const text = textParameter(parameters, name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^\d{1,15}$/.test(text) || value < least || value > greatest) {
    throw invalid(name, `must be a whole number from ${least} to ${greatest}`)
  }
  return value
}

/** A parameter's value of a complex type: `valueMeta` for type `Meta`. */
export function complexParameter(parameters: JsonObject, name: string, type: string): JsonObject | undefined {
  const parameter = parameterNamed(parameters, name)
  if (!parameter) return undefined
  const value = parameter[`value${type}`]
  if (!isJsonObject(value)) throw invalid(name, `must have a value${type}`)
  return value
}

export function resourceParameter(parameters: JsonObject, name: string): JsonObject | undefined {
  const parameter = parameterNamed(parameters, name)
  if (!parameter) return undefined
  const resource = parameter['resource']
  if (!isJsonObject(resource)) throw invalid(name, 'must hold a resource')
  return resource
}

function textOf(parameter: JsonObject, name: string): string {
  const value = Object.entries(parameter).find(([property]) => /^value[A-Z]/.test(property))?.[1]
  const text = value === undefined ? undefined : primitiveText(value)
  if (text === undefined) throw invalid(name, 'must have a simple value such as valueString')
  return text
}

function primitiveText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return typeof value === 'number' || isRawNumber(value) ? numberText(value) : undefined
}

function invalid(name: string, problem: string): OutcomeError {
  return new OutcomeError('invalid-parameters', { reason: `The parameter '${name}' ${problem}.` })
}
