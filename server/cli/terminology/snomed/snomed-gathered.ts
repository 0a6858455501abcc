/** What is in memory of a snapshot: columns of numbers, chained by concept, and texts as bytes. */
import { type Chain, chainOf, type TextStore, textStore } from '../columns.ts'
import { type IdTable, idTable } from '../id-table.ts'

/** `preferred` has a bit for each language refset. */
const descriptionColumns = { at: 'int', length: 'short', type: 'byte', language: 'byte', preferred: 'short' } as const
/** `target`: a concept, or -1 - the place of a concrete value. */
const relationshipColumns = { type: 'short', target: 'int', group: 'short' } as const

export interface Gathered {
  readonly concepts: IdTable
  /** By concept: bits of `flags`, the day as a number, the place of its module. */
  readonly states: Chain<{ readonly flags: 'byte'; readonly day: 'int'; readonly module: 'short' }>
  readonly descriptions: Chain<typeof descriptionColumns>
  /** Of the descriptions; empty once it is not needed any more. */
  descriptionIds: IdTable
  readonly texts: TextStore
  readonly relationships: Chain<typeof relationshipColumns>
  readonly memberships: Chain<{ readonly refset: 'short' }>
  /** From concepts out of use to those in their place. */
  readonly associations: Chain<{ readonly refset: 'short'; readonly target: 'int' }>
  readonly lists: Lists
  readonly languages: Map<string, number>
  readonly values: Map<string, number>
  /** Modules that depend on others, and those. */
  readonly dependencies: Set<string>
  readonly dependedOn: Set<string>
  /** How many concepts there were before the file that is being read. */
  before: number
}

export const flags = { active: 1, defined: 2 } as const

/** Of each there are few. */
export type ListKind = 'module' | 'attribute' | 'refset' | 'languageRefset' | 'association'
export type Lists = Readonly<Record<ListKind, IdTable>>

/** Once all is told: what made the rows may outlive them, and this is the most of it. */
export function forget(gathered: Gathered): void {
  Object.assign(gathered, emptyGathered())
}

export function emptyGathered(): Gathered {
  return {
    concepts: idTable(),
    states: chainOf({ flags: 'byte', day: 'int', module: 'short' }),
    descriptions: chainOf(descriptionColumns),
    descriptionIds: idTable(),
    texts: textStore(),
    relationships: chainOf(relationshipColumns),
    memberships: chainOf({ refset: 'short' }),
    associations: chainOf({ refset: 'short', target: 'int' }),
    lists: {
      module: idTable(),
      attribute: idTable(),
      refset: idTable(),
      languageRefset: idTable(),
      association: idTable(),
    },
    languages: new Map(),
    values: new Map(),
    dependencies: new Set(),
    dependedOn: new Set(),
    before: 0,
  }
}
