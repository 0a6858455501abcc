/** What `candela terminology import` can read: the kind of a release, and what opens it. */
import type { JsonObject } from '../../fhir/json.ts'
import type { ConceptRow, ReleaseSystem } from '../../fhir/terminology/concept-row.ts'

/** A row that is left out, or read differently than it was meant. */
export interface RowProblem {
  readonly file: string
  /** From 1; absent where it is about the file as a whole. */
  readonly line?: number
  readonly message: string
}

/** A code system whose concepts are read as they are asked for. */
export interface OpenedRelease {
  readonly system: ReleaseSystem
  readonly concepts: AsyncIterable<ConceptRow>
  /** ValueSet resources that come with it, such as answer lists. */
  readonly valueSets?: AsyncIterable<JsonObject>
  /** How much of the release was read, from 0 to 1, where that is known. */
  readonly readShare?: () => number
  readonly close?: () => void
}

/** Opens what lies at a path. */
export type OpenRelease = (path: string, tell: (problem: RowProblem) => void) => Promise<OpenedRelease>

export const readers: Readonly<Record<string, OpenRelease>> = {}
