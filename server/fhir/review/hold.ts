/** A result as it is stored under the rules of release. */
import type { JsonObject } from '../json.ts'
import { hasLabel, heldTypes, withLabel } from './labels.ts'
import { type ReleaseRule, releaseOf } from './release-rules.ts'

export interface Writer {
  /** Whether the writer may say that a result is released. */
  readonly mayRelease: boolean
  /** The FHIR base URL of this server. */
  readonly base: string
}

/**
 * Decided by the version alone and not by the one before it: what is stored under an `after-review` rule is held unless
 * somebody who may says in it that it is released. So what a laboratory corrects is held again, for the new value was not
 * reviewed; and there is no order of writes by which a label is lost.
 */
export function heldUnlessReleased(
  resource: JsonObject,
  rules: readonly ReleaseRule[],
  { mayRelease, base }: Writer,
): JsonObject {
  if (!heldTypes.has(String(resource['resourceType']))) return resource
  if (mayRelease) {
    const decided = hasLabel(resource, 'released') ? 'released' : hasLabel(resource, 'held') ? 'held' : undefined
    if (decided) return withLabel(resource, decided)
  }
  if (releaseOf(resource, rules, base) === 'after-review') return withLabel(resource, 'held')
  return hasLabel(resource, 'released') ? withLabel(resource) : resource
}
