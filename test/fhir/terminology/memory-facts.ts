/** Facts that are resources in memory. */
import type { JsonObject } from '../../../server/fhir/json.ts'
import { codeTable } from '../../../server/fhir/terminology/code-table.ts'
import { type Facts, splitCanonical } from '../../../server/fhir/terminology/facts.ts'
import { chooseVersion } from '../../../server/fhir/terminology/newest.ts'
import { constraintInMemory } from '../../../server/interactions/terminology/constraint.ts'

export function memoryFacts(resources: readonly JsonObject[]): Facts {
  const find = (type: string, canonical: string) => {
    const { url, version } = splitCanonical(canonical)
    const found = resources.filter((resource) => resource['resourceType'] === type && resource['url'] === url)
    return chooseVersion(found, version)
  }
  return {
    resource: find,
    system: (url, version) => {
      const found = find('CodeSystem', version === undefined ? url : `${url}|${version}`)
      return found && codeTable(found)
    },
    supplements: (url) => resources.filter((resource) => resource['supplements'] === url).map(codeTable),
    conceptMaps: () => resources.filter((resource) => resource['resourceType'] === 'ConceptMap'),
    constraint: constraintInMemory,
  }
}
