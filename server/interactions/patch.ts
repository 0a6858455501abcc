/** https://hl7.org/fhir/R4/http.html#patch */
import { isUtf8 } from 'node:buffer'
import type { Context } from '../context.ts'
import { notUtf8 } from '../fhir/body-fault.ts'
import { isJsonObject, type JsonValue, parseJson } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { applyPatch, type Patch } from '../fhir/patch.ts'
import { type FhirReply, type FhirRequest, versionToMatch } from '../fhir/request.ts'
import { modifyResource, type Target } from './modify.ts'

export async function patch(request: FhirRequest, context: Context): Promise<FhirReply> {
  const [type, id] = request.path as [string, string]
  const { ifMatch } = request.headers
  const expected = ifMatch === undefined ? undefined : versionToMatch(ifMatch)
  return patchResource({ type, id, expected }, patchOf(request), context)
}

/**
 * Stores the patched resource as its next version. With `expected` the current version must be that one; without, the
 * patch is applied to whatever is current when it is stored.
 */
export function patchResource(target: Target, patch: Patch, context: Context): Promise<FhirReply> {
  return modifyResource(target, context, (resource) => applyPatch(resource, patch, context.definitions))
}

/** The patch of a request. A Bundle carries a JSON Patch as a Binary. https://hl7.org/fhir/R4/http.html#jsonpatch */
export function patchOf({ body, contentType }: FhirRequest): Patch {
  if (body === undefined) {
    const expected = 'a JSON Patch, or a FHIRPath Patch as Parameters'
    throw new OutcomeError('missing-body', { expected })
  }
  return isBinary(body) ? patchInside(body) : { body, contentType: contentType ?? 'application/fhir+json' }
}

interface Binary {
  readonly resourceType: 'Binary'
  readonly contentType?: JsonValue
  readonly data?: JsonValue
}

function isBinary(body: JsonValue): body is JsonValue & Binary {
  return isJsonObject(body) && body['resourceType'] === 'Binary'
}

function patchInside({ contentType, data }: Binary): Patch {
  if (typeof contentType !== 'string' || typeof data !== 'string') {
    throw new OutcomeError('invalid-patch', { reason: 'A Binary that carries a patch needs contentType and data.' })
  }
  const bytes = Buffer.from(data, 'base64')
  if (!isUtf8(bytes)) throw notUtf8(bytes)
  return { body: parseJson(new TextDecoder().decode(bytes)), contentType }
}
