/** Faults of a body as a whole, each with its place. */
import type { JsonValue } from './json.ts'
import { quotable } from './json-value.ts'
import { type Issue, OutcomeError } from './outcome.ts'

/** The body is valid JSON, but a list or a single value. */
export function notAnObject(): OutcomeError {
  return new OutcomeError('invalid-json', { reason: 'A resource must be an object.' }, { location: 'line 1, column 1' })
}

/**
 * A resource of type `actual`, or none, where one of another type is expected. `expression` is where it stands; the body
 * as a whole is its type.
 */
export function wrongType(actual: JsonValue | undefined, expected: string, expression?: string): OutcomeError {
  const named = typeof actual === 'string' ? actual : 'resource without resourceType'
  const root = [actual, expected].find(isTypeName) ?? 'Resource'
  return new OutcomeError('wrong-resource-type', { actual: named, expected }, { expression: expression ?? root })
}

function isTypeName(text: JsonValue | undefined): text is string {
  return typeof text === 'string' && /^[A-Z][A-Za-z]{0,63}$/.test(text)
}

/** What is wrong with the id of a body that is to update `type/expected`. https://hl7.org/fhir/R4/http.html#update */
export function idIssues(actual: JsonValue | undefined, expected: string, type: string): Issue[] {
  const expression = `${type}.id`
  if (actual === undefined) return [{ code: 'missing-id', expression }]
  return actual === expected ? [] : [{ code: 'wrong-id', params: { actual: quotable(actual), expected }, expression }]
}

/** Bytes that are not UTF-8, with the number of the first that cannot be. */
export function notUtf8(bytes: Buffer): OutcomeError {
  // Reading puts U+FFFD in the place of the fault, so that the bytes differ from there on.
  const read = Buffer.from(bytes.toString('utf8'))
  let fault = 0
  while (read[fault] === bytes[fault]) fault++
  return new OutcomeError('invalid-utf8', {}, { location: `byte ${fault + 1}` })
}
