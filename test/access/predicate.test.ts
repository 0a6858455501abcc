import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  allOf,
  anyOf,
  everyRow,
  holds,
  implies,
  type JudgedRow,
  noRow,
  not,
  ofPatient,
  type Predicate,
  pinOf,
  predicateSql,
  union,
} from '../../server/access/predicate.ts'
import { arrayText } from '../../server/fhir/search/table.ts'
import { join, raw, sql } from '../../server/sql.ts'
import { type Database, openDatabase } from '../../server/store/database.ts'
import { oneOf, randomFrom, seed } from '../support/random.ts'
import { type TestDatabase, testDatabase } from '../support/test-server.ts'

const random = randomFrom(seed)
/** Few values, so that rows and predicates meet. */
const values = [1n, 2n, 3n, -4n, 5n, (1n << 63n) - 1n, -(1n << 63n)]
const some = (most: number) => Array.from({ length: Math.floor(random() * (most + 1)) }, () => oneOf(random, values))

const rows: readonly JudgedRow[] = Array.from({ length: 120 }, (_, i) => ({
  key: i < values.length ? values[i]! : BigInt(1000 + i),
  patient: random() < 0.3 ? null : oneOf(random, values),
  terms: some(3),
}))

function randomPredicate(depth: number): Predicate {
  const kind = depth === 0 ? 0 : Math.floor(random() * 6)
  const parts = () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => randomPredicate(depth - 1))
  if (kind === 1) return not(randomPredicate(depth - 1))
  if (kind === 2 || kind === 3) return allOf(parts())
  if (kind === 4 || kind === 5) return anyOf(parts())
  if (random() < 0.06) return random() < 0.5 ? everyRow : noRow
  return union({ patients: some(2), terms: some(2), keys: some(1) })
}

describe('a predicate', () => {
  let database: TestDatabase
  let db: Database

  beforeAll(async () => {
    database = await testDatabase()
    db = openDatabase(database.url, { connections: 1 })
    const list = rows.map(
      ({ key, patient, terms }) =>
        sql`(${key}::bigint, 0, ${patient}::bigint, 0, 0, 1, ${arrayText(terms)}::bigint[], '{}')`,
    )
    await db.query(
      sql`insert into r_basic (pk, ts, patient, d0, present, version, terms, content) values ${join(list, ', ')}`,
    )
  })

  afterAll(async () => {
    await db.close()
    await database.drop()
  })

  test(`is decided alike by SQL and in memory, also within another (seed ${seed})`, async () => {
    let chosen = 0
    for (let i = 0; i < 600; i++) {
      const predicate = randomPredicate(4)
      const query = sql`select r.pk from r_basic r where ${predicateSql(predicate, raw('r'))} order by pk`
      const found = (await db.query<{ pk: string }>(query, { prepared: false })).map(({ pk }) => BigInt(pk))
      const expected = rows.filter((row) => holds(predicate, row)).map(({ key }) => key)
      expect({ predicate, found }).toEqual({ predicate, found: expected.sort((a, b) => (a < b ? -1 : 1)) })
      if (found.length > 0 && found.length < rows.length) chosen++
    }
    expect(chosen).toBeGreaterThan(200)
  })
})

describe('what is told of predicates by their form', () => {
  test(`is true of all rows (seed ${seed})`, () => {
    let implied = 0
    let pinned = 0
    for (let i = 0; i < 20_000; i++) {
      const [one, other] = [randomPredicate(3), randomPredicate(2)]
      const isImplied = implies(one, other)
      const pin = pinOf(one)
      const patient = oneOf(random, values)
      const rest = ofPatient(one, patient)
      if (isImplied) implied++
      if (pin) pinned++
      for (const row of rows) {
        const does = holds(one, row)
        const isKept = (!isImplied || !does || holds(other, row)) && (!pin || !does || holds(pin, row))
        const isDecided = row.patient !== patient || holds(rest, row) === does
        if (!isKept || !isDecided) expect({ one, other, pin, rest, row }).toBeUndefined()
      }
    }
    expect(implied).toBeGreaterThan(300)
    expect(pinned).toBeGreaterThan(3000)
  })

  test(`makes what it is put together from no different (seed ${seed})`, () => {
    for (let i = 0; i < 5000; i++) {
      const parts = [randomPredicate(2), randomPredicate(2), randomPredicate(1)]
      const [both, either, neither] = [allOf(parts), anyOf(parts), not(anyOf(parts))]
      for (const row of rows) {
        const each = parts.map((part) => holds(part, row))
        const made = [both, either, neither].map((predicate) => holds(predicate, row))
        const isSame = made.join() === [each.every(Boolean), each.some(Boolean), !each.some(Boolean)].join()
        if (!isSame) expect({ parts, row, made }).toBeUndefined()
      }
    }
  })

  test.each<[string, Predicate, Predicate]>([
    [
      'a compartment within itself',
      allOf([union({ patients: [1n] }), union({ patients: [1n, 2n] })]),
      union({ patients: [1n] }),
    ],
    [
      'a compartment or a part of it',
      anyOf([union({ patients: [1n] }), allOf([union({ patients: [1n] }), not(union({ terms: [5n] }))])]),
      union({ patients: [1n] }),
    ],
    [
      'several unions',
      anyOf([union({ patients: [1n] }), union({ terms: [2n] }), union({ keys: [3n] })]),
      union({ patients: [1n], terms: [2n], keys: [3n] }),
    ],
    ['nothing', allOf([]), everyRow],
    ['no alternative', anyOf([]), noRow],
    ['an empty list', union({ terms: [] }), noRow],
    ['rows of the patient', ofPatient(union({ patients: [1n], terms: [2n] }), 1n), everyRow],
    ['rows of another patient', ofPatient(union({ patients: [1n], terms: [2n] }), 3n), union({ terms: [2n] })],
  ])('%s is simplified', (_case, predicate, expected) => {
    expect(predicate).toEqual(expected)
  })
})
