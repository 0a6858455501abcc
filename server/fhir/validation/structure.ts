import type { Definitions } from '../definitions.ts'
import type { JsonObject } from '../json.ts'
import type { Issue } from '../outcome.ts'

export function validateStructure(_resource: JsonObject, _definitions: Definitions): Issue[] {
  return []
}
