/** The rows of the side tables that belong to a version, and the entries of the dictionaries. */

import { ucumSystem, unitScale } from '../fhir/quantity.ts'
import type { IndexRow, UnitRow } from '../fhir/search/index-row.ts'
import { presenceBits } from '../fhir/search/index-row.ts'
import { arrayText } from '../fhir/search/table.ts'
import { sql } from '../sql.ts'
import type { ContainedRow, IndexedVersion, Store } from './store.ts'

/** Says in `present` that side rows exist, so that updates of the many resources without any skip them. */
const sideBit = 1n << BigInt(presenceBits)

export function presentBits(version: IndexedVersion): bigint {
  return hasSideRows(version.index) || version.contained.length > 0
    ? version.index.present | sideBit
    : version.index.present
}

export function hasSideRows(row: IndexRow): boolean {
  return (
    row.strings.length > 0 ||
    row.numbers.length > 0 ||
    row.dates.length > 0 ||
    row.codes.length > 0 ||
    row.narrative !== null
  )
}

/** The argument of put_side: JSON whose 64-bit numbers are strings; null when there is nothing to store. */
export function sideJson(version: IndexedVersion, typeNumbers: ReadonlyMap<string, number>): string | null {
  const side = {
    ...rowSide(version.index),
    ...(version.contained.length > 0 && {
      c: version.contained.map((row) => containedJson(row, version, typeNumbers)),
    }),
  }
  return Object.keys(side).length === 0 ? null : JSON.stringify(side)
}

function rowSide(row: IndexRow) {
  return {
    ...(row.strings.length > 0 && { s: row.strings.map(({ path, value }) => [path, value]) }),
    ...(row.numbers.length > 0 && {
      n: row.numbers.map((n) => [n.path, text(n.code), text(n.system), text(n.unit), String(n.low), String(n.high)]),
    }),
    ...(row.dates.length > 0 && { d: row.dates.map(({ path, range }) => [path, range.low, range.high]) }),
    ...(row.codes.length > 0 && { k: row.codes.map((code) => [text(code), text(row.patient), row.d0]) }),
    ...(row.narrative !== null && { t: row.narrative }),
  }
}

function containedJson(row: ContainedRow, container: IndexedVersion, typeNumbers: ReadonlyMap<string, number>) {
  const { index } = row
  const side = rowSide(index)
  return {
    pk: text(row.key),
    type: typeNumbers.get(row.type),
    id: row.id,
    ts: container.ts,
    patient: text(index.patient),
    d0: index.d0,
    d1: index.d1,
    code: text(index.code),
    number: index.number,
    unit: text(index.unit),
    present: text(index.present),
    terms: arrayText(index.terms),
    content: row.content,
    ...(Object.keys(side).length > 0 && { x: side }),
  }
}

function text(value: bigint | null): string | null {
  return value === null ? null : String(value)
}

function dimensionOf({ system, code }: UnitRow): string | null {
  return system === ucumSystem ? (unitScale(code)?.dimension ?? null) : null
}

/** Forgetting what is known only costs a repeated insert. */
const mostKnown = 200_000

/**
 * Stores the dictionary entries that these versions need. Outside their transaction: an entry without a resource harms
 * nothing, and entries are shared by transactions that must not wait for each other.
 */
export async function storeDictionaries(store: Store, versions: readonly IndexedVersion[]): Promise<void> {
  const { known } = store.dictionary
  if (known.size > mostKnown) known.clear()
  const texts = new Map<bigint, IndexRow['texts'][number]>()
  const units = new Map<bigint, IndexRow['units'][number]>()
  const addUnknown = (row: IndexRow) => {
    for (const text of row.texts) if (!known.has(text.term)) texts.set(text.term, text)
    for (const unit of row.units) if (!known.has(unit.unit)) units.set(unit.unit, unit)
  }
  for (const version of versions) {
    addUnknown(version.index)
    for (const row of version.contained) addUnknown(row.index)
  }
  if (texts.size > 0) {
    const list = [...texts.values()]
    await store.database.aside.query(sql`
      insert into text_term (path, v, term)
      select * from unnest(${list.map((t) => t.path)}::int[], ${list.map((t) => t.value)}::text[], ${arrayText(list.map((t) => t.term))}::bigint[])
      order by 1, 2 on conflict do nothing`)
  }
  if (units.size > 0) {
    const list = [...units.values()]
    await store.database.aside.query(sql`
      insert into unit (unit, system, code, text, dimension)
      select * from unnest(${arrayText(list.map((u) => u.unit))}::bigint[], ${list.map((u) => u.system)}::text[],
        ${list.map((u) => u.code)}::text[], ${list.map((u) => u.text)}::text[], ${list.map(dimensionOf)}::text[])
      order by 1 on conflict do nothing`)
  }
  for (const term of texts.keys()) known.add(term)
  for (const unit of units.keys()) known.add(unit)
}
