/** What the store's functions need besides a connection: the numbers of the resource types, and the known dictionaries. */
import type { IndexRow } from '../fhir/search/index-row.ts'
import type { Database, Db } from './database.ts'
import type { StatisticsSource } from './statistics.ts'

export interface Store {
  readonly database: Database
  /** The pool, or the transaction that the current request is in. */
  readonly db: Db
  /** Where searches run: a replica that may lag, or connections of their own; inside a transaction the same as `db`. */
  readonly searchDb: Db
  readonly statistics: StatisticsSource
  readonly typeNumbers: ReadonlyMap<string, number>
  readonly dictionary: Dictionary
}

/** Remembers which dictionary entries are stored, so that most writes need not store any. */
export interface Dictionary {
  readonly known: Set<bigint>
}

/** What a version is found by. */
export interface IndexedVersion {
  readonly type: string
  readonly id: string
  readonly key: bigint
  /** lastUpdated, in milliseconds. */
  readonly ts: number
  /** Of the index that made the rows. */
  readonly generation: number
  readonly index: IndexRow
  readonly contained: readonly ContainedRow[]
}

/** One version to be stored; its content is `head`, the version's number, `tail`. */
export interface NewVersion extends IndexedVersion {
  readonly head: string
  readonly tail: string
  /** Ids of the patients of whose records it is part: looked for where that is asked. */
  readonly patients?: () => readonly string[]
  /** What the journal of accesses is told in the same transaction. */
  readonly audit?: string
}

export interface ContainedRow {
  readonly type: string
  readonly id: string
  readonly key: bigint
  readonly content: string
  readonly index: IndexRow
}

/** A version as it is stored. */
export interface StoredVersion {
  readonly version: number
  readonly ts: number
  /** The bytes that are sent to clients; null for a deletion. */
  readonly content: string
}
