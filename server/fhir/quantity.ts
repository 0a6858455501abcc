/**
 * Numbers with the precision they were written in, and units: UCUM codes of one dimension compare after conversion.
 * https://hl7.org/fhir/R4/search.html#quantity
 */
import { createRequire } from 'node:module'

/** The numbers `low ≤ x < high` that a decimal stands for: `100` is [99.5, 100.5), `5.40` is [5.395, 5.405). */
export interface NumberRange {
  readonly value: number
  readonly low: number
  readonly high: number
}

export const ucumSystem = 'http://unitsofmeasure.org'

const decimal = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/

/** The range of a decimal's implicit precision; undefined when the text is no decimal. */
export function numberRange(text: string): NumberRange | undefined {
  if (!decimal.test(text)) return undefined
  const [mantissa, exponent] = text.toLowerCase().split('e') as [string, string?]
  const fraction = mantissa.split('.')[1]?.length ?? 0
  const half = Number(`0.5e${Number(exponent ?? 0) - fraction}`)
  const value = Number(text)
  return { value, low: round15(value - half), high: round15(value + half) }
}

/** A unit's dimension and its size in base units: 1 of the unit is `factor` of the dimension. */
export interface UnitScale {
  readonly dimension: string
  readonly factor: number
}

const scales = new Map<string, UnitScale | undefined>()

/** The scale of a UCUM code; undefined for codes that are invalid or do not scale (such as Cel). */
export function unitScale(code: string): UnitScale | undefined {
  if (!scales.has(code)) {
    if (scales.size > 10_000) scales.clear()
    scales.set(code, computeScale(code))
  }
  return scales.get(code)
}

/**
 * Converts between two units of one dimension; rounded to 14 digits, so that 5.4 mg is exactly 0.0054 g, and that what is
 * written with 13 digits keeps its precision.
 */
export function convert(value: number, from: UnitScale, to: UnitScale): number {
  if (from.factor === to.factor || !Number.isFinite(value)) return value
  return Number(((value * from.factor) / to.factor).toPrecision(14))
}

interface UcumUnit {
  readonly magnitude_: number
  readonly dim_: { toString(): string } | null
  readonly isSpecial_: boolean
  readonly isArbitrary_: boolean
  readonly moleExp_: number
  readonly equivalentExp_: number
  readonly cnv_: unknown
}

interface UcumUtils {
  getSpecifiedUnit(
    code: string,
    mode: 'validate',
  ): { unit: UcumUnit | null; retMsg?: readonly string[]; origString?: string }
}

let utils: UcumUtils | undefined

/** Loaded on first use: the unit tables take some 50 ms. */
function ucum(): UcumUtils {
  utils ??= (
    createRequire(import.meta.url)('@lhncbc/ucum-lhc') as { UcumLhcUtils: { getInstance(): UcumUtils } }
  ).UcumLhcUtils.getInstance()
  return utils
}

/** Whether a code is one of UCUM, in its own spelling. https://ucum.org/ucum */
export function validUnit(code: string): boolean {
  if (unitScale(code)) return true
  if (code.length === 0 || code.length > 64 || /\s/.test(code)) return false
  const { unit, origString } = ucum().getSpecifiedUnit(code, 'validate')
  return unit !== null && (origString === undefined || origString === code)
}

function computeScale(code: string): UnitScale | undefined {
  if (code.length === 0 || code.length > 64 || /\s/.test(code)) return undefined
  const { unit, origString } = ucum().getSpecifiedUnit(code, 'validate')
  // A differing original string means that the library guessed another spelling.
  if (!unit || unit.cnv_ || unit.isSpecial_ || unit.isArbitrary_ || (origString !== undefined && origString !== code))
    return undefined
  // Amounts of substance and equivalents have no dimension of their own in UCUM: keep moles apart from plain counts.
  const dimension = `${unit.dim_?.toString() ?? ''} ${unit.moleExp_} ${unit.equivalentExp_ ?? 0}`
  return { dimension, factor: unit.magnitude_ }
}

function round15(value: number): number {
  return Number(value.toPrecision(15))
}
