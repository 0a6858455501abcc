/**
 * The patch interaction's two languages behind one function. https://hl7.org/fhir/R4/http.html#patch
 */
import type { Definitions } from './definitions.ts'
import { applyFhirPathPatch } from './fhirpath-patch.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { applyJsonPatch } from './json-patch.ts'
import { OutcomeError } from './outcome.ts'

/** A patch as it was sent; XML has been read into the JSON form already. */
export interface Patch {
  readonly body: JsonValue
  readonly contentType: string
}

type Apply = (resource: JsonObject, body: JsonValue, definitions: Definitions) => JsonObject

const languages: Readonly<Record<string, Apply>> = {
  'application/json-patch+json': applyJsonPatch,
  'application/fhir+json': applyFhirPathPatch,
  'application/fhir+xml': applyFhirPathPatch,
  'application/json': applyFhirPathPatch,
  'application/xml': applyFhirPathPatch,
}

/** The content types that a patch may have. */
export const patchContentTypes: readonly string[] = Object.keys(languages)

/**
 * Applies a patch to a copy of the resource, in the language that its content type names. Throws `invalid-patch`,
 * `patch-failed` or `unsupported-media-type`.
 */
export function applyPatch(resource: JsonObject, { body, contentType }: Patch, definitions: Definitions): JsonObject {
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  if (!Object.hasOwn(languages, type)) {
    const expected = 'application/json-patch+json, or Parameters as application/fhir+json or application/fhir+xml'
    throw new OutcomeError('unsupported-media-type', { type: contentType, expected })
  }
  const patched = languages[type]!(resource, body, definitions)
  for (const element of ['resourceType', 'id']) {
    if (patched[element] === resource[element]) continue
    const reason = `It would change '${element}', which says what resource this is.`
    throw new OutcomeError('patch-failed', { reason }, { expression: `${resource['resourceType']}.${element}` })
  }
  return patched
}
