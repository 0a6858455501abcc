/** The StructureDefinitions that the base specification is published with. */
import type { JsonObject } from '../../server/fhir/json.ts'
import { readBundle } from '../../server/packages.ts'

export type StructureBundle = 'profiles-types' | 'profiles-resources' | 'profiles-others' | 'extension-definitions'

export function publishedStructures(bundle: StructureBundle): readonly JsonObject[] {
  const resources = readBundle(`${bundle}.json`) as readonly object[] as readonly JsonObject[]
  return resources.filter((resource) => resource['resourceType'] === 'StructureDefinition')
}
