/** Reads concepts and sets of concepts of a release. Every statement also tells which release is the newest. */
import { OutcomeError } from '../../fhir/outcome.ts'
import { splitPattern } from '../../fhir/terminology/pattern.ts'
import type { Ranges } from '../../fhir/terminology/ranges.ts'
import { longestWord } from '../../fhir/terminology/words.ts'
import { type Sql, sql } from '../../sql.ts'
import { type Db, sqlState } from '../database.ts'
import { decodeRanges } from './number-sets.ts'
import { lists, longestStart, longestValue, tableOf } from './tables.ts'

/** The tables were dropped, or a newer release has come: what was looked up may be of the old one. */
export class StaleReleaseError extends Error {}

export interface ConceptPlace {
  readonly n: number
  readonly code: string
  readonly flags: number
  /** Ranges, encoded; null: itself and those after it, `size` in all. */
  readonly below: Buffer | null
  readonly size: number
  readonly parents: readonly number[] | null
  readonly children: Buffer | null
}

export interface ConceptTexts {
  readonly n: number
  readonly code: string
  readonly flags: number
  readonly parents: readonly number[] | null
  readonly display: string | null
  readonly definition: string | null
  /** See `row-texts.ts`. */
  readonly designations: string | null
  readonly properties: string | null
}

/** Whose release a statement reads, and the newest that its sender knows of. */
export interface ReleaseReader {
  readonly db: Db
  readonly release: number
  readonly newest: number
}

const place = sql`n, code, flags, below, size, parents, children`

/** Places and texts of concepts by their codes. */
export function conceptsByCode(
  { db, release, newest }: ReleaseReader,
  codes: readonly string[],
): Promise<(ConceptPlace & ConceptTexts)[]> {
  return readRelease<ConceptPlace & ConceptTexts>(
    db,
    newest,
    sql`select c.n, c.code, c.flags, c.below, c.size, c.parents, c.children, t.display, t.definition, t.designations, t.properties
      from ${tableOf(release, 'concept')} c join ${tableOf(release, 'text')} t using (k)
      where c.code = any(${codes}::text[])`,
  )
}

export function placesOf({ db, release, newest }: ReleaseReader, numbers: readonly number[]): Promise<ConceptPlace[]> {
  return readRelease<ConceptPlace>(
    db,
    newest,
    sql`select ${place} from ${tableOf(release, 'concept')} where n = any(${numbers}::int[])`,
  )
}

export function textsOf({ db, release, newest }: ReleaseReader, numbers: readonly number[]): Promise<ConceptTexts[]> {
  return readRelease<ConceptTexts>(
    db,
    newest,
    sql`select c.n, c.code, c.flags, c.parents, t.display, t.definition, t.designations, t.properties
      from ${tableOf(release, 'concept')} c join ${tableOf(release, 'text')} t using (k)
      where c.n = any(${numbers}::int[])`,
  )
}

/** The numbers of a concept and all above it. */
export async function numbersAbove({ db, release, newest }: ReleaseReader, number: number): Promise<number[]> {
  const rows = await readRelease<{ n: number }>(
    db,
    newest,
    sql`with recursive above (n) as (
        select ${number}::int
        union
        select parent from above a join ${tableOf(release, 'concept')} c using (n), unnest(c.parents) as parent
      ) select n from above`,
  )
  return rows.map(({ n }) => n)
}

/** Sets by list and word; without those that there are none of. */
export async function setsOf(
  { db, release, newest }: ReleaseReader,
  keys: readonly { readonly list: string; readonly word: string }[],
): Promise<{ readonly list: string; readonly word: string; readonly numbers: Buffer }[]> {
  return readRelease(
    db,
    newest,
    sql`select p.list, p.word, p.numbers from ${tableOf(release, 'posting')} p
      join unnest(${keys.map(({ list }) => list)}::text[], ${keys.map(({ word }) => word)}::text[]) as asked (list, word)
        on p.list = asked.list collate "C" and p.word = asked.word collate "C"`,
  )
}

/** The sets of all words that begin so. */
export async function setsOfWords({ db, release, newest }: ReleaseReader, prefix: string): Promise<Ranges[]> {
  const short = prefix.length <= longestStart
  const rows = await readRelease<{ numbers: Buffer }>(
    db,
    newest,
    short
      ? sql`select numbers from ${tableOf(release, 'posting')} where list = ${lists.start} and word = ${prefix}`
      : sql`select numbers from ${tableOf(release, 'posting')}
          where list = ${lists.word} and word >= ${prefix} and word < ${`${prefix}\u{10FFFF}`}`,
  )
  return rows.map(({ numbers }) => decodeRanges(numbers))
}

/** The sets of all words that hold these letters; long words are cut, and taken for some that may. */
export async function setsOfWordsWith({ db, release, newest }: ReleaseReader, letters: string): Promise<Ranges[]> {
  const rows = await readRelease<{ numbers: Buffer }>(
    db,
    newest,
    sql`select numbers from ${tableOf(release, 'posting')}
      where list = ${lists.word} and (strpos(word, ${letters}) > 0 or length(word) >= ${longestWord})`,
  )
  return rows.map(({ numbers }) => decodeRanges(numbers))
}

/** The sets of all values of a property that match as a whole. */
export async function setsOfPattern(reader: ReleaseReader, property: string, pattern: string): Promise<Ranges[]> {
  const { db, release, newest } = reader
  const { body, ignoresCase } = splitPattern(pattern)
  const whole = `${ignoresCase ? '(?i)' : ''}^(?:${body})$`
  const column = columns[property]
  if (column) {
    const rows = await patternRead<{ n: number }>(
      db,
      newest,
      sql`select c.n from ${tableOf(release, 'concept')} c join ${tableOf(release, 'text')} t using (k)
        where ${column} ~ ${whole} order by c.n`,
      pattern,
    )
    return rows.map(({ n }) => Int32Array.of(n, n + 1))
  }
  const rows = await patternRead<{ numbers: Buffer }>(
    db,
    newest,
    sql`select numbers from ${tableOf(release, 'posting')} where list = ${lists.value(property)} and word ~ ${whole}`,
    pattern,
  )
  return rows.map(({ numbers }) => decodeRanges(numbers))
}

/** What every concept has counts as a property, too. */
const columns: Readonly<Record<string, Sql>> = {
  code: sql`c.code`,
  display: sql`t.display`,
  definition: sql`t.definition`,
}

/** Concepts whose display or definition is a text. */
export async function numbersWithText(reader: ReleaseReader, property: string, value: string): Promise<number[]> {
  const { db, release, newest } = reader
  const rows = await readRelease<{ n: number }>(
    db,
    newest,
    sql`select c.n from ${tableOf(release, 'concept')} c join ${tableOf(release, 'text')} t using (k)
      where ${columns[property]!} = ${value} order by c.n`,
  )
  return rows.map(({ n }) => n)
}

/** Concepts that have a display or definition at all. */
export async function numbersWithAny({ db, release, newest }: ReleaseReader, property: string): Promise<number[]> {
  const rows = await readRelease<{ n: number }>(
    db,
    newest,
    sql`select c.n from ${tableOf(release, 'concept')} c join ${tableOf(release, 'text')} t using (k)
      where ${columns[property]!} is not null order by c.n`,
  )
  return rows.map(({ n }) => n)
}

export function isColumn(property: string): boolean {
  return Object.hasOwn(columns, property)
}

/** The key of a property's value: long ones are cut. */
export function valueKey(property: string, value: string): { readonly list: string; readonly word: string } {
  return { list: lists.value(property), word: value.slice(0, longestValue) }
}

const invalidPattern = '2201B'
const undefinedTable = '42P01'

async function patternRead<Row extends object>(db: Db, newest: number, query: Sql, pattern: string): Promise<Row[]> {
  try {
    return await readRelease<Row>(db, newest, query)
  } catch (error) {
    if (sqlState(error) !== invalidPattern) throw error
    const reason = `The pattern '${pattern}' cannot be used: ${(error as Error).message}.`
    throw new OutcomeError('invalid-terminology', { reason })
  }
}

/** Reads a release. One statement tells both, so that what is read cannot be older than what is known. */
export async function readRelease<Row extends object>(db: Db, newest: number, query: Sql): Promise<Row[]> {
  try {
    const rows = await db.query<Row & { newest: number; present: true | null }>(sql`
      with found as (select true as present, q.* from (${query}) q)
      select found.*, (select max(number) from terminology_release where state = 'current') as newest
      from (select) as one left join found on true`)
    if (rows[0]!.newest !== newest) throw new StaleReleaseError()
    return rows.filter(({ present }) => present)
  } catch (error) {
    throw sqlState(error) === undefinedTable ? new StaleReleaseError() : error
  }
}
