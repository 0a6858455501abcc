/** Compares what is stored beside a resource with what indexing it again gives. */

import type { Db } from '../store/database.ts'
import { type ContainedStoredRow, containedRows, type IndexColumns, type SideRow, sideRows } from '../store/fsck.ts'
import { presentBits, sideJson } from '../store/side-rows.ts'
import type { IndexedVersion } from '../store/store.ts'

/** The side tables of some resources and of what they contain, by their keys. */
export interface Aside {
  readonly side: ReadonlyMap<string, readonly SideRow[]>
  readonly contained: ReadonlyMap<string, readonly ContainedStoredRow[]>
}

export async function readAside(db: Db, keys: readonly string[]): Promise<Aside> {
  const contained = await containedRows(db, keys)
  const side = await sideRows(db, [...keys, ...contained.map((row) => row.pk)])
  return {
    side: Map.groupBy(side, (row) => row.pk),
    contained: Map.groupBy(contained, (row) => row.container),
  }
}

/** The names of the columns and side tables in which the stored row differs from the version indexed again. */
export function indexDifferences(
  row: IndexColumns,
  aside: Aside,
  version: IndexedVersion,
  typeNumbers: ReadonlyMap<string, number>,
): string[] {
  const key = String(version.key)
  const side = JSON.parse(sideJson(version, typeNumbers) ?? '{}') as Side
  const { index } = version
  const columns = { ...index, present: presentBits(version), terms: `{${index.terms.join(',')}}` }
  return [
    ...columnDifferences(row, columns),
    ...sideDifferences(aside.side.get(key) ?? [], side),
    ...containedDifferences(aside, key, side.c ?? []),
  ]
}

/** The argument of put_side. */
interface Side {
  readonly s?: readonly (readonly unknown[])[]
  readonly n?: readonly (readonly unknown[])[]
  readonly d?: readonly (readonly unknown[])[]
  readonly k?: readonly (readonly unknown[])[]
  readonly t?: string
  readonly c?: readonly ContainedSide[]
}

interface ContainedSide extends Record<keyof IndexColumns, unknown> {
  readonly pk: string
  readonly type: number
  readonly id: string
  readonly ts: number
  readonly content: string
  readonly x?: Side
}

const columnNames = ['patient', 'd0', 'd1', 'code', 'number', 'unit', 'present'] as const

function columnDifferences(stored: IndexColumns, expected: Record<keyof IndexColumns, unknown>): string[] {
  const differing: string[] = columnNames.filter((name) => String(stored[name]) !== String(expected[name]))
  if (sortedTerms(stored.terms) !== sortedTerms(String(expected.terms))) differing.push('terms')
  return differing
}

function sortedTerms(text: string): string {
  return text.slice(1, -1).split(',').sort().join(',')
}

const sideTables = { s: 'x_string', n: 'x_number', d: 'x_date', k: 'x_code' } as const

function sideDifferences(stored: readonly SideRow[], expected: Side): string[] {
  const differing: string[] = []
  for (const [kind, table] of Object.entries(sideTables) as [keyof typeof sideTables, string][]) {
    const rows = stored.filter((row) => row.kind === kind).map((row) => JSON.parse(row.row) as unknown[])
    const text = kind === 's' ? String : numeral
    if (rowsText(rows, text) !== rowsText(expected[kind] ?? [], text)) differing.push(table)
  }
  const words = stored.find((row) => row.kind === 't')
  if (wordsText(words && JSON.parse(words.row)) !== wordsText(expected.t?.split(' '))) differing.push('x_narrative')
  return differing
}

function rowsText(rows: readonly (readonly unknown[])[], text: (value: unknown) => string): string {
  return rows
    .map((row) => JSON.stringify(row.map((value) => (value === null ? null : text(value)))))
    .sort()
    .join('\n')
}

/** Numbers may be text on one side, in another form; 64-bit integers are text on both. */
function numeral(value: unknown): string {
  const text = String(value)
  return /^-?\d*\.?\d+(e[+-]?\d+)?$/i.test(text) && !/^-?\d{16,}$/.test(text) ? String(Number(text)) : text
}

function wordsText(words: readonly string[] | undefined): string | undefined {
  return words && [...new Set(words.filter((word) => word !== ''))].sort().join(' ')
}

function containedDifferences(aside: Aside, key: string, expected: readonly ContainedSide[]): string[] {
  const stored = new Map((aside.contained.get(key) ?? []).map((row) => [row.pk, row]))
  if (stored.size !== expected.length) return ['contained']
  return expected.flatMap((inner) => {
    const row = stored.get(inner.pk)
    if (!row) return ['contained']
    const same = (['type', 'id', 'ts', 'content'] as const).every((name) => String(row[name]) === String(inner[name]))
    return [
      ...(same ? [] : ['contained']),
      ...columnDifferences(row, inner),
      ...sideDifferences(aside.side.get(inner.pk) ?? [], inner.x ?? {}),
    ].map((name) => (name === 'contained' ? name : `contained ${name}`))
  })
}
