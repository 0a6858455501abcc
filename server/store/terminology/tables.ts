/** The tables of one release of a code system. */
import { identifier, join, raw, type Sql, sql } from '../../sql.ts'

/**
 * `concept`: a row for each concept by its number in the order of the hierarchy, with all that decides on membership;
 * `text`: what is shown of it, by the order of arrival; `posting`: sets of concepts by word, by property and value.
 */
export type ReleaseTable = 'concept' | 'text' | 'posting'

export function tableOf(release: number, table: ReleaseTable): Sql {
  return identifier(`terminology_${release}_${table}`)
}

const columns: Readonly<Record<ReleaseTable, Sql>> = {
  // "below" is null where it is the numbers from n on, "size" of them; else its ranges, as number-sets.ts encodes them.
  concept: raw(
    'n int not null, k int not null, code text collate "C" not null, flags int not null, size int not null, below bytea, parents int[], children bytea',
  ),
  text: raw('k int not null, display text, definition text, designations text, properties text'),
  posting: raw('list text collate "C" not null, word text collate "C" not null, numbers bytea not null'),
}

const indexes: Readonly<Record<ReleaseTable, readonly Sql[]>> = {
  concept: [raw('primary key (n)'), raw('unique (code)')],
  text: [raw('primary key (k)')],
  posting: [raw('primary key (list, word)')],
}

const tables = Object.keys(columns) as ReleaseTable[]

export function createTables(release: number): readonly Sql[] {
  return tables.map((table) => sql`create table ${tableOf(release, table)} (${columns[table]})`)
}

/**
 * The indexes of a table, in one statement. To be made after its rows: made at once, indexes are denser and take a fraction
 * of the time.
 */
export function createIndexes(release: number, table: ReleaseTable): Sql {
  const added = indexes[table].map((index) => sql`add ${index}`)
  return sql`alter table ${tableOf(release, table)} ${join(added, ', ')}`
}

export function dropTables(release: number): Sql {
  return sql`drop table if exists ${join(
    tables.map((table) => tableOf(release, table)),
    ', ',
  )}`
}

/** Bits of `flags`. */
export const flags = { active: 1, abstract: 2 } as const

/** Lists of postings: words, their first one or two letters, values of a property, who has a property, and the rest. */
export const lists = {
  word: '',
  start: '*',
  value: (property: string) => `=${property}`,
  present: '!',
  set: '#',
} as const

/** Letters of the beginnings that have lists of their own. */
export const longestStart = 2

/** Characters of a property's value that it is found by: longer ones do not fit an index. */
export const longestValue = 300
