/** Questions about many concepts of a release at once, given as ranges of their numbers. */
import { mergeSorted, type Ranges, rangesOf, unite } from '../../fhir/terminology/ranges.ts'
import { type Sql, sql } from '../../sql.ts'
import { type ConceptTexts, type ReleaseReader, readRelease } from './concepts.ts'
import { decodeNumbers, decodeRanges } from './number-sets.ts'
import { lists, tableOf } from './tables.ts'

export async function numbersOfCodes(reader: ReleaseReader, codes: readonly string[]): Promise<Map<string, number>> {
  const { db, release, newest } = reader
  const rows = await readRelease<{ n: number; code: string }>(
    db,
    newest,
    sql`select n, code from ${tableOf(release, 'concept')} where code = any(${codes}::text[])`,
  )
  return new Map(rows.map(({ n, code }) => [code, n]))
}

/** The concepts right above any of these. */
export async function parentsOf(reader: ReleaseReader, of: Ranges): Promise<Ranges> {
  const { db, release, newest } = reader
  const rows = await readRelease<{ n: number }>(
    db,
    newest,
    sql`select distinct parent as n from ${concepts(release, of)}, unnest(c.parents) as parent order by 1`,
  )
  return mergeSorted(Int32Array.from(rows, ({ n }) => n))
}

/** These and the concepts above any of them. */
export async function ancestorsOf(reader: ReleaseReader, of: Ranges): Promise<Ranges> {
  const { db, release, newest } = reader
  const rows = await readRelease<{ n: number }>(
    db,
    newest,
    sql`with recursive above (n) as (
        select c.n from ${concepts(release, of)}
        union
        select parent from above a join ${tableOf(release, 'concept')} c using (n), unnest(c.parents) as parent
      ) select n from above order by n`,
  )
  return mergeSorted(Int32Array.from(rows, ({ n }) => n))
}

/** The concepts right below any of these. */
export async function childrenOf(reader: ReleaseReader, of: Ranges): Promise<Ranges> {
  const { db, release, newest } = reader
  const rows = await readRelease<{ children: Buffer }>(
    db,
    newest,
    sql`select c.children from ${concepts(release, of)} where c.children is not null`,
  )
  return unite(rows.map(({ children }) => decodeRanges(children)))
}

/** The concepts below any of these; with `self`, these too. */
export async function descendantsOf(reader: ReleaseReader, of: Ranges, self: boolean): Promise<Ranges> {
  const { db, release, newest } = reader
  const rows = await readRelease<{ n: number; size: number; below: Buffer | null }>(
    db,
    newest,
    // Leaves have nothing below them; of most queries they are the largest part.
    sql`select c.n, c.size, c.below from ${concepts(release, of)} where c.size > 1 or c.below is not null order by c.n`,
  )
  const found: Ranges[] = self ? [of] : []
  // What is below a concept of the branch that was just taken is in that branch.
  let end = 0
  for (const { n, size, below } of rows) {
    if (below === null && n + size <= end) continue
    const ranges = below ? (decodeNumbers(below) as Ranges) : Int32Array.of(n, n + size)
    found.push(...withoutFirst(ranges, n))
    if (below === null) end = Math.max(end, n + size)
  }
  return unite(found)
}

/** Concepts that have one of the properties, with the values that are concepts: by the number of the value. */
export async function havingConcept(
  reader: ReleaseReader,
  properties: readonly string[],
  values: Ranges | 'any',
): Promise<{ readonly value: number; readonly concepts: Buffer }[]> {
  const { db, release, newest } = reader
  const from = values === 'any' ? sql`${tableOf(release, 'concept')} c` : concepts(release, values)
  return readRelease(
    db,
    newest,
    sql`select c.n as value, p.numbers as concepts from ${from}
      join ${tableOf(release, 'posting')} p on p.word = c.code and p.list = any(${properties.map(lists.value)}::text[])`,
  )
}

/** Concepts that have one of the properties, with the values that are none. */
export async function havingText(
  reader: ReleaseReader,
  properties: readonly string[],
): Promise<{ readonly value: string; readonly concepts: Buffer }[]> {
  const { db, release, newest } = reader
  return readRelease(
    db,
    newest,
    sql`select p.word as value, p.numbers as concepts from ${tableOf(release, 'posting')} p
      where p.list = any(${properties.map(lists.value)}::text[])
        and not exists (select from ${tableOf(release, 'concept')} c where c.code = p.word)`,
  )
}

/** Texts of all concepts within the ranges. */
export async function textsWithin(reader: ReleaseReader, of: Ranges): Promise<ConceptTexts[]> {
  const { db, release, newest } = reader
  return readRelease<ConceptTexts>(
    db,
    newest,
    sql`select c.n, c.code, c.flags, c.parents, t.display, t.definition, t.designations, t.properties
      from ${concepts(release, of)} join ${tableOf(release, 'text')} t using (k)`,
  )
}

/** The properties of the concepts within the ranges that have any. */
export async function propertiesWithin(
  reader: ReleaseReader,
  of: Ranges,
): Promise<{ readonly n: number; readonly properties: string }[]> {
  const { db, release, newest } = reader
  return readRelease(
    db,
    newest,
    sql`select c.n, t.properties from ${concepts(release, of)} join ${tableOf(release, 'text')} t using (k)
      where t.properties is not null`,
  )
}

/** The rows within ranges, as `c`. */
function concepts(release: number, of: Ranges): Sql {
  const firsts = Array.from(of).filter((_, i) => i % 2 === 0)
  const ends = Array.from(of).filter((_, i) => i % 2 === 1)
  return sql`unnest(${firsts}::int[], ${ends}::int[]) as r (first, after)
    join ${tableOf(release, 'concept')} c on c.n >= r.first and c.n < r.after`
}

function withoutFirst(ranges: Ranges, number: number): Ranges[] {
  const all: Ranges[] = []
  for (let i = 0; i < ranges.length; i += 2) {
    const [first, end] = [ranges[i]!, ranges[i + 1]!]
    if (number < first || number >= end) all.push(Int32Array.of(first, end))
    else all.push(Int32Array.of(first, number), Int32Array.of(number + 1, end))
  }
  return all.filter((range) => range[1]! > range[0]!)
}

/** Those of `found` whose value passes. */
export function conceptsWith<V>(
  found: readonly { readonly value: V; readonly concepts: Buffer }[],
  passes: (value: V) => boolean,
): Ranges {
  return unite(found.flatMap(({ value, concepts: numbers }) => (passes(value) ? [decodeRanges(numbers)] : [])))
}

/** The values of those of `found` that any of the concepts has. */
export function valuesHeldBy(
  found: readonly { readonly value: number; readonly concepts: Buffer }[],
  isHeld: (concepts: Ranges) => boolean,
): Ranges {
  return rangesOf(found.flatMap(({ value, concepts: numbers }) => (isHeld(decodeRanges(numbers)) ? [value] : [])))
}
