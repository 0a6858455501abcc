/** The rows of versions and of what belongs to them, collected for COPY. Columns are listed once, in the order of writing. */
import type { IndexRow } from '../fhir/search/index-row.ts'
import { identifier, raw, type Sql, sql } from '../sql.ts'
import type { Copy } from './copy.ts'
import {
  beginRow,
  type CopyRows,
  copyRows,
  putChar,
  putFloat8,
  putInt2,
  putInt4,
  putInt8,
  putInt8Array,
  putInt8Number,
  putText,
  putWords,
} from './copy-format.ts'
import { presentBits } from './side-rows.ts'
import type { ContainedRow, IndexedVersion, NewVersion } from './store.ts'

const columns = {
  resource: 'pk, version, ts, patient, d0, d1, code, number, unit, present, terms, content',
  x_string: 'path, v, pk',
  x_number: 'path, code, system, unit, low, high, pk',
  x_date: 'path, d0, d1, pk',
  x_code: 'code, patient, d0, pk',
  contained:
    'pk, type, id, container, container_type, ts, patient, d0, d1, code, number, unit, present, terms, content',
  x_narrative: 'pk, type, words',
  change_log: 'type, pk, version, op, ts',
  audit_journal: 'version, record',
} as const

type SideTable = Exclude<keyof typeof columns, 'resource'>

const sideTables = Object.keys(columns).filter((name) => name !== 'resource') as SideTable[]

export interface Collected {
  readonly resources: Map<string, CopyRows>
  readonly side: Readonly<Record<SideTable, CopyRows>>
  readonly typeNumbers: ReadonlyMap<string, number>
}

export type ChangeOp = 'C' | 'U' | 'D'

export function collect(typeNumbers: ReadonlyMap<string, number>): Collected {
  const side = Object.fromEntries(sideTables.map((name) => [name, copyRows()])) as Record<SideTable, CopyRows>
  return { resources: new Map(), side, typeNumbers }
}

/** A version that becomes a new row of its type's table. */
export function addResource(collected: Collected, version: NewVersion, number: number): void {
  const rows = collected.resources.get(version.type) ?? copyRows()
  collected.resources.set(version.type, rows)
  const { index } = version
  beginRow(rows, 12)
  putInt8(rows, version.key)
  putInt4(rows, number)
  putInt8Number(rows, version.ts)
  putIndex(rows, index, presentBits(version))
  putText(rows, version.head, String(number), version.tail)
}

/** The rows of the side tables that belong to a version. */
export function addSideRows(collected: Collected, version: IndexedVersion): void {
  const type = collected.typeNumbers.get(version.type)!
  addSide(collected, version.index, version.key, type)
  for (const row of version.contained) {
    const innerType = collected.typeNumbers.get(row.type)!
    addContained(collected, row, innerType, version, type)
    addSide(collected, row.index, row.key, innerType)
  }
}

export function addChange(
  collected: Collected,
  type: string,
  key: bigint,
  version: number,
  op: ChangeOp,
  ts: number,
): void {
  const rows = collected.side.change_log
  beginRow(rows, 5)
  putInt2(rows, collected.typeNumbers.get(type)!)
  putInt8(rows, key)
  putInt4(rows, version)
  putChar(rows, op)
  putInt8Number(rows, ts)
}

/** What the journal of accesses is told of a write. */
export function addAudit({ side }: Collected, version: number, record: string | undefined): void {
  if (record === undefined) return
  beginRow(side.audit_journal, 2)
  putInt4(side.audit_journal, version)
  putText(side.audit_journal, record)
}

/** The statements that store what was collected: types in one order, so that two processes wait and do not deadlock. */
export function copiesOf(collected: Collected): Copy[] {
  const types = [...collected.resources.keys()].sort()
  return [
    ...types.map((type) => ({
      statement: copyStatement(`r_${type.toLowerCase()}`, columns.resource),
      rows: collected.resources.get(type)!,
    })),
    ...sideTables.map((name) => ({ statement: copyStatement(name, columns[name]), rows: collected.side[name] })),
  ]
}

function copyStatement(table: string, names: string): Sql {
  return sql`copy ${identifier(table)} (${raw(names)}) from stdin (format binary)`
}

function putIndex(rows: CopyRows, index: IndexRow, present: bigint): void {
  putInt8(rows, index.patient)
  putInt8Number(rows, index.d0)
  putInt8Number(rows, index.d1)
  putInt8(rows, index.code)
  putFloat8(rows, index.number)
  putInt8(rows, index.unit)
  putInt8(rows, present)
  putInt8Array(rows, index.terms)
}

function addSide({ side }: Collected, index: IndexRow, key: bigint, type: number): void {
  for (const { path, value } of index.strings) {
    beginRow(side.x_string, 3)
    putInt4(side.x_string, path)
    putText(side.x_string, value)
    putInt8(side.x_string, key)
  }
  for (const number of index.numbers) {
    beginRow(side.x_number, 7)
    putInt4(side.x_number, number.path)
    putInt8(side.x_number, number.code)
    putInt8(side.x_number, number.system)
    putInt8(side.x_number, number.unit)
    putFloat8(side.x_number, number.low)
    putFloat8(side.x_number, number.high)
    putInt8(side.x_number, key)
  }
  for (const { path, range } of index.dates) {
    beginRow(side.x_date, 4)
    putInt4(side.x_date, path)
    putInt8Number(side.x_date, range.low)
    putInt8Number(side.x_date, range.high)
    putInt8(side.x_date, key)
  }
  for (const code of index.codes) {
    beginRow(side.x_code, 4)
    putInt8(side.x_code, code)
    putInt8(side.x_code, index.patient)
    putInt8Number(side.x_code, index.d0)
    putInt8(side.x_code, key)
  }
  if (index.narrative !== null) {
    beginRow(side.x_narrative, 3)
    putInt8(side.x_narrative, key)
    putInt2(side.x_narrative, type)
    putWords(side.x_narrative, index.narrative.split(' '))
  }
}

function addContained(
  { side: { contained: rows } }: Collected,
  row: ContainedRow,
  innerType: number,
  container: IndexedVersion,
  containerType: number,
): void {
  beginRow(rows, 15)
  putInt8(rows, row.key)
  putInt2(rows, innerType)
  putText(rows, row.id)
  putInt8(rows, container.key)
  putInt2(rows, containerType)
  putInt8Number(rows, container.ts)
  putIndex(rows, row.index, row.index.present)
  putText(rows, row.content)
}
