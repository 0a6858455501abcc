/** Numbers ids of up to 18 digits in the order of arrival: a `Map` of millions of strings takes six times the memory. */
import type { Row } from './delimited-rows.ts'

export interface IdTable {
  /** By number: the digits before the last nine, and those. */
  high: Uint32Array
  low: Uint32Array
  count: number
  /** Numbers + 1 by hash; 0 is free. */
  slots: Int32Array
}

/** An id as two numbers: a double holds but 15 digits. */
export interface Id {
  high: number
  low: number
}

const half = 1_000_000_000
const firstSize = 1024

export function idTable(): IdTable {
  return {
    high: new Uint32Array(firstSize),
    low: new Uint32Array(firstSize),
    count: 0,
    slots: new Int32Array(firstSize * 2),
  }
}

/** Reads a field of 1 to 18 digits; false where it is something else. */
export function readId(row: Row, field: number, id: Id): boolean {
  if (field >= row.count) return false
  const { bytes, starts } = row
  const from = starts[field]!
  const to = starts[field + 1]! - 1
  if (to === from || to - from > 18) return false
  const middle = Math.max(from, to - 9)
  let high = 0
  let low = 0
  for (let i = from; i < to; i++) {
    const digit = bytes[i]! - 0x30
    if (digit < 0 || digit > 9) return false
    if (i < middle) high = high * 10 + digit
    else low = low * 10 + digit
  }
  id.high = high
  id.low = low
  return true
}

/** An id that is known beforehand. */
export function idOf(text: string): Id {
  return { high: Number(text.slice(0, -9)), low: Number(text.slice(-9)) }
}

/** The number of an id; -1 where it has none. */
export function findId({ slots, high, low }: IdTable, id: Id): number {
  const mask = slots.length - 1
  for (let slot = hash(id) & mask; ; slot = (slot + 1) & mask) {
    const number = slots[slot]! - 1
    if (number < 0) return -1
    if (low[number] === id.low && high[number] === id.high) return number
  }
}

/** The number of an id, a new one where it had none. */
export function addId(table: IdTable, id: Id): number {
  const found = findId(table, id)
  if (found >= 0) return found
  if (table.count === table.high.length) grow(table)
  const number = table.count++
  table.high[number] = id.high
  table.low[number] = id.low
  place(table, number)
  return number
}

/** The digits. */
export function idParts({ high, low }: IdTable, number: number): Id {
  return { high: high[number]!, low: low[number]! }
}

export function idText({ high, low }: IdTable, number: number): string {
  return textOfId(high[number]!, low[number]!)
}

/**
 * Texts that are made once: a code comes as itself, as a parent and as a value, and what counts them by code need not look
 * at the letters of the same string again.
 */
export function madeOnce(make: (number: number) => string): (number: number) => string {
  const texts: string[] = []
  return (number) => {
    texts[number] ??= make(number)
    return texts[number]
  }
}

/** All of them, by number. */
export function idTexts(table: IdTable): string[] {
  return Array.from({ length: table.count }, (_, number) => idText(table, number))
}

function textOfId(high: number, low: number): string {
  return high === 0 ? String(low) : String(high) + String(half + low).slice(1)
}

function hash({ high, low }: Id): number {
  const mixed = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca77)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

function grow(table: IdTable): void {
  table.high = enlarged(table.high)
  table.low = enlarged(table.low)
  table.slots = new Int32Array(table.high.length * 2)
  for (let number = 0; number < table.count; number++) place(table, number)
}

function place(table: IdTable, number: number): void {
  const { slots, high, low } = table
  const mask = slots.length - 1
  let slot = hash({ high: high[number]!, low: low[number]! }) & mask
  while (slots[slot] !== 0) slot = (slot + 1) & mask
  slots[slot] = number + 1
}

function enlarged(numbers: Uint32Array): Uint32Array {
  const larger = new Uint32Array(numbers.length * 2)
  larger.set(numbers)
  return larger
}
