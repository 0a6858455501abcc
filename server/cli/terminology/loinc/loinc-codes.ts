/** Codes of LOINC as numbers: `718-7`, `LP14635-4`, `LL715-4`, `LA6751-7`, `LG51018-6`. */
import type { Row } from '../delimited-rows.ts'
import { type Id, type IdTable, idParts } from '../id-table.ts'

const prefixes = ['', 'LP', 'LL', 'LA', 'LG'] as const
export type LoincPrefix = (typeof prefixes)[number]

const hyphen = 0x2d
const zero = 0x30
const mostDigits = 8

/** Reads a code; false where the field is none. */
export function readLoinc(row: Row, field: number, id: Id): boolean {
  if (field < 0 || field >= row.count) return false
  const { bytes, starts } = row
  let from = starts[field]!
  const to = starts[field + 1]! - 1
  const prefix = bytes[from] === 0x4c ? prefixes.indexOf(`L${String.fromCharCode(bytes[from + 1]!)}` as LoincPrefix) : 0
  if (prefix < 0) return false
  if (prefix > 0) from += 2
  // Digits, a hyphen, and a digit that checks them.
  if (to - from < 3 || to - from > mostDigits + 2 || bytes[to - 2] !== hyphen) return false
  let value = 0
  for (let i = from; i < to; i++) {
    if (i === to - 2) continue
    const digit = bytes[i]! - zero
    if (digit < 0 || digit > 9) return false
    value = value * 10 + digit
  }
  id.high = prefix
  id.low = value
  return true
}

export function prefixOf(table: IdTable, number: number): LoincPrefix {
  return prefixes[idParts(table, number).high]!
}

export function loincText(table: IdTable, number: number): string {
  const { high, low } = idParts(table, number)
  return `${prefixes[high]}${Math.floor(low / 10)}-${low % 10}`
}
