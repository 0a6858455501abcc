/** The numbers of the laboratory: each person has usual values, and the stories of the chart bend them. */
import { type Day, monthsBetween } from '../calendar.ts'
import { ageOn, curveValue, type Person } from '../chart.ts'
import { rounded } from '../elements.ts'
import { type Random, randomFrom } from '../random.ts'
import { type AnalyteRow, analytes } from '../tables/analytes.ts'
import type { RangeRow } from '../tables/story.ts'

/** A reference range; either end may be open. */
export interface Range {
  readonly low?: number
  readonly high?: number
  readonly text?: string
}

/** Normal, low, high, or so low or high that the laboratory telephones. */
export type Interpretation = 'N' | 'L' | 'H' | 'LL' | 'HH'

/** The values of a panel's analytes on a day; calculated ones follow from the measured ones. */
export function panelValues(person: Person, day: Day, keys: readonly string[], visitKey: string): Map<string, number> {
  const random = randomFrom(`values ${visitKey} ${keys[0]}`)
  const values = new Map<string, number>()
  const valueFor = (key: string): number => {
    const known = values.get(key)
    if (known !== undefined) return known
    const row = analytes[key]!
    const raw = row.derived
      ? row.derived(valueFor, { age: ageOn(person, day), female: person.female })
      : measured(person, day, key, random)
    const value = rounded(raw, row.decimals)
    values.set(key, value)
    return value
  }
  for (const key of keys) valueFor(key)
  return values
}

/** The reference range that holds for this person on this day. */
export function rangeFor(person: Person, day: Day, key: string): Range {
  const row = analytes[key]!
  const own = ownRange(person, day, key)
  if (own) return own
  if (row.child && ageOn(person, day) < 12) return { low: row.child.low, high: row.child.high }
  if (row.female && person.female) return { low: row.female[0], high: row.female[1] }
  return { ...(row.low !== undefined && { low: row.low }), ...(row.high !== undefined && { high: row.high }) }
}

/** https://hl7.org/fhir/R4/valueset-observation-interpretation.html */
export function interpret(row: AnalyteRow, range: Range, value: number): Interpretation {
  if (row.critical && value < row.critical[0]) return 'LL'
  if (row.critical && value > row.critical[1]) return 'HH'
  if (range.low !== undefined && value < range.low) return 'L'
  if (range.high !== undefined && value > range.high) return 'H'
  return 'N'
}

function measured(person: Person, day: Day, key: string, random: Random): number {
  const row = analytes[key]!
  const told = curveValue(person, day, (story) => story.curves?.[key])
  if (told !== undefined) return told + random.normal() * Math.min(row.typical[1] * 0.35, Math.abs(told) * 0.05)
  const own = randomFrom(`usual ${person.key} ${key}`).normal() * 0.7
  const away = Math.max(-1.9, Math.min(1.9, own + random.normal() * 0.5))
  return usualMean(row, person, day) + away * row.typical[1]
}

function usualMean(row: AnalyteRow, person: Person, day: Day): number {
  if (row.child && ageOn(person, day) < 12) return row.child.mean
  return person.female ? (row.femaleMean ?? row.typical[0]) : row.typical[0]
}

function ownRange(person: Person, day: Day, key: string): Range | undefined {
  for (const thread of person.threads) {
    const row: RangeRow | undefined = thread.story.ranges?.[key]
    if (row && monthsBetween(day, person.today) + thread.laterBy <= row.since) {
      return { low: row.low, high: row.high, text: row.text }
    }
  }
  return undefined
}
