/** Conformance resources by canonical. https://hl7.org/fhir/R4/references.html#canonical */
import type { JsonObject } from '../json.ts'

/** Synchronous: everything compiled is built from it. */
export interface Canonicals {
  /** `url` or `url|version`; the newest version where none is named; undefined where unknown. `type` narrows (`StructureDefinition`). */
  find(type: string, canonical: string): JsonObject | undefined
}

/** Canonicals that can also be listed. */
export interface CanonicalList extends Canonicals {
  all(type: string): readonly JsonObject[]
}
