/** Quantities: numbers with units, converted where UCUM can. https://hl7.org/fhir/R4/search.html#quantity */
import { ucumUtils } from 'fhirpath'
import type { Interval, NumberQuery } from './number.ts'
import { comparatorIntervals, numberComparisons, point } from './number.ts'

export interface Unit {
  readonly system?: string
  readonly code?: string
  readonly unit?: string
}

export interface QuantityValue {
  readonly interval: Interval
  readonly unit: Unit
  /** The number as the resource has it, for sorting. */
  readonly raw: number
}

export interface QuantityQuery {
  readonly number: NumberQuery
  readonly system?: string
  readonly code?: string
}

export const ucum = 'http://unitsofmeasure.org'
const currencies = 'urn:iso:std:iso:4217'

interface QuantityShape extends Unit {
  readonly value?: number
  readonly comparator?: string
  readonly currency?: string
  readonly low?: QuantityShape
  readonly high?: QuantityShape
}

/** A Quantity or one of its specialisations; undefined if it has no number. */
export function quantityValue(quantity: QuantityShape): QuantityValue | undefined {
  if (quantity.value === undefined) return undefined
  const interval = (comparatorIntervals[quantity.comparator ?? ''] ?? point)(quantity.value)
  return { interval, unit: quantity, raw: quantity.value }
}

/** Money is a quantity whose unit is its currency. */
export function moneyValue(money: QuantityShape): QuantityValue | undefined {
  const unit = money.currency === undefined ? {} : { system: currencies, code: money.currency }
  return money.value === undefined ? undefined : { interval: point(money.value), unit, raw: money.value }
}

/** A Range of quantities; an absent end is open. */
export function rangeValue(range: QuantityShape): QuantityValue | undefined {
  const low = range.low?.value ?? -Infinity
  const high = range.high?.value ?? Infinity
  const raw = range.low?.value ?? range.high?.value
  return raw === undefined ? undefined : { interval: { low, high }, unit: range.low ?? range.high ?? {}, raw }
}

/** True if the value satisfies the query under a prefix, in the query's unit or one that converts to it. */
export function quantityMatches(prefix: string, query: QuantityQuery, value: QuantityValue): boolean {
  const compare = numberComparisons[prefix]!
  const { system, code } = query
  if (code === undefined) return compare(query.number, value.interval)
  if (system === undefined) {
    return (value.unit.code === code || value.unit.unit === code) && compare(query.number, value.interval)
  }
  if (value.unit.system !== system || value.unit.code === undefined) return false
  if (value.unit.code === code) return compare(query.number, value.interval)
  if (system !== ucum) return false
  const from = baseUnit(value.unit.code)
  const to = baseUnit(code)
  if (!from || !to || from.dimension !== to.dimension) return false
  return compare(scaleAll(query.number, to.factor), scaleAll(value.interval, from.factor))
}

interface BaseUnit {
  readonly factor: number
  /** Equal for units that convert into each other without knowing the substance. */
  readonly dimension: string
}

const baseUnits = new Map<string, BaseUnit | undefined>()

/** What a UCUM unit is in base units; undefined for invalid, special (Cel) and arbitrary ([iU]) units. */
export function baseUnit(code: string): BaseUnit | undefined {
  if (!baseUnits.has(code)) baseUnits.set(code, computeBaseUnit(code))
  return baseUnits.get(code)
}

interface UcumUnit {
  readonly isSpecial_: boolean
  readonly isArbitrary_: boolean
  readonly cnv_: string | null
  readonly magnitude_: number
  readonly moleExp_: number
  readonly equivalentExp_: number
  readonly dim_?: { readonly dimVec_?: readonly number[] | null }
}

function computeBaseUnit(code: string): BaseUnit | undefined {
  const found = ucumUtils.getSpecifiedUnit(code, 'validate') as { status: string; unit: UcumUnit | null }
  const unit = found.unit
  if (found.status !== 'valid' || !unit || unit.isSpecial_ || unit.isArbitrary_ || unit.cnv_ !== null) return undefined
  const dimension = [...(unit.dim_?.dimVec_ ?? [0, 0, 0, 0, 0, 0, 0]), unit.moleExp_, unit.equivalentExp_].join()
  return { factor: unit.magnitude_, dimension }
}

/** Twelve significant digits: conversion in doubles leaves noise beyond them. */
function scaleAll<T extends object>(numbers: T, factor: number): T {
  const scaled = Object.entries(numbers).map(([name, value]) => [
    name,
    typeof value === 'number' ? Number((value * factor).toPrecision(14)) : value,
  ])
  return Object.fromEntries(scaled) as T
}
