/** What a reader makes of a release of a terminology, and what it tells meanwhile. */
import type { JsonObject } from '../../fhir/json.ts'
import type { ConceptRow, ReleaseSystem } from '../../fhir/terminology/concept-row.ts'

export interface ReleaseFile {
  /** Within the release, with `/` between folders. */
  readonly path: string
  /** The last part of the path. */
  readonly name: string
  /** Bytes, uncompressed. */
  readonly size: number
  /** The uncompressed bytes, from the beginning. */
  readonly open: () => AsyncIterable<Buffer>
}

/** A row that is left out, or read differently than it was meant. */
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
  /** Where it says that a concept is right below another. */
  readonly placeOfLink?: (child: string, parent: string) => Promise<string | undefined>
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

/** Says what is wrong with a release, and where: nothing of it is kept. */
export class ReleaseError extends Error {}
