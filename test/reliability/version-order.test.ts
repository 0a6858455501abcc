import { describe, expect, test } from 'vitest'
import { checkBundles, checkOneWinner } from './bundles.ts'
import type { HistoryEntry, Operation } from './operation.ts'
import { checkVersionOrder } from './version-order.ts'

const defaults = { client: 1, start: 0, end: 1, resource: 'Patient/1', outcome: 'done', words: 'a request' } as const

type Given = Partial<Operation> & Pick<Operation, 'act'>

const log = (...operations: Given[]): Operation[] =>
  operations.map((operation, i) => ({ ...defaults, start: 10 * i, end: 10 * i + 5, ...operation }))
const stored = (...values: (string | undefined)[]): HistoryEntry[] =>
  values.map((value, i) => ({ version: i + 1, ...(value !== undefined && { value }) }))
const rules = (operations: Operation[], history: HistoryEntry[]) =>
  checkVersionOrder(operations, new Map([['Patient/1', history]])).map(({ rule }) => rule)

const put = (version: number, value: string, more: Partial<Operation> = {}): Given => ({
  act: 'put',
  version,
  value,
  ...more,
})
const read = (version: number, value: string, more: Partial<Operation> = {}): Given => ({
  act: 'read',
  version,
  value,
  ...more,
})

describe('a log that one order explains', () => {
  test.each<[string, Operation[], HistoryEntry[]]>([
    ['writes and reads in turn', log(put(1, 'a'), read(1, 'a'), put(2, 'b'), read(2, 'b')), stored('a', 'b')],
    [
      'writes at the same time, in either order',
      log(put(1, 'a'), put(3, 'c', { start: 10, end: 20 }), put(2, 'b', { start: 12, end: 18 })),
      stored('a', 'b', 'c'),
    ],
    [
      'a read of the old version while a write is under way',
      log(put(1, 'a'), put(2, 'b', { start: 10, end: 50 }), read(1, 'a', { start: 20, end: 40 })),
      stored('a', 'b'),
    ],
    [
      'a lost answer whose write happened later',
      log(put(1, 'a'), { act: 'put', value: 'b', outcome: 'unknown', end: Infinity }, read(1, 'a'), read(2, 'b')),
      stored('a', 'b'),
    ],
    [
      'a lost answer whose write never happened',
      log(put(1, 'a'), { act: 'put', value: 'b', outcome: 'unknown', end: Infinity }, read(1, 'a')),
      stored('a'),
    ],
    [
      'deletion and return',
      log(
        { act: 'read', absent: 'never' },
        put(1, 'a'),
        { act: 'delete', version: 2 },
        { act: 'read', absent: 'deleted' },
        { act: 'read', absent: 'either' },
        { act: 'delete', version: 2 },
        { act: 'delete', version: 2, expected: 2 },
        put(3, 'b'),
        { act: 'vread', version: 2, absent: 'deleted' },
      ),
      stored('a', undefined, 'b'),
    ],
    [
      'a refusal by another version',
      log(put(1, 'a'), put(2, 'b'), { act: 'put', value: 'c', expected: 1, actual: 2, outcome: 'refused' }),
      stored('a', 'b'),
    ],
    [
      'old versions that are read again',
      log(put(1, 'a'), put(2, 'b'), { act: 'vread', version: 1, value: 'a' }, { act: 'history', versions: [2, 1] }),
      stored('a', 'b'),
    ],
  ])('%s', (_name, operations, history) => {
    expect(rules(operations, history)).toEqual([])
  })
})

describe('a log that no order explains', () => {
  test.each<[string, string, Operation[], HistoryEntry[]]>([
    ['a gap in the history', 'numbers', log(put(1, 'a'), put(3, 'b')), [...stored('a'), { version: 3, value: 'b' }]],
    ['a write carried out again', 'written twice', log(put(1, 'a')), stored('a', 'a')],
    [
      'two writers of one version',
      'one writer',
      log(put(1, 'a'), put(2, 'b'), put(2, 'c', { start: 10, end: 15 })),
      stored('a', 'c'),
    ],
    ['an acknowledged write that is not there', 'lost', log(put(1, 'a'), put(2, 'b')), stored('a')],
    ['another content than was acknowledged', 'content', log(put(1, 'a'), put(2, 'b')), stored('a', 'x')],
    ['a read of something else', 'content', log(put(1, 'a'), read(1, 'x')), stored('a')],
    ['a deletion that did not happen', 'content', log(put(1, 'a'), { act: 'delete', version: 1 }), stored('a')],
    [
      'an If-Match that skips a version',
      'if-match',
      log(put(1, 'a'), put(2, 'b'), put(3, 'c', { expected: 1 })),
      stored('a', 'b', 'c'),
    ],
    [
      'a refusal by the version that was expected',
      'if-match',
      log(put(1, 'a'), { act: 'put', value: 'b', expected: 1, actual: 1, outcome: 'refused' }),
      stored('a'),
    ],
    ['a value from nowhere', 'origin', log(put(1, 'a')), stored('a', 'b')],
    [
      'a deletion that only others wanted',
      'origin',
      log(put(1, 'a'), put(2, 'b'), { act: 'delete', version: 3, expected: 1 }),
      stored('a', 'b', undefined),
    ],
    [
      'a deleted version that is none',
      'content',
      log(put(1, 'a'), { act: 'vread', version: 1, absent: 'deleted' }),
      stored('a'),
    ],
    ['a deletion from nowhere', 'origin', log(put(1, 'a')), stored('a', undefined)],
    [
      'a refused write that is stored',
      'refused',
      log(put(1, 'a'), { act: 'put', value: 'b', outcome: 'refused' }),
      stored('a', 'b'),
    ],
    ['a read that is stale', 'real time', log(put(1, 'a'), put(2, 'b'), read(1, 'a')), stored('a', 'b')],
    [
      'reads that go back',
      'real time',
      log(put(1, 'a'), put(2, 'b', { start: 10, end: 90 }), read(2, 'b', { end: 21 }), read(1, 'a', { end: 31 })),
      stored('a', 'b'),
    ],
    ['a later write with an earlier version', 'real time', log(put(2, 'b'), put(1, 'a')), stored('a', 'b')],
    ['a read from the future', 'real time', log(put(1, 'a'), read(2, 'b'), put(2, 'b')), stored('a', 'b')],
    ['nothing where something is', 'real time', log(put(1, 'a'), { act: 'read', absent: 'never' }), stored('a')],
    [
      'a deletion that is seen before it was asked for',
      'real time',
      log(put(1, 'a'), { act: 'read', absent: 'deleted' }),
      stored('a'),
    ],
    [
      'a refusal by a version that is no longer current',
      'real time',
      log(put(1, 'a'), put(2, 'b'), { act: 'put', value: 'c', expected: 2, actual: 1, outcome: 'refused' }),
      stored('a', 'b'),
    ],
    [
      'an old version that is missing',
      'real time',
      log(put(1, 'a'), { act: 'vread', version: 1, absent: 'never' }),
      stored('a'),
    ],
    ['a history with a hole', 'numbers', log(put(1, 'a'), { act: 'history', versions: [3, 1] }), stored('a')],
    [
      'a history that is stale',
      'real time',
      log(put(1, 'a'), put(2, 'b'), { act: 'history', versions: [1] }),
      stored('a', 'b'),
    ],
  ])('%s', (_name, rule, operations, history) => {
    expect(rules(operations, history)).toContain(rule)
  })
})

describe('Bundles', () => {
  const entries = (outcome: Operation['outcome']) =>
    log(
      { act: 'put', value: 'a', outcome, bundle: 't' },
      { act: 'put', value: 'b', outcome, bundle: 't', resource: 'Patient/2' },
    )
  const rulesOf = (outcome: Operation['outcome'], ...values: string[]) =>
    checkBundles(entries(outcome), new Map(values.map((value) => [value, stored(value)]))).map(({ rule }) => rule)

  test.each<[string, Operation['outcome'], string[]]>([
    ['whole', 'done', ['a', 'b']],
    ['whole, unanswered', 'unknown', ['a', 'b']],
    ['not at all, unanswered', 'unknown', []],
    ['not at all, refused', 'refused', []],
  ])('may happen %s', (_name, outcome, values) => {
    expect(rulesOf(outcome, ...values)).toEqual([])
  })

  test.each<[string, Operation['outcome'], string[]]>([
    ['in part', 'done', ['a']],
    ['in part, unanswered', 'unknown', ['b']],
    ['although refused', 'refused', ['a', 'b']],
    ['not at all, though acknowledged', 'done', []],
  ])('may not happen %s', (_name, outcome, values) => {
    expect(rulesOf(outcome, ...values)).toEqual(['atomic'])
  })
})

describe('what the same criteria made', () => {
  const make = (resource: string, value: string, more: Partial<Operation> = {}) =>
    put(1, value, { resource, criterion: 'c', ...more })
  const rulesOf = (operations: Operation[], ...values: string[]) =>
    checkOneWinner(operations, new Map(values.map((value) => [`Patient/${value}`, stored(value)]))).map(
      ({ rule }) => rule,
    )

  test('may be made again after it was deleted', () => {
    const gone: Given = { act: 'delete', resource: 'Patient/a', version: 2 }
    expect(rulesOf(log(make('Patient/a', 'a'), gone, make('Patient/b', 'b')), 'a', 'b')).toEqual([])
  })

  test('is made once', () => {
    expect(rulesOf(log(make('Patient/a', 'a'), make('Patient/b', 'b')), 'a', 'b')).toEqual(['one winner'])
  })

  test('is made once, whoever was answered', () => {
    const unanswered = make('', 'b', { outcome: 'unknown', end: Infinity })
    expect(rulesOf(log(make('Patient/a', 'a'), unanswered), 'a', 'b')).toEqual(['one winner'])
  })

  test('is not made again because it is deleted later', () => {
    const gone: Given = { act: 'delete', resource: 'Patient/a', version: 2 }
    expect(rulesOf(log(make('Patient/a', 'a'), make('Patient/b', 'b'), gone), 'a', 'b')).toEqual(['one winner'])
  })
})
