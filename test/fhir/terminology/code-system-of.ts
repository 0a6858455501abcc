/** Concept rows as a CodeSystem resource. */

import type { JsonObject } from '../../../server/fhir/json.ts'
import type { ConceptRow, ReleaseSystem } from '../../../server/fhir/terminology/concept-row.ts'

export function codeSystemOf({ url, version }: ReleaseSystem, rows: readonly ConceptRow[]): JsonObject {
  return {
    resourceType: 'CodeSystem',
    url,
    version,
    status: 'active',
    content: 'complete',
    caseSensitive: true,
    concept: rows.map((row): JsonObject => {
      const designations = row.designations ?? []
      return {
        code: row.code,
        ...(row.display !== undefined && { display: row.display }),
        ...(designations.length > 0 && { designation: designations.map(({ value }) => ({ value })) }),
        property: [
          ...(row.active ? [] : [{ code: 'inactive', valueBoolean: true }]),
          ...(row.parents ?? []).map((parent) => ({ code: 'parent', valueCode: parent })),
          ...(row.properties ?? []).map(({ code, value }) => ({ code, valueString: value })),
        ],
      }
    }),
  }
}
