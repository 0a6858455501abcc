import { expect, test } from 'vitest'
import type { IndexRow } from '../../server/fhir/search/index-row.ts'
import { statement } from '../../server/sql.ts'
import { addChange, addResource, addSideRows, collect, copiesOf } from '../../server/store/copy-rows.ts'
import type { NewVersion } from '../../server/store/store.ts'

const index: IndexRow = {
  patient: null,
  d0: 0,
  d1: null,
  code: null,
  number: null,
  unit: null,
  present: 0n,
  terms: [1n],
  codes: [2n],
  strings: [{ path: 1, value: 'a' }],
  numbers: [{ path: 1, code: null, system: null, unit: null, low: 1, high: 1 }],
  dates: [{ path: 1, range: { low: 0, high: 1 } }],
  texts: [],
  units: [],
  narrative: 'some words',
}

const version = (type: string, key: bigint): NewVersion => ({
  type,
  id: String(key),
  key,
  ts: 0,
  head: '{"v":',
  tail: '}',
  generation: 1,
  index,
  contained: [{ type: 'Patient', id: 'p', key: -key, content: '{}', index }],
})

test('rows are collected by table, the types in one order whatever order they come in', () => {
  const collected = collect(
    new Map([
      ['Patient', 1],
      ['Observation', 2],
    ]),
  )
  for (const [type, key] of [
    ['Patient', 1n],
    ['Observation', 2n],
    ['Patient', 3n],
  ] as const) {
    addResource(collected, version(type, key), 1)
    addSideRows(collected, version(type, key))
    addChange(collected, type, key, 1, 'C', 0)
  }
  const counts = copiesOf(collected).map(({ statement: copy, rows }) => [
    statement(copy).text.split(' ')[1],
    rows.count,
  ])
  expect(counts).toEqual([
    ['r_observation', 1],
    ['r_patient', 2],
    ['x_string', 6],
    ['x_number', 6],
    ['x_date', 6],
    ['x_code', 6],
    ['contained', 3],
    ['x_narrative', 6],
    ['change_log', 3],
    ['audit_journal', 0],
  ])
})
