/** Numbers with units, and the ranges that laboratories give for them. https://hl7.org/fhir/R4/datatypes.html#quantity */
import type { JsonObject, JsonValue } from '../json.ts'
import { codesIn, digitsIn, objectIn, objectsIn, textIn, wordsIn } from './reading.ts'

export interface Measure {
  /** As it was sent: `1.00`. */
  readonly digits: string
  readonly number: number
  /** For people. */
  readonly unit: string
  /** UCUM's code, where that is told. */
  readonly code?: string
  /** `<`, `<=`, `>=` or `>`: the value is beyond what could be measured. */
  readonly comparator?: string
}

export interface ReferenceRange {
  readonly low?: Measure
  readonly high?: Measure
  /** As the laboratory writes it; where it gives nothing else there is no bar. */
  readonly text?: string
  /** For whom: `Female`, `18–65 years`. */
  readonly applies?: string
}

const ucum = 'http://unitsofmeasure.org'
const comparators: ReadonlySet<string> = new Set(['<', '<=', '>=', '>'])

/** A Quantity as a measure; undefined where there is no number in it. */
export function measureIn(value: JsonValue | undefined): Measure | undefined {
  const quantity = objectIn(value)
  const digits = digitsIn(quantity?.['value'])
  if (quantity === undefined || digits === undefined || !Number.isFinite(Number(digits))) return undefined
  const code = textIn(quantity['code'])
  const comparator = textIn(quantity['comparator'])
  return {
    digits,
    number: Number(digits),
    unit: textIn(quantity['unit']) ?? code ?? '',
    ...(code !== undefined && quantity['system'] === ucum && { code }),
    ...(comparator !== undefined && comparators.has(comparator) && { comparator }),
  }
}

/** The ranges of an Observation or a component of one in which values are normal, the one that counts first. */
export function rangesIn(value: JsonValue | undefined): readonly ReferenceRange[] {
  const ranges = objectsIn(value).flatMap((range) => (isNormal(range) ? rangeIn(range) : []))
  // One that is for everybody, or that was chosen for this patient, has no condition.
  return [...ranges.filter(({ applies }) => applies === undefined), ...ranges.filter(({ applies }) => applies)]
}

function isNormal({ type }: JsonObject): boolean {
  const codes = codesIn(type)
  return codes.length === 0 || codes.some(({ code }) => code === 'normal')
}

function rangeIn(range: JsonObject): readonly ReferenceRange[] {
  const low = measureIn(range['low'])
  const high = measureIn(range['high'])
  const text = textIn(range['text'])
  if (!low && !high && text === undefined) return []
  const applies = [...objectsIn(range['appliesTo']).flatMap((one) => wordsIn(one) ?? []), ...agesIn(range['age'])]
  return [
    {
      ...(low && { low }),
      ...(high && { high }),
      ...(text !== undefined && { text }),
      ...(applies.length > 0 && { applies: applies.join(', ') }),
    },
  ]
}

function agesIn(age: JsonValue | undefined): readonly string[] {
  const ends = ['low', 'high'].map((end) => measureIn(objectIn(age)?.[end]))
  const [low, high] = ends.map((end) => (end ? `${end.digits} ${end.unit}`.trim() : ''))
  return low || high ? [`${low}–${high}`] : []
}
