import { describe, expect, test } from 'vitest'
import {
  type AuditRecord,
  addRecord,
  packedText,
  packing,
  packRecord,
  unpackRecords,
} from '../../../server/fhir/audit/record.ts'

const who = { client: 'app', account: '7', roles: ['nurse'] }
const t = Date.UTC(2026, 4, 1)

const records: AuditRecord[] = [
  {
    t,
    who,
    address: '::1',
    request: 'a-1',
    code: 'read',
    what: 'Observation/1',
    status: 200,
    patients: ['p.1', 'p-2'],
  },
  { t: t + 12, who: { client: 'other' }, code: 'search-type', query: 'Patient?name=José&_count=5', status: 200 },
  { t: t + 13, who, code: 'operation', operation: 'everything', what: 'Patient/1', status: 403, fault: 'forbidden' },
  { t: t - 4000, who, code: 'read', what: 'Patient/a\tb\nc', status: 404, fault: 'not-found' },
  { t, who, code: 'search-type', query: '@{"a":1}\r', status: 200, patients: ['1'] },
  { t, who, code: { type: { system: 'urn:a', code: 'login' }, action: 'E', text: 'Signed\tin\n' }, status: 200 },
]

describe('records packed as lines', () => {
  test('are the same when they are read again', () => {
    const together = packing(16)
    for (const record of records) addRecord(together, record)
    expect(together.events).toBe(records.length)
    expect(unpackRecords(packedText(together))).toEqual(records)
  })

  test.each(records)('or one by one: $code', (record) => {
    expect(unpackRecords(packRecord(record))).toEqual([record])
  })

  test('tell a caller once', () => {
    const together = packing()
    for (let i = 0; i < 3; i++) addRecord(together, records[0]!)
    expect(packedText(together).split('nurse')).toHaveLength(2)
  })

  test('take iterables of patients, which may be empty', () => {
    const [first] = records
    expect(unpackRecords(packRecord({ ...first!, patients: new Set(['a']) }))[0]!.patients).toEqual(['a'])
    expect(unpackRecords(packRecord({ ...first!, patients: new Set() }))[0]).not.toHaveProperty('patients')
  })
})
