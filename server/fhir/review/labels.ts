/**
 * What is written on results about their review: profiles/code-systems/result-review.json. A label and not a status, because
 * labels decide who sees what, and a status belongs to who made the result. https://hl7.org/fhir/R4/security-labels.html
 */

import { isJsonObject, type JsonObject } from '../json.ts'
import { addMeta, removeMeta } from '../meta.ts'

export const reviewSystem = 'urn:candela:result-review'

export type ReviewLabel = 'held' | 'released'

/** Types that can be kept from patients until they are released: results, what is said of them, and work on them. */
export const heldTypes: ReadonlySet<string> = new Set(['Communication', 'DiagnosticReport', 'Observation', 'Task'])

export function hasLabel(resource: JsonObject, label: ReviewLabel): boolean {
  const { meta } = resource
  const labels = isJsonObject(meta) && Array.isArray(meta['security']) ? meta['security'] : []
  return labels.some((one) => isJsonObject(one) && one['system'] === reviewSystem && one['code'] === label)
}

/** The resource with one of the labels and without the other; without both where none is given. */
export function withLabel(resource: JsonObject, label?: ReviewLabel): JsonObject {
  const before = isJsonObject(resource['meta']) ? resource['meta'] : {}
  const others = (['held', 'released'] as const).filter((one) => one !== label)
  const without = removeMeta(before, { security: others.map(coding) })
  const meta = label === undefined ? without : addMeta(without, { security: [coding(label)] })
  return meta === before ? resource : { ...resource, meta }
}

function coding(code: ReviewLabel): JsonObject {
  return { system: reviewSystem, code }
}
