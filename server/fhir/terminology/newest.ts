/** Which of several versions is meant. https://hl7.org/fhir/R4/references.html#canonical */
import type { JsonObject } from '../json.ts'

/** The one of that version, or the newest where none is named. */
export function chooseVersion(resources: readonly JsonObject[], version: string | undefined): JsonObject | undefined {
  if (version !== undefined) return resources.find((resource) => resource['version'] === version)
  return resources.reduce<JsonObject | undefined>(
    (newest, resource) => (newest && compareVersions(versionOf(newest), versionOf(resource)) > 0 ? newest : resource),
    undefined,
  )
}

function versionOf(resource: JsonObject): string {
  return String(resource['version'] ?? '')
}

/** Part by part, numbers by their value: 1.10 comes after 1.9. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(/[.\-/]/), b.split(/[.\-/]/)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [one = '', other = ''] = [left[i], right[i]]
    if (one === other) continue
    if (/^\d+$/.test(one) && /^\d+$/.test(other)) return Number(one) - Number(other)
    return one < other ? -1 : 1
  }
  return 0
}
