/** What compiling a condition needs to know: the row it is about, and what was looked up beforehand. */
import type { Access } from '../../access/access.ts'
import { raw, type Sql } from '../../sql.ts'
import type { Definitions } from '../definitions.ts'
import type { SearchIndexes } from './search-indexes.ts'
import { tableOf } from './table.ts'
import type { Terms } from './term.ts'

/** A unit that occurs in stored quantities. */
export interface KnownUnit {
  readonly unit: bigint
  readonly system: string
  readonly code: string
  readonly text: string
}

export interface CodeInSystem {
  readonly system?: string
  readonly code: string
}

/** The same for a whole statement. */
export interface Compiler {
  readonly definitions: Definitions
  readonly indexes: SearchIndexes
  readonly terms: Terms
  readonly access: Access
  readonly base: string
  readonly now: number
  readonly typeNumbers: ReadonlyMap<string, number>
  /** Units that values with a unit may be stored in. */
  readonly units: readonly KnownUnit[]
  /** Codes by value set url (`:in`), or by `system|code` (`:below`, `:above`); undefined for what is unknown. */
  readonly codes: ReadonlyMap<string, readonly CodeInSystem[]>
  /** By the same keys why an external server could not tell either. */
  readonly codeHints?: ReadonlyMap<string, string>
  /** References of Lists by id (`_list`). */
  readonly lists: ReadonlyMap<string, readonly string[]>
  readonly nextAlias: () => Sql
}

/** The row that conditions are about: a resource type and its name in the statement. */
export interface Scope {
  readonly type: string
  readonly alias: Sql
  readonly compiler: Compiler
  /** The type's table, or the one of contained resources. */
  readonly table: Sql
  readonly contained?: boolean
}

/** The rows of a type's own table. */
export function scopeOf(type: string, compiler: Compiler, alias = raw('r')): Scope {
  return { type, alias, compiler, table: tableOf(type) }
}

/** Numbers the rows of nested conditions: r1, r2, … */
export function aliasSource(): () => Sql {
  let count = 0
  return () => raw(`r${++count}`)
}
