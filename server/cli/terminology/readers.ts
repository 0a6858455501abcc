/** What `candela terminology import` can read: the kind of a release, and the reader that opens it. */
import type { ConceptRow, ReleaseSystem } from '../../fhir/terminology/concept-row.ts'

/** A code system in a release, whose concepts are read as they are asked for. */
export interface OpenRelease {
  readonly system: ReleaseSystem
  readonly rows: AsyncIterable<ConceptRow>
  /** How much of the release was read, from 0 to 1, where that is known. */
  readonly readShare?: () => number
}

/** Opens what lies at a path; a release may hold several code systems. */
export type ReleaseReader = (path: string) => Promise<readonly OpenRelease[]>

export const readers: Readonly<Record<string, ReleaseReader>> = {}
