/** The row by which a resource is found: what its type's table and the side tables hold beside its content. */
import { type DateRange, earliest } from '../date-range.ts'

/** A row of the side table of numbers. `code` and `system` hold the sibling code of a composite; `unit` is a hash. */
export interface NumberRow {
  readonly path: number
  readonly code: bigint | null
  readonly system: bigint | null
  readonly unit: bigint | null
  readonly low: number
  readonly high: number
}

/** An entry of the dictionary of units; `unit` is the hash by which rows name it. */
export interface UnitRow {
  readonly unit: bigint
  readonly system: string
  readonly code: string
  readonly text: string
}

/** What is stored beside a resource's content. Dates are milliseconds; absent ones have `d0` below all dates. */
export interface IndexRow {
  patient: bigint | null
  d0: number
  d1: number | null
  code: bigint | null
  number: number | null
  unit: bigint | null
  present: bigint
  terms: bigint[]
  /** Principal codes after the first. */
  readonly codes: bigint[]
  readonly strings: { readonly path: number; readonly value: string }[]
  readonly numbers: NumberRow[]
  readonly dates: { readonly path: number; readonly range: DateRange }[]
  /** Words and uris that `:text` and `:below` look through, with the term that the row carries for them. */
  readonly texts: { readonly path: number; readonly value: string; readonly term: bigint }[]
  readonly units: UnitRow[]
  /** The words of the narrative, each once, joined by spaces. */
  narrative: string | null
}

/** `d0` of a resource without a principal date: below every date, so that such resources come last. */
export const noDate = earliest - 1

/** Bits of `present` that paths may take; further paths get a term instead. */
export const presenceBits = 62

/** The row of a resource in which nothing was found yet. */
export function emptyRow(): IndexRow {
  return {
    patient: null,
    d0: noDate,
    d1: null,
    code: null,
    number: null,
    unit: null,
    present: 0n,
    terms: [],
    codes: [],
    strings: [],
    numbers: [],
    dates: [],
    texts: [],
    units: [],
    narrative: null,
  }
}
