/** Which of several versions is meant. https://hl7.org/fhir/R4/references.html#canonical */
import { compareVersions } from '../conformance/canonicals.ts'
import type { JsonObject } from '../json.ts'

/** The one of that version, or the newest where none is named. */
export function chooseVersion(resources: readonly JsonObject[], version: string | undefined): JsonObject | undefined {
  if (version !== undefined) return resources.find((resource) => resource['version'] === version)
  return resources.reduce<JsonObject | undefined>(
    (newest, resource) => (newest && compareVersions(versionOf(newest), versionOf(resource)) > 0 ? newest : resource),
    undefined,
  )
}

/**
 * Whether two versions may mean the same; one that is not named may be any. Of SNOMED CT an edition without a date is its
 * release: http://snomed.info/sct/900000000000207008 and http://snomed.info/sct/900000000000207008/version/20250101.
 */
export function sameVersion(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || a === b || isEditionOf(a, b) || isEditionOf(b, a)
}

function isEditionOf(edition: string, version: string): boolean {
  return version.startsWith(`${edition}/version/`)
}

function versionOf(resource: JsonObject): string {
  return String(resource['version'] ?? '')
}
