import { describe, expect, test } from 'vitest'
import { checkListAppend, type Transaction } from './list-append.ts'

/** `x+1` appends 1 to x; `x=12` reads 1 and 2 in it. */
function transaction(name: string, words: string, more: Partial<Transaction> = {}): Transaction {
  const parts = words.split(' ').filter((word) => word !== '')
  return {
    name,
    start: 0,
    end: 100,
    outcome: 'done',
    appends: parts.filter((part) => part[1] === '+').map((part) => ({ list: part[0]!, item: part.slice(2) })),
    reads: parts.filter((part) => part[1] === '=').map((part) => ({ list: part[0]!, items: [...part.slice(2)] })),
    ...more,
  }
}

const rules = (final: string, ...transactions: Transaction[]) => {
  const lists = new Map(final.split(' ').map((text) => [text[0]!, [...text.slice(2)]]))
  return checkListAppend(transactions, lists).map(({ rule }) => rule)
}

describe('transactions in one order', () => {
  test.each<[string, string, Transaction[]]>([
    ['that append in turn', 'x=12 y=12', [transaction('a', 'x+1 y+1'), transaction('b', 'x+2 y+2')]],
    ['that read what they append', 'x=12', [transaction('a', 'x+1 x=1'), transaction('b', 'x+2 x=12')]],
    ['of which one was lost', 'x=1', [transaction('a', 'x+1'), transaction('b', 'x+2', { outcome: 'unknown' })]],
    ['of which one was refused', 'x=1', [transaction('a', 'x+1'), transaction('b', 'x+2', { outcome: 'refused' })]],
    [
      'of which one was not answered and yet seen',
      'x=1',
      [transaction('a', 'x+1', { outcome: 'unknown', end: Infinity }), transaction('b', 'x=1')],
    ],
  ])('%s', (_name, final, transactions) => {
    expect(rules(final, ...transactions)).toEqual([])
  })
})

describe('transactions in no order', () => {
  test.each<[string, string, string, Transaction[]]>([
    ['appended twice', 'carried out again', 'x=11', [transaction('a', 'x+1')]],
    ['aborted read', 'refused but stored', 'x=1', [transaction('a', 'x+1', { outcome: 'refused' })]],
    [
      'aborted read',
      'read, then rolled back',
      'x=',
      [transaction('a', 'x+1', { outcome: 'refused' }), transaction('b', 'x=1')],
    ],
    ['lost append', 'an append that vanished', 'x=1', [transaction('a', 'x+1'), transaction('b', 'x+2')]],
    ['lost append', 'another order when read', 'x=12', [transaction('a', 'x+1'), transaction('b', 'x+2 x=2')]],
    ['lost append', 'half of a lost one', 'x=1 y=', [transaction('a', 'x+1 y+2', { outcome: 'unknown' })]],
    ['write cycle', 'appends that cross', 'x=12 y=21', [transaction('a', 'x+1 y+1'), transaction('b', 'x+2 y+2')]],
    ['circular reads', 'each reads the other', 'x=1 y=2', [transaction('a', 'x+1 y=2'), transaction('b', 'y+2 x=1')]],
    [
      'stale',
      'a later one read that is put earlier',
      'x=12',
      [transaction('a', 'x+1', { start: 10, end: 11 }), transaction('b', 'x+2', { start: 1, end: 2 })],
    ],
    ['not serializable', 'half of another seen', 'x=1 y=2', [transaction('a', 'x+1 y+2'), transaction('b', 'x=1 y=')]],
    ['not serializable', 'each misses the other', 'x=1 y=2', [transaction('a', 'x+1 y='), transaction('b', 'y+2 x=')]],
    [
      'not serializable in time',
      'a read that misses what had ended',
      'x=1',
      [transaction('a', 'x+1', { start: 1, end: 2 }), transaction('b', 'x=', { start: 3, end: 4 })],
    ],
  ])('%s: %s', (rule, _name, final, transactions) => {
    expect(rules(final, ...transactions)).toContain(rule)
  })
})
