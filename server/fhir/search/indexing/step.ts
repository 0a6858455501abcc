/** A step of indexing a resource: it looks at one path and adds what it finds there. */
import type { JsonObject } from '../../json.ts'
import type { IndexRow } from '../index-row.ts'

/** The resource that is indexed, and the row as far as it has come. */
export interface Indexer {
  readonly row: IndexRow
  readonly resource: JsonObject
}

/** Adds to the row what one path of the resource, or one composite, says. */
export type Step = (indexer: Indexer) => void
