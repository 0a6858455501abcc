import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { isJsonObject } from '../../server/fhir/json.ts'

/** A value as text, the members of each object in alphabetical order, numbers with the digits they came with. */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(sorted(value), null, 1)
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key]!)])) as JsonObject
}
