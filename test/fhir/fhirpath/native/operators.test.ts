import { describe, expect, test } from 'vitest'
import { valuesOf } from '../../../support/native-expression.ts'

type Row = readonly [expression: string, values: readonly unknown[] | 'fault']

/** By the sections of https://hl7.org/fhirpath/N1/#operations */
const sections: Readonly<Record<string, readonly Row[]>> = {
  equality: [
    ['1 = 1.0', [true]],
    ['1 != 2', [true]],
    ["'a' = 'A'", [false]],
    ["1 = 'a'", [false]],
    ['{} = 1', []],
    ['{} != {}', []],
    ['(1 | 2) = (2 | 1)', [false]],
    ['(1 | 2) = 1', [false]],
    ['@2020-01-01 = @2020-01-01', [true]],
    ['@2020-01 = @2020-01-01', []],
    ['@2019 = @2020-01-01', [false]],
    ['@2020-01-01T10:00:00Z = @2020-01-01T11:00:00+01:00', [true]],
    ['@2020-01-01T10:00:00.0Z = @2020-01-01T10:00:00Z', [true]],
    ['@2020-01-01T10:00 = @2020-01-01T10:00:00', []],
    ['@T10:00 = @T10:00', [true]],
    ["1 'mg' = 1000 'ug'", [true]],
    ["1 'mg' = 1 'cm'", []],
  ],
  equivalence: [
    ["'A\tb' ~ 'a b'", [true]],
    ['1.0 ~ 1.04', [true]],
    ['1.20 ~ 1.24', [true]],
    ['1.2 ~ 1.26', [false]],
    ['(1 | 2) ~ (2 | 1)', [true]],
    ['{} ~ {}', [true]],
    ['{} ~ 1', [false]],
    ['@2020-01 ~ @2020-01-01', [false]],
    ["1 !~ 'a'", [true]],
    ["1 'g' ~ 1000 'mg'", [true]],
  ],
  comparison: [
    ['1 < 2.5', [true]],
    ['2 >= 2.0', [true]],
    ["'abc' < 'abd'", [true]],
    ['{} > 1', []],
    ["1 > 'a'", 'fault'],
    ['(1 | 2) > 1', 'fault'],
    ['@2020-01-01 < @2020-02', [true]],
    ['@2020-01-01 < @2020-01', []],
    ['@2020-01-01T23:00:00-05:00 > @2020-01-02T01:00:00Z', [true]],
    ['@T10:30 > @T09:45:10', [true]],
    ["4 'mg' > 3999 'ug'", [true]],
    ["1 'mg' > 1 'cm'", []],
    ["1 'a' > 1 month", [true]],
  ],
  types: [
    ['1 is Integer', [true]],
    ['1.0 is Decimal', [true]],
    ["'a' is System.String", [true]],
    ['@2020 is Date', [true]],
    ['@2020T is DateTime', [true]],
    ["1 'mg' is Quantity", [true]],
    ['1 is Patient', [false]],
    ['1 is Nonsense', [false]],
    ['{} is Integer', []],
    ['(1 as Integer) + 1', [2]],
    ['(1 as String).empty()', [true]],
  ],
  collections: [
    ['1 in (1 | 2)', [true]],
    ['3 in (1 | 2)', [false]],
    ['{} in (1 | 2)', []],
    ['1 in {}', [false]],
    ['(1 | 2) contains 2', [true]],
    ["'a' in ('a' | 'b')", [true]],
    ["'a'|'b' contains 'b'", [true]],
  ],
  'boolean logic': [
    ...truthTable('and', ['true', 'false', '{}', 'false', 'false', 'false', '{}', 'false', '{}']),
    ...truthTable('or', ['true', 'true', 'true', 'true', 'false', '{}', 'true', '{}', '{}']),
    ...truthTable('xor', ['false', 'true', '{}', 'true', 'false', '{}', '{}', '{}', '{}']),
    ...truthTable('implies', ['true', 'false', '{}', 'true', 'true', 'true', 'true', '{}', '{}']),
    ["'a' and true", [true]],
    ['(true | false) and true', 'fault'],
  ],
  math: [
    ['1 + 2 * 3', [7]],
    ['(1 + 2) * 3', [9]],
    ['0.1 + 0.2 = 0.3', [true]],
    ['7 / 2', [3.5]],
    ['7 div 2 | -7 div 2', [3, -3]],
    ['7 mod 4', [3]],
    ['1 / 0', []],
    ['1 div 0', []],
    ['1 mod 0', []],
    ['1 + {}', []],
    ["'a' + 'b'", ['ab']],
    ["'a' + {}", []],
    ["'a' & {} & 'b'", ['ab']],
    ["'a' + 1", 'fault'],
    ['-(2)', [-2]],
    ['+2', [2]],
    ["-'a'", 'fault'],
    ["1 'mg' + 2 'mg'", [{ value: 3, unit: 'mg' }]],
    ["3 'mg' * 2", [{ value: 6, unit: 'mg' }]],
    ["3 'mg' / 2 'mg'", [{ value: 1.5, unit: '1' }]],
    ['@2020-02-29 + 1 year', ['2021-02-28']],
    ['@2020-01-31 + 1 month', ['2020-02-29']],
    ['@2020-03 - 1 month', ['2020-02']],
    ['@2020-01-01T23:59:30.000Z + 30 seconds', ['2020-01-02T00:00:00.000Z']],
    ["@2020-01-01 + 1 'wk'", ['2020-01-08']],
    ['@2020-01-01 + 1', 'fault'],
  ],
}

describe.each(Object.entries(sections))('operators of %s', (_name, rows) => {
  test.each(rows)('%s', (expression, values) => {
    expect(valuesOf(expression)).toEqual(values)
  })
})

/** Rows for true, false and empty on the left with each of them on the right. */
function truthTable(operator: string, answers: readonly string[]): Row[] {
  const operands = ['true', 'false', '{}']
  return operands.flatMap((left, i) =>
    operands.map((right, j): Row => {
      const answer = answers[i * 3 + j]!
      return [`${left} ${operator} ${right}`, answer === '{}' ? [] : [answer === 'true']]
    }),
  )
}
