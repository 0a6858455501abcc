/** A value beside the range in which it usually is. Decoration: the same is said in words. */
import { nothing, svg, type TemplateResult } from 'lit'
import { comparableNumber, withUnit } from '../../server/fhir/results/comparable.ts'
import type { Result } from '../../server/fhir/results/result.ts'

/** Where things are from 0 to 1. */
export interface BarPlaces {
  readonly from: number
  readonly to: number
  readonly mark: number
}

/** Undefined where there is no range in numbers, or a value beyond what can be measured. */
export function barPlaces({ value, ranges, analyte }: Result): BarPlaces | undefined {
  if (value?.kind !== 'measure' || value.measure.comparator) return undefined
  const { measure } = value
  const inUnit = (end: typeof measure | undefined) => end && comparableNumber(withUnit(end, measure), measure, analyte)
  const [low, high] = [inUnit(ranges[0]?.low), inUnit(ranges[0]?.high)]
  if (low === undefined && high === undefined) return undefined
  if (low !== undefined && high !== undefined && high <= low) return undefined
  // Half the range to both sides; where one end is open, there is as much again.
  const width = low !== undefined && high !== undefined ? high - low : Math.abs((high ?? low)!) || 1
  const start = low !== undefined ? low - width / 2 : high! - width
  const end = high !== undefined ? high + width / 2 : low! + width
  const place = (number: number) => Math.min(1, Math.max(0, (number - start) / (end - start)))
  return {
    from: low === undefined ? 0 : place(low),
    to: high === undefined ? 1 : place(high),
    mark: place(measure.number),
  }
}

export function rangeBar(result: Result): TemplateResult | typeof nothing {
  const places = barPlaces(result)
  if (!places) return nothing
  const { from, to, mark } = places
  const x = (place: number) => (place * 100).toFixed(1)
  return svg`<svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect class="track" x="0" y="4" width="100" height="4" rx="2"></rect>
    <rect class="usual" x=${x(from)} y="4" width=${x(to - from)} height="4"></rect>
    <rect class="mark" x=${(mark * 97).toFixed(1)} y="0" width="3" height="12" rx="1"></rect>
  </svg>` as TemplateResult
}
