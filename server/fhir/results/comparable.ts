/** Numbers in one unit: what is drawn as one line must be comparable. */
import { labUnitScale } from './lab-unit.ts'
import type { Measure } from './measure.ts'

/**
 * Grams in a mole by the LOINC codes of what is reported in both ways, in one country by mass and in the next by amount:
 * an amount of another substance would be another number. Molar masses are those of the molecules; urea nitrogen counts the
 * two nitrogens of a molecule of urea.
 */
const molarMasses: readonly (readonly [grams: number, ...codes: string[]])[] = [
  // Glucose
  [180.156, '2345-7', '2339-0', '1558-6', '14749-6', '15074-8', '41653-7', '2340-8', '14743-9'],
  // Cholesterol, with HDL and LDL
  [386.654, '2093-3', '14647-2', '2085-9', '14646-4', '2089-1', '13457-7', '18262-6', '22748-8', '39469-2'],
  // Triglycerides, as triolein
  [885.432, '2571-8', '14927-8'],
  // Creatinine
  [113.118, '2160-0', '14682-9', '38483-4'],
  // Urea nitrogen and urea
  [28.013, '3094-0', '6299-2', '14937-7'],
  [60.055, '3091-6', '22664-7'],
  // Bilirubin
  [584.662, '1975-2', '14631-6', '1968-7', '14629-0'],
  // Urate
  [168.11, '3084-1', '14933-6'],
  // Calcium, magnesium, phosphate (as phosphorus), iron
  [40.078, '17861-6', '2000-8', '1994-3', '1995-0'],
  [24.305, '19123-9', '2601-3'],
  [30.974, '2777-1', '14879-1'],
  [55.845, '2498-4', '14798-3'],
  // Vitamin D (25-hydroxy), vitamin B12, folate
  [400.636, '1989-3', '62292-8', '14635-7'],
  [1355.37, '2132-9', '14685-2'],
  [441.397, '2284-8', '14732-2'],
]

const massesByCode = new Map(molarMasses.flatMap(([grams, ...codes]) => codes.map((code) => [code, grams] as const)))

/** The analyte's mass of a mole; undefined where it is not known. `analyte` as in `Result`. */
function molarMass(analyte: string): number | undefined {
  const [system, code] = analyte.split('|')
  return system === 'http://loinc.org' ? massesByCode.get(code!) : undefined
}

/**
 * The number of a measure in the unit of another one; undefined where the units are not comparable. Rounded to 12 digits:
 * conversion adds none that was not measured.
 */
export function comparableNumber(measure: Measure, to: Measure, analyte: string): number | undefined {
  if (sameUnit(measure, to)) return measure.number
  const [from, wanted] = [labUnitScale(measure.code ?? measure.unit), labUnitScale(to.code ?? to.unit)]
  if (!from || !wanted) return undefined
  const factor = from.factor / wanted.factor
  if (from.dimension === wanted.dimension) return rounded(measure.number * factor)
  const grams = molarMass(analyte)
  if (grams === undefined) return undefined
  if (from.dimension === asAmount(wanted.dimension)) return rounded(measure.number * factor * grams)
  if (asAmount(from.dimension) === wanted.dimension) return rounded((measure.number * factor) / grams)
  return undefined
}

/** Laboratories leave out the unit of a range where it is that of the value. */
export function withUnit(end: Measure, { unit, code }: Measure): Measure {
  return end.unit === '' ? { ...end, unit, ...(code !== undefined && { code }) } : end
}

function sameUnit(a: Measure, b: Measure): boolean {
  if (a.code !== undefined && b.code !== undefined) return a.code === b.code
  return a.unit === b.unit
}

/** `length-3 mass1` as `amount1 length-3`. */
function asAmount(dimension: string): string | undefined {
  const parts = dimension.split(' ')
  if (!parts.includes('mass1')) return undefined
  return parts
    .map((part) => (part === 'mass1' ? 'amount1' : part))
    .sort()
    .join(' ')
}

function rounded(value: number): number {
  return Number(value.toPrecision(12))
}
