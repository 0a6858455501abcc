/** What a reader makes of a release of a terminology, and what it tells meanwhile. */
import type { Readable } from 'node:stream'
import type { JsonObject } from '../../fhir/json.ts'
import type { ConceptRow, ReleaseSystem } from '../../fhir/terminology/concept-row.ts'

export interface ReleaseFile {
  /** Within the release, with `/` between folders. */
  readonly path: string
  /** The last part of the path. */
  readonly name: string
  /** The uncompressed bytes, from the beginning. */
  readonly open: () => Promise<Readable>
}

/** A row that is left out or read differently than it was meant. */
export interface ReleaseProblem {
  readonly file: string
  /** From 1; absent where it is about the file as a whole. */
  readonly line?: number
  readonly message: string
}

export type TellProblem = (problem: ReleaseProblem) => void

export interface Release {
  readonly system: ReleaseSystem
  readonly concepts: AsyncIterable<ConceptRow>
  /** Resources that come with the release, such as LOINC's answer lists. */
  readonly valueSets?: AsyncIterable<JsonObject>
}

export interface ReleaseSource {
  readonly files: readonly ReleaseFile[]
  /** What the files came from: versions are often told by its name alone. */
  readonly name: string
  readonly tell: TellProblem
}

export interface ReleaseReader {
  /** One sentence, of the kind 'LOINC: …'. */
  readonly about: string
  /** Throws `ReleaseError` where the files are not of this kind. */
  readonly read: (source: ReleaseSource) => Promise<Release>
}

/** Names files that are no release of the kind: bad usage of the command. */
export class ReleaseError extends Error {}
